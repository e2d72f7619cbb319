using Variants.Families.Kernels;
using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Swapoff;

/// <summary>
/// V1: kanoj-mm12-2.3.8 as posted (Kanoj Sarcar, linux-mm, 27 June 1999). All address spaces are linked in a list
/// under a sleeping mutex, so that swapoff can take each one's mmap_sem; fork, exec and exit take the mutex to link
/// and unlink. Lock order: mm_sem, then mmap_sem.
/// </summary>
/// <remarks>
/// Two things are kept as they were posted: the loop over the list has no statement that advances, and swap_in no
/// longer looks whether somebody else was faster ("Concurrent swap-in via swapoff is interlocked out").
/// </remarks>
public class KanojAsPosted : Linux2_3_8
{
    private readonly Semaphore _mmSem;
    private readonly MmList _list;

    /// <summary>The kernel of one machine.</summary>
    public KanojAsPosted(Machine machine)
        : base(machine)
    {
        _mmSem = new Semaphore(Smp, "mm_sem");
        _list = new MmList(machine);
    }

    /// <summary>The patch drops the big mmap_sem section of do_fork().</summary>
    protected override bool ForkHoldsMmapSem => false;

    /// <summary>The hunk in mm/page_alloc.c.</summary>
    protected override bool RechecksPte => false;

    /// <summary>True if the loop in try_to_unuse() goes on to the next address space.</summary>
    protected virtual bool AdvancesToNextMm => false;

    /// <summary>True if copy_mm() releases the child's mmap_sem, born locked, before it gives the child up.</summary>
    protected virtual bool ReleasesChildOnError => false;

    /// <inheritdoc/>
    public override void Boot()
    {
        base.Boot();
        _list.Clear();
        for (int index = 0; index < M.MmCount; index++)
        {
            _list.Insert(M.Mm(index));
        }
    }

    /// <summary>kernel/fork.c: the child's address space is on the list before it holds anything.</summary>
    protected override async KTask<int> CopyMm(TaskStruct current, TaskStruct tsk, CloneFlags flags)
    {
        MmStruct old = current.Mm!;
        if (flags.HasFlag(CloneFlags.Vm))
        {
            await old.Users.Add(1);
            tsk.Mm = old;
            return 0;
        }

        MmStruct? mm = await MmAlloc(current);
        if (mm is null)
        {
            return Errno.NoMem;
        }

        tsk.Mm = mm;
        await InsertMmList(mm);
        await old.MmapSem.Down();
        int error = await DupMmap(current, mm);
        await old.MmapSem.Up();
        if (error != 0)
        {
            if (ReleasesChildOnError)
            {
                await mm.MmapSem.Up();
            }

            tsk.Mm = null;
            await MmPut(mm);
            return error;
        }

        await mm.MmapSem.Up();
        return 0;
    }

    /// <summary>kernel/fork.c: the last user unlinks the address space once it is empty.</summary>
    protected override async KTask MmPut(MmStruct mm)
    {
        if (await mm.Users.Add(-1) == 0)
        {
            await ExitMmap(mm);
            await _mmSem.Down();
            _list.Delete(mm);
            await _mmSem.Up();
            mm.Free();
        }
    }

    /// <summary>mm/mmap.c: the address space is emptied under its mmap_sem.</summary>
    protected override async KTask ExitMmap(MmStruct mm)
    {
        await mm.MmapSem.Down();
        await base.ExitMmap(mm);
        await mm.MmapSem.Up();
    }

    /// <summary>fs/exec.c: a new address space goes on the list.</summary>
    protected override async KTask<int> ExecMmap(TaskStruct current)
    {
        MmStruct old = current.Mm!;
        int error = await base.ExecMmap(current);
        if (error == 0 && current.Mm! != old)
        {
            await InsertMmList(current.Mm!);
        }

        return error;
    }

    /// <summary>mm/swapfile.c: the walk, which may now sleep for each mmap_sem.</summary>
    protected override async KTask UnuseEverywhere(SwapEntry entry, Page page)
    {
        await _mmSem.Down();
        MmStruct? mm = _list.First;
        while (mm is not null)
        {
            await mm.MmapSem.Down();
            UnuseMm(mm, entry, page);
            await mm.MmapSem.Up();
            if (AdvancesToNextMm)
            {
                mm = _list.After(mm);
            }
        }

        await _mmSem.Up();
    }

    /// <summary>insert_mmlist().</summary>
    private async KTask InsertMmList(MmStruct mm)
    {
        await _mmSem.Down();
        _list.Insert(mm);
        await _mmSem.Up();
    }
}
