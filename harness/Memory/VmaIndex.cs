namespace Variants.Harness.Memory;

/// <summary>
/// The vmas of an address space in an array, made anew from their list after each change of it. The kernel finds a vma in a
/// tree; the simulated clock, which has long lists and charges nothing for the search, would otherwise walk them for most of
/// its time.
/// </summary>
internal sealed class VmaIndex
{
    private Vma[] _vmas = [];
    private int[] _ends = [];
    private int _count;
    private bool _isStale = true;

    /// <summary>The list, or the range of one of its vmas, has changed.</summary>
    internal void Forget() => _isStale = true;

    /// <summary>The first vma of the list that ends beyond <paramref name="address"/>, or null.</summary>
    internal Vma? Find(Vma? first, int address)
    {
        if (_isStale)
        {
            Fill(first);
        }

        int low = 0;
        int high = _count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_ends[middle] <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low < _count ? _vmas[low] : null;
    }

    private void Fill(Vma? first)
    {
        _count = 0;
        for (Vma? vma = first; vma is not null; vma = vma.NextOnce)
        {
            if (_count == _vmas.Length)
            {
                Array.Resize(ref _vmas, Math.Max(4, 2 * _count));
                Array.Resize(ref _ends, _vmas.Length);
            }

            _vmas[_count] = vma;
            _ends[_count++] = vma.EndOnce;
        }

        _isStale = false;
    }
}
