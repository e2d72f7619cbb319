using System.Runtime.CompilerServices;

namespace Variants.Harness.Engine;

/// <summary>
/// A kernel object with a life: allocated, used, freed. Its words are <see cref="Cell"/>s; using one after the object
/// is freed is reported as KASAN would.
/// </summary>
public abstract class TrackedObject
{
    /// <summary>The CPU that runs.</summary>
    private const int Here = -1;

    private readonly int _life;
    private Cell? _firstCell;
    private Cell? _lastCell;
    private List<SharedObject>? _shared;
    private ObjectCache? _cache;
    private int _numberInCache;
    private bool _isAllocated = true;

    /// <summary>An object of the given kind (<c>page</c>) and name (<c>page3</c>).</summary>
    protected TrackedObject(Smp smp, string kind, string name)
    {
        Smp = smp;
        Kind = kind;
        Name = name;
        _life = smp.NumberOfWord();
        smp.Making(this);
    }

    /// <summary>The CPUs that share it.</summary>
    public Smp Smp { get; }

    /// <summary>What it is: <c>page</c>, <c>mm_struct</c>, <c>swap_map</c>.</summary>
    public string Kind { get; }

    /// <summary>Which one it is, as reports call it.</summary>
    public string Name { get; }

    /// <summary>True between allocation and freeing.</summary>
    public bool IsAllocated
    {
        get
        {
            Smp.Looked(_life);
            return _isAllocated;
        }
    }

    /// <summary>The object is allocated: its words may be used. Their values are the allocator's business.</summary>
    public void Allocate()
    {
        if (!_isAllocated)
        {
            _isAllocated = true;
            if (Smp.MeasuresTime)
            {
                return;
            }

            ChangedAll();
            for (Cell? cell = _firstCell; cell is not null; cell = cell.NextOfOwner)
            {
                cell.Unpoison();
            }
        }
    }

    /// <summary>Allocates the object if it is free. Of threads, true for the one that gets it.</summary>
    internal bool TryAllocate()
    {
        if (Smp.IsNative)
        {
            return !Volatile.Read(ref _isAllocated) && !Interlocked.CompareExchange(ref _isAllocated, true, false);
        }

        bool isFree = !IsAllocated;
        Allocate();
        return isFree;
    }

    /// <summary>The object comes from a cache, which has a number for it and wants to know when it is freed.</summary>
    internal void Join(ObjectCache cache, int number) => (_cache, _numberInCache) = (cache, number);

    /// <summary>As when the machine is switched on: none of a cache's objects is in use.</summary>
    internal static void FreeAll<T>(Each<T> objects)
        where T : TrackedObject
    {
        foreach (T one in objects)
        {
            if (one.IsAllocated)
            {
                one.Free();
            }
        }
    }

    /// <summary>The object is freed by the current CPU. Freeing it again is reported.</summary>
    public void Free() => FreeFor(Here);

    /// <summary>As <see cref="Free"/>, for another CPU, which asked for it and gets the object again.</summary>
    internal void FreeFor(int cpu)
    {
        if (!_isAllocated)
        {
            Smp.Looked(_life);
            if (Smp.ChecksMemory || Smp.IsNative)
            {
                Smp.Fail(FailureKind.DoubleFree, Kind, $"double free of {Name} by {Smp.Current.Name}");
            }

            return;
        }

        _cache?.Put(_numberInCache, cpu == Here ? Smp.ProcessorId : cpu);
        if (Smp.MeasuresTime)
        {
            // No checker watches there, and a machine has a million words. On threads whoever allocates it next may do so from here.
            Volatile.Write(ref _isAllocated, false);
            return;
        }

        _isAllocated = false;
        ChangedAll();
        Smp.Recorder?.Freed(this);
        for (Cell? cell = _firstCell; cell is not null; cell = cell.NextOfOwner)
        {
            cell.Poison();
        }
    }

    /// <summary>
    /// Checks that the object is alive, where what is used of it is not a word: a lock in it, a page's content.
    /// </summary>
    public void Touch(string what)
    {
        Smp.Looked(_life);
        TouchKnown(what);
    }

    /// <summary>As <see cref="Touch"/>, and the current step looks at <paramref name="part"/> without announcing it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Look(string what, SharedObject part)
    {
        if (Smp.Footprints is { } footprints)
        {
            footprints.TouchWord(_life, isWrite: false);
            footprints.Touch(part, isWrite: false);
        }

        TouchKnown(what);
    }

    /// <summary>As <see cref="Touch"/>, by something that is one of its words, and so known to depend on its life.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void TouchKnown(string what)
    {
        if (!_isAllocated)
        {
            TouchFreed(what);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TouchFreed(string what)
    {
        if (Smp.ChecksMemory)
        {
            Smp.Fail(FailureKind.UseAfterFree, Kind, $"{what} of {Name} by {Smp.Current.Name} after it was freed");
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal void Add(Cell cell)
    {
        if (Smp.MeasuresTime)
        {
            // Where no checker watches nobody asks for them, and a machine has a million words.
            return;
        }

        if (_lastCell is null)
        {
            _firstCell = cell;
        }
        else
        {
            _lastCell.NextOfOwner = cell;
        }

        _lastCell = cell;
    }

    internal void Add(SharedObject shared)
    {
        if (!Smp.MeasuresTime)
        {
            (_shared ??= []).Add(shared);
        }
    }

    /// <summary>What begins or ends the object's life depends on all that use it.</summary>
    private void ChangedAll()
    {
        if (Smp.Footprints is null)
        {
            return;
        }

        Smp.Changed(_life);
        for (Cell? cell = _firstCell; cell is not null; cell = cell.NextOfOwner)
        {
            Smp.Changed(cell.Number);
        }

        foreach (SharedObject shared in _shared ?? [])
        {
            Smp.Changed(shared);
        }
    }
}
