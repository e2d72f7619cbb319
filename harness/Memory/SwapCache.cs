namespace Variants.Harness.Memory;

/// <summary>
/// The swap cache: pages hashed by the slot they belong to. As in the kernel's hash two pages may stand under one
/// key, the newest first; nothing here prevents it.
/// </summary>
/// <remarks>Its words are plain: whoever uses it must hold what the kernel of its time held.</remarks>
public sealed class SwapCache
{
    private readonly Machine _machine;

    internal SwapCache(Machine machine) => _machine = machine;

    /// <summary>The newest page under <paramref name="entry"/>, or null.</summary>
    public Page? Lookup(SwapEntry entry) => _machine.Areas[entry.Area].CacheHead(entry.Offset).Value;

    /// <summary>Hashes <paramref name="page"/> under <paramref name="entry"/> and marks it so.</summary>
    public void Insert(Page page, SwapEntry entry)
    {
        Engine.Cell<Page?> head = _machine.Areas[entry.Area].CacheHead(entry.Offset);

        // Bound to the slot as it is now, however old the name is by which the caller found it.
        page.Entry = _machine.Areas[entry.Area].EntryOf(entry.Offset);
        page.NextInHash = head.Value;
        head.Value = page;
    }

    /// <summary>Takes <paramref name="page"/> out; it belongs to no slot from here.</summary>
    public void Remove(Page page)
    {
        SwapEntry entry = page.Entry;
        Engine.Cell<Page?> head = _machine.Areas[entry.Area].CacheHead(entry.Offset);
        if (ReferenceEquals(head.Value, page))
        {
            head.Value = page.NextInHash;
        }
        else
        {
            for (Page? at = head.Value; at is not null; at = at.NextInHash)
            {
                if (ReferenceEquals(at.NextInHash, page))
                {
                    at.NextInHash = page.NextInHash;
                    break;
                }
            }
        }

        page.NextInHash = null;
        page.Entry = default;
    }
}
