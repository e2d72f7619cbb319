using System.Globalization;
using Variants.Harness.Engine;
using Variants.Harness.Primitives;
using Variants.Harness.Programs;

namespace Variants.Families.Classics;

/// <summary>A counter without a lock, whose values nobody minds: only the orders are counted.</summary>
public static class LoadStore
{
    /// <summary>On so many CPUs, so often each.</summary>
    public static ConcurrentProgram Of(int cpus, int times) => new(
        string.Create(CultureInfo.InvariantCulture, $"classics/load-store-{cpus}x{times}"),
        string.Create(CultureInfo.InvariantCulture, $"{cpus} CPUs, {times} times each: load; store of one more, without a lock."),
        ClassicPrograms.Abdulla,
        cpus,
        machine =>
        {
            AtomicInt word = machine.Word("x");
            for (int cpu = 0; cpu < cpus; cpu++)
            {
                machine.On(async _ =>
                {
                    for (int i = 0; i < times; i++)
                    {
                        int value = await word.Read();
                        await word.Set(value + 1);
                    }
                });
            }

            machine.Shows("x", () => word.Raw);
        })
    {
        Checks = Checks.None,
        Traces = (cpus, times) == (2, 2) ? 34 : null,
    };
}
