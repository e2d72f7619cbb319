using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Variants.Harness.Engine;

/// <summary>
/// When each CPU goes on under the simulated clock, the earliest first; at one time, in the order of the CPUs' numbers. A
/// tournament: every CPU has its leaf, and every node the least of the four below it. So the way to the root depends on no
/// comparison, and no branch is guessed wrong where CPUs are equally fast, as one of a heap is at every second level.
/// </summary>
/// <param name="cpus">How many can be in it.</param>
internal sealed class EventQueue(int cpus)
{
    /// <summary>A key has so many bits for the number of a CPU.</summary>
    internal const int CpuBits = 11;

    /// <summary>A CPU without an event.</summary>
    private const long None = long.MaxValue;

    private readonly int _leaves = LeavesOf(cpus);

    /// <summary>The root is at 1, the four below a node at four times its place; the CPUs' are from <see cref="_leaves"/> on.</summary>
    private readonly long[] _keys = Empty(cpus);

    /// <summary>True if nobody waits for his time.</summary>
    internal bool IsEmpty => _keys[1] == None;

    /// <summary>The CPUs of all events.</summary>
    internal IEnumerable<int> Cpus => _keys.Skip(_leaves).Where(key => key != None).Select(CpuOf);

    /// <summary>The event that <paramref name="cpu"/> goes on at <paramref name="time"/>.</summary>
    internal static long KeyOf(long time, int cpu) => (time << CpuBits) | (uint)cpu;

    /// <summary>Who goes on.</summary>
    internal static int CpuOf(long key) => (int)key & ((1 << CpuBits) - 1);

    internal void Clear() => Array.Fill(_keys, None);

    /// <summary>True if the first event comes before one with this key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsBefore(long key) => _keys[1] < key;

    internal void Push(long key)
    {
        ref long keys = ref MemoryMarshal.GetArrayDataReference(_keys);
        for (int at = _leaves + CpuOf(key); at > 0; at >>= 2)
        {
            ref long own = ref Unsafe.Add(ref keys, at);
            own = Math.Min(own, key);
        }
    }

    /// <summary>The first event, which is none any more.</summary>
    internal long Pop()
    {
        ref long keys = ref MemoryMarshal.GetArrayDataReference(_keys);
        long first = Unsafe.Add(ref keys, 1);
        long least = None;
        for (int at = _leaves + CpuOf(first); ; at >>= 2)
        {
            Unsafe.Add(ref keys, at) = least;
            if (at == 1)
            {
                return first;
            }

            // The three beside it.
            long others = Math.Min(Unsafe.Add(ref keys, at ^ 1), Math.Min(Unsafe.Add(ref keys, at ^ 2), Unsafe.Add(ref keys, at ^ 3)));
            least = Math.Min(least, others);
        }
    }

    private static int LeavesOf(int cpus)
    {
        int leaves = 4;
        while (leaves < cpus)
        {
            leaves *= 4;
        }

        return leaves;
    }

    private static long[] Empty(int cpus)
    {
        long[] keys = new long[2 * LeavesOf(cpus)];
        Array.Fill(keys, None);
        return keys;
    }
}
