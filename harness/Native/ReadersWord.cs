using Variants.Harness.Engine;

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

    internal void EnterShared(Smp smp)
    {
        for (var patience = new Patience(smp); !TryEnterShared();)
        {
            patience.Wait();
        }
    }

    internal void LeaveShared() => Interlocked.Decrement(ref _word);

    internal void Enter(Smp smp)
    {
        for (var patience = new Patience(smp); Interlocked.CompareExchange(ref _word, Writing, 0) != 0;)
        {
            patience.Wait();
        }
    }

    internal void Leave() => Volatile.Write(ref _word, 0);

    private bool TryEnterShared()
    {
        int readers = Volatile.Read(ref _word);
        return readers != Writing && Interlocked.CompareExchange(ref _word, readers + 1, readers) == readers;
    }
}
