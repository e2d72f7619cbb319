using System.Runtime.CompilerServices;
using Variants.Harness.Native;

namespace Variants.Harness.Engine;

/// <summary>
/// The big kernel lock: a monitor. It may be taken again by its holder, and schedule() drops it for as long as its
/// holder sleeps, so that code is atomic against other holders only between two sleeps. It makes no lock order.
/// </summary>
/// <remarks>It stands with the engine because every primitive that sleeps has to drop it and take it again.</remarks>
public sealed class BigKernelLock : Lock
{
    private readonly int[] _depthAsleep;
    private LockOwner _owner;
    private LockWord _native;

    /// <summary>The one big kernel lock of a machine.</summary>
    public BigKernelLock(Smp smp)
        : base(smp, "kernel_flag", smp.LockDep.Class("kernel_flag", spinning: false, ordered: false))
    {
        smp.KernelLock = this;
        _depthAsleep = new int[smp.Cpus.Length];
    }

    internal override bool IsTakenNatively => _native.IsTaken;

    internal override uint Owners => _owner.Bit(Smp);

    internal override bool IsFree => _owner.IsNobody;

    /// <summary>lock_kernel(): spins until it is free, unless the current CPU holds it already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Step<Acquisition> Lock([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Cpu cpu = Smp.Current;
        bool nested = _owner.Is(cpu);
        if (nested)
        {
            Smp.Announce(this, OperationKind.Acquire, ready: true, where, line);
        }
        else
        {
            Smp.AnnounceWaiting(this, OperationKind.Acquire, _owner.IsNobody, where, line);
        }

        return new(new Acquisition(this));
    }

    /// <summary>unlock_kernel(): free once it has been called as often as lock_kernel().</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Step<Releasing> Unlock([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Smp.Announce(this, OperationKind.Release, ready: true, where, line);
        return new(new Releasing(this));
    }

    internal override void PowerOn()
    {
        _owner = default;
        _native = default;
    }

    /// <summary>As <see cref="DropToSleep"/>, of a thread; how often it had taken the lock.</summary>
    internal int DropNatively()
    {
        Cpu cpu = Smp.Native!.ThisCpu;
        int depth = cpu.KernelLockDepth;
        cpu.KernelLockDepth = 0;
        _native.Leave();
        return depth;
    }

    /// <summary>As <see cref="Retake"/>, of a thread.</summary>
    internal void RetakeNatively(int depth)
    {
        _native.Enter(this);
        Smp.Native!.ThisCpu.KernelLockDepth = depth;
    }

    /// <summary>release_kernel_lock(), in schedule().</summary>
    internal void DropToSleep(Cpu cpu)
    {
        _depthAsleep[cpu.Id] = cpu.KernelLockDepth;
        cpu.KernelLockDepth = 0;
        Free(cpu);
    }

    /// <summary>reacquire_kernel_lock(), at the end of schedule().</summary>
    internal void Retake(Cpu cpu)
    {
        Own(cpu);
        cpu.KernelLockDepth = _depthAsleep[cpu.Id];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TakeNatively()
    {
        Cpu cpu = Smp.Native!.ThisCpu;
        if (cpu.KernelLockDepth++ == 0)
        {
            _native.Enter(this);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void GiveNatively()
    {
        Cpu cpu = Smp.Native!.ThisCpu;
        if (cpu.KernelLockDepth == 0)
        {
            ReportNotHeld("releases");
        }
        else if (--cpu.KernelLockDepth == 0)
        {
            _native.Leave();
        }
    }

    private void Take()
    {
        Cpu cpu = Smp.Current;
        if (cpu.KernelLockDepth++ == 0)
        {
            Own(cpu);
        }
    }

    private void Give()
    {
        Cpu cpu = Smp.Current;
        if (!_owner.Is(cpu))
        {
            ReportNotHeld("releases");
        }
        else if (--cpu.KernelLockDepth == 0)
        {
            Free(cpu);
        }
    }

    private void Own(Cpu cpu)
    {
        _owner = LockOwner.Of(cpu);
        Waiters &= ~cpu.Bit;
        Smp.Taken(this);
        NoteAcquired(cpu);
    }

    private void Free(Cpu cpu)
    {
        NoteReleased(cpu);
        _owner = default;
        Smp.Freed(this);
        Smp.ReleaseTo(ref Released);
    }

    /// <summary>Takes the lock, or counts one more.</summary>
    public readonly struct Acquisition : IOperation
    {
        private readonly BigKernelLock _lock;

        internal Acquisition(BigKernelLock kernelLock) => _lock = kernelLock;

        /// <inheritdoc/>
        public Smp Smp => _lock.Smp;

        /// <inheritdoc/>
        public void Perform() => _lock.Take();

        /// <inheritdoc/>
        public void PerformNatively() => _lock.TakeNatively();
    }

    /// <summary>Counts one less, and gives the lock back at zero.</summary>
    public readonly struct Releasing : IOperation
    {
        private readonly BigKernelLock _lock;

        internal Releasing(BigKernelLock kernelLock) => _lock = kernelLock;

        /// <inheritdoc/>
        public Smp Smp => _lock.Smp;

        /// <inheritdoc/>
        public void Perform() => _lock.Give();

        /// <inheritdoc/>
        public void PerformNatively() => _lock.GiveNatively();
    }
}
