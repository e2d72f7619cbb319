using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Variants.Harness.Engine;

/// <summary>
/// When each CPU goes on under the simulated clock, the earliest first; at one time, in the order of the CPUs' numbers. A heap of
/// four children to a parent.
/// </summary>
/// <param name="cpus">How many can be in it.</param>
internal sealed class EventQueue(int cpus)
{
    /// <summary>A key has so many bits for the number of a CPU.</summary>
    internal const int CpuBits = 11;

    private readonly long[] _keys = new long[cpus + 1];

    /// <summary>How many wait for their time.</summary>
    internal int Count { get; private set; }

    /// <summary>The CPUs of all events, in no order.</summary>
    internal IEnumerable<int> Cpus => _keys.Take(Count).Select(CpuOf);

    /// <summary>The event that <paramref name="cpu"/> goes on at <paramref name="time"/>.</summary>
    internal static long KeyOf(long time, int cpu) => (time << CpuBits) | (uint)cpu;

    /// <summary>Who goes on.</summary>
    internal static int CpuOf(long key) => (int)key & ((1 << CpuBits) - 1);

    internal void Clear() => Count = 0;

    /// <summary>True if the first event comes before one with this key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsBefore(long key) => Count > 0 && _keys[0] < key;

    internal void Push(long key)
    {
        long[] keys = _keys;
        int at = Count++;
        while (at > 0)
        {
            int above = (at - 1) >> 2;
            if (keys[above] <= key)
            {
                break;
            }

            keys[at] = keys[above];
            at = above;
        }

        keys[at] = key;
    }

    /// <summary>The first event, which is none any more.</summary>
    internal long Pop()
    {
        ref long keys = ref MemoryMarshal.GetArrayDataReference(_keys);
        long first = keys;
        int count = --Count;
        long key = Unsafe.Add(ref keys, count);
        int at = 0;
        while (true)
        {
            int child = (4 * at) + 1;
            if (child >= count)
            {
                break;
            }

            int least = child;
            long leastKey = Unsafe.Add(ref keys, child);
            int end = Math.Min(child + 4, count);
            for (int other = child + 1; other < end; other++)
            {
                long otherKey = Unsafe.Add(ref keys, other);
                bool isLess = otherKey < leastKey;
                least = isLess ? other : least;
                leastKey = isLess ? otherKey : leastKey;
            }

            if (leastKey >= key)
            {
                break;
            }

            Unsafe.Add(ref keys, at) = leastKey;
            at = least;
        }

        Unsafe.Add(ref keys, at) = key;
        return first;
    }
}
