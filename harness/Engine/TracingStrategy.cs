using Variants.Harness.Exploration;

namespace Variants.Harness.Engine;

/// <summary>
/// A strategy that is asked at every step, those without a choice too, and has steps write down what they touch: what
/// a search that leaves out equivalent schedules has to know.
/// </summary>
/// <remarks>
/// Under such a strategy a circle of waits is reported when nothing moves any more, instead of when it closes.
/// </remarks>
public abstract class TracingStrategy : Strategy
{
    /// <summary>What the steps of the execution touched.</summary>
    internal Footprints Steps { get; } = new();

    /// <inheritdoc/>
    public sealed override int Choose(uint enabled, ExploredClock clock) => Next(enabled);

    /// <summary>An execution begins on <paramref name="smp"/>.</summary>
    internal abstract void Started(Smp smp);

    /// <summary>
    /// True if it has ended the execution as one that another stands for: where it ended is no end, and nobody need look.
    /// </summary>
    internal virtual bool HasGivenUp => false;

    /// <summary>Which of the CPUs in <paramref name="enabled"/>, at least one, goes on; negative to end the execution.</summary>
    internal abstract int Next(uint enabled);

    /// <summary>The execution lasts longer than is traced: from here scheduling is fair, and nobody is asked.</summary>
    internal abstract void Outlasted();

    /// <summary><paramref name="cpu"/> is about to be put to work, in the step that runs.</summary>
    internal virtual void Spawning(int cpu) => Steps.Spawning(cpu, Steps.Count - 1);

    /// <summary>
    /// The execution is over: nobody can go on, something failed, or the strategy ended it. Of the CPUs,
    /// <paramref name="alive"/> have not returned.
    /// </summary>
    internal abstract void Ended(uint alive);
}
