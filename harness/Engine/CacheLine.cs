using System.Runtime.CompilerServices;

namespace Variants.Harness.Engine;

/// <summary>
/// The line of a cache in which one word or one lock lies. Every word has a line of its own: false sharing is not
/// modelled.
/// </summary>
internal struct CacheLine
{
    /// <summary>One more than a CPU's number takes so many bits.</summary>
    private const int OwnerBits = EventQueue.CpuBits + 1;

    private const ulong OwnerMask = (1ul << OwnerBits) - 1;
    private const ulong SharedBit = 1ul << OwnerBits;
    private const int TimeShift = OwnerBits + 1;

    /// <summary>
    /// Who has it, one more than his number or 0 if it is in memory; whether others share it; and when it is free to go to somebody
    /// else, in nanoseconds. In one word, as a machine has a million lines and the host's cache is to hold those in use.
    /// </summary>
    private ulong _state;

    /// <summary>Those that share it: one of the machine's <see cref="CpuSets"/>.</summary>
    private ulong _sharers;

    private readonly int Owner => (int)(_state & OwnerMask);

    private readonly bool IsShared => (_state & SharedBit) != 0;

    private readonly long FreeAt => (long)(_state >> TimeShift);

    /// <summary>As <see cref="IsAt"/>, of whoever fetched it last: true nearly always, and told fast.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly bool IsOwnedBy(int cpu, bool isWrite) =>
        (_state & (isWrite ? OwnerMask | SharedBit : OwnerMask)) == (uint)(cpu + 1);

    /// <summary>True if <paramref name="cpu"/> has it already, and may do what it wants to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly bool IsAt(CpuSets sets, int cpu, bool isWrite) =>
        IsOwnedBy(cpu, isWrite) || (!isWrite && IsShared && sets.Contains(_sharers, cpu));

    /// <summary>
    /// When the line is there for <paramref name="cpu"/>, which does not have it and asks for it at <paramref name="now"/>.
    /// </summary>
    /// <remarks>
    /// Transfers to writers come one after the other, as the line has one owner at a time. Readers of a line that nobody
    /// has changed since do not hold each other up.
    /// </remarks>
    internal long Fetch(CostModel costs, CpuSets sets, int cpu, long now, bool isWrite)
    {
        int owner = Owner;
        if (owner == 0)
        {
            _state = (uint)(cpu + 1);
            return now + costs.MemoryNs;
        }

        int cost = owner == cpu + 1 ? costs.SameSocketNs : costs.Transfer(owner - 1, cpu);
        if (isWrite)
        {
            now = Math.Max(now, FreeAt) + cost;
            HandTo(cpu, now);
            return now;
        }

        if (!IsShared)
        {
            now = Math.Max(now, FreeAt) + cost;
            _state = ((ulong)now << TimeShift) | SharedBit | (uint)owner;
            sets.Clear(ref _sharers);
        }
        else
        {
            now += cost;
        }

        sets.Add(ref _sharers, cpu);
        return now;
    }

    /// <summary>The line goes to <paramref name="cpu"/>, alone, and is there at <paramref name="at"/>.</summary>
    internal void HandTo(int cpu, long at) => _state = ((ulong)at << TimeShift) | (uint)(cpu + 1);
}
