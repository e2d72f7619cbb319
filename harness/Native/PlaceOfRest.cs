namespace Variants.Harness.Native;

/// <summary>Where daemons wait for work: a queue, a device. Whoever calls it holds the lock of that place.</summary>
internal struct PlaceOfRest
{
    private int _resting;

    /// <summary>The daemon that runs waits here from now on: see <see cref="NativeClock.Rest"/>.</summary>
    internal void Begin(NativeClock clock)
    {
        clock.Rest();
        _resting++;
    }

    /// <summary>Those who wait here have work to do, or will look whether they have; some may have been told already.</summary>
    internal void End(NativeClock clock)
    {
        if (_resting > 0)
        {
            clock.EndRest(_resting);
            _resting = 0;
        }
    }
}
