using Variants.Families.Kernels;
using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Reclaim;

/// <summary>
/// V5: "create another PF_NOIO flag which prevents try_to_free_pages from doing anything with dirty pages", set by whoever
/// takes the superblock lock or i_sem and cleared by whoever gives it back: a scope, where GFP_IO needs every site.
/// </summary>
/// <remarks>
/// As posted the flag is one bit, and the inner of two scopes clears it for the outer.
/// </remarks>
/// <param name="machine">The machine.</param>
public class PfNoIo(Machine machine) : Linux2_2_0pre5(machine)
{
    /// <summary>For each CPU, the scopes within which it is, its own innermost last: true for one that found the flag set.</summary>
    private readonly uint[] _saved = new uint[Smp.MaxCpus];

    /// <inheritdoc/>
    protected override Gfp AllowedByFlags =>
        (Flags & Pf.NoIo) != 0 ? Gfp.None
        : (Flags & Pf.NoFs) != 0 ? Gfp.Io
        : Gfp.Kernel;

    /// <summary>True if the end of a scope restores what was so before it, and scopes forbid filesystems only.</summary>
    protected virtual bool Saves => false;

    private Pf Flag => Saves ? Pf.NoFs : Pf.NoIo;

    /// <inheritdoc/>
    public override void Boot()
    {
        Array.Clear(_saved);
        base.Boot();
    }

    /// <inheritdoc/>
    protected override bool MayEnterFilesystem(Gfp mask) => (mask & Gfp.Fs) != 0;

    /// <inheritdoc/>
    protected override bool MaySwap(Gfp mask) => (mask & Gfp.Io) != 0;

    /// <inheritdoc/>
    protected override async KTask LockSuper()
    {
        await base.LockSuper();
        BeginScope();
    }

    /// <inheritdoc/>
    protected override async KTask UnlockSuper()
    {
        EndScope();
        await base.UnlockSuper();
    }

    /// <inheritdoc/>
    protected override async KTask DownInode(Inode inode)
    {
        await base.DownInode(inode);
        BeginScope();
    }

    /// <inheritdoc/>
    protected override async KTask UpInode(Inode inode)
    {
        EndScope();
        await base.UpInode(inode);
    }

    /// <summary>
    /// refill_freelist() that, before it waits, reclaims what needs no filesystem, a reclaimer's too: nobody else may be
    /// able to, as make_pio_request() says in 2.2.2.
    /// </summary>
    protected async KTask<Page> RefillWithoutFilesystem(bool takesLastPages = false)
    {
        while (true)
        {
            Memory.BeginLooking();
            if (await GetFreePage(null, Gfp.Io) is { } page)
            {
                return page;
            }

            WakeupBdflush();
            if (await TryToFreePages(Gfp.Io, 1) == 0 || M.Zone.Free == 0)
            {
                if (takesLastPages && M.Zone.Take() is { } last)
                {
                    return last;
                }

                await WaitForMemory();
            }
        }
    }

    /// <summary>memalloc_nofs_save(), whose result stays on the stack; here a bit of a word of the CPU's.</summary>
    protected void BeginScope()
    {
        ref uint saved = ref _saved[Smp.ProcessorId];
        saved = (saved << 1) | ((Flags & Flag) != 0 ? 1u : 0u);
        Flags |= Flag;
    }

    /// <summary>memalloc_nofs_restore(), or as posted no more than clearing the flag.</summary>
    protected void EndScope()
    {
        ref uint saved = ref _saved[Smp.ProcessorId];
        bool wasSet = Saves && (saved & 1) != 0;
        saved >>= 1;
        if (!wasSet)
        {
            Flags &= ~Flag;
        }
    }
}

/// <summary>
/// V5+: V5 as what Linux made of it: what the flag was before is restored (3.9), and it forbids filesystems only, as swap
/// takes none of their locks (2.4.6).
/// </summary>
/// <param name="machine">The machine.</param>
public class PfNoIoSaved(Machine machine) : PfNoIo(machine)
{
    /// <inheritdoc/>
    protected override bool Saves => true;
}
