using Variants.Harness.Engine;
using Variants.Harness.Exploration;
using Variants.Harness.Primitives;

namespace Variants.Tests.Exploration;

/// <summary>
/// The programs by which searches that reduce are measured, on this engine's primitives: from Flanagan and Godefroid
/// ("Dynamic partial-order reduction for model checking software", POPL'05) and from Abdulla et al. (POPL'14).
/// </summary>
internal static class ClassicPrograms
{
    /// <summary>Words are atomic, and locks never nest: nothing is there for the checkers.</summary>
    private static readonly Checks s_checks = Checks.None;

    /// <summary>Explores a program to the end.</summary>
    internal static OptimalDpor Explore(ClassicProgram program)
    {
        var dpor = new OptimalDpor();
        while (dpor.Begin(0, 0))
        {
            program.Execute(dpor);
            if (program.Smp.Failure is { } failure)
            {
                throw new InvalidOperationException(failure.Message);
            }
        }

        return dpor;
    }

    /// <summary>Each of some CPUs, so many times: lock; counter++; unlock.</summary>
    internal static ClassicProgram Lock(int cpus, int sections)
    {
        var program = new ClassicProgram(s_checks, cpus);
        var spinLock = new SpinLock(program.Smp, "lock");
        int counter = 0;
        for (int cpu = 0; cpu < cpus; cpu++)
        {
            program.On(async _ =>
            {
                for (int i = 0; i < sections; i++)
                {
                    await spinLock.Lock();
                    counter++;
                    await spinLock.Unlock();
                }
            });
        }

        return program;
    }

    /// <summary>One writer of a word and n readers of it: each reader comes before or after.</summary>
    internal static ClassicProgram Readers(int n)
    {
        var program = new ClassicProgram(s_checks, n + 1);
        AtomicInt word = program.Word("x");
        program.On(async _ => await word.Set(42));
        for (int reader = 0; reader < n; reader++)
        {
            program.On(async _ => await word.Read());
        }

        return program;
    }

    /// <summary>
    /// CPU 0 looks for the last word that is zero, from the end; CPU j sets word j to one more than word j - 1.
    /// </summary>
    internal static ClassicProgram LastZero(int n)
    {
        var program = new ClassicProgram(s_checks, n + 1);
        AtomicInt[] words = [.. Enumerable.Range(0, n + 1).Select(i => program.Word($"array[{i}]"))];
        program.On(async _ =>
        {
            int i = n;
            while (await words[i].Read() != 0)
            {
                i--;
            }
        });
        for (int cpu = 1; cpu <= n; cpu++)
        {
            int j = cpu;
            program.On(async _ =>
            {
                int before = await words[j - 1].Read();
                await words[j].Set(before + 1);
            });
        }

        return program;
    }

    /// <summary>n CPUs put four keys each into a hash table of 128 words, by cmpxchg, the next place if one is taken.</summary>
    internal static ClassicProgram Indexer(int n)
    {
        const int Size = 128;
        const int Most = 4;
        var program = new ClassicProgram(s_checks, n);
        AtomicInt[] table = [.. Enumerable.Range(0, Size).Select(i => program.Word($"table[{i}]"))];
        for (int cpu = 0; cpu < n; cpu++)
        {
            int id = cpu;
            program.On(async _ =>
            {
                for (int m = 0; m < Most; m++)
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

        return program;
    }

    /// <summary>n CPUs make an inode each, which needs a block, under a lock for each inode and each block.</summary>
    internal static ClassicProgram FileSystem(int n)
    {
        const int Inodes = 32;
        const int Blocks = 26;
        var program = new ClassicProgram(s_checks, n);
        SpinLock[] inodeLocks = [.. Enumerable.Range(0, Inodes).Select(i => new SpinLock(program.Smp, $"locki[{i}]", "locki"))];
        SpinLock[] blockLocks = [.. Enumerable.Range(0, Blocks).Select(i => new SpinLock(program.Smp, $"lockb[{i}]", "lockb"))];
        int[] inode = new int[Inodes];
        bool[] busy = new bool[Blocks];
        program.Before = () =>
        {
            Array.Clear(inode);
            Array.Clear(busy);
        };
        for (int cpu = 0; cpu < n; cpu++)
        {
            int i = cpu % Inodes;
            program.On(async _ =>
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

        return program;
    }

    /// <summary>Two CPUs, n times each: x += y, and y += x, every load and store a step. A third looks at both.</summary>
    internal static ClassicProgram FibBench(int n)
    {
        var program = new ClassicProgram(s_checks, 3);
        AtomicInt x = program.Word("x", 1);
        AtomicInt y = program.Word("y", 1);
        program.On(async _ =>
        {
            for (int i = 0; i < n; i++)
            {
                int before = await x.Read();
                await x.Set(before + await y.Read());
            }
        });
        program.On(async _ =>
        {
            for (int i = 0; i < n; i++)
            {
                int before = await y.Read();
                await y.Set(before + await x.Read());
            }
        });
        program.On(async _ =>
        {
            await x.Read();
            await y.Read();
        });
        return program;
    }

    /// <summary>Each of some CPUs, so many times: load; store of one more, without a lock.</summary>
    internal static ClassicProgram Unlocked(int cpus, int times)
    {
        var program = new ClassicProgram(s_checks, cpus);
        AtomicInt word = program.Word("x");
        for (int cpu = 0; cpu < cpus; cpu++)
        {
            program.On(async _ =>
            {
                for (int i = 0; i < times; i++)
                {
                    int value = await word.Read();
                    await word.Set(value + 1);
                }
            });
        }

        return program;
    }
}

/// <summary>A program that is no kernel: a machine with some words on it, and what each CPU does.</summary>
internal sealed class ClassicProgram
{
    private readonly List<Func<Cpu, KTask>> _cpus = [];
    private readonly List<(AtomicInt Word, int Initially)> _words = [];
    private readonly Thing _thing;

    internal ClassicProgram(Checks checks, int cpus)
    {
        Smp = new Smp(checks, cpus);
        _thing = new Thing(Smp, "shared");
    }

    internal Smp Smp { get; }

    internal Action Before { get; set; } = () => { };

    internal AtomicInt Word(string name, int initially = 0)
    {
        var word = new AtomicInt(_thing, name);
        _words.Add((word, initially));
        return word;
    }

    internal void On(Func<Cpu, KTask> body) => _cpus.Add(body);

    internal void Execute(Strategy strategy)
    {
        Smp.PowerOn();
        foreach ((AtomicInt word, int initially) in _words)
        {
            word.Raw = initially;
        }

        Before();
        foreach (Func<Cpu, KTask> body in _cpus)
        {
            Smp.Spawn("cpu", body);
        }

        Smp.Run(strategy);
    }
}
