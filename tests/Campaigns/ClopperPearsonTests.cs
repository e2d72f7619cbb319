using Variants.Properties.Campaigns;

namespace Variants.Tests.Campaigns;

public sealed class ClopperPearsonTests
{
    // The first four stand in every textbook; the others were computed with 30 digits from the beta distribution.
    [Theory]
    [InlineData(0, 10, 0, 0.3084971078187608)]
    [InlineData(1, 10, 0.0025285785444618, 0.4450161170281954)]
    [InlineData(5, 10, 0.1870860284473985, 0.8129139715526015)]
    [InlineData(10, 10, 0.6915028921812392, 1)]
    [InlineData(4, 20, 0.0573339970500328, 0.4366140029966684)]
    [InlineData(3, 1000, 0.0006190999316496, 0.0087420232384783)]
    [InlineData(999_999, 1_000_000, 0.9999944283693448, 0.9999999746821925)]
    [InlineData(0, 0, 0, 1)]
    public void The_interval_is_the_exact_one(long failures, long trials, double low, double high)
    {
        (double Low, double High) interval = ClopperPearson.Interval95(failures, trials);

        Assert.Equal(low, interval.Low, 1e-13);
        Assert.Equal(high, interval.High, 1e-13);
    }

    [Fact]
    public void Rates_of_one_in_millions_keep_their_digits()
    {
        // 1 - 0.975^(1/n), to which the lower end comes down for one failure.
        Assert.Equal(1, ClopperPearson.Interval95(1, 10_000_000).Low / 2.5317808e-9, 1e-6);

        // The rule for none: 1 - 0.025^(1/n), about 3.7 / n.
        Assert.Equal(1, ClopperPearson.Interval95(0, 10_000_000).High / 3.6888794e-7, 1e-6);
    }

    [Fact]
    public void More_failures_than_trials_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ClopperPearson.Interval95(2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClopperPearson.Interval95(-1, 1));
    }
}
