using Variants.Harness.Engine;
using Variants.Harness.Memory;

namespace Variants.Families.Kernels;

/// <content>mm/page_alloc.c and include/linux/mm.h</content>
public partial class Linux2_2_0pre5
{
    /// <summary>GFP_*: what an allocation lets reclaim do on its behalf. 2.2.0pre5 had lost the bit for I/O.</summary>
    [Flags]
    protected enum Gfp
    {
        /// <summary>GFP_ATOMIC, and what reclaim is left with when a flag takes all away.</summary>
        None = 0,

        /// <summary>__GFP_IO: reclaim may start I/O.</summary>
        Io = 1,

        /// <summary>__GFP_FS (2.4.6): reclaim may enter filesystems.</summary>
        Fs = 2,

        /// <summary>GFP_BUFFER: for buffers.</summary>
        Buffer = None,

        /// <summary>GFP_USER and GFP_KERNEL.</summary>
        Kernel = Io | Fs,
    }

    /// <summary>freepages.min: the last pages, for PF_MEMALLOC only.</summary>
    protected static int FreepagesMin => 2;

    /// <summary>freepages.low: at so many free pages or fewer, an allocation reclaims first.</summary>
    protected int FreepagesLow => FreepagesMin + M.Zone.Low;

    /// <inheritdoc/>
    protected override KTask<Page?> GetFreePage(TaskStruct current) => GetFreePage(current, Gfp.Kernel);

    /// <summary>
    /// __get_free_page(): may sleep, and reclaims first if memory is low, unless the caller is a reclaimer. Null if there
    /// is none and reclaim got nowhere.
    /// </summary>
    protected async KTask<Page?> GetFreePage(TaskStruct? current, Gfp mask)
    {
        await Smp.Sleep();
        int freed = 1;
        if ((Flags & Pf.MemAlloc) == 0 && M.Zone.Free <= FreepagesLow)
        {
            Flags |= Pf.MemAlloc;
            freed = await TryToFreePages(mask & AllowedByFlags, 1);

            // Unconditionally, whoever set it.
            Flags &= ~Pf.MemAlloc;
        }

        // Who has freed something takes a page, though it be one of the last.
        Page? page = freed > 0 || M.Zone.Free > FreepagesMin ? M.Zone.Take() : null;
        if (page is null && current is not null)
        {
            current.SawAllocationFail = true;
        }

        return page;
    }

    /// <summary>What current->flags leave of a mask.</summary>
    protected virtual Gfp AllowedByFlags => Gfp.Kernel;
}
