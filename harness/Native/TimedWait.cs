using Variants.Harness.Engine;

namespace Variants.Harness.Native;

/// <summary>
/// A wait of the current CPU for a lock, until disposed of: counted for the class of the lock, as lock_stat has it. Only who
/// finds a lock taken gets here, so that one that is free costs no more.
/// </summary>
internal readonly ref struct TimedWait
{
    private readonly NativeClock _clock;
    private readonly LockClass _class;
    private readonly long _began;

    internal TimedWait(Lock wanted)
    {
        _clock = wanted.Smp.Native!;
        _class = wanted.Class;
        _began = NativeClock.Now;
    }

    public void Dispose() => _clock.Waited(_class, NativeClock.Now - _began);
}
