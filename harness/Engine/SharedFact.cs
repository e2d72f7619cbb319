using Variants.Harness.Native;

namespace Variants.Harness.Engine;

/// <summary>
/// Something that CPUs share and that is neither a <see cref="Cell"/> nor a <see cref="SharedObject"/>: the position of
/// an allocator, what a CPU's TLB holds, what a witness remembers of user programs. Whoever goes by it says so, and
/// whoever changes it, or an exploration takes their steps to be independent and misses what their order decides.
/// </summary>
public sealed class SharedFact
{
    private readonly Smp _smp;
    private readonly int _word;
    private LockWord _lock;

    /// <summary>A fact on which nothing depends yet.</summary>
    public SharedFact(Smp smp)
    {
        ArgumentNullException.ThrowIfNull(smp);
        _smp = smp;
        _word = smp.NumberOfWord();
    }

    /// <summary>The current step goes by it.</summary>
    public void Looked() => _smp.Looked(_word);

    /// <summary>The current step changes it.</summary>
    public void Changed() => _smp.Changed(_word);

    /// <summary>
    /// The current step changes it, together with whatever else it does until this is disposed of: one moment, as a step
    /// always is; where CPUs are threads, a lock.
    /// </summary>
    public Moment Change()
    {
        _smp.Changed(_word);
        if (_smp.IsNative)
        {
            _lock.Enter(_smp);
        }

        return new Moment(this);
    }

    /// <summary>While somebody changes it: <see cref="Change"/>.</summary>
    public readonly ref struct Moment
    {
        private readonly SharedFact _fact;

        internal Moment(SharedFact fact) => _fact = fact;

        /// <summary>The moment is over.</summary>
        public void Dispose()
        {
            if (_fact._smp.IsNative)
            {
                _fact._lock.Leave();
            }
        }
    }
}
