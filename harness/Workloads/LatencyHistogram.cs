using System.Numerics;

namespace Variants.Harness.Workloads;

/// <summary>How often operations took how long: 32 steps for each power of two, so that a percentile is 3 % off at most.</summary>
internal sealed class LatencyHistogram
{
    private const int StepBits = 5;
    private const int Steps = 1 << StepBits;

    private readonly long[] _counts = new long[Steps * 60];
    private long _total;
    private long _max;

    internal void Add(long nanoseconds)
    {
        _counts[StepOf(nanoseconds)]++;
        _total++;
        _max = Math.Max(_max, nanoseconds);
    }

    internal void Add(LatencyHistogram other)
    {
        for (int step = 0; step < _counts.Length; step++)
        {
            _counts[step] += other._counts[step];
        }

        _total += other._total;
        _max = Math.Max(_max, other._max);
    }

    internal void Clear()
    {
        Array.Clear(_counts);
        _total = 0;
        _max = 0;
    }

    internal Latencies Percentiles() => new(Percentile(50), Percentile(90), Percentile(99), _max);

    /// <summary>So many of a hundred operations took no longer.</summary>
    private long Percentile(int percent)
    {
        // Rounded up: of three operations, the second has the median.
        long rank = ((_total * percent) + 99) / 100;
        long seen = 0;
        for (int step = 0; step < _counts.Length; step++)
        {
            seen += _counts[step];
            if (seen >= rank && seen > 0)
            {
                return Math.Min(_max, EndOf(step));
            }
        }

        return 0;
    }

    private static int StepOf(long nanoseconds)
    {
        int shift = Math.Max(0, BitOperations.Log2((ulong)nanoseconds) - StepBits);
        return (shift << StepBits) + (int)(nanoseconds >> shift);
    }

    /// <summary>The greatest number that is counted at the step.</summary>
    private static long EndOf(int step)
    {
        int shift = Math.Max(0, (step >> StepBits) - 1);
        return ((long)(step - (shift << StepBits) + 1) << shift) - 1;
    }
}
