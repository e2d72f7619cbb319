namespace Variants.Harness.Native;

/// <summary>
/// A lock of many threads that read or one that writes: the number of readers, or -1. Readers come in whoever waits, so
/// they may nest, and may starve writers.
/// </summary>
internal struct ReadersWord
{
    private const int Writing = -1;

    private int _word;

    internal readonly bool IsTaken => Volatile.Read(in _word) != 0;

    internal void EnterShared(Lock owner)
    {
        if (TryEnterShared())
        {
            return;
        }

        using var wait = new TimedWait(owner);
        for (var patience = new Patience(owner.Smp); !TryEnterShared();)
        {
            patience.Wait();
        }
    }

    internal void LeaveShared() => Interlocked.Decrement(ref _word);

    internal void Enter(Lock owner)
    {
        if (TryEnter())
        {
            return;
        }

        using var wait = new TimedWait(owner);
        for (var patience = new Patience(owner.Smp); !TryEnter();)
        {
            patience.Wait();
        }
    }

    internal void Leave() => Volatile.Write(ref _word, 0);

    private bool TryEnter() => Interlocked.CompareExchange(ref _word, Writing, 0) == 0;

    private bool TryEnterShared()
    {
        int readers = Volatile.Read(ref _word);
        return readers != Writing && Interlocked.CompareExchange(ref _word, readers + 1, readers) == readers;
    }
}
