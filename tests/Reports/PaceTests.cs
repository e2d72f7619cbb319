using Variants.Reports.Commands;

namespace Variants.Tests.Reports;

public sealed class PaceTests
{
    [Theory]
    [InlineData(0.0, 10, "0 %")]
    [InlineData(0.25, 10, "25 %, 30 s left")]
    [InlineData(0.999, 1_000, "99 %, 2 s left")]
    [InlineData(1.0, 10, "100 %, 0 s left")]
    [InlineData(1.5, 10, "100 %, 0 s left")]
    public void What_is_left_follows_from_what_is_done(double share, int seconds, string text) =>
        Assert.Equal(text, Pace.Left(share, TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void What_is_over_in_two_seconds_says_nothing_and_what_is_not_says_so_once_in_five()
    {
        using var writer = new StringWriter();
        var pace = new Pace(writer);
        pace.Tell(0.1, () => "at once");
        if (pace.Elapsed < TimeSpan.FromSeconds(2))
            Assert.Equal("", writer.ToString());
        Thread.Sleep(TimeSpan.FromSeconds(2.1) - pace.Elapsed);
        pace.Tell(0.5, () => "later");
        pace.Tell(0.6, () => "too soon");
        Assert.Matches("^later; 50 %, [0-9]+ s left\n$", writer.ToString());
    }
}
