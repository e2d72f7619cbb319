using System.Globalization;
using Variants.Harness.Engine;
using Variants.Harness.Programs;

namespace Variants.Families.Classics;

/// <summary>Inodes and blocks, a lock for each, where few CPUs meet.</summary>
public static class FileSystem
{
    private const int Inodes = 32;
    private const int Blocks = 26;

    /// <summary>With so many CPUs.</summary>
    public static ConcurrentProgram Of(int n) => new(
        string.Create(CultureInfo.InvariantCulture, $"classics/filesystem-{n}"),
        string.Create(CultureInfo.InvariantCulture, $"{n} CPUs make an inode each, which needs a block, under a lock for each of {Inodes} inodes and {Blocks} blocks."),
        ClassicPrograms.Flanagan,
        n,
        machine => Write(machine, n))
    {
        Checks = Checks.None,

        // From the fourteenth on, each CPU wants the block of one other.
        Traces = n <= 13 ? 1 : 1L << (n - 13),
    };

    private static void Write(ProgramMachine machine, int n)
    {
        SpinLock[] inodeLocks = [.. Enumerable.Range(0, Inodes).Select(i => new SpinLock(machine.Smp, string.Create(CultureInfo.InvariantCulture, $"locki[{i}]"), "locki"))];
        SpinLock[] blockLocks = [.. Enumerable.Range(0, Blocks).Select(i => new SpinLock(machine.Smp, string.Create(CultureInfo.InvariantCulture, $"lockb[{i}]"), "lockb"))];

        // Each is touched by the holder of its lock alone.
        int[] inode = new int[Inodes];
        bool[] busy = new bool[Blocks];
        machine.Before = () =>
        {
            Array.Clear(inode);
            Array.Clear(busy);
        };
        for (int cpu = 0; cpu < n; cpu++)
        {
            int i = cpu % Inodes;
            machine.On(async _ =>
            {
                await inodeLocks[i].Lock();
                if (inode[i] == 0)
                {
                    int b = i * 2 % Blocks;
                    while (true)
                    {
                        await blockLocks[b].Lock();
                        if (!busy[b])
                        {
                            busy[b] = true;
                            inode[i] = b + 1;
                            await blockLocks[b].Unlock();
                            break;
                        }

                        await blockLocks[b].Unlock();
                        b = (b + 1) % Blocks;
                    }
                }

                await inodeLocks[i].Unlock();
            });
        }
    }
}
