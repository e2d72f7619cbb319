using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Variants.Harness.Engine;

namespace Variants.Harness.Primitives;

/// <summary>
/// atomic_t: a word that several CPUs change, with a lock or without.
/// </summary>
/// <remarks>
/// Without a lock every access must be awaited, so that another CPU may come between any two; each is a full barrier.
/// Code that holds a lock which orders it against all other code that does so may use <see cref="Value"/>: those
/// accesses are checked against each other like plain ones, and awaited ones may come at any await of the holder.
/// <para>One access of a step need not be awaited if all else that the step does before it is to take a lock, or to
/// use what locks guard: whatever could come between the two could as well come before both. <see cref="Glance"/> and
/// <see cref="AddNow"/> are for that.</para>
/// </remarks>
public sealed class AtomicInt : SharedObject, ISynchronizes
{
    private readonly TrackedObject _owner;
    private readonly Cell<int> _word;
    private Vector256<int> _order;

    /// <summary>A field of <paramref name="owner"/>.</summary>
    public AtomicInt(TrackedObject owner, string field)
        : base(owner, field)
    {
        _owner = owner;
        _word = new Cell<int>(owner, field, 0);
        owner.Add(this);
    }

    /// <summary>The word as audits and reports see it, and as it is set while nobody else can see it.</summary>
    public int Raw
    {
        get
        {
            Smp.Looked(this);
            return _word.Known;
        }

        set
        {
            Smp.Changed(this);
            _word.Raw = value;
        }
    }

    /// <summary>
    /// The word, under a lock that orders this access against every other one that is not awaited. Going below zero
    /// is reported.
    /// </summary>
    public int Value
    {
        get
        {
            if (Smp.Simulated is { } clock)
            {
                clock.Touch(this, isWrite: false);
                return _word.Known;
            }

            Smp.Looked(this);
            return _word.Value;
        }

        set
        {
            if (Smp.Simulated is { } clock)
            {
                clock.Touch(this, isWrite: true);
                _word.SetKnown(value);
            }
            else
            {
                Smp.Changed(this);
                _word.Value = value;
            }

            CheckFloor(value);
        }
    }

    /// <summary>atomic_read() within the current step.</summary>
    public int Glance
    {
        get
        {
            _owner.TouchKnown(_word.Field);
            Smp.Looked(this);
            Smp.Simulated?.Touch(this, isWrite: false);
            return Volatile.Read(ref _word.Word);
        }
    }

    void ISynchronizes.ForgetTimes() => _order = Vector256<int>.Zero;

    /// <summary>atomic_add_return() within the current step: the new value. Going below zero is reported.</summary>
    public int AddNow(int amount)
    {
        if (Smp.IsNative)
        {
            return AddNatively(amount);
        }

        Smp.Changed(this);
        Smp.Simulated?.Touch(this, isWrite: true);
        return Apply(amount, int.MinValue);
    }

    /// <summary>As <c>Value += amount</c>, where others may change the word without the lock: the new value.</summary>
    public int AddUnderLock(int amount) => Smp.MeasuresTime ? AddNow(amount) : Value += amount;

    /// <summary>As <see cref="AddUnderLock"/> of one, but for a word that is zero, which stays so: then false.</summary>
    public bool IncrementNotZeroUnderLock()
    {
        if (Smp.IsNative)
        {
            return ApplyNatively(1, floor: 1) != 0;
        }

        int value = Value;
        if (value != 0)
        {
            Value = value + 1;
        }

        return value != 0;
    }

    /// <summary>As <c>Raw++</c>, of an object that hardly anybody else can see: on threads somebody may have it for a moment.</summary>
    public void IncrementUnseen()
    {
        if (Smp.IsNative)
        {
            AddNatively(1);
        }
        else
        {
            Raw++;
        }
    }

    /// <summary>atomic_read().</summary>
    public Step<Change, int> Read([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Smp.Announce(this, OperationKind.Read, ready: true, where, line);
        return new(new Change(this, 0, floor: int.MinValue));
    }

    /// <summary>atomic_add_return(): the new value. Going below zero is reported.</summary>
    public Step<Change, int> Add(int amount, [CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Smp.Announce(this, OperationKind.Atomic, ready: true, where, line);
        return new(new Change(this, amount, floor: int.MinValue));
    }

    /// <summary>atomic_set().</summary>
    public Step<Setting> Set(int value, [CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Smp.Announce(this, OperationKind.Write, ready: true, where, line);
        return new(new Setting(this, value));
    }

    /// <summary>atomic_cmpxchg(): the old value; the word is set only if that was <paramref name="expected"/>.</summary>
    public Step<Exchange, int> CompareExchange(
        int expected,
        int value,
        [CallerMemberName] string where = "",
        [CallerLineNumber] int line = 0)
    {
        Smp.Announce(this, OperationKind.Atomic, ready: true, where, line);
        return new(new Exchange(this, expected, value));
    }

    /// <summary>atomic_inc_not_zero(), as mmget_not_zero(): the new value, or 0 if it was zero and stays so.</summary>
    public Step<Change, int> IncrementNotZero([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Smp.Announce(this, OperationKind.Atomic, ready: true, where, line);
        return new(new Change(this, 1, floor: 1));
    }

    /// <summary>atomic_add_unless(): false if the word was <paramref name="unless"/> and stays so.</summary>
    public Step<Addition, bool> AddUnless(int amount, int unless, [CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        Smp.Announce(this, OperationKind.Atomic, ready: true, where, line);
        return new(new Addition(this, amount, unless));
    }

    internal override int Fingerprint => _word.Known;

    internal override void PowerOn()
    {
    }

    private int Apply(int amount, int floor)
    {
        int old = Acquire();
        if (old < floor)
        {
            return old;
        }

        Release(old, amount);
        return old + amount;
    }

    private bool ApplyUnless(int amount, int unless)
    {
        int old = Acquire();
        if (old == unless)
        {
            return false;
        }

        Release(old, amount);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Acquire()
    {
        _owner.TouchKnown(_word.Field);
        Smp.AcquireFrom(_order);
        return _word.Known;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Release(int old, int amount)
    {
        if (amount != 0)
        {
            _word.SetKnown(old + amount);
            Smp.ReleaseJoining(ref _order);
            CheckFloor(old + amount);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int AddNatively(int amount)
    {
        int sum = Interlocked.Add(ref _word.Word, amount);
        CheckFloor(sum);
        return sum;
    }

    /// <summary>As <see cref="Apply"/>: the new value, or the old one if that is not to be changed.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ApplyNatively(int amount, int floor)
    {
        if (amount == 0)
        {
            return Volatile.Read(ref _word.Word);
        }

        if (floor == int.MinValue)
        {
            return AddNatively(amount);
        }

        while (true)
        {
            int old = Volatile.Read(ref _word.Word);
            if (old < floor || Interlocked.CompareExchange(ref _word.Word, old + amount, old) == old)
            {
                return old < floor ? old : old + amount;
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool AddNativelyUnless(int amount, int unless)
    {
        for (int old = Volatile.Read(ref _word.Word); old != unless; old = Volatile.Read(ref _word.Word))
        {
            if (Interlocked.CompareExchange(ref _word.Word, old + amount, old) == old)
            {
                CheckFloor(old + amount);
                return true;
            }
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void SetNatively(int value) => Interlocked.Exchange(ref _word.Word, value);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ExchangeNatively(int expected, int value) => Interlocked.CompareExchange(ref _word.Word, value, expected);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CheckFloor(int value)
    {
        if (value < 0)
        {
            ReportUnderflow(value);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReportUnderflow(int value) =>
        Smp.Fail(FailureKind.CounterUnderflow, _word.Subject, $"{Name} went to {value} on {Smp.Current.Name}");

    private void Assign(int value)
    {
        _owner.TouchKnown(_word.Field);
        _word.SetKnown(value);
        Smp.ReleaseTo(ref _order);
        CheckFloor(value);
    }

    /// <summary>Sets the word.</summary>
    public readonly struct Setting : IOperation
    {
        private readonly AtomicInt _word;
        private readonly int _value;

        internal Setting(AtomicInt word, int value)
        {
            _word = word;
            _value = value;
        }

        /// <inheritdoc/>
        public Smp Smp => _word.Smp;

        /// <inheritdoc/>
        public void Perform() => _word.Assign(_value);

        /// <inheritdoc/>
        public void PerformNatively() => _word.SetNatively(_value);
    }

    /// <summary>Sets the word if it is as expected.</summary>
    public readonly struct Exchange : IOperation<int>
    {
        private readonly AtomicInt _word;
        private readonly int _expected;
        private readonly int _value;

        internal Exchange(AtomicInt word, int expected, int value)
        {
            _word = word;
            _expected = expected;
            _value = value;
        }

        /// <inheritdoc/>
        public Smp Smp => _word.Smp;

        /// <summary>The value before.</summary>
        public int Perform()
        {
            int old = _word.Acquire();
            if (old == _expected)
            {
                _word.Assign(_value);
            }

            return old;
        }

        /// <inheritdoc/>
        public int PerformNatively() => _word.ExchangeNatively(_expected, _value);
    }

    /// <summary>Reads the word, or changes it.</summary>
    public readonly struct Change : IOperation<int>
    {
        private readonly AtomicInt _word;
        private readonly int _amount;
        private readonly int _floor;

        internal Change(AtomicInt word, int amount, int floor)
        {
            _word = word;
            _amount = amount;
            _floor = floor;
        }

        /// <inheritdoc/>
        public Smp Smp => _word.Smp;

        /// <summary>The value afterwards.</summary>
        public int Perform() => _word.Apply(_amount, _floor);

        /// <inheritdoc/>
        public int PerformNatively() => _word.ApplyNatively(_amount, _floor);
    }

    /// <summary>Changes the word unless it is something.</summary>
    public readonly struct Addition : IOperation<bool>
    {
        private readonly AtomicInt _word;
        private readonly int _amount;
        private readonly int _unless;

        internal Addition(AtomicInt word, int amount, int unless)
        {
            _word = word;
            _amount = amount;
            _unless = unless;
        }

        /// <inheritdoc/>
        public Smp Smp => _word.Smp;

        /// <summary>True if it was changed.</summary>
        public bool Perform() => _word.ApplyUnless(_amount, _unless);

        /// <inheritdoc/>
        public bool PerformNatively() => _word.AddNativelyUnless(_amount, _unless);
    }
}
