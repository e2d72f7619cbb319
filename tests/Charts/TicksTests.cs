using FsCheck;
using FsCheck.Fluent;
using Variants.Reports.Charts;

namespace Variants.Tests.Charts;

public sealed class TicksTests
{
    [Fact]
    public void Linear_ticks_are_one_two_or_five_times_a_power_of_ten_apart_and_cover_the_data()
    {
        Arbitrary<(int A, int B, int Exponent)> ranges = Gen.Choose(-100_000, 100_000).Zip(Gen.Choose(-100_000, 100_000)).Zip(Gen.Choose(-12, 12))
            .Select(range => (range.Item1.Item1, range.Item1.Item2, range.Item2)).ToArbitrary();
        Prop.ForAll(ranges, range =>
        {
            double unit = Math.Pow(10, range.Exponent);
            (double min, double max) = (Math.Min(range.A, range.B) * unit, Math.Max(range.A, range.B) * unit);
            (double lo, double hi, double step) = Ticks.LinearEnds(min, max, 6);
            IReadOnlyList<Tick> ticks = Ticks.Linear(lo, hi, step);

            double slack = 1e-6 * step;
            Assert.True(lo <= min + slack && max - slack <= hi);
            Assert.Equal(lo, ticks[0].Value, slack);
            Assert.Equal(hi, ticks[^1].Value, slack);
            Assert.InRange(ticks.Count, 2, 7);
            Assert.Equal(ticks.Count, ticks.Select(tick => tick.Label).Distinct().Count());
            double digit = step / Math.Pow(10, Math.Floor(Math.Log10(step) + 1e-9));
            Assert.Contains(Math.Round(digit, 6), new[] { 1.0, 2.0, 5.0, 10.0 });
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(0, 1, "0 0.2 0.4 0.6 0.8 1.0")]
    [InlineData(0, 540_000, "0 200,000 400,000 600,000")]
    [InlineData(-14, 8, "-15 -10 -5 0 5 10")]
    [InlineData(50, 99.9, "50 60 70 80 90 100")]
    [InlineData(0, 3e9, "0 1×10⁹ 2×10⁹ 3×10⁹")]
    [InlineData(0, 0.00042, "0 1×10⁻⁴ 2×10⁻⁴ 3×10⁻⁴ 4×10⁻⁴ 5×10⁻⁴")]
    [InlineData(7, 7, "0 2 4 6 8")]
    [InlineData(0, 0, "0 0.2 0.4 0.6 0.8 1.0")]
    public void Linear_ticks_read_like_these(double min, double max, string expected)
    {
        (double lo, double hi, double step) = Ticks.LinearEnds(min, max, 6);
        Assert.Equal(expected, string.Join(' ', Ticks.Linear(lo, hi, step).Select(tick => tick.Label)));
    }

    [Theory]
    [InlineData(1e-7, 1, 10, "10⁻⁷ 10⁻⁶ 10⁻⁵ 10⁻⁴ 10⁻³ 10⁻² 10⁻¹ 1")]
    [InlineData(1, 1e6, 10, "1 10 10² 10³ 10⁴ 10⁵ 10⁶")]
    [InlineData(1, 1e6, 4, "1 10² 10⁴ 10⁶")]
    [InlineData(3, 70, 10, "2 5 10 20 50 100")]
    [InlineData(0.4, 0.6, 10, "0.2 0.5 1")]
    [InlineData(5, 5, 10, "2 5 10")]
    [InlineData(150_000, 800_000, 10, "100,000 200,000 500,000 1,000,000")]
    [InlineData(2e9, 5e9, 10, "2×10⁹ 5×10⁹")]
    [InlineData(2e-5, 1e-4, 10, "2×10⁻⁵ 5×10⁻⁵ 10⁻⁴")]
    public void Log_ticks_have_a_label_per_decade_or_fewer_or_also_at_2_and_5(double min, double max, int labels, string expected)
    {
        (double lo, double hi) = Ticks.LogEnds(min, max);
        Assert.Equal(expected, string.Join(' ', Ticks.Log(lo, hi, labels).Select(tick => tick.Label).Where(label => label.Length > 0)));
    }

    [Fact]
    public void Minor_ticks_of_a_log_axis_stand_at_2_and_5_of_each_decade() =>
        Assert.Equal(
            [(1, true), (2, false), (5, false), (10, true), (20, false), (50, false), (100, true), (200, false), (500, false), (1000, true)],
            Ticks.Log(1, 1000, 10).Select(tick => (tick.Value, tick.IsMajor)));

    [Fact]
    public void The_ends_of_a_log_axis_are_the_next_1_2_or_5()
    {
        Assert.Equal((1, 2000), Ticks.LogEnds(1, 1024));
        Assert.Equal((1e-7, 1), Ticks.LogEnds(1e-7, 1));
        Assert.Equal((0.002, 0.5), Ticks.LogEnds(0.0031, 0.49));
    }
}
