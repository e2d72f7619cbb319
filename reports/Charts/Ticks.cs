namespace Variants.Reports.Charts;

/// <summary>
/// Where ticks stand. Linear axes have the steps of P. Heckbert, "Nice numbers for graph labels", Graphics Gems (1990): 1, 2 or 5
/// times a power of ten, and begin and end on a tick. (Heckbert also rounds the range first, which leaves up to half of an axis
/// empty; not here.) Log axes have a label per decade and minor ticks at 2 and 5.
/// </summary>
internal static class Ticks
{
    // A bound that is a round number must not be pushed one step out by the last bit of a division.
    private const double Rounding = 1e-9;

    public static (double Lo, double Hi, double Step) LinearEnds(double min, double max, int count)
    {
        if (min == max)
        {
            // A single value: show it against zero, or in the middle of nothing in particular.
            (min, max) = min == 0 ? (0, 1) : (Math.Min(0, min), Math.Max(0, max));
        }

        double step = LinearStep(min, max, count);
        return (Math.Floor((min / step) + Rounding) * step, Math.Ceiling((max / step) - Rounding) * step, step);
    }

    public static IReadOnlyList<Tick> Linear(double lo, double hi, double step)
    {
        long first = (long)Math.Ceiling((lo / step) - Rounding);
        long last = (long)Math.Floor((hi / step) + Rounding);
        double largest = Math.Max(Math.Abs(lo), Math.Abs(hi));
        List<Tick> ticks = [];
        for (long i = first; i <= last; i++)
            ticks.Add(new Tick(i * step, Numbers.LinearTick(i * step, step, largest), IsMajor: true));
        return ticks;
    }

    public static (double Lo, double Hi) LogEnds(double min, double max)
    {
        double lo = OneTwoFive(min, up: false);
        double hi = OneTwoFive(max, up: true);
        return lo < hi ? (lo, hi) : (OneTwoFive(lo * 0.99, up: false), OneTwoFive(hi * 1.01, up: true));
    }

    public static IReadOnlyList<Tick> Log(double lo, double hi, int count)
    {
        int first = (int)Math.Ceiling(Math.Log10(lo) - Rounding);
        int last = (int)Math.Floor(Math.Log10(hi) + Rounding);
        int decades = last - first + 1;

        // Over a wide range only every n-th decade has room for a label; over a narrow one the minor ticks need labels too.
        int every = Math.Max(1, (int)Math.Ceiling(decades / (double)Math.Max(1, count)));
        bool labelAll = decades <= 2;

        List<Tick> ticks = [];
        for (int exponent = first - 1; exponent <= last; exponent++)
        {
            foreach (int digit in new[] { 1, 2, 5 })
            {
                double value = Power(digit, exponent);
                if (value < lo * (1 - Rounding) || value > hi * (1 + Rounding))
                    continue;
                string label =
                    labelAll ? Numbers.LogTick(digit, exponent)
                    : digit == 1 && (last - exponent) % every == 0 ? Numbers.Decade(exponent)
                    : "";
                if (digit == 1 || every == 1)
                    ticks.Add(new Tick(value, label, IsMajor: digit == 1 || labelAll));
            }
        }

        return ticks;
    }

    // Rounded up, so that there are never more labels than there is room for.
    private static double LinearStep(double min, double max, int count)
    {
        double least = (max - min) / Math.Max(1, count - 1);
        double magnitude = Math.Pow(10, Math.Floor(Math.Log10(least) + Rounding));
        double digits = (least / magnitude) - Rounding;
        return magnitude * (digits <= 1 ? 1 : digits <= 2 ? 2 : digits <= 5 ? 5 : 10);
    }

    private static double OneTwoFive(double value, bool up)
    {
        int exponent = (int)Math.Floor(Math.Log10(value) + Rounding);
        double[] candidates = [Power(1, exponent), Power(2, exponent), Power(5, exponent), Power(1, exponent + 1)];
        return up
            ? candidates.First(candidate => candidate >= value * (1 - Rounding))
            : candidates.Last(candidate => candidate <= value * (1 + Rounding));
    }

    // 10^-7 by Math.Pow is not the double that the text 1e-7 names; a quotient of whole numbers is.
    private static double Power(int digit, int exponent) =>
        exponent >= 0 ? digit * Math.Pow(10, exponent) : digit / Math.Pow(10, -exponent);
}
