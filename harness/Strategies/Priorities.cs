using System.Numerics;
using System.Runtime.CompilerServices;
using Variants.Harness.Engine;

namespace Variants.Harness.Strategies;

/// <summary>
/// A priority for each CPU, of which strategies ask for the highest at nearly every await. So it is found without a branch
/// on what was drawn, which no processor can foresee.
/// </summary>
internal readonly struct Priorities
{
    private const int CpuBits = 5;
    private const int LastCpu = (1 << CpuBits) - 1;

    /// <summary>The priority, and below it the number of the CPU counted from the last, so that of two equals the lower goes first.</summary>
    private readonly long[] _keys = new long[Smp.MaxCpusUnchecked];

    /// <summary>All the same.</summary>
    public Priorities()
    {
        for (int cpu = 0; cpu < _keys.Length; cpu++)
        {
            this[cpu] = 0;
        }
    }

    /// <summary>The priority of a CPU, of no more than 58 bits.</summary>
    internal long this[int cpu]
    {
        get => _keys[cpu] >> CpuBits;
        set => _keys[cpu] = (value << CpuBits) | (uint)(LastCpu - cpu);
    }

    /// <summary>Which of <paramref name="cpus"/>, a bit for each, has the highest priority; of two that have, the first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Highest(uint cpus)
    {
        long[] keys = _keys;
        long highest = keys[BitOperations.TrailingZeroCount(cpus)];
        for (uint left = cpus & (cpus - 1); left != 0; left &= left - 1)
        {
            long above = keys[BitOperations.TrailingZeroCount(left)] - highest;
            highest += above & ~(above >> 63);
        }

        return LastCpu - (int)(highest & LastCpu);
    }
}
