using Variants.Harness.Engine;
using Variants.Harness.Primitives;
using Variants.Harness.Programs;

namespace Variants.Families.Classics;

/// <summary>Why counters need a lock, or atomic_inc().</summary>
public static class LostUpdate
{
    /// <summary>Two CPUs.</summary>
    public static ConcurrentProgram Program { get; } = new(
        "classics/lost-update",
        "Two CPUs add one to a word by a load and a store; both must count.",
        "folklore",
        2,
        machine =>
        {
            AtomicInt count = machine.Word("count");
            for (int cpu = 0; cpu < 2; cpu++)
            {
                machine.On(async _ =>
                {
                    int value = await count.Read();
                    await count.Set(value + 1);
                });
            }

            machine.Shows("count", () => count.Raw);
            machine.Forbids("an increment was lost", () => count.Raw != 2);
        })
    {
        Fails = [FailureKind.WrongResult],

        // Each load before or after the other's store; both after is a circle, and both before comes in two orders of the stores.
        Traces = 4,
    };
}
