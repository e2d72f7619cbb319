using Variants.Harness.Engine;

namespace Variants.Harness.Native;

/// <summary>
/// Where threads sleep until a word is zero: a futex, keyed by the lock that the word is of. Every CPU has one place, and one in
/// queues, made before anybody runs, as it can sleep only once.
/// </summary>
/// <remarks>
/// Whoever changes a word looks whether anybody sleeps for it by a plain read, so that it costs nothing when nobody does;
/// whoever is about to sleep makes all cores order their accesses first (membarrier), as <see cref="NativeReaders"/> does.
/// </remarks>
internal sealed class ParkingLot
{
    /// <summary>After so long a sleeper looks around: the thread that was to wake it may have met its end.</summary>
    internal const int MomentMs = 10;

    private readonly NativeClock _clock;
    private readonly Place[] _places;
    private readonly QueuedThread[] _queued;

    internal ParkingLot(NativeClock clock, int cpus)
    {
        _clock = clock;
        _places = new Place[cpus];
        _queued = new QueuedThread[cpus];
        for (int cpu = 0; cpu < cpus; cpu++)
        {
            _places[cpu] = new Place();
            _queued[cpu] = new QueuedThread();
        }
    }

    /// <summary>How many sleep, or are about to.</summary>
    internal int Count => _places.Count(place => Volatile.Read(ref place.Owner) is not null) + _queued.Count(one => one.IsAsleep);

    /// <summary>The current CPU, in the queue of a lock that has one.</summary>
    internal QueuedThread Mine => _queued[_clock.ThisCpu.Id];

    /// <summary>
    /// Sleeps until the word is zero. Of those who wait to take something only one is woken, if
    /// <paramref name="isExclusive"/> says so; it may be too late, and must look again.
    /// </summary>
    internal void SleepUntil(SharedObject owner, ref int word, ref int sleepers, bool isExclusive)
    {
        Place mine = _places[_clock.ThisCpu.Id];
        lock (mine)
        {
            mine.IsExclusive = isExclusive;
            mine.Owner = owner;
        }

        Interlocked.Increment(ref sleepers);
        Interlocked.MemoryBarrierProcessWide();
        try
        {
            lock (mine)
            {
                while (mine.Owner is not null && Volatile.Read(ref word) != 0)
                {
                    _clock.StopIfFailed();
                    Monitor.Wait(mine, MomentMs);
                }
            }
        }
        finally
        {
            lock (mine)
            {
                mine.Owner = null;
            }

            Interlocked.Decrement(ref sleepers);
        }
    }

    /// <summary>The word of this lock has become zero.</summary>
    internal void Wake(SharedObject owner)
    {
        bool hasWokenOne = false;
        foreach (Place place in _places)
        {
            if (!ReferenceEquals(Volatile.Read(ref place.Owner), owner))
            {
                continue;
            }

            lock (place)
            {
                if (ReferenceEquals(place.Owner, owner) && !(place.IsExclusive && hasWokenOne))
                {
                    hasWokenOne |= place.IsExclusive;
                    place.Owner = null;
                    Monitor.Pulse(place);
                }
            }
        }
    }

    /// <summary>What one CPU sleeps for.</summary>
    private sealed class Place
    {
        internal SharedObject? Owner;
        internal bool IsExclusive;
    }
}
