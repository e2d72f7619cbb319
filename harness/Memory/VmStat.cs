namespace Variants.Harness.Memory;

/// <summary>
/// /proc/vmstat: what reclaim and the swap device have done since the machine was switched on, for those who compare
/// designs that are all correct. No kernel decides by these counts, so they are no state of the machine.
/// </summary>
public sealed class VmStat
{
    /// <summary>Where the head of the disk is: the slot that it could go on with, -1 if there is none.</summary>
    private int _next;

    /// <summary>pgscan: pages and ptes that reclaim has looked at, each time it did.</summary>
    public int PagesScanned { get; set; }

    /// <summary>pgsteal: pages that reclaim has given back to the free list.</summary>
    public int PagesFreed { get; set; }

    /// <summary>Allocations that found no page, although reclaim had looked for some.</summary>
    public int AllocationsFailed { get; internal set; }

    /// <summary>pswpin: slots whose reading was begun.</summary>
    public int SlotsRead { get; private set; }

    /// <summary>pswpout: slots whose writing was begun.</summary>
    public int SlotsWritten { get; private set; }

    /// <summary>Requests for another slot than the one after the last request's: the disk has to move its head.</summary>
    public int Seeks { get; private set; }

    /// <summary>Writes that were such requests: each begins a run of slots that follow one another.</summary>
    public int RunsWritten { get; private set; }

    /// <summary>The disk is asked for a transfer. It goes about its requests in the order in which they come.</summary>
    internal void Submitted(DiskRequest request)
    {
        if (request.Entry.IsNone)
        {
            // A file lies somewhere else.
            Seeks++;
            _next = -1;
            return;
        }

        bool seeks = request.Entry.Offset != _next;
        _next = request.Entry.Offset + 1;
        Seeks += seeks ? 1 : 0;
        if (request.IsWrite)
        {
            SlotsWritten++;
            RunsWritten += seeks ? 1 : 0;
        }
        else
        {
            SlotsRead++;
        }
    }

    internal void PowerOn()
    {
        _next = -1;
        PagesScanned = 0;
        PagesFreed = 0;
        AllocationsFailed = 0;
        SlotsRead = 0;
        SlotsWritten = 0;
        Seeks = 0;
        RunsWritten = 0;
    }
}
