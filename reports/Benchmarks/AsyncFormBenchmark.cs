using System.Runtime.CompilerServices;
using BenchmarkDotNet.Attributes;
using Variants.Harness.Engine;
using Variants.Harness.Memory;
using Variants.Properties.Promises;

namespace Variants.Reports.Benchmarks;

/// <summary>
/// What the async form costs on real threads, where no await suspends: page faults of 2.6.28, one thread, against the same
/// functions without it (<see cref="SynchronousFaults"/>); and a call of a function that awaits nothing, against a plain one.
/// The books are audited after every iteration.
/// </summary>
[Config(typeof(Config))]
public class AsyncFormBenchmark
{
    private const int Faults = 1 << 12;
    private const int PagesOfTable = 128;
    private const int Calls = 1000;

    private Machine? _machine;
    private SynchronousFaults? _kernel;
    private TaskStruct? _task;

    [GlobalSetup]
    public void Build() => _machine = new Machine(
        new MachineCapacity(
            Cpus: 1, Pages: 2 * Faults, Mms: 1, Tasks: 1, Vmas: 8, Addresses: Faults, Tables: Faults / PagesOfTable, TableEntries: PagesOfTable, AnonVmas: 8),
        machine => _kernel = new SynchronousFaults(machine));

    /// <summary>A mapping whose page tables are there.</summary>
    [IterationSetup(Targets = [nameof(FaultsSynchronously), nameof(FaultsAsynchronously)])]
    public void Map()
    {
        _machine!.PowerOn(new MachineSize(Pages: _machine.Capacity.Pages));
        _task = _machine.BootTask("task", mm: null);
        _kernel!.Boot();
        ((IMapsRanges)_kernel).MapRange(_task, 0, Faults).GetAwaiter().GetResult();
        for (int address = 0; address < Faults; address += PagesOfTable)
            _kernel.PageFault(_task, address, write: true).GetAwaiter().GetResult();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Faults)]
    public int FaultsSynchronously()
    {
        int handled = 0;
        for (int address = 0; address < Faults; address++)
        {
            if (address % PagesOfTable != 0)
                handled += _kernel!.FaultNow(_task!, address, write: true) == Fault.Handled ? 1 : 0;
        }

        return handled;
    }

    [Benchmark(OperationsPerInvoke = Faults)]
    public int FaultsAsynchronously() => FaultAll().GetAwaiter().GetResult();

    [IterationCleanup(Targets = [nameof(FaultsSynchronously), nameof(FaultsAsynchronously)])]
    public void Audit()
    {
        if (PropertyList.Audit(_machine!) is { } failure)
            throw new InvalidOperationException($"{failure.Kind}: {failure.Message}");
    }

    [Benchmark(OperationsPerInvoke = Calls)]
    public int CallsSynchronously()
    {
        int sum = 0;
        for (int call = 0; call < Calls; call++)
            sum += Plain(call);
        return sum;
    }

    [Benchmark(OperationsPerInvoke = Calls)]
    public int CallsAsynchronously() => CallAll().GetAwaiter().GetResult();

    private async KTask<int> FaultAll()
    {
        int handled = 0;
        for (int address = 0; address < Faults; address++)
        {
            if (address % PagesOfTable != 0)
                handled += await _kernel!.PageFault(_task!, address, write: true) == Fault.Handled ? 1 : 0;
        }

        return handled;
    }

    private static async KTask<int> CallAll()
    {
        int sum = 0;
        for (int call = 0; call < Calls; call++)
            sum += await Async(call);
        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Plain(int value) => value + 1;

#pragma warning disable CS1998 // It awaits nothing: that is what is measured.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async KTask<int> Async(int value) => value + 1;
#pragma warning restore CS1998

    /// <summary>An iteration is so short that it takes many until the compiler has done its best.</summary>
    private sealed class Config() : BenchConfig(warmups: 80, iterations: 40, iterationMs: 20);
}
