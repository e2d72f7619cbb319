using System.Runtime.CompilerServices;

namespace Variants.Harness.Engine;

/// <summary>
/// Sets of CPUs, each kept by somebody else as one number: the set itself where one number has a bit for each CPU, else
/// the place of its numbers here. 0 is an empty set.
/// </summary>
internal sealed class CpuSets
{
    private readonly int _numbers;
    private ulong[] _pool = [];
    private int _used;

    /// <summary>Sets of <paramref name="cpus"/> CPUs.</summary>
    internal CpuSets(int cpus) => _numbers = ((Math.Max(1, cpus) - 1) >> 6) + 1;

    /// <summary>There are no sets: nobody has a number that one is to be found by.</summary>
    internal void Forget() => _used = 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool Contains(ulong set, int cpu) => ((_numbers == 1 ? set : InPool(set, cpu)) >> (cpu & 63) & 1) != 0;

    internal void Add(ref ulong set, int cpu)
    {
        ulong bit = 1ul << (cpu & 63);
        if (_numbers == 1)
        {
            set |= bit;
            return;
        }

        if (set == 0)
        {
            set = NewInPool();
        }

        InPool(set, cpu) |= bit;
    }

    internal void Clear(ref ulong set)
    {
        if (_numbers == 1)
        {
            set = 0;
        }
        else if (set != 0)
        {
            _pool.AsSpan((int)set - 1, _numbers).Clear();
        }
    }

    private ref ulong InPool(ulong set, int cpu) => ref _pool[(int)set - 1 + (cpu >> 6)];

    /// <summary>One more than the place of a new set, which is empty.</summary>
    private ulong NewInPool()
    {
        int place = _used;
        _used += _numbers;
        if (_used > _pool.Length)
        {
            Array.Resize(ref _pool, Math.Max(64 * _numbers, 2 * _used));
        }

        _pool.AsSpan(place, _numbers).Clear();
        return (ulong)place + 1;
    }
}
