namespace Variants.Harness.Engine;

/// <summary>
/// Chooses, at every await, which CPU goes on: one small class for each policy. Everything a strategy does follows
/// from the seed it is given, so an execution can be had again from (history, strategy, seed).
/// </summary>
public abstract class Strategy
{
    /// <summary>How the command line and the reports call it.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// True if the program has taken other steps than before after the same choices: it does not follow from its schedule, and
    /// nothing that was found of it can be relied on.
    /// </summary>
    public virtual bool HasStrayed => false;

    /// <summary>
    /// A new execution begins, of about <paramref name="expectedSteps"/> steps. False if the strategy has run every
    /// execution it knows of: only an exhaustive one ever says so.
    /// </summary>
    public abstract bool Begin(ulong seed, int expectedSteps);

    /// <summary>
    /// Which of the CPUs in <paramref name="enabled"/> (a bit for each) goes on. At least two are; with one there is
    /// nothing to choose, and the strategy is not asked.
    /// </summary>
    public abstract int Choose(uint enabled, ExploredClock clock);

    /// <summary>
    /// <paramref name="cpu"/> spins or retries: a strategy that would run it for ever must let others go first from here.
    /// </summary>
    public virtual void GaveWay(int cpu)
    {
    }

    /// <summary>
    /// <paramref name="cpu"/> sleeps and may wake at any time: an allocation may find a page at once, or after all that
    /// others do.
    /// </summary>
    public virtual void Slept(int cpu) => GaveWay(cpu);
}
