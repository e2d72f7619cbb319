using System.Collections.Immutable;
using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Properties.Campaigns;

namespace Variants.Tests.Campaigns;

/// <summary>
/// A kernel with no memory management in it: a few system calls that race, or not, in a known way. So a test knows
/// the smallest counterexample beforehand.
/// </summary>
internal abstract class FakeKernel(Machine machine) : IKernel
{
    private protected Smp Smp { get; } = machine.Smp;

    public virtual void Boot()
    {
    }

    public abstract KTask<int> Call(TaskStruct current, Operation operation);

    public KTask<Fault> PageFault(TaskStruct current, int address, bool write) => new(Fault.SegmentationFault);

    public void EndIo(DiskRequest request)
    {
    }

    /// <summary>A family whose only variant is this kernel, with the operations that fake kernels know.</summary>
    internal static Contender Contender(Func<Machine, IKernel> build, params Verb[] verbs)
    {
        ImmutableArray<Verb> known = verbs.Length > 0 ? [.. verbs] : [Verbs.Reclaim, Verbs.SwapOn];
        var variant = new Variant(
            "fake/kernel", "F", "a fake", "nobody", build, ImmutableSortedDictionary<string, Expectation>.Empty);
        var family = new Family(
            "fake",
            "Does the campaign work?",
            "none",
            [.. known.Select(verb => new WeightedVerb(verb, 1))],
            [PropertyNames.SwapAccounting, PropertyNames.NoDeadlock, PropertyNames.NoLivelock],
            [variant]);
        return new Contender(family, variant);
    }
}

/// <summary>Every call takes three steps and touches nothing.</summary>
internal sealed class CorrectKernel(Machine machine) : FakeKernel(machine)
{
    public override async KTask<int> Call(TaskStruct current, Operation operation)
    {
        await Smp.Point();
        await Smp.Point();
        await Smp.Point();
        return 0;
    }
}

/// <summary>
/// reclaim counts, with a point between the load and the store. When the last of those begun is done, the count must
/// be right: two of them and one preemption make it wrong. swapon, if another begins in its middle, is a second
/// bug, and a much more frequent one.
/// </summary>
internal sealed class LostUpdateKernel(Machine machine) : FakeKernel(machine)
{
    private int _count;
    private int _begun;
    private int _done;
    private bool _on;

    public override void Boot()
    {
        _count = 0;
        _begun = 0;
        _done = 0;
        _on = false;
    }

    public override KTask<int> Call(TaskStruct current, Operation operation) =>
        operation.Verb.Code == VerbCode.Reclaim ? Count() : SwapOn();

    private async KTask<int> Count()
    {
        await Smp.Point();
        _begun++;
        int seen = _count;
        await Smp.Point();
        _count = seen + 1;
        _done++;
        if (_done == _begun && _count != _done)
        {
            Smp.Bug("count", $"the count is {_count} after {_done}");
        }

        return 0;
    }

    private async KTask<int> SwapOn()
    {
        await Smp.Point();
        if (_on)
        {
            Smp.Bug("swapon", "swapon while swapon");
        }

        _on = true;
        for (int i = 0; i < 5; i++)
        {
            await Smp.Point();
        }

        _on = false;
        return 0;
    }
}

/// <summary>
/// reclaim goes wrong if exactly one step of others falls into each of its two windows: with two of them, each leaves
/// the other twice where it could have gone on.
/// </summary>
internal sealed class TwoWindowsKernel(Machine machine) : FakeKernel(machine)
{
    private int _turns;

    public override void Boot() => _turns = 0;

    public override async KTask<int> Call(TaskStruct current, Operation operation)
    {
        await Smp.Point();
        int before = ++_turns;
        await Smp.Point();
        int between = ++_turns;
        await Smp.Point();
        int after = ++_turns;
        if (between == before + 2 && after == between + 2)
        {
            Smp.Bug("turns", "each window was hit once");
        }

        return 0;
    }
}

/// <summary>Two semaphores: reclaim takes a and b, swapon takes b and a, but for a lock order that nobody checks.</summary>
internal sealed class OpposedKernel(Machine machine) : FakeKernel(machine)
{
    private readonly AtomicFlag _a = new(machine, "a");
    private readonly AtomicFlag _b = new(machine, "b");

    public override void Boot()
    {
        _a.IsSet = false;
        _b.IsSet = false;
    }

    public override async KTask<int> Call(TaskStruct current, Operation operation)
    {
        (AtomicFlag first, AtomicFlag second) = operation.Verb.Code == VerbCode.Reclaim ? (_a, _b) : (_b, _a);
        await first.Set();
        await second.Set();
        second.IsSet = false;
        first.IsSet = false;
        return 0;
    }

    /// <summary>A bit that is spun upon, so that a deadlock is a livelock.</summary>
    private sealed class AtomicFlag(Machine machine, string name)
    {
        internal bool IsSet { get; set; }

        public override string ToString() => name;

        internal async KTask Set()
        {
            await machine.Smp.Point();
            while (IsSet)
            {
                await machine.Smp.Relax();
            }

            IsSet = true;
        }
    }
}

/// <summary>Sleeps as the first thing it does; loses updates like <see cref="LostUpdateKernel"/>.</summary>
internal sealed class SleepyKernel(Machine machine) : FakeKernel(machine)
{
    private int _count;
    private int _begun;
    private int _done;

    public override void Boot()
    {
        _count = 0;
        _begun = 0;
        _done = 0;
    }

    public override async KTask<int> Call(TaskStruct current, Operation operation)
    {
        await Smp.Sleep();
        _begun++;
        int seen = _count;
        await Smp.Sleep();
        _count = seen + 1;
        _done++;
        if (_done == _begun && _count != _done)
        {
            Smp.Bug("count", "lost");
        }

        return 0;
    }
}

/// <summary>Does what a test says, in each call.</summary>
internal sealed class ScriptedKernel(Machine machine, Action<Smp> call, Action? boot = null) : FakeKernel(machine)
{
    public override void Boot() => boot?.Invoke();

    public override async KTask<int> Call(TaskStruct current, Operation operation)
    {
        await Smp.Point();
        call(Smp);
        return 0;
    }
}

/// <summary>reclaim counts in two steps, as an exploration can see.</summary>
internal sealed class CountingKernel : FakeKernel
{
    private readonly Cell<int> _count;
    private readonly Cell<int> _done;

    internal CountingKernel(Machine machine)
        : base(machine)
    {
        var owner = new Counter(machine.Smp);
        _count = new Cell<int>(owner, "count", 0, marked: true);
        _done = new Cell<int>(owner, "done", 0, marked: true);
    }

    public override void Boot()
    {
        _count.Raw = 0;
        _done.Raw = 0;
    }

    public override async KTask<int> Call(TaskStruct current, Operation operation)
    {
        await Smp.Point();
        if (operation.Verb.Code == VerbCode.Reclaim)
        {
            int seen = _count.Value;
            await Smp.Point();
            _count.Value = seen + 1;
            _done.Value++;
            if (_done.Value == 2 && _count.Value == 1)
            {
                Smp.Bug("count", "an update was lost");
            }
        }

        return 0;
    }
}

internal sealed class Counter(Smp smp) : TrackedObject(smp, "counter", "counter");
