namespace Variants.Harness.Engine;

/// <summary>
/// What a primitive asks of time. The same compiled kernel functions run under three clocks: explored (a strategy
/// chooses who runs at every await), simulated (virtual time on many CPUs) and native (real threads).
/// </summary>
/// <remarks>
/// A primitive announces its operation, asks <see cref="Arrive"/> whether it may perform it at once, suspends if
/// not, and performs it when resumed. Locks tell <see cref="Taken"/> and <see cref="Freed"/>, so that the clock
/// knows who can go on. <see cref="Charge"/> is how an access costs time where time is modelled.
/// </remarks>
public abstract class Clock
{
    /// <summary><paramref name="cpu"/> is about to do something, possible now only if <paramref name="ready"/>.</summary>
    internal abstract void Announce(Cpu cpu, SharedObject target, bool ready);

    /// <summary>True if the current CPU may perform what it announced at once; false to suspend it.</summary>
    internal abstract bool Arrive();

    /// <summary>Nobody else can take <paramref name="target"/> until it is freed.</summary>
    internal abstract void Taken(SharedObject target);

    /// <summary>Those who wait for <paramref name="target"/> may try again.</summary>
    internal abstract void Freed(SharedObject target);

    /// <summary>Time passes for the current CPU, in nanoseconds of the modelled machine.</summary>
    internal abstract void Charge(int nanoseconds);

    /// <summary>Nobody may run any more: the execution has failed.</summary>
    internal abstract void Stop();
}
