using Variants.Harness.Primitives;
using Variants.Harness.Programs;

namespace Variants.Families.Classics;

/// <summary>SB of the litmus tests: what a store buffer would show, this machine, sequentially consistent, does not.</summary>
public static class StoreBuffer
{
    /// <summary>Two CPUs.</summary>
    public static ConcurrentProgram Program { get; } = new(
        "classics/sb",
        "Two CPUs set a word each, and read the other's: both reading 0 needs weaker memory than is modelled.",
        "tools/memory-model/litmus-tests/SB+poonceonces.litmus",
        2,
        machine =>
        {
            AtomicInt x = machine.Word("x");
            AtomicInt y = machine.Word("y");
            int seenByFirst = 0;
            int seenBySecond = 0;
            machine.On(async _ =>
            {
                await x.Set(1);
                seenByFirst = await y.Read();
            });
            machine.On(async _ =>
            {
                await y.Set(1);
                seenBySecond = await x.Read();
            });
            machine.Shows("0:r0", () => seenByFirst);
            machine.Shows("1:r0", () => seenBySecond);
            machine.Forbids("both read 0", () => seenByFirst == 0 && seenBySecond == 0);
        })
    {
        Traces = 3,
    };
}
