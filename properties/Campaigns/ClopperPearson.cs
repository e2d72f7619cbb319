using MathNet.Numerics;

namespace Variants.Properties.Campaigns;

/// <summary>
/// How far a rate may be from the one observed: the exact interval of Clopper and Pearson ("The use of confidence or
/// fiducial limits illustrated in the case of the binomial", Biometrika 1934).
/// </summary>
public static class ClopperPearson
{
    /// <summary>
    /// The two-sided 95 % interval of the rate of which <paramref name="failures"/> of <paramref name="trials"/> is a
    /// sample; from 0 to 1 if there were no trials. When nothing failed, the upper end is about 3.7 / trials.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">More failures than trials, or fewer than none.</exception>
    public static (double Low, double High) Interval95(long failures, long trials)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(failures);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(failures, trials);
        const double Tail = 0.025;
        if (trials == 0)
        {
            return (0, 1);
        }

        return (Low(failures, trials, Tail), 1 - Low(trials - failures, trials, Tail));
    }

    /// <summary>The rate at which so many failures or more are as rare as <paramref name="tail"/>: a beta quantile.</summary>
    private static double Low(long failures, long trials, double tail)
    {
        if (failures == 0)
        {
            return 0;
        }

        double a = failures;
        double b = trials - failures + 1;

        // Bisection to the last bit, because the library's own quantile stops at an absolute 1e-8, and rates of
        // failure can be smaller than that.
        double low = 0;
        double high = 1;
        while (true)
        {
            double middle = low + ((high - low) / 2);
            if (middle <= low || middle >= high)
            {
                return middle;
            }

            if (SpecialFunctions.BetaRegularized(a, b, middle) < tail)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }
    }
}
