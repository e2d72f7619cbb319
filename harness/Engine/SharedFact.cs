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
}
