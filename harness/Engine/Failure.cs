namespace Variants.Harness.Engine;

/// <summary>What went wrong, by the checker that saw it.</summary>
public enum FailureKind
{
    /// <summary>A freed object was used (KASAN).</summary>
    UseAfterFree,

    /// <summary>A freed object was freed again (KASAN).</summary>
    DoubleFree,

    /// <summary>Two plain accesses, one a write, that nothing orders (KCSAN).</summary>
    DataRace,

    /// <summary>Locks are taken in an order that can deadlock, whether or not it did (lockdep).</summary>
    LockOrder,

    /// <summary>A CPU that must not sleep did.</summary>
    SleepInAtomic,

    /// <summary>A lock was released by one who did not hold it.</summary>
    ReleaseNotHeld,

    /// <summary>CPUs wait for each other in a circle.</summary>
    Deadlock,

    /// <summary>A CPU waits for something that nobody left can bring about (hung task).</summary>
    HungTask,

    /// <summary>CPUs run for ever, under fair scheduling, without coming to an end (soft lockup).</summary>
    Livelock,

    /// <summary>The variant found its own state impossible: BUG(), or a kernel message that says so.</summary>
    Bug,

    /// <summary>A count went below zero.</summary>
    CounterUnderflow,

    /// <summary>A null pointer, or another exception inside the variant's code.</summary>
    Oops,

    /// <summary>A read returned a value that the address could not hold.</summary>
    WrongData,

    /// <summary>A device and the process that pinned a page for it do not see one page, or a device sees a stranger's.</summary>
    Incoherent,

    /// <summary>A signal for an access that was valid.</summary>
    SpuriousSignal,

    /// <summary>An access that was invalid succeeded.</summary>
    MissingSignal,

    /// <summary>A count kept by the variant differs from what it counts, when all is quiet.</summary>
    Accounting,

    /// <summary>Something is still held or in use when all is quiet.</summary>
    Leak,

    /// <summary>A system call reported what is not so, or gave up without a reason.</summary>
    WrongResult,

    /// <summary>A primitive or a call was started and not awaited: an error in the variant's text.</summary>
    ForgottenAwait,

    /// <summary>A promise that a user brought is broken; the subject is its name.</summary>
    OwnProperty,

    /// <summary>One step performed more operations than any sane one: a loop without an await.</summary>
    RunawayStep,
}

/// <summary>The first thing that went wrong in an execution, as a value.</summary>
/// <param name="Kind">Which checker saw it.</param>
/// <param name="Subject">The class of thing it concerns, the same in every execution: <c>swap_map</c>.</param>
/// <param name="Message">One line that says what is so, with the particular objects.</param>
/// <param name="Cpu">The CPU that was running, or -1 when all was quiet.</param>
/// <param name="Step">How many steps had been taken.</param>
public sealed record Failure(FailureKind Kind, string Subject, string Message, int Cpu, int Step)
{
    /// <summary>Two failures with one signature are taken for the same one, in other executions and histories.</summary>
    public (FailureKind Kind, string Subject) Signature => (Kind, Subject);
}

/// <summary>Thrown to leave a step that would not end by itself; the engine reports why.</summary>
internal sealed class RunawayStepException : Exception
{
    public RunawayStepException()
        : base("too many operations without an await")
    {
    }
}
