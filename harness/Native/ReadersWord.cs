using System.Runtime.CompilerServices;

namespace Variants.Harness.Native;

/// <summary>
/// A lock of many threads that read or one that writes: rwlock_t, a count of readers with a bit for the writer. To read is one
/// atomic addition, and so is to leave. Readers come in whoever waits, so they may nest, and may starve writers.
/// </summary>
internal struct ReadersWord
{
    private const int Writing = 1;
    private const int Reader = 2;

    private int _word;

    internal readonly bool IsTaken => Volatile.Read(in _word) != 0;

    private readonly bool IsWritten => (Volatile.Read(in _word) & Writing) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void EnterShared(Lock owner)
    {
        if ((Interlocked.Add(ref _word, Reader) & Writing) != 0)
        {
            WaitForWriter(owner);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void LeaveShared() => Interlocked.Add(ref _word, -Reader);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Enter(Lock owner)
    {
        if (!TryEnter())
        {
            EnterWhenFree(owner);
        }
    }

    /// <summary>Readers that wait are in with that.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Leave() => Interlocked.Add(ref _word, -Writing);

    private bool TryEnter() => Interlocked.CompareExchange(ref _word, Writing, 0) == 0;

    /// <summary>A reader that is counted, so that no other writer comes in before it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void WaitForWriter(Lock owner)
    {
        using var wait = new TimedWait(owner);
        for (var patience = new Patience(owner.Smp); IsWritten;)
        {
            patience.Wait();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EnterWhenFree(Lock owner)
    {
        using var wait = new TimedWait(owner);
        for (var patience = new Patience(owner.Smp); IsTaken || !TryEnter();)
        {
            patience.Wait();
        }
    }
}
