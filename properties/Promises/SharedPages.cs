using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Variants.Properties.Promises;

/// <summary>
/// The pages of files that can be written to, as programs see them: whoever maps one shared, reads it or writes it, has
/// the same page. For each, all that it could hold now.
/// </summary>
/// <remarks>
/// A store through a mapping is a moment. write(2) and truncate are not: until one ends the page may hold what it leaves
/// or not, and a store meanwhile may come before it or after. What it leaves is known when it has ended.
/// </remarks>
internal sealed class SharedPages
{
    private const int Pages = Machine.Addresses;

    private readonly SharedPage[] _pages = new SharedPage[Pages];

    internal SharedPages()
    {
        for (int page = 0; page < Pages; page++)
        {
            _pages[page] = new SharedPage();
        }
    }

    internal SharedPage this[int page] => _pages[page];

    internal void Boot()
    {
        foreach (SharedPage page in _pages)
        {
            page.Boot();
        }
    }

    internal void Begin(TaskStruct task, Operation operation)
    {
        switch (operation.Verb.Code)
        {
            case VerbCode.FileWrite:
                _pages[operation.Number].BeginChange(task.Index, task.UserBuffer);
                break;
            case VerbCode.FileRead:
                _pages[operation.Number].BeginRead(task.Index);
                break;
            case VerbCode.FileCut:
                for (int page = operation.Number; page < Pages; page += FileSystem.FileCount)
                {
                    _pages[page].WasEverCut = true;
                    _pages[page].BeginChange(task.Index, Values.Zero);
                }

                break;
            default:
                break;
        }
    }

    internal void End(TaskStruct task, Operation operation, int result)
    {
        switch (operation.Verb.Code)
        {
            case VerbCode.FileWrite:
            case VerbCode.FileRead:
                _pages[operation.Number].End(task.Index, result);
                break;
            case VerbCode.FileCut:
                for (int page = operation.Number; page < Pages; page += FileSystem.FileCount)
                {
                    _pages[page].End(task.Index, result);
                }

                break;
            default:
                break;
        }
    }
}

/// <summary>One page of a file.</summary>
internal sealed class SharedPage
{
    private readonly ValueSet _now = new();
    private readonly Change[] _changes = new Change[Machine.MaxMms];
    private int _inProgress;

    /// <summary>Calls that have begun and not ended, reads too.</summary>
    private int _calls;

    internal SharedPage()
    {
        for (int task = 0; task < _changes.Length; task++)
        {
            _changes[task] = new Change();
        }
    }

    /// <summary>True once a truncation of it has begun: an access to a mapping of it may end in SIGBUS.</summary>
    internal bool WasEverCut { get; set; }

    /// <summary>True if it may hold the value now.</summary>
    internal bool Allows(int value) => _now.Has(value);

    /// <summary>True if the read(2) in progress may return the value: the page may have held it at some moment of it.</summary>
    internal bool CouldRead(int task, int value) => _changes[task].Values.Has(value);

    internal void Boot()
    {
        _now.Set(Values.Zero);
        WasEverCut = false;
        _inProgress = 0;
        if (_calls == 0)
        {
            return;
        }

        // The last execution ended in the middle of them.
        _calls = 0;
        foreach (Change change in _changes)
        {
            change.Kind = ChangeKind.None;
        }
    }

    internal void BeginRead(int task)
    {
        _calls++;
        _changes[task].Kind = ChangeKind.Read;
        _changes[task].Values.CopyFrom(_now);
    }

    internal void BeginChange(int task, int outcome)
    {
        Change change = _changes[task];
        change.Outcome = outcome;
        change.Values.Set(outcome);
        _now.Add(outcome);
        foreach (Change other in _changes)
        {
            if (other.Kind != ChangeKind.None)
            {
                other.Values.Add(outcome);
            }

            if (other.Kind == ChangeKind.Change)
            {
                change.Values.Add(other.Outcome);
            }
        }

        change.Kind = ChangeKind.Change;
        _inProgress++;
        _calls++;
    }

    /// <summary>One that failed may have happened or not.</summary>
    internal void End(int task, int result)
    {
        Change change = _changes[task];
        _calls -= change.Kind == ChangeKind.None ? 0 : 1;
        if (change.Kind == ChangeKind.Change)
        {
            _inProgress--;
            if (result >= 0)
            {
                _now.CopyFrom(change.Values);
            }
        }

        change.Kind = ChangeKind.None;
    }

    /// <summary>A store through a mapping; not for certain one that stays, if somebody is taking the mapping away.</summary>
    internal void Store(int value, bool isCertain)
    {
        if (isCertain)
        {
            _now.Set(value);
        }
        else
        {
            _now.Add(value);
        }

        foreach (Change change in _changes)
        {
            if (change.Kind == ChangeKind.Change)
            {
                _now.Add(change.Outcome);
            }

            if (change.Kind != ChangeKind.None)
            {
                change.Values.Add(value);
            }
        }
    }

    /// <summary>A load has shown what it is. While somebody changes it, that tells nothing of the next moment.</summary>
    internal void Loaded(int value)
    {
        if (_inProgress == 0 && _now.Has(value))
        {
            _now.Set(value);
        }
    }

    internal void Describe(List<int> values) => _now.Describe(values);

    private enum ChangeKind : byte
    {
        None,
        Read,
        Change,
    }

    /// <summary>What a task is doing to the page.</summary>
    private sealed class Change
    {
        internal ChangeKind Kind { get; set; }

        internal int Outcome { get; set; }

        /// <summary>What the page may hold when the change has ended, or has held since the read began.</summary>
        internal ValueSet Values { get; } = new();
    }
}

/// <summary>A set of values, of a fixed size: one that runs over has every value.</summary>
internal sealed class ValueSet
{
    private readonly int[] _values = new int[16];
    private int _count;
    private bool _isAnything;

    internal bool Has(int value) => _isAnything || Array.IndexOf(_values, value, 0, _count) >= 0;

    internal void Set(int value)
    {
        _values[0] = value;
        _count = 1;
        _isAnything = false;
    }

    internal void Add(int value)
    {
        if (Has(value))
        {
            return;
        }

        if (_count == _values.Length)
        {
            _isAnything = true;
        }
        else
        {
            _values[_count++] = value;
        }
    }

    internal void CopyFrom(ValueSet other)
    {
        _count = other._count;
        _isAnything = other._isAnything;
        Array.Copy(other._values, _values, _count);
    }

    internal void Describe(List<int> values) => values.AddRange(_values[.._count]);
}
