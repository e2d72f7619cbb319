namespace Variants.Harness.Engine;

/// <summary>
/// Something that operations of several CPUs meet at: a lock, a wait queue, a word accessed atomically, a device.
/// Two operations of different CPUs depend on each other only if they meet at one object and one of them changes it.
/// </summary>
public abstract class SharedObject
{
    internal readonly int Number;

    /// <summary>CPUs that can go on only when this object is free.</summary>
    internal uint Waiters;

    /// <summary>True if somebody has used it since the machine was switched on.</summary>
    internal bool IsUsed;

    private readonly TrackedObject? _owner;
    private readonly string _name;

    private protected SharedObject(Smp smp, string name)
    {
        Smp = smp;
        _name = name;
        Number = smp.Register(this);
        MeetsAt = Number;
    }

    /// <summary>A field of an object: a big machine has so many that their names are made up only when somebody asks.</summary>
    private protected SharedObject(TrackedObject owner, string field)
        : this(owner.Smp, field)
    {
        _owner = owner;
    }

    /// <summary>The CPUs that share it.</summary>
    public Smp Smp { get; }

    /// <summary>How reports call it, as a kernel developer would: <c>mm1.mmap_sem</c>.</summary>
    public string Name => _owner is null ? _name : $"{_owner.Name}.{_name}";

    /// <summary>CPUs without which a waiter cannot go on; none if whoever frees it is no CPU in particular.</summary>
    internal virtual uint Owners => 0;

    /// <summary>What it is, the same for every instance: a failure is the same one whichever lock it concerned.</summary>
    internal virtual string Subject => Name;

    /// <summary>The number of the object at which operations meet: one side of a lock meets those of the other side.</summary>
    internal int MeetsAt { get; private protected init; }

    /// <summary>True if a CPU that waits for it could go on now.</summary>
    internal virtual bool IsFree => true;

    /// <summary>Its state in one number, as far as a CPU that goes round in a loop can have changed it.</summary>
    internal virtual int Fingerprint => IsFree ? 1 : 0;

    /// <summary>
    /// True if a daemon may be left waiting here when all is over, as it waits for work: a queue, a device. One that is
    /// left waiting for a lock or for memory hangs like anybody else.
    /// </summary>
    internal virtual bool IsPlaceOfRest => false;

    /// <summary><paramref name="cpu"/> found it taken and waits from here.</summary>
    internal virtual void Enqueue(Cpu cpu) => Waiters |= cpu.Bit;

    /// <summary>Gives the object to a sleeper that has just been woken; it has yet to retake the big kernel lock.</summary>
    internal virtual void Grant(Cpu cpu)
    {
    }

    /// <summary>All threads of the native clock have come to their end: what waited for that, happens.</summary>
    internal virtual void AllAtRest()
    {
    }

    /// <summary>
    /// Brings the object to the state it has when the machine is switched on. Only objects that have been used since
    /// are asked to: those at which an operation was announced, that were taken or freed, or that <see cref="Smp.Use"/>
    /// names.
    /// </summary>
    internal abstract void PowerOn();

    /// <inheritdoc/>
    public override string ToString() => Name;
}
