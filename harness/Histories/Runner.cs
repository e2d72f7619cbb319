using System.Collections.Immutable;
using Variants.Harness.Engine;
using Variants.Harness.Memory;
using Variants.Harness.Primitives;

namespace Variants.Harness.Histories;

/// <summary>
/// Runs histories on one machine, one after another: does what the actors do, tells the witnesses what they see, and
/// answers what went wrong first. A passing execution allocates nothing.
/// </summary>
public sealed class Runner
{
    private static readonly Operation s_exit = new(Verbs.Exit);
    private static readonly Operation s_unpin = new(Verbs.Unpin);

    private readonly Audience _audience;
    private readonly Func<Cpu, KTask> _runSetup;
    private readonly Func<Cpu, KTask> _runActor;
    private readonly Assignment[] _assignments = new Assignment[Smp.MaxCpus];
    private readonly TaskStruct[] _processes = new TaskStruct[History.MaxActors];
    private readonly ActorName[] _names = new ActorName[History.MaxActors];
    private History _history = new("", MachineSize.Usual, [], []);
    private readonly WaitQueue _stopped;
    private readonly WaitQueue _resumed;
    private bool _hasPeeks;
    private int _lastValue;
    private int _setupSteps;

    /// <summary>Runs histories on <paramref name="machine"/>, watched by <paramref name="witnesses"/>.</summary>
    public Runner(Machine machine, params IWitness[] witnesses)
    {
        Machine = machine;
        _audience = new Audience(witnesses);
        _runSetup = RunSetup;
        _runActor = RunActor;
        _stopped = new WaitQueue(machine.Smp, "ptrace_attach");
        _resumed = new WaitQueue(machine.Smp, "ptrace_stop");
        machine.ProcessWoken = PutOnCpu;
        for (int actor = 0; actor < History.MaxActors; actor++)
        {
            _names[actor] = new ActorName(History.NameOf(actor));
        }
    }

    /// <summary>The machine.</summary>
    public Machine Machine { get; }

    /// <summary>Steps that the last execution took, setup included.</summary>
    public int Steps => Machine.Smp.Explored.Steps;

    /// <summary>Steps that its actors took: those among which a strategy chooses.</summary>
    public int ActorSteps => Steps - _setupSteps;

    /// <summary>
    /// Runs one execution. Returns null if every promise was kept. The setup runs first, undisturbed; then the
    /// actors run side by side, as <paramref name="strategy"/> chooses (null: each as far as it can).
    /// </summary>
    public Failure? Run(History history, Strategy? strategy)
    {
        if (!ReferenceEquals(_history, history))
        {
            _history = history;
            _hasPeeks = HasPeeks(history);
        }

        _lastValue = 0;
        Smp smp = Machine.Smp;
        Machine.PowerOn(history.Machine);
        for (int actor = 0; actor < history.Actors.Length; actor++)
        {
            _names[actor].Forget();
            _processes[actor] = Machine.BootProcess(_names[actor].Text);
        }

        Machine.Kernel.Boot();
        _audience.Booted(Machine);

        Machine.Disk.Start();
        if (!history.Setup.IsEmpty)
        {
            smp.Spawn("setup", _runSetup);
            smp.Run(null);
            smp.RetireFinished();
        }

        _setupSteps = smp.Explored.Steps;
        smp.Recorder?.SetupEnded();

        if (smp.Failure is null)
        {
            for (int actor = 0; actor < history.Actors.Length; actor++)
            {
                Start(_processes[actor], _names[actor], history.Actors[actor]);
            }

            smp.Run(strategy);
        }

        if (smp.Failure is null && !smp.Explored.HasGivenUp)
        {
            _audience.Quiet();
        }

        smp.Explored.PowerOff();
        return smp.Failure;
    }

    /// <summary>As <see cref="Run"/>, and writes down what happens. The execution is the same one, but slower.</summary>
    public (Failure? Failure, Recorder Recording) Record(History history, Strategy? strategy)
    {
        Smp smp = Machine.Smp;
        var recorder = new Recorder(smp);
        smp.Recorder = recorder;
        try
        {
            return (Run(history, strategy), recorder);
        }
        finally
        {
            smp.Recorder = null;
        }
    }

    private async KTask RunSetup(Cpu cpu)
    {
        foreach (SetupStep step in _history.Setup)
        {
            TaskStruct task = _processes[step.Actor];
            if (!task.IsExiting)
            {
                _assignments[cpu.Id] = new Assignment(task, _names[step.Actor], default);
                task.IsBusy = true;
                Begin(cpu, task, step.Operation);
                int result = await Perform(task, step.Operation);
                End(cpu, task, step.Operation, result);
                task.IsBusy = false;
                if (_hasPeeks)
                {
                    // A thread that an earlier step made may wait to peek at this one.
                    _stopped.WakeUp();
                }
            }

            // The next step finds the disk idle: what is to be in flight, the actors must start.
            while (Machine.Disk.InFlight > 0)
            {
                await Machine.Smp.Schedule();
            }
        }
    }

    private async KTask RunActor(Cpu cpu)
    {
        TaskStruct task = _assignments[cpu.Id].Task;
        ImmutableArray<Operation> operations = _assignments[cpu.Id].Operations;
        for (int next = 0; next < operations.Length && !task.IsExiting; next++)
        {
            if (_hasPeeks)
            {
                await StopIfTraced(task);
            }

            Begin(cpu, task, operations[next]);
            int result = await Perform(task, operations[next]);
            End(cpu, task, operations[next], result);
        }

        task.IsBusy = false;
        if (_hasPeeks)
        {
            _stopped.WakeUp();
        }
    }

    private void Begin(Cpu cpu, TaskStruct task, Operation operation)
    {
        _assignments[cpu.Id].Current = operation;
        if (operation.Verb.Code == VerbCode.FileWrite)
        {
            task.UserBuffer = ++_lastValue;
        }

        if (operation.Verb.Code != VerbCode.Peek)
        {
            Witness(task, operation);
        }
    }

    /// <summary>Does it: what a call answers, 0 of what is none. Not async itself, as it would be one more frame under each operation.</summary>
    private KTask<int> Perform(TaskStruct task, Operation operation)
    {
        switch (operation.Verb.Code)
        {
            case VerbCode.Write:
            case VerbCode.Read:
                return Access(task, operation.Number, operation.Verb.Code == VerbCode.Write);

            case VerbCode.FailAlloc:
                task.AllocationsUntilFailure = operation.Number - 1;
                return new KTask<int>(0);

            case VerbCode.Peek:
                return Peek(task, operation);

            case VerbCode.DeviceRead:
            case VerbCode.DeviceWrite:
                return AccessByDevice(task, operation.Verb.Code == VerbCode.DeviceWrite);

            case VerbCode.Exit:
                return Exit(task, operation);

            default:
                task.SawAllocationFail = false;
                return Machine.Kernel.Call(task, operation);
        }
    }

    private void End(Cpu cpu, TaskStruct task, Operation operation, int result)
    {
        if (operation.Verb.Code is VerbCode.FileWrite or VerbCode.FileRead)
        {
            NoteFile(task, operation, result);
        }

        _audience.Ended(task, operation, result);

        Machine.Smp.Recorder?.Ended(cpu, operation, result);
    }

    private void NoteFile(TaskStruct task, Operation operation, int result)
    {
        if (Machine.Smp.Recorder is { } recorder && result >= 0)
        {
            string arrow = operation.Verb.Code == VerbCode.FileWrite ? "<-" : "->";
            recorder.Note($"{operation.Verb.Name} {operation.Number} {arrow} {Values.Text(task.UserBuffer)}");
        }
    }

    /// <summary>
    /// ptrace stops its tracee first, and waits until it has: between two operations, or in a wait of its own. Threads
    /// of its address space are not stopped.
    /// </summary>
    private async KTask<int> Peek(TaskStruct task, Operation operation)
    {
        TaskStruct tracee = _processes[operation.Actor];
        task.Peeked = null;
        if (tracee.IsExiting || tracee == task)
        {
            Witness(task, operation);
            return Errno.Srch;
        }

        tracee.Tracers++;
        bool wasBusy = task.IsBusy;
        task.IsBusy = false;
        _stopped.WakeUp();
        while (tracee.IsBusy && !tracee.IsExiting)
        {
            await _stopped.Sleep();
        }

        // Only now can the debugger read what the tracee holds.
        Witness(task, operation);
        task.IsBusy = wasBusy;
        task.SawAllocationFail = false;
        int result = tracee.IsExiting ? Errno.Srch : await Machine.Kernel.Call(task, operation);
        tracee.Tracers--;
        _resumed.WakeUp();
        if (task.Peeked is { } value)
        {
            Machine.Smp.Recorder?.Note($"peek {tracee.Comm} {operation.Number} -> {Values.Text(value)}");
        }

        return result;
    }

    /// <summary>Between two operations: here a debugger can have the task stopped, and keep it so.</summary>
    private async KTask StopIfTraced(TaskStruct task)
    {
        task.IsBusy = false;
        if (task.Tracers > 0)
        {
            _stopped.WakeUp();
        }

        while (task.Tracers > 0 && !task.IsExiting)
        {
            await _resumed.Sleep();
        }

        task.IsBusy = true;
    }

    /// <summary>
    /// A load or store: the page tables are asked, and the kernel if they say no, until they say yes. Whoever gets a signal
    /// for it is killed.
    /// </summary>
    private async KTask<int> Access(TaskStruct task, int address, bool write)
    {
        Smp smp = Machine.Smp;
        int value = write ? ++_lastValue : 0;
        task.SawAllocationFail = false;
        while (true)
        {
            await task.RawMm!.Mmu.Access(write);
            MmStruct mm = task.RawMm!;
            int remembered = Machine.Tlb is null ? -1 : Machine.Tlb.Find(smp.Current.Id, mm, address, write);
            if (remembered >= 0)
            {
                Complete(task, address, Machine.Pages[remembered], write, value);
                return 0;
            }

            Cell<Pte>? cell = mm.Walk(address);
            Pte pte = cell is null ? default : cell.LookByHardware();
            if (cell is not null && pte.IsPresent && (!write || pte.IsWritable))
            {
                Page page = Machine.Pages[pte.PageIndex];
                Machine.Tlb?.Fill(smp.Current.Id, mm, address, page.Index, write);
                if (!pte.IsYoung || (write && !pte.IsDirty))
                {
                    cell.SetByHardware(write ? pte.MakeYoung().MakeDirty() : pte.MakeYoung());
                }

                Complete(task, address, page, write, value);
                return 0;
            }

            Fault fault = await Machine.Kernel.PageFault(task, address, write);
            if (fault != Fault.Handled)
            {
                smp.Recorder?.Note($"{(write ? "write" : "read")} {address}: {fault}");
                _audience.Signalled(task, address, write, fault);
                await Kill(task);
                return 0;
            }
        }
    }

    private void Complete(TaskStruct task, int address, Page page, bool write, int value)
    {
        if (write)
        {
            page.Content = value;
            Machine.Smp.Recorder?.Note($"write {address} <- {value}");
            _audience.Wrote(task, address, value);
        }
        else
        {
            value = page.Content;
            Machine.Smp.Recorder?.Note($"read {address} -> {Values.Text(value)}");
            _audience.Read(task, address, value);
        }
    }

    /// <summary>A transfer of the device that a task has pinned a page for: one moment, and no page table is asked.</summary>
    private async KTask<int> AccessByDevice(TaskStruct task, bool write)
    {
        await task.RawMm!.Mmu.Access(write);
        if (task.Pinned is not { } page || (write && !task.IsPinnedForWrite))
        {
            return 0;
        }

        if (write)
        {
            int value = ++_lastValue;
            page.Content = value;
            Machine.Smp.Recorder?.Note($"device writes {value}");
            _audience.DeviceWrote(task, value);
        }
        else
        {
            int value = page.Content;
            Machine.Smp.Recorder?.Note($"device reads {Values.Text(value)}");
            _audience.DeviceRead(task, value);
        }

        return 0;
    }

    private async KTask<int> Exit(TaskStruct task, Operation operation)
    {
        task.SawAllocationFail = false;
        Leave(task);
        await LetGoOfDevice(task);
        return await Machine.Kernel.Call(task, operation);
    }

    /// <summary>Whoever exits closes the device, which lets go of the page.</summary>
    private async KTask LetGoOfDevice(TaskStruct task)
    {
        if (task.Pinned is not null)
        {
            Witness(task, s_unpin);
            await Machine.Kernel.Call(task, s_unpin);
            _audience.Ended(task, s_unpin, 0);
        }
    }

    private async KTask Kill(TaskStruct task)
    {
        Leave(task);
        await LetGoOfDevice(task);
        Witness(task, s_exit);
        await Machine.Kernel.Call(task, s_exit);
        _audience.Ended(task, s_exit, 0);
    }

    private static bool HasPeeks(History history)
    {
        return history.Setup.Any(step => Peeks(step.Operation)) || history.Actors.Any(actor => actor.Any(Peeks));

        static bool Peeks(Operation operation) => operation.Verb.Code == VerbCode.Peek || operation.Child.Any(Peeks);
    }

    /// <summary>The task is about to exit: nobody need wait for it to stop.</summary>
    private void Leave(TaskStruct task)
    {
        task.IsExiting = true;
        _stopped.WakeUp();
    }

    private void Witness(TaskStruct task, Operation operation)
    {
        Machine.Smp.Recorder?.Began(Machine.Smp.Current, operation);
        _audience.Began(task, operation);
    }

    private void Start(TaskStruct task, ActorName name, ImmutableArray<Operation> operations)
    {
        Smp smp = Machine.Smp;
        if (operations.IsEmpty || !smp.HasIdleCpu)
        {
            return;
        }

        _assignments[smp.NextCpu] = new Assignment(task, name, operations);
        task.IsBusy = true;
        smp.Spawn(name.Text, _runActor);
    }

    /// <summary>
    /// A fork or clone has made a child. With operations to do it gets a CPU of its own; if none is idle, it never
    /// does them.
    /// </summary>
    private void PutOnCpu(TaskStruct child)
    {
        ref Assignment parent = ref _assignments[Machine.Smp.Current.Id];
        Operation operation = parent.Current;
        ActorName name = parent.Name.NextChild();
        child.Comm = name.Text;
        _audience.Woke(parent.Task, child, operation);

        Start(child, name, operation.Child);
    }

    /// <summary>What a CPU does.</summary>
    private struct Assignment(TaskStruct task, ActorName name, ImmutableArray<Operation> operations)
    {
        internal readonly TaskStruct Task = task;
        internal readonly ActorName Name = name;
        internal readonly ImmutableArray<Operation> Operations = operations;
        internal Operation Current = s_exit;
    }

    /// <summary>A name such as A.1, kept so that naming the same child again does not allocate.</summary>
    private sealed class ActorName(string text)
    {
        private readonly List<ActorName> _children = [];
        private int _named;

        internal string Text { get; } = text;

        internal void Forget()
        {
            _named = 0;
            foreach (ActorName child in _children)
            {
                child.Forget();
            }
        }

        internal ActorName NextChild()
        {
            if (_named == _children.Count)
            {
                _children.Add(new ActorName($"{Text}.{_named + 1}"));
            }

            return _children[_named++];
        }
    }
}
