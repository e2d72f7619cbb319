namespace Variants.Harness.Engine;

/// <summary>Which checkers watch, and how long an execution may last.</summary>
/// <param name="Memory">Use after free and double free.</param>
/// <param name="Races">Unordered plain accesses.</param>
/// <param name="LockOrder">Lock-order cycles.</param>
/// <param name="Context">Sleeping in atomic context.</param>
/// <param name="WaitFor">Deadlocks among some of the CPUs, as soon as they close.</param>
/// <param name="FairAfter">Steps after which scheduling is fair, whatever the strategy: from here round robin.</param>
/// <param name="StepBound">Steps after which an execution is a livelock.</param>
/// <param name="StepBudget">Plain accesses one step may make before it is a runaway.</param>
public sealed record Checks(
    bool Memory = true,
    bool Races = true,
    bool LockOrder = true,
    bool Context = true,
    bool WaitFor = true,
    int FairAfter = 2_000,
    int StepBound = 5_000,
    int StepBudget = 100_000)
{
    /// <summary>Every checker on: how histories are judged.</summary>
    public static Checks All { get; } = new();

    /// <summary>Only the limits are kept: for measuring what the checkers cost.</summary>
    public static Checks None { get; } = new(false, false, false, false, false);
}
