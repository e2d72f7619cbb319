using System.Runtime.CompilerServices;

namespace Variants.Harness.Native;

/// <summary>
/// A lock for which threads sleep: whoever finds it taken spins for a little, as its holder may be about to leave, and then
/// sleeps, without the big kernel lock. No order among those who wait.
/// </summary>
internal struct SleepingWord
{
    private int _taken;
    private int _sleepers;

    internal readonly bool IsTaken => Volatile.Read(in _taken) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryEnter() => Interlocked.CompareExchange(ref _taken, 1, 0) == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Enter(Lock owner)
    {
        if (!TryEnter())
        {
            EnterWhenFree(owner);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Leave(Lock owner)
    {
        Volatile.Write(ref _taken, 0);
        if (Volatile.Read(ref _sleepers) != 0)
        {
            owner.Smp.Native!.Sleepers.Wake(owner);
        }
    }

    /// <summary>Waits until nobody has it, without taking it.</summary>
    internal void WaitUntilFree(Lock owner)
    {
        if (IsTaken)
        {
            using var sleep = new WithoutKernelLock(owner.Smp);
            using var wait = new TimedWait(owner);
            while (IsTaken)
            {
                Wait(owner, isExclusive: false);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EnterWhenFree(Lock owner)
    {
        using var sleep = new WithoutKernelLock(owner.Smp);
        using var wait = new TimedWait(owner);
        do
        {
            Wait(owner, isExclusive: true);
        }
        while (!TryEnter());
    }

    private void Wait(Lock owner, bool isExclusive)
    {
        for (var patience = new Patience(owner.Smp); IsTaken;)
        {
            if (patience.IsOver)
            {
                owner.Smp.Native!.Sleepers.SleepUntil(owner, ref _taken, ref _sleepers, isExclusive);
                return;
            }

            patience.Wait();
        }
    }
}
