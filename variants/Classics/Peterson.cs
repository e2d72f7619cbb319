using Variants.Harness.Primitives;
using Variants.Harness.Programs;

namespace Variants.Families.Classics;

/// <summary>A lock made of loads and stores: whoever waits spins, and only for a change.</summary>
public static class Peterson
{
    /// <summary>Two CPUs, once each.</summary>
    public static ConcurrentProgram Program { get; } = new(
        "classics/peterson",
        "Two CPUs add one to a counter under Peterson's lock, by loads and stores.",
        "Peterson, Myths about the mutual exclusion problem, IPL 12 (1981)",
        2,
        machine =>
        {
            AtomicInt[] wants = [machine.Word("wants[0]"), machine.Word("wants[1]")];
            AtomicInt turn = machine.Word("turn");
            AtomicInt count = machine.Word("count");
            for (int cpu = 0; cpu < 2; cpu++)
            {
                int me = cpu;
                machine.On(async _ =>
                {
                    await wants[me].Set(1);
                    await turn.Set(1 - me);
                    while (await wants[1 - me].Read() != 0 && await turn.Read() != me)
                    {
                        await machine.Smp.Relax();
                    }

                    int value = await count.Read();
                    await count.Set(value + 1);
                    await wants[me].Set(0);
                });
            }

            machine.Shows("count", () => count.Raw);
            machine.Forbids("an increment was lost", () => count.Raw != 2);
        });
}
