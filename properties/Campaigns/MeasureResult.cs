using System.Collections.Immutable;
using Variants.Harness.Families;

namespace Variants.Properties.Campaigns;

/// <summary>What was measured of a variant, over its executions that kept every promise.</summary>
/// <param name="Measure">What.</param>
/// <param name="Amount">The sum of what is counted.</param>
/// <param name="Per">The sum of what it is divided by.</param>
public sealed record MeasureResult(Measure Measure, long Amount, long Per)
{
    /// <summary>The mean, in the measure's unit; null if there is nothing to divide by.</summary>
    public double? Value => Per == 0 ? null : Amount * Measure.Scale / (double)Per;

    /// <summary>The best of several by this measure: the first one if two are as good, null if none has a value.</summary>
    public static MeasureResult? Best(IEnumerable<MeasureResult> results)
    {
        MeasureResult? best = null;
        foreach (MeasureResult result in results)
        {
            if (result.Value is { } value && (best is null || IsBetter(result.Measure, value, best.Value!.Value)))
            {
                best = result;
            }
        }

        return best;
    }

    private static bool IsBetter(Measure measure, double value, double than) =>
        measure.MoreIsBetter ? value > than : value < than;
}

/// <summary>
/// Sums of what a family measures. Of integers, so that they are the same however the executions are shared out.
/// </summary>
internal sealed class MeasureSums(ImmutableArray<Measure> measures)
{
    private readonly long[] _amounts = new long[measures.Length];
    private readonly long[] _pers = new long[measures.Length];

    internal ImmutableArray<MeasureResult> Results =>
        [.. measures.Select((measure, number) => new MeasureResult(measure, _amounts[number], _pers[number]))];

    /// <summary>One more execution that kept every promise, which <paramref name="machine"/> has just ended.</summary>
    internal void Add(Harness.Memory.Machine machine)
    {
        for (int number = 0; number < _amounts.Length; number++)
        {
            Measure measure = measures[number];
            _amounts[number] += measure.Amount(machine);
            _pers[number] += measure.Per?.Invoke(machine) ?? 1;
        }
    }

    internal void Add(MeasureSums other)
    {
        for (int number = 0; number < _amounts.Length; number++)
        {
            _amounts[number] += other._amounts[number];
            _pers[number] += other._pers[number];
        }
    }
}
