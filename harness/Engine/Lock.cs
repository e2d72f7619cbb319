using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Variants.Harness.Engine;

/// <summary>
/// What all locks share: who holds one, what that orders, and what the checkers make of it. Lock order is judged at
/// the attempt, not at the acquisition: an execution that deadlocks never acquires.
/// </summary>
public abstract class Lock : SharedObject, ISynchronizes
{
    private protected Vector256<int> Released;

    /// <summary>The bit of its class; none if that makes no order.</summary>
    private readonly ulong _classBit;

    /// <summary>1 if its holder may not sleep.</summary>
    private readonly int _atomicDepth;

    private protected Lock(Smp smp, string name, LockClass lockClass)
        : base(smp, name)
    {
        Class = lockClass;
        (_classBit, _atomicDepth) = WorthOf(lockClass);
    }

    private protected Lock(TrackedObject owner, string field, LockClass lockClass)
        : base(owner, field)
    {
        Class = lockClass;
        (_classBit, _atomicDepth) = WorthOf(lockClass);
    }

    /// <summary>Its kind, for the lock order.</summary>
    public LockClass Class { get; }

    internal override string Subject => Class.Name;

    /// <summary>True while a thread of the native clock, or a device, has it.</summary>
    internal abstract bool IsTakenNatively { get; }

    /// <summary>A sleeping lock for which one spins, since Linux 3.16, while its owner runs.</summary>
    internal virtual bool SpinsOnOwner => false;

    void ISynchronizes.ForgetTimes() => Released = Vector256<int>.Zero;

    /// <summary>Judges the lock order of an attempt to take this lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected void CheckOrder(bool shared = false)
    {
        ulong held = Smp.Current.HeldClasses;
        if (held != 0 && (held & ~Smp.LockDep.HeldBefore(Class)) != 0)
        {
            CheckOrderAgainst(held, shared);
        }
    }

    /// <summary>The current CPU holds the lock from here.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected void NoteAcquired(Cpu cpu, bool shared = false)
    {
        Smp.AcquireFrom(Released);
        NoteHeld(cpu, shared);
    }

    /// <summary>As <see cref="NoteAcquired"/>, without being ordered after the last holder.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected void NoteHeld(Cpu cpu, bool shared = false)
    {
        if (cpu.HeldCount == cpu.Held.Length)
        {
            Array.Resize(ref cpu.Held, 2 * cpu.HeldCount);
            Array.Resize(ref cpu.HeldAt, 2 * cpu.HeldCount);
        }

        cpu.Held[cpu.HeldCount] = new HeldLock(Number, cpu.HeldClasses);
        cpu.HeldClasses |= _classBit;
        cpu.AtomicDepth += _atomicDepth;
        if (Smp.Recorder is { } recorder)
        {
            cpu.HeldAt[cpu.HeldCount] = recorder.LastPlace(cpu);
            recorder.Taken(this, cpu.Name, shared);
        }

        cpu.HeldCount++;
    }

    /// <summary>The CPU gives the lock back. False, and reported, if it does not hold it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected bool NoteReleased(Cpu cpu)
    {
        int top = cpu.HeldCount - 1;
        if (top < 0 || cpu.Held[top].Number != Number)
        {
            return NoteReleasedOutOfOrder(cpu);
        }

        cpu.HeldCount = top;
        cpu.HeldClasses = cpu.Held[top].Before;
        cpu.AtomicDepth -= _atomicDepth;
        Smp.Recorder?.Released(this, cpu.Name);
        return true;
    }

    /// <summary>True while the CPU holds the lock, for those that a reader may take twice.</summary>
    private protected bool IsHeldBy(Cpu cpu)
    {
        for (int i = 0; i < cpu.HeldCount; i++)
        {
            if (cpu.Held[i].Number == Number)
            {
                return true;
            }
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private protected void ReportNotHeld(string verb) => Smp.Fail(
        FailureKind.ReleaseNotHeld,
        Class.Name,
        $"{Smp.Current.Name} {verb} {Name}, which it does not hold");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool NoteReleasedOutOfOrder(Cpu cpu)
    {
        int at = cpu.HeldCount - 1;
        while (at >= 0 && cpu.Held[at].Number != Number)
        {
            at--;
        }

        if (at < 0)
        {
            ReportNotHeld("releases");
            return false;
        }

        ulong held = cpu.Held[at].Before;
        for (; at < cpu.HeldCount - 1; at++)
        {
            int later = cpu.Held[at + 1].Number;
            cpu.Held[at] = new HeldLock(later, held);
            held |= ((Lock)Smp.Objects[later])._classBit;
            cpu.HeldAt[at] = cpu.HeldAt[at + 1];
        }

        cpu.HeldCount--;
        cpu.HeldClasses = held;
        cpu.AtomicDepth -= _atomicDepth;
        Smp.Recorder?.Released(this, cpu.Name);
        return true;
    }

    private static (ulong ClassBit, int AtomicDepth) WorthOf(LockClass lockClass) =>
        (lockClass.IsOrdered ? 1ul << lockClass.Index : 0, lockClass.IsSpinning ? 1 : 0);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CheckOrderAgainst(ulong held, bool shared)
    {
        if (!Class.IsOrdered || !Smp.Checks.LockOrder)
        {
            return;
        }

        Cpu cpu = Smp.Current;
        if ((held & _classBit) != 0)
        {
            if (!shared)
            {
                Smp.Warn(FailureKind.LockOrder, Class.Name, $"{cpu.Name} takes {Name} while it holds a lock of the same class");
            }

            return;
        }

        if (Smp.LockDep.Attempt(held, Class) is { } inverted)
        {
            (string first, string second) = string.CompareOrdinal(Class.Name, inverted.Name) < 0
                ? (Class.Name, inverted.Name)
                : (inverted.Name, Class.Name);
            Smp.Warn(
                FailureKind.LockOrder,
                $"{first}, {second}",
                $"{cpu.Name} takes {Name} while it holds {inverted.Name}; the opposite order has been taken before");
        }
    }
}
