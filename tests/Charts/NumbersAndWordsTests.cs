using Variants.Reports.Charts;

namespace Variants.Tests.Charts;

public sealed class NumbersAndWordsTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.0123456, "0.0123")]
    [InlineData(0.001, "0.001")]
    [InlineData(0.00042, "4.2e-4")]
    [InlineData(3.7e-6, "3.7e-6")]
    [InlineData(-12.5, "-12.5")]
    [InlineData(999.4, "999")]
    [InlineData(276_000.4, "276,000")]
    [InlineData(1_234_567, "1.23e6")]
    [InlineData(1, "1")]
    [InlineData(0.9999, "0.9999")]
    [InlineData(0.9999998, "0.9999998")]
    [InlineData(0.9999999999, ">0.99999999")]
    [InlineData(1.0000001, "1")]
    public void A_value_has_three_digits_and_nothing_below_1_reads_as_1(double value, string expected) =>
        Assert.Equal(expected, Numbers.Value(value));

    [Theory]
    [InlineData(-0.001, "0")]
    [InlineData(12.345, "12.35")]
    [InlineData(100, "100")]
    public void A_coordinate_has_two_decimals_at_most_and_is_never_minus_zero(double value, string expected) =>
        Assert.Equal(expected, Numbers.Coordinate(value));

    [Fact]
    public void Text_breaks_between_words_and_long_words_at_a_joint()
    {
        Assert.Equal(["hold swap_lock", "across the scan"], Words.Wrap("hold swap_lock across the scan", 15));
        Assert.Equal(["swapoff_by_", "inode"], Words.Wrap("swapoff_by_inode", 12));
        Assert.Equal(["abcdefgh", "ij kl"], Words.Wrap("abcdefghij kl", 8));
        Assert.Equal(["fits"], Words.Wrap("fits", 8));
        Assert.Equal([""], Words.Wrap("", 8));
    }
}
