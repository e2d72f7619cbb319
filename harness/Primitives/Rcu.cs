using System.Runtime.Intrinsics;
using Variants.Harness.Engine;
using Variants.Harness.Native;

namespace Variants.Harness.Primitives;

/// <summary>
/// A domain of read-copy-update: what is freed through it is freed once every reader of that time has left, and not
/// before. With <c>maySleep</c> it is an srcu_struct; without, its readers are atomic, as those of rcu_read_lock(),
/// or of a CPU that has switched its interrupts off.
/// </summary>
/// <remarks>
/// Entering and leaving are part of the step they are in: they write to nothing but the CPU's own counter. What waits
/// for nobody is freed at once, which is the earliest that the kernel may; natively some time later, by the batch.
/// </remarks>
public sealed class Rcu : SharedObject, ISynchronizes
{
    private const int Depth = 64;

    private readonly bool _maySleep;
    private readonly TrackedObject?[] _waiting = new TrackedObject?[Depth];
    private readonly uint[] _waitingFor = new uint[Depth];
    private readonly int[] _nesting;
    private readonly SharedFact[] _isReading;
    private readonly SharedFact _list;
    private readonly GracePeriods? _gracePeriods;
    private readonly NativeReaders? _native;
    private Vector256<int> _readers;
    private uint _reading;
    private int _pending;

    /// <summary>A domain without readers.</summary>
    public Rcu(Smp smp, string name, bool maySleep = false)
        : base(smp, name)
    {
        _maySleep = maySleep;
        _isReading = new SharedFact[smp.Cpus.Length];
        _list = new SharedFact(smp);
        for (int cpu = 0; cpu < _isReading.Length; cpu++)
        {
            _isReading[cpu] = new SharedFact(smp);
        }

        _nesting = new int[smp.Cpus.Length];
        _gracePeriods = smp.Simulated is null ? null : new GracePeriods(smp.Cpus.Length);
        _native = smp.IsNative ? new NativeReaders(smp) : null;
    }

    /// <summary>Objects whose readers have not all left: memory that one slow reader keeps.</summary>
    public int Pending => _native?.Pending ?? _pending;

    void ISynchronizes.ForgetTimes() => _readers = Vector256<int>.Zero;

    /// <summary>rcu_read_lock() and srcu_read_lock(). May nest.</summary>
    public void ReadLock()
    {
        if (_native is not null)
        {
            _native.Enter();
            return;
        }

        Cpu cpu = Smp.Current;
        if (_nesting[cpu.Id]++ == 0)
        {
            _isReading[cpu.Id].Changed();
            _reading |= cpu.Bit;
            _gracePeriods?.Enter(cpu.Id);
            Smp.Use(this);
            if (!_maySleep)
            {
                cpu.AtomicDepth++;
            }
        }
    }

    /// <summary>rcu_read_unlock() and srcu_read_unlock(). Leaving what one has not entered is reported.</summary>
    public void ReadUnlock()
    {
        if (_native is not null)
        {
            _native.Leave();
            return;
        }

        Cpu cpu = Smp.Current;
        if (_nesting[cpu.Id] == 0)
        {
            Smp.Fail(FailureKind.ReleaseNotHeld, Name, $"{cpu.Name} leaves {Name}, which it has not entered");
            return;
        }

        if (--_nesting[cpu.Id] > 0)
        {
            return;
        }

        _isReading[cpu.Id].Changed();
        _reading &= ~cpu.Bit;
        if (!_maySleep)
        {
            cpu.AtomicDepth--;
        }

        if (_gracePeriods is not null)
        {
            _gracePeriods.Leave(cpu.Id);
            return;
        }

        Smp.ReleaseJoining(ref _readers);
        if (_pending > 0)
        {
            // Who leaves last frees.
            _list.Changed();
        }

        for (int index = 0; index < _pending; index++)
        {
            _waitingFor[index] &= ~cpu.Bit;
        }

        int kept = 0;
        for (int index = 0; index < _pending; index++)
        {
            if (_waitingFor[index] == 0)
            {
                _waiting[index]!.Free();
            }
            else
            {
                _waiting[kept] = _waiting[index];
                _waitingFor[kept++] = _waitingFor[index];
            }
        }

        _pending = kept;
    }

    /// <summary>call_rcu() and call_srcu(), to free <paramref name="garbage"/>.</summary>
    public void Free(TrackedObject garbage)
    {
        if (_native is not null)
        {
            _native.Free(garbage);
            return;
        }

        if (_gracePeriods is not null)
        {
            _gracePeriods.Free(garbage, Smp.Current.Id);
            return;
        }

        foreach (SharedFact reading in _isReading)
        {
            reading.Looked();
        }

        if (_reading == 0)
        {
            garbage.Free();
            return;
        }

        if (_pending == Depth)
        {
            Smp.Bug(Name, $"more than {Depth} objects wait for the readers of {Name}");
            return;
        }

        _list.Changed();
        _waiting[_pending] = garbage;
        _waitingFor[_pending++] = _reading;
    }

    internal override void PowerOn()
    {
        _reading = 0;
        _pending = 0;
        Array.Clear(_nesting);
        _gracePeriods?.Forget();
        _native?.Forget();
    }

    internal override void AllAtRest() => _native?.Drain();
}
