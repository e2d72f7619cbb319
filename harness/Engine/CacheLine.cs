using System.Runtime.CompilerServices;

namespace Variants.Harness.Engine;

/// <summary>
/// The line of a cache in which one word or one lock lies. Every word has a line of its own: false sharing is not
/// modelled.
/// </summary>
internal struct CacheLine
{
    private const int Nobody = 0;

    private ulong[]? _sharers;
    private long _freeAt;
    private int _owner;
    private bool _isShared;

    /// <summary>True if <paramref name="cpu"/> has it already, and may do what it wants to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly bool IsAt(int cpu, bool isWrite) =>
        _owner == cpu + 1 ? !isWrite || !_isShared : !isWrite && _isShared && Shares(cpu);

    /// <summary>When the line is there for <paramref name="cpu"/>, which does not have it and asks for it at <paramref name="now"/>.</summary>
    /// <remarks>
    /// Transfers to writers come one after the other, as the line has one owner at a time. Readers of a line that nobody
    /// has changed since do not hold each other up.
    /// </remarks>
    internal long Fetch(CostModel costs, int cpu, long now, bool isWrite)
    {
        int me = cpu + 1;
        if (_owner == Nobody)
        {
            _owner = me;
            return now + costs.MemoryNs;
        }

        int cost = _owner == me ? costs.SameSocketNs : costs.Transfer(_owner - 1, cpu);
        if (isWrite)
        {
            now = Math.Max(now, _freeAt) + cost;
            _freeAt = now;
            _owner = me;
            _isShared = false;
            return now;
        }

        if (!_isShared)
        {
            now = Math.Max(now, _freeAt) + cost;
            _freeAt = now;
            _isShared = true;
            _sharers ??= new ulong[SimulatedClock.MaxNumbers / 64];
            Array.Clear(_sharers);
        }
        else
        {
            now += cost;
        }

        _sharers![cpu >> 6] |= 1ul << (cpu & 63);
        return now;
    }

    /// <summary>The line goes to <paramref name="cpu"/> with the lock in it, and is there at <paramref name="at"/>.</summary>
    internal void HandTo(int cpu, long at)
    {
        _owner = cpu + 1;
        _isShared = false;
        _freeAt = at;
    }

    private readonly bool Shares(int cpu) => (_sharers![cpu >> 6] & (1ul << (cpu & 63))) != 0;
}
