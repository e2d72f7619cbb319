using BenchmarkDotNet.Attributes;
using Variants.Harness.Engine;
using Variants.Harness.Memory;
using Variants.Harness.Primitives;

namespace Variants.Reports.Benchmarks;

/// <summary>
/// What threads pay for what kernels here are made of, in nanoseconds: where the numbers of <c>Machines/threads-2026.json</c> are
/// from. None of it is a kernel's own code.
/// </summary>
[Config(typeof(Config))]
public class ThreadCostsBenchmark
{
    private const int Accesses = 100_000;
    private const int Addresses = 64;

    /// <summary>In the middle: nobody else's words are near.</summary>
    private readonly long[] _words = new long[64];
    private RwSemaphore? _semaphore;
    private Cell<int>? _cell;
    private MmStruct? _mm;
    private Smp? _smp;

    private ref long Word => ref _words[32];

    [GlobalSetup]
    public void Build()
    {
        var machine = new Machine(
            new MachineCapacity(Cpus: 1, Pages: 1, Mms: 1, Tasks: 1, Vmas: 1, Addresses: Addresses, Tables: 1, TableEntries: 1, AnonVmas: 1),
            on =>
            {
                _semaphore = new RwSemaphore(on.Smp, "sem");
                _cell = new Cell<int>(new BenchmarkWords(on.Smp), "cell", 0);
                _smp = on.Smp;
                return new SynchronousFaults(on);
            });
        machine.PowerOn(new MachineSize(Pages: 1));
        _mm = machine.Mm(0);
    }

    [Benchmark(OperationsPerInvoke = Accesses)]
    public void PlainAccess()
    {
        for (int access = 0; access < Accesses; access++)
            Volatile.Write(ref Word, access);
    }

    /// <summary>A cell is read and written: two accesses.</summary>
    [Benchmark(OperationsPerInvoke = Accesses)]
    public void CellReadAndWritten()
    {
        Cell<int> cell = _cell!;
        for (int access = 0; access < Accesses; access++)
            cell.Value++;
    }

    /// <summary>As a kernel looks at one pte after the other: each is looked up by its address, and read.</summary>
    [Benchmark(OperationsPerInvoke = Accesses)]
    public int WordsInTurn()
    {
        MmStruct mm = _mm!;
        int present = 0;
        for (int access = 0; access < Accesses; access++)
            present += mm.Pte(access % Addresses).Value.IsPresent ? 1 : 0;
        return present;
    }

    /// <summary>An await of nothing: other CPUs could come in between.</summary>
    [Benchmark(OperationsPerInvoke = Accesses)]
    public void Point() => Points().GetAwaiter().GetResult();

    [Benchmark(OperationsPerInvoke = Accesses)]
    public void AtomicAccess()
    {
        for (int access = 0; access < Accesses; access++)
            Interlocked.Increment(ref Word);
    }

    /// <summary>Two awaits, each of one atomic access.</summary>
    [Benchmark(OperationsPerInvoke = Accesses)]
    public void DownReadAndUpRead() => ReadAndUp().GetAwaiter().GetResult();

    /// <summary>Of each thread's accesses to a word that another one adds to all the time.</summary>
    [Benchmark(OperationsPerInvoke = Accesses)]
    public void AtomicAccessBesideAnother() => Beside(AtomicAccess, AtomicAccess);

    /// <summary>A word goes to the other thread, or comes back.</summary>
    [Benchmark(OperationsPerInvoke = Accesses)]
    public void Transfer()
    {
        Word = 0;
        Beside(() => HandOver(0), () => HandOver(1));
    }

    private void HandOver(int parity)
    {
        for (int turn = parity; turn < Accesses; turn += 2)
        {
            while (Volatile.Read(ref Word) != turn)
            {
            }

            Volatile.Write(ref Word, turn + 1);
        }
    }

    private static void Beside(Action mine, ThreadStart others)
    {
        var other = new Thread(others);
        other.Start();
        mine();
        other.Join();
    }

    private async KTask Points()
    {
        for (int point = 0; point < Accesses; point++)
            await _smp!.Point();
    }

    private async KTask ReadAndUp()
    {
        for (int pair = 0; pair < Accesses; pair++)
        {
            await _semaphore!.DownRead();
            await _semaphore.UpRead();
        }
    }

    private sealed class Config() : BenchConfig(warmups: 20, iterations: 15, iterationMs: 100);
}
