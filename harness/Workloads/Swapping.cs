using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Variants.Harness.Workloads;

/// <summary>What workloads about swap begin with, and the one swapoff of some.</summary>
internal static class Swapping
{
    /// <summary>kswapd gives up a round early where pages are young or on their way to the disk.</summary>
    private const int MostRounds = 64;

    private static readonly Operation s_swapoff = new(Verbs.SwapOff);

    /// <summary>Reclaim by kswapd, without a limit for what random histories ask for.</summary>
    internal static Operation Reclaim(int pages) => new(Verbs.Reclaim, pages);

    /// <summary>
    /// The first processes, in an order that is chance, write to all of their pages, and kswapd takes every one of them away. In the
    /// order in which they were made, a walk over address spaces that begins where the last slot was found would find the next one
    /// at its first or at its last step, whichever way its list goes.
    /// </summary>
    internal static async KTask FillSwap(WorkloadRun run, int pages, int processes)
    {
        foreach (int process in Enumerable.Range(0, processes).OrderBy(run.Shuffle).ToArray())
        {
            for (int address = 0; address < pages; address++)
            {
                if (await run.Access(run.Tasks[process], address, write: true) != Fault.Handled)
                {
                    run.Fail($"process{process} cannot write to page {address}");
                    return;
                }
            }
        }

        int wanted = pages * processes;
        for (int round = 0; round < MostRounds && Mapped(run, pages, processes) + run.Machine.Disk.InFlight > 0; round++)
        {
            await run.Machine.Kernel.Call(run.Tasks[0], Reclaim(wanted));
            await run.SyncDisk();
        }

        // What was written last is still in the swap cache.
        await run.Machine.Kernel.Call(run.Tasks[0], Reclaim(wanted));
    }

    /// <summary>The last process removes the area, slot by slot as it is counted, and with that the run is over.</summary>
    internal static async KTask SwapOff(WorkloadRun run, int worker)
    {
        int slots = SlotsInUse(run.Machine.Areas[0]);
        long began = run.Begin(worker);
        run.EnterKernel();
        if (run.IsRefused("swapoff", await run.Machine.Kernel.Call(run.Tasks[^1], s_swapoff)))
        {
            return;
        }

        run.Did(worker, began, slots);
        run.End();
    }

    /// <summary>Slots that somebody uses, as audits see it.</summary>
    internal static int SlotsInUse(SwapArea area)
    {
        int used = 0;
        for (int slot = 0; slot < area.Slots; slot++)
        {
            used += area.Map.Raw(slot) > 0 ? 1 : 0;
        }

        return used;
    }

    private static int Mapped(WorkloadRun run, int pages, int processes)
    {
        int mapped = 0;
        for (int process = 0; process < processes; process++)
        {
            for (int address = 0; address < pages; address++)
            {
                mapped += run.Tasks[process].RawMm!.RawPte(address).IsPresent ? 1 : 0;
            }
        }

        return mapped;
    }
}
