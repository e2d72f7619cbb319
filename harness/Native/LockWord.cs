using System.Runtime.CompilerServices;
using Variants.Harness.Engine;

namespace Variants.Harness.Native;

/// <summary>A lock that threads take: test and set, then test until it is free and set again. No order among those who wait.</summary>
internal struct LockWord
{
    private int _taken;

    internal readonly bool IsTaken => Volatile.Read(in _taken) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryEnter() => Interlocked.CompareExchange(ref _taken, 1, 0) == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Enter(Smp smp)
    {
        if (!TryEnter())
        {
            EnterWhenFree(new Patience(smp));
        }
    }

    /// <summary>As <see cref="Enter(Smp)"/>, for a lock of which waits are counted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Enter(Lock owner)
    {
        if (!TryEnter())
        {
            EnterWhenFree(owner);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Leave() => Volatile.Write(ref _taken, 0);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EnterWhenFree(Lock owner)
    {
        using var wait = new TimedWait(owner);
        EnterWhenFree(new Patience(owner.Smp));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EnterWhenFree(Patience patience)
    {
        do
        {
            patience.Wait();
        }
        while (IsTaken || !TryEnter());
    }
}
