using Variants.Harness.Histories;

namespace Variants.Properties.Promises;

/// <summary>What a page of an address space may be.</summary>
internal enum Holding : byte
{
    /// <summary>Nothing is mapped: an access ends in SIGSEGV.</summary>
    Unmapped,

    /// <summary>Anonymous memory, which holds the value.</summary>
    Anonymous,

    /// <summary>The file, as it is: the process has stored nothing there.</summary>
    FileClean,

    /// <summary>The process' own copy of a page of the file, which holds the value.</summary>
    FilePrivate,

    /// <summary>A page of a file that can be written to, mapped shared: the value is its number, and what it holds the file's business.</summary>
    Shared,

    /// <summary>Memory ran out when the page was needed: it reads as zero, or the next access is fatal too.</summary>
    Lost,
}

/// <summary>One thing that a page may be.</summary>
/// <param name="Holding">What it is.</param>
/// <param name="Value">What it holds, if that is not the file's.</param>
/// <param name="StoredAt">When a private copy of a file's page was stored to, by the shadow's own clock.</param>
internal readonly record struct Possibility(Holding Holding, int Value = 0, int StoredAt = 0)
{
    /// <summary>True if an access finds something.</summary>
    internal bool IsMapped => Holding is Holding.Anonymous or Holding.FileClean or Holding.FilePrivate or Holding.Shared;

    /// <summary>True for a mapping of the file.</summary>
    internal bool IsFile => Holding is Holding.FileClean or Holding.FilePrivate;
}

/// <summary>
/// All that a page may be now. Nearly always one thing; more while an operation is in progress, or where a copy was
/// made at a moment that nobody saw. It is of a fixed size, so that no execution allocates, and one that runs over
/// allows any value.
/// </summary>
internal sealed class PossibleSet
{
    private const int Capacity = 12;

    private readonly Possibility[] _items = new Possibility[Capacity];
    private byte _holdings;
    private bool _isAnything;

    /// <summary>How many things.</summary>
    internal int Count { get; private set; }

    /// <summary>True if a mapping of the file is among them.</summary>
    internal bool HasFile => Has(Holding.FileClean) || Has(Holding.FilePrivate);

    /// <summary>True if an access may find something.</summary>
    internal bool HasMapped => HasFile || Has(Holding.Anonymous) || Has(Holding.Shared);

    /// <summary>True if it is a shared mapping for certain, once it is known to be mapped at all.</summary>
    internal bool IsShared => Has(Holding.Shared) && !HasFile && !Has(Holding.Anonymous) && !_isAnything;

    /// <summary>True if such a thing is among them.</summary>
    internal bool Has(Holding holding) => (_holdings & (1 << (int)holding)) != 0;

    /// <summary>True if one of these values is among them: each stands for the values that are it modulo their number.</summary>
    internal bool HasValueOf(bool[] values)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_items[i].Holding is Holding.Anonymous or Holding.FilePrivate && values[_items[i].Value % values.Length])
            {
                return true;
            }
        }

        return false;
    }

    internal void Clear()
    {
        Count = 0;
        _holdings = 0;
        _isAnything = false;
    }

    /// <summary>It is this and nothing else.</summary>
    internal void Set(Possibility only)
    {
        Clear();
        Add(only);
    }

    internal void CopyFrom(PossibleSet other)
    {
        Count = other.Count;
        _holdings = other._holdings;
        _isAnything = other._isAnything;
        Array.Copy(other._items, _items, Count);
    }

    internal void Add(Possibility possibility)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_items[i] == possibility)
            {
                return;
            }
        }

        _holdings |= (byte)(1 << (int)possibility.Holding);
        if (Count == Capacity)
        {
            _isAnything = true;
        }
        else
        {
            _items[Count++] = possibility;
        }
    }

    internal void AddAll(PossibleSet others)
    {
        for (int i = 0; i < others.Count; i++)
        {
            Add(others._items[i]);
        }

        _holdings |= others._holdings;
        _isAnything |= others._isAnything;
    }

    /// <summary>True if a read may return the value.</summary>
    internal bool Allows(int value, ShadowFile file)
    {
        for (int i = 0; i < Count; i++)
        {
            if (Allows(_items[i], value, file))
            {
                return true;
            }
        }

        return _isAnything;
    }

    /// <summary>The page has been read as <paramref name="value"/>: forgets what does not agree with that.</summary>
    internal void KeepAgreeing(int value, ShadowFile file)
    {
        if (_isAnything || Has(Holding.Lost))
        {
            return;
        }

        int count = Count;
        Clear();
        for (int i = 0; i < count; i++)
        {
            Possibility possibility = _items[i];
            if (possibility.Holding == Holding.FilePrivate && possibility.Value != value && file.MayHaveCut(value))
            {
                possibility = new Possibility(Holding.FileClean);
            }

            if (Allows(possibility, value, file))
            {
                Add(possibility);
            }
        }
    }

    /// <summary>The page has been stored to: whatever mapping it was holds the value now.</summary>
    internal void Store(int value, int time)
    {
        int count = Count;
        Clear();
        for (int i = 0; i < count; i++)
        {
            Possibility possibility = _items[i];
            if (possibility.IsMapped)
            {
                Add(possibility.Holding == Holding.Shared ? possibility
                    : possibility.IsFile
                    ? new Possibility(Holding.FilePrivate, value, time)
                    : new Possibility(Holding.Anonymous, value));
            }
        }
    }

    /// <summary>The file has been cut: private copies stored until then are gone, others may be.</summary>
    internal void Cut(int until)
    {
        if (!Has(Holding.FilePrivate))
        {
            return;
        }

        int count = Count;
        Clear();
        for (int i = 0; i < count; i++)
        {
            if (_items[i].Holding != Holding.FilePrivate || _items[i].StoredAt > until)
            {
                Add(_items[i]);
            }
        }

        Add(new Possibility(Holding.FileClean));
    }

    /// <summary>The values that a read may return, for messages: <c>5</c>, <c>0 or 5</c>.</summary>
    internal string Describe(ShadowFile file)
    {
        List<int> values = [];
        for (int i = 0; i < Count; i++)
        {
            Possibility possibility = _items[i];
            if (possibility.Holding is Holding.Anonymous or Holding.FilePrivate)
            {
                values.Add(possibility.Value);
            }

            if (possibility.Holding == Holding.Shared)
            {
                file.Shared[possibility.Value].Describe(values);
            }

            if (possibility.Holding == Holding.FileClean || (possibility.Holding == Holding.FilePrivate && file.IsBeingCut))
            {
                values.Add(file.Content);
                values.AddRange(file.WasEverCut ? [Values.Zero] : []);
            }

            if (possibility.Holding == Holding.Lost)
            {
                values.Add(Values.Zero);
            }
        }

        return _isAnything ? "anything" : values.Count == 0 ? "nothing" : string.Join(" or ", values.Distinct().Select(Values.Text));
    }

    private static bool Allows(Possibility possibility, int value, ShadowFile file) => possibility.Holding switch
    {
        Holding.Anonymous => possibility.Value == value,
        Holding.FilePrivate => possibility.Value == value || file.MayHaveCut(value),
        Holding.FileClean => file.MayShow(value),
        Holding.Lost => value == Values.Zero,
        Holding.Shared => file.Shared[possibility.Value].Allows(value),
        _ => false,
    };
}
