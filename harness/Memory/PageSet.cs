using System.Numerics;

namespace Variants.Harness.Memory;

/// <summary>
/// Some of the pages of mem_map, as one word: reclaim's list, without its order. The first 64 pages, which are all that a
/// history has, cost no allocation.
/// </summary>
public readonly struct PageSet : IEquatable<PageSet>
{
    private const int Bits = 64;

    private readonly ulong _first;

    /// <summary>The pages from 64 on, 64 to a word; as many words as are needed, null if none is.</summary>
    private readonly ulong[]? _others;

    private PageSet(ulong first, ulong[]? others)
    {
        _first = first;
        _others = others;
    }

    /// <summary>True if there is no page in it.</summary>
    public bool IsEmpty => _first == 0 && _others is null;

    /// <summary>The page of the lowest index, which must exist.</summary>
    public int First
    {
        get
        {
            if (_first != 0)
            {
                return BitOperations.TrailingZeroCount(_first);
            }

            int word = Array.FindIndex(_others!, bits => bits != 0);
            return ((word + 1) * Bits) + BitOperations.TrailingZeroCount(_others![word]);
        }
    }

    /// <summary>The same pages.</summary>
    public static bool operator ==(PageSet left, PageSet right) => left.Equals(right);

    /// <summary>Other pages.</summary>
    public static bool operator !=(PageSet left, PageSet right) => !left.Equals(right);

    /// <summary>The pages of both.</summary>
    public static PageSet operator |(PageSet left, PageSet right) =>
        new(left._first | right._first, left._others is null && right._others is null ? null : Combined(left, right, (one, other) => one | other));

    /// <summary>The pages of the first that the second has not.</summary>
    public static PageSet operator -(PageSet left, PageSet right) =>
        new(left._first & ~right._first, left._others is null ? null : Combined(left, right, (one, other) => one & ~other));

    /// <summary>One page.</summary>
    public static PageSet Of(int page)
    {
        if (page < Bits)
        {
            return new(1ul << page, null);
        }

        var others = new ulong[page / Bits];
        others[^1] = 1ul << (page % Bits);
        return new(0, others);
    }

    /// <summary>True if the page is in it.</summary>
    public bool Contains(int page) =>
        ((page < Bits ? _first : page / Bits <= (_others?.Length ?? 0) ? _others![(page / Bits) - 1] : 0) >> (page % Bits) & 1) != 0;

    /// <inheritdoc/>
    public bool Equals(PageSet other) => _first == other._first && _others.AsSpan().SequenceEqual(other._others);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PageSet other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_first, _others?.Length ?? 0);

    /// <inheritdoc/>
    public override string ToString() => _others is null ? $"{_first}" : string.Join(',', _others.Prepend(_first));

    /// <summary>Without words of nothing at the end, so that equal sets have equal words.</summary>
    private static ulong[]? Combined(PageSet left, PageSet right, Func<ulong, ulong, ulong> combine)
    {
        int most = Math.Max(left._others?.Length ?? 0, right._others?.Length ?? 0);
        var words = new ulong[most];
        int used = 0;
        for (int word = 0; word < most; word++)
        {
            words[word] = combine(WordOf(left, word), WordOf(right, word));
            used = words[word] == 0 ? used : word + 1;
        }

        Array.Resize(ref words, used);
        return used == 0 ? null : words;
    }

    private static ulong WordOf(PageSet set, int word) => word < (set._others?.Length ?? 0) ? set._others![word] : 0;
}
