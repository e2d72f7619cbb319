using Variants.Families.Kernels;
using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Swapoff;

/// <summary>
/// V5: Stephen Tweedie's counter-proposal (linux-mm, 28 to 30 June 1999). No new list and no new lock on hot paths:
/// under tasklist_lock pick a task, pin its mm, drop the lock, take that mm's semaphore, unuse all of it; remember the
/// highest pid that is done, go on with the lowest above it, and repeat sweeps until the area is empty.
/// </summary>
/// <remarks>
/// The mails do not say what becomes of clean mappings of a page that leaves the swap cache; this takes V4c's answer,
/// PG_dirty honoured by reclaim. Kanoj's objection is kept: tasks with one pid (CLONE_PID) hide behind each other.
/// </remarks>
public class TweediePin : Linux2_3_8
{
    /// <summary>The kernel of one machine.</summary>
    public TweediePin(Machine machine)
        : base(machine)
    {
    }

    /// <inheritdoc/>
    protected override bool KeepsDirty(Page page) => page.IsDirty;

    /// <inheritdoc/>
    protected override async KTask<int> TryToUnuse(TaskStruct current, SwapArea area)
    {
        while (FindSlotInUse(area) >= 0)
        {
            int fence = -1;
            while (true)
            {
                await TasklistLock.ReadLock();
                TaskStruct? task = NextAbove(fence);
                if (task is null)
                {
                    await TasklistLock.ReadUnlock();
                    break;
                }

                MmStruct mm = task.Mm!;
                await mm.Users.Add(1);
                fence = task.Pid;
                await TasklistLock.ReadUnlock();

                await mm.MmapSem.Down();
                int error = await UnuseAllOf(current, mm, area);
                await mm.MmapSem.Up();
                await MmPut(mm);
                if (error != 0)
                {
                    return error;
                }
            }

            await DropUnmapped(area);
            await Smp.Schedule();
        }

        return 0;
    }

    /// <summary>The task with an address space and the lowest pid above the fence-post.</summary>
    private TaskStruct? NextAbove(int fence)
    {
        TaskStruct? lowest = null;
        for (TaskStruct? p = FirstTask; p is not null; p = p.Next)
        {
            if (p.Mm is not null && p.Pid > fence && (lowest is null || p.Pid < lowest.Pid))
            {
                lowest = p;
            }
        }

        return lowest;
    }

    /// <summary>Brings in every entry of the area that the address space holds. Called with its mmap_sem.</summary>
    private async KTask<int> UnuseAllOf(TaskStruct current, MmStruct mm, SwapArea area)
    {
        for (Vma? vma = mm.Mmap; vma is not null; vma = vma.Next)
        {
            for (int address = vma.Start; address < vma.End; address++)
            {
                Cell<Pte> ptep = mm.Pte(address);
                SwapEntry entry = ptep.Value.Entry;
                if (!ptep.Value.IsSwap || entry.Area != area.Index)
                {
                    continue;
                }

                Page? page = await ReadSwapCacheAsync(current, entry, wait: true);
                if (page is null)
                {
                    if (ptep.Value != Pte.Swapped(entry))
                    {
                        continue;
                    }

                    return Errno.NoMem;
                }

                // truncate and ptrace take no mmap_sem: the entry may have gone while we slept.
                UnusePte(vma, address, entry, page);
                FreePage(page);
            }
        }

        return 0;
    }

    /// <summary>Takes pages out of the cache whose slot has no other user.</summary>
    private async KTask DropUnmapped(SwapArea area)
    {
        for (int offset = 0; offset < area.Slots; offset++)
        {
            SwapEntry entry = area.EntryOf(offset);
            Page? page = await LookupSwapCache(entry);
            if (page is null)
            {
                continue;
            }

            if (SwapCount(entry) == 1)
            {
                await DeleteFromSwapCache(page, markDirty: true);
            }

            FreePage(page);
        }
    }
}
