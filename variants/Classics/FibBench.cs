using System.Globalization;
using Variants.Harness.Engine;
using Variants.Harness.Primitives;
using Variants.Harness.Programs;

namespace Variants.Families.Classics;

/// <summary>Two words that grow by each other: almost every order of the accesses is a trace of its own.</summary>
public static class FibBench
{
    /// <summary>With so many additions by each of two CPUs.</summary>
    public static ConcurrentProgram Of(int n) => new(
        string.Create(CultureInfo.InvariantCulture, $"classics/fib_bench-{n}"),
        string.Create(CultureInfo.InvariantCulture, $"Two CPUs, {n} times each: x += y, and y += x, every load and store a step; a third looks at both."),
        "SV-COMP, pthread/fib_bench, as in " + ClassicPrograms.Abdulla,
        3,
        machine =>
        {
            AtomicInt x = machine.Word("x", 1);
            AtomicInt y = machine.Word("y", 1);
            machine.On(_ => AddUp(n, x, y));
            machine.On(_ => AddUp(n, y, x));
            machine.On(async _ =>
            {
                await x.Read();
                await y.Read();
            });
        })
    {
        Checks = Checks.None,
        Traces = n switch { 3 => 1_698, 4 => 19_605, 5 => 218_243, _ => null },
    };

    private static async KTask AddUp(int times, AtomicInt into, AtomicInt from)
    {
        for (int i = 0; i < times; i++)
        {
            int before = await into.Read();
            await into.Set(before + await from.Read());
        }
    }
}
