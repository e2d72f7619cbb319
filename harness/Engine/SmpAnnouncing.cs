using System.Runtime.CompilerServices;

namespace Variants.Harness.Engine;

/// <content>How a CPU comes to do something: it announces it, arrives, suspends if another goes first, and begins.</content>
public sealed partial class Smp
{
    /// <summary>The current CPU announces its next operation. One may be pending: a second was not awaited.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Announce(SharedObject target, OperationKind kind, bool ready, string where, int line)
    {
        if (_explored is { } explored)
        {
            explored.AnnounceInline(NotePending(target, kind, where, line), target, ready);
        }
        else
        {
            AnnounceToOtherClock(target, kind, ready, where, line);
        }
    }

    /// <summary>As <see cref="Announce"/>, of one who waits at <paramref name="target"/> until it is free.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void AnnounceWaiting(SharedObject target, OperationKind kind, bool ready, string where, int line)
    {
        if (_explored is { } explored)
        {
            Cpu cpu = Current;
            target.Waiters |= cpu.Bit;
            explored.AnnounceInline(NotePending(target, kind, where, line), target, ready);
        }
        else
        {
            AnnounceToOtherClock(target, kind, ready, where, line);
        }
    }

    /// <summary>As <see cref="Announce"/>, of one who will look whether <paramref name="target"/> is free, and wait only if it is not.</summary>
    internal void AnnounceAttempt(SharedObject target, OperationKind kind, string where, int line)
    {
        if (!IsNative)
        {
            Announce(target, kind, ready: true, where, line);
            Current.Stage = WaitStage.Attempt;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Cpu NotePending(SharedObject target, OperationKind kind, string where, int line)
    {
        Cpu cpu = Current;
        if (cpu.Pending != OperationKind.None)
        {
            ForgotAwait(cpu, where, line);
        }

        cpu.Pending = kind;
        cpu.Target = target.Number;
        cpu.MeetsAt = target.MeetsAt;
        Use(target);
        if (Recorder is not null)
        {
            Recorder.Announced(cpu, target, kind, where, line);
        }

        return cpu;
    }

    /// <summary>Real threads announce nothing: they do it, in the moment in which they await it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AnnounceToOtherClock(SharedObject target, OperationKind kind, bool ready, string where, int line)
    {
        if (Simulated is { } simulated)
        {
            AnnounceTo(simulated, target, kind, ready, where, line);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AnnounceTo(SimulatedClock simulated, SharedObject target, OperationKind kind, bool ready, string where, int line) =>
        simulated.Announce(NotePending(target, kind, where, line), target, ready);

    /// <summary>The object is not as it was when the machine was switched on: it will have to be reset.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Use(SharedObject target) => NoteUsed(target, target.Number);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void NoteUsed(SharedObject target, int number)
    {
        if (!target.IsUsed)
        {
            target.IsUsed = true;
            if (_usedCount == _used.Length)
            {
                Array.Resize(ref _used, 2 * _usedCount);
            }

            _used[_usedCount++] = number;
        }
    }

    /// <summary>Announces an operation that sleeps: the big kernel lock is dropped at once, and retaken on waking.</summary>
    internal void AnnounceSleep(OperationKind kind, string where, int line)
    {
        Cpu cpu = Current;

        // Under the simulated clock what may sleep and has nothing to wait for does not, and so keeps the lock.
        if (cpu.KernelLockDepth == 0 || (kind == OperationKind.Sleep && Simulated is not null))
        {
            Announce(_objects[0], kind, ready: true, where, line);
            return;
        }

        BigKernelLock kernelLock = KernelLock!;
        kernelLock.DropToSleep(cpu);
        kernelLock.Waiters |= cpu.Bit;
        Announce(kernelLock, kind, ready: kernelLock.IsFree, where, line);
        cpu.Stage = WaitStage.Relock;
    }

    /// <summary>The current CPU has announced what it will do: true if it is the one to go on, as a thread always is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool Arrive() => IsNative || ArriveAmongOthers();

    // Out of line: at each await of a kernel it would be as long as all else there, and executions would take 7 % longer.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool ArriveAmongOthers() => _explored is { } explored ? explored.ArriveInline() : Simulated!.Arrive();

    internal void Suspend(Frame frame) => Current.Leaf = frame;

    /// <summary>The current CPU is about to perform what it announced. True if it is a thread, which announced nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool BeginsNatively()
    {
        if (_beginsOtherwise)
        {
            return IsNative || BeginRecorded();
        }

        Current.Pending = OperationKind.None;
        Budget = _stepBudget;
        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool BeginRecorded()
    {
        Current.Pending = OperationKind.None;
        Budget = _stepBudget;
        Recorder!.Performed(Current);
        return false;
    }
}
