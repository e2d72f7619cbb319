using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Variants.Harness.Engine;

/// <summary>
/// A word of shared memory that knows who touched it. Plain accesses to it are checked: two that nothing orders, one
/// of them a write, are a data race (FastTrack: Flanagan and Freund, PLDI'09), and any access after its object was
/// freed is a use after free.
/// </summary>
public abstract class Cell
{
    private protected long LastWrite;
    private protected long LastRead;
    private protected readonly Smp Smp;

    /// <summary>Position among the cells of the machine.</summary>
    internal readonly int Number;

    /// <summary>The word that its object got after this one; null if it is the last.</summary>
    internal Cell? NextOfOwner;

    private readonly bool _marked;

    private protected Cell(TrackedObject owner, string field, bool marked)
    {
        _marked = marked;
        Smp = owner.Smp;
        Owner = owner;
        Field = field;
        owner.Add(this);
        Number = Smp.Register(this);
        Unpoison();
    }

    /// <summary>The object it is a field of.</summary>
    public TrackedObject Owner { get; }

    /// <summary>The field's name, as the kernel calls it.</summary>
    public string Field { get; }

    /// <summary>How reports call it: <c>page3.count</c>.</summary>
    public string Name => Field.Length == 0 ? Owner.Name : $"{Owner.Name}.{Field}";

    /// <summary>The class of thing it is, the same for every instance: <c>page.count</c>.</summary>
    public string Subject => Field.Length == 0 ? Owner.Kind : $"{Owner.Kind}.{Field}";

    /// <summary>The word in one number, equal if the words are.</summary>
    internal abstract int Fingerprint { get; }

    /// <summary>True if it belongs to threads.</summary>
    internal bool IsNative => Smp.IsNative;

    internal void ForgetTimes()
    {
        if (LastWrite != Epoch.Freed)
        {
            Unpoison();
        }
    }

    internal void Poison()
    {
        LastWrite = Epoch.Freed;
        LastRead = Epoch.Freed;
    }

    internal void Unpoison()
    {
        LastWrite = LastRead = Smp.IsNative ? Epoch.Native : _marked ? Epoch.Marked : Epoch.None;
    }

    /// <summary>One plain access more in this step; a step that makes far too many is a runaway.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected static void Spend(Smp smp)
    {
        if (--smp.Budget < 0)
        {
            RunAway();
        }
    }

    [DoesNotReturn]
    private static void RunAway() => throw new RunawayStepException();

    /// <summary>A read at an epoch at which this CPU has not read the cell yet.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private protected void CheckRead()
    {
        Cpu cpu = Smp.Current;
        if (IsOrderedBefore(cpu))
        {
            LastRead = cpu.Epoch;
        }
        else if (LastRead == Epoch.Shared && Smp.TrustsEpochs && Smp.HappensBefore(LastWrite, cpu))
        {
            // LastWrite is no special epoch while the cell has many readers.
            NoteReadBy(cpu);
        }
        else if (Smp.Simulated is { } simulated)
        {
            TouchSimulated(simulated, isWrite: false);
        }
        else
        {
            CheckReadInFull(cpu);
        }
    }

    /// <summary>A write at an epoch at which this CPU is not known to be the only one that touched the cell.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private protected void CheckWrite()
    {
        Cpu cpu = Smp.Current;
        if (IsOrderedBefore(cpu))
        {
            LastWrite = LastRead = cpu.Epoch;
        }
        else if (Smp.Simulated is { } simulated)
        {
            TouchSimulated(simulated, isWrite: true);
        }
        else
        {
            CheckWriteInFull(cpu);
        }
    }

    /// <summary>
    /// True if all accesses so far are ordered before what <paramref name="cpu"/> does now, by two epochs that say so:
    /// what nearly always is the case, and to be told fast.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsOrderedBefore(Cpu cpu)
    {
        long write = LastWrite;
        long read = LastRead;

        // All special epochs are negative.
        return Smp.TrustsEpochs && (write | read) >= 0 && Smp.HappensBefore(write, cpu) && Smp.HappensBefore(read, cpu);
    }

    /// <summary>No checker watches under the simulated clock: epochs say there in whose cache the word is.</summary>
    private void TouchSimulated(SimulatedClock clock, bool isWrite)
    {
        clock.Touch(this, LastRead, isWrite, out bool hasIt, out bool hasItAlone);
        LastRead = hasIt ? Smp.CellEpoch : Epoch.None;
        LastWrite = hasItAlone ? Smp.CellEpoch : Epoch.None;
    }

    private void CheckReadInFull(Cpu cpu)
    {
        Smp.Recorder?.WasRead(this);
        Smp.Footprints?.Touch(this, isWrite: false);
        if (LastWrite == Epoch.Freed)
        {
            ReportFreed(cpu, "Read");
            return;
        }

        if (_marked)
        {
            return;
        }

        if (!Smp.ChecksRaces || LastRead == cpu.Epoch)
        {
            return;
        }

        if (!Smp.HappensBefore(LastWrite, cpu))
        {
            ReportRace(cpu, "read", LastWrite, "write");
        }

        if (LastRead == Epoch.Shared)
        {
            NoteReadBy(cpu);
        }
        else if (Smp.HappensBefore(LastRead, cpu))
        {
            LastRead = cpu.Epoch;
        }
        else
        {
            Smp.ReadsOf(Number) = Vector256<int>.Zero
                .WithElement(Epoch.Cpu(LastRead), Epoch.Time(LastRead))
                .WithElement(cpu.Id, cpu.Time);
            LastRead = Epoch.Shared;
        }
    }

    private void CheckWriteInFull(Cpu cpu)
    {
        Smp.Recorder?.WasWritten(this);
        Smp.Footprints?.Touch(this, isWrite: true);
        if (LastWrite == Epoch.Freed)
        {
            ReportFreed(cpu, "Write");
            return;
        }

        if (_marked)
        {
            return;
        }

        if (!Smp.ChecksRaces)
        {
            return;
        }

        if (!Smp.HappensBefore(LastWrite, cpu))
        {
            ReportRace(cpu, "write", LastWrite, "write");
        }
        else if (LastRead == Epoch.Shared)
        {
            if (Vector256.GreaterThanAny(Smp.ReadsOf(Number), cpu.VectorClock))
            {
                ReportRace(cpu, "write", UnorderedRead(cpu), "read");
            }
        }
        else if (!Smp.HappensBefore(LastRead, cpu))
        {
            ReportRace(cpu, "write", LastRead, "read");
        }

        // Whoever conflicts with a read at this epoch conflicts with the write too, so both may be set.
        LastWrite = cpu.Epoch;
        LastRead = cpu.Epoch;
    }

    private void NoteReadBy(Cpu cpu) => Unsafe.Add(ref Unsafe.As<Vector256<int>, int>(ref Smp.ReadsOf(Number)), cpu.Id) = cpu.Time;

    private long UnorderedRead(Cpu cpu)
    {
        Vector256<int> reads = Smp.ReadsOf(Number);
        int other = 0;
        while (reads.GetElement(other) <= cpu.VectorClock.GetElement(other))
        {
            other++;
        }

        return Epoch.Of(reads.GetElement(other), other);
    }

    private void ReportFreed(Cpu cpu, string access)
    {
        if (Smp.ChecksMemory)
        {
            Smp.Fail(FailureKind.UseAfterFree, Owner.Kind, $"{access} of {Name} by {cpu.Name} after {Owner.Name} was freed");
        }
    }

    private void ReportRace(Cpu cpu, string access, long earlier, string earlierAccess) => Smp.Fail(
        FailureKind.DataRace,
        Subject,
        $"{access} of {Name} by {cpu.Name} and {earlierAccess} by {Smp.Cpus[Epoch.Cpu(earlier)].Name} are not ordered");
}

/// <summary>A plain word of type <typeparamref name="T"/>: see <see cref="Cell"/>.</summary>
public sealed class Cell<T> : Cell
{
    private T _value;

    /// <summary>
    /// A field of <paramref name="owner"/>. One that is <paramref name="marked"/> is no race to access without order,
    /// as with READ_ONCE: a word that hardware changes too, or a statistic that nobody relies on.
    /// </summary>
    public Cell(TrackedObject owner, string field, T value, bool marked = false)
        : base(owner, field, marked)
    {
        _value = value;
    }

    /// <summary>The word, as the variant's code sees it: a checked plain access.</summary>
    public T Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            long last = LastRead;
            Smp smp = Smp;
            if (last != smp.CellEpoch && last != smp.MarkedEpoch)
            {
                if (last == Epoch.Native)
                {
                    return Acquired();
                }

                CheckRead();
            }

            Spend(smp);
            return _value;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set
        {
            long last = LastWrite;
            Smp smp = Smp;
            if ((last != smp.CellEpoch || LastRead != last) && last != smp.MarkedEpoch)
            {
                if (last == Epoch.Native)
                {
                    Release(value);
                    return;
                }

                CheckWrite();
                if (smp.Recorder is { } recorder)
                {
                    recorder.Changed(this, _value, value);
                }
            }

            Spend(smp);
            _value = value;
        }
    }

    /// <summary>READ_ONCE(): the word as whoever holds no lock finds it. It orders nothing; the object must be alive.</summary>
    public T Once
    {
        get
        {
            Smp.Looked(Number);
            if (LastWrite == Epoch.Freed)
            {
                CheckRead();
            }

            return Acquired();
        }
    }

    /// <summary>
    /// The word as hardware, audits and reports see it: no access of the variant's. Setting it so is what powering on
    /// and page-table walkers do. An exploration knows of it all the same: whoever goes by the word depends on it.
    /// </summary>
    public T Raw
    {
        get
        {
            Smp.Looked(Number);
            return _value;
        }

        set
        {
            Smp.Changed(Number);
            _value = value;
        }
    }

    /// <summary>The word, for an object that is known to be looked at.</summary>
    internal T Known => _value;

    /// <summary>The word itself, for who changes it as threads do.</summary>
    internal ref T Word => ref _value;

    internal override int Fingerprint => _value is null ? 0 : EqualityComparer<T>.Default.GetHashCode(_value);

    /// <summary>Sets the word as hardware does, so that a recording shows it.</summary>
    public void SetByHardware(T value)
    {
        Smp.Changed(Number);
        SetKnown(value);
    }

    /// <summary>The word as hardware sees it, in a step that goes on only with what it finds.</summary>
    internal T LookByHardware()
    {
        Smp.Looked(Number);
        return Acquired();
    }

    /// <summary>
    /// Natively every plain read acquires and every plain write releases: what x86 does by itself, and what keeps the compiler
    /// from reading a word once where the kernel's code reads it twice.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private T Acquired()
    {
        T value = _value;
        Volatile.ReadBarrier();
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Release(T value)
    {
        Volatile.WriteBarrier();
        _value = value;
    }

    /// <summary>As <see cref="SetByHardware"/>, by an object that is known to be changed.</summary>
    internal void SetKnown(T value)
    {
        if (Smp.Recorder is { } recorder)
        {
            recorder.Changed(this, _value, value);
        }

        _value = value;
    }
}
