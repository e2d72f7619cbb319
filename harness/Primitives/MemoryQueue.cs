using Variants.Harness.Engine;

namespace Variants.Harness.Primitives;

/// <summary>
/// Memory as something one waits for: whoever found no page sleeps here until one may be had, because a page was freed or
/// because something happened that may let reclaim free one. Nobody in particular owes it: any CPU that can go on may
/// free some, so as long as one can, nobody waits in vain.
/// </summary>
/// <remarks>
/// A lock's waiter waits for all of its holders; a waiter for memory needs only one of many. So this edge of the wait-for
/// graph appears when the last CPU that could go on has stopped: from then on the waiter waits for each of those that are
/// stuck, and if one of them is stuck for what the waiter holds, that is the circle. An execution ends, and so no such
/// circle is missed; none is reported while somebody could still break it.
/// </remarks>
public sealed class MemoryQueue : WaitQueue
{
    private readonly SharedFact _news;

    /// <summary>How often there has been progress.</summary>
    private int _told;

    /// <summary>How often there had been when each CPU began to look.</summary>
    private readonly int[] _seen;

    /// <summary>The queue of a machine's memory.</summary>
    public MemoryQueue(Smp smp)
        : base(smp, "free memory")
    {
        _news = new SharedFact(smp);
        _seen = new int[smp.CpuLimit];
    }

    /// <summary>
    /// True if there has been <see cref="Progress"/> since this CPU began to look for memory: it may have looked too early,
    /// and must look again before it sleeps, as nobody will wake it for that.
    /// </summary>
    public bool HasNews
    {
        get
        {
            _news.Looked();
            return _seen[Smp.ProcessorId] != Volatile.Read(ref _told);
        }
    }

    /// <summary>This CPU is going to scan all memory, and that takes more than a moment.</summary>
    public void BeginLooking()
    {
        _news.Looked();
        _seen[Smp.ProcessorId] = Volatile.Read(ref _told);
    }

    /// <summary>Something has happened that may let somebody have a page: whoever waits for one tries again.</summary>
    public void Progress()
    {
        _news.Changed();
        if (Smp.IsNative)
        {
            Interlocked.Increment(ref _told);
        }
        else
        {
            _told++;
        }

        if (IsActive)
        {
            WakeUp();
        }
    }

    internal override bool IsPlaceOfRest => false;

    internal override uint Owners
    {
        get
        {
            uint waiters = Waiters;
            if ((Smp.Explored.Enabled & ~waiters) != 0)
            {
                return 0;
            }

            uint stuck = 0;
            for (int id = 0; id < Smp.CpuCount; id++)
            {
                Cpu cpu = Smp.Cpus[id];

                // A daemon that nobody owes anything waits for work, and is not stuck.
                if (!cpu.Finished && (waiters & cpu.Bit) == 0 && !(cpu.Daemon && IsIdle(cpu)))
                {
                    stuck |= cpu.Bit;
                }
            }

            return stuck;
        }
    }

    private bool IsIdle(Cpu cpu) => Smp.Objects[cpu.Target].Owners == 0;
}
