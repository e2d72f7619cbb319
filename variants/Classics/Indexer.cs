using System.Globalization;
using Variants.Harness.Engine;
using Variants.Harness.Primitives;
using Variants.Harness.Programs;

namespace Variants.Families.Classics;

/// <summary>A hash table without locks, in which keys begin to collide with the twelfth CPU.</summary>
public static class Indexer
{
    private const int Size = 128;
    private const int KeysOfCpu = 4;

    /// <summary>With so many CPUs.</summary>
    public static ConcurrentProgram Of(int n) => new(
        string.Create(CultureInfo.InvariantCulture, $"classics/indexer-{n}"),
        string.Create(
            CultureInfo.InvariantCulture,
            $"{n} CPUs put {KeysOfCpu} keys each into a hash table of {Size} words, by cmpxchg, into the next place if one is taken."),
        ClassicPrograms.Flanagan,
        n,
        machine =>
        {
            AtomicInt[] table = [.. Enumerable.Range(0, Size).Select(i => machine.Word(string.Create(CultureInfo.InvariantCulture, $"table[{i}]")))];
            for (int cpu = 0; cpu < n; cpu++)
            {
                int id = cpu;
                machine.On(async _ =>
                {
                    for (int m = 0; m < KeysOfCpu; m++)
                    {
                        int key = ((m + 1) * 11) + id;
                        int hash = key * 7 % Size;
                        while (await table[hash].CompareExchange(0, key) != 0)
                        {
                            hash = (hash + 1) % Size;
                        }
                    }
                });
            }
        })
    {
        Checks = Checks.None,

        // Each CPU above the eleventh meets one more of the others, at three of its keys.
        Traces = n <= 11 ? 1 : 1L << (3 * (n - 11)),
    };
}
