using System.Collections.Immutable;

namespace Variants.Properties.Campaigns;

/// <summary>
/// How many histories have not failed after so many schedules: what the number of schedules should be can be read
/// from where the curve becomes flat.
/// </summary>
internal sealed class SurvivalCurve
{
    private readonly int[] _schedules;
    private readonly long[] _survivors;
    private long _histories;

    /// <summary>A curve with points at each power of two and at the last of <paramref name="schedules"/>.</summary>
    internal SurvivalCurve(int schedules)
    {
        var points = new List<int>();
        for (long point = 1; point < schedules; point *= 2)
        {
            points.Add((int)point);
        }

        points.Add(schedules);
        _schedules = [.. points];
        _survivors = new long[_schedules.Length];
    }

    /// <summary>Adds a history by the first of its schedules that failed, from 0; -1 if none did.</summary>
    internal void Add(int firstFailure)
    {
        _histories++;
        for (int i = 0; i < _schedules.Length && (firstFailure < 0 || firstFailure >= _schedules[i]); i++)
        {
            _survivors[i]++;
        }
    }

    /// <summary>The curve; none if there were no histories.</summary>
    internal ImmutableArray<SurvivalPoint> Points() => _histories == 0
        ? []
        : [.. _schedules.Zip(_survivors, (schedules, survivors) => new SurvivalPoint(schedules, survivors / (double)_histories))];
}
