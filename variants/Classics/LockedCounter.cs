using System.Globalization;
using Variants.Harness.Engine;
using Variants.Harness.Programs;

namespace Variants.Families.Classics;

/// <summary>lock; counter++; unlock.</summary>
public static class LockedCounter
{
    /// <summary>On so many CPUs, so often each. A trace is an order of the critical sections.</summary>
    public static ConcurrentProgram Of(int cpus, int sections) => new(
        string.Create(CultureInfo.InvariantCulture, $"classics/lock-{cpus}x{sections}"),
        string.Create(CultureInfo.InvariantCulture, $"{cpus} CPUs, {sections} times each: lock; counter++; unlock."),
        ClassicPrograms.Abdulla,
        cpus,
        machine =>
        {
            // The holder alone touches the counter, so that a plain variable of C# will do.
            int counter = 0;
            var counterLock = new SpinLock(machine.Smp, "lock");
            machine.Before = () => counter = 0;
            for (int cpu = 0; cpu < cpus; cpu++)
            {
                machine.On(async _ =>
                {
                    for (int i = 0; i < sections; i++)
                    {
                        await counterLock.Lock();
                        counter++;
                        await counterLock.Unlock();
                    }
                });
            }

            machine.Forbids("an increment was lost", () => counter != cpus * sections);
        })
    {
        Checks = Checks.None,
        Traces = Orders(cpus, sections),
    };

    /// <summary>(cpus * sections)! / (sections!)^cpus.</summary>
    private static long Orders(int cpus, int sections)
    {
        long orders = 1;
        for (int cpu = 2; cpu <= cpus; cpu++)
        {
            for (int i = 1; i <= sections; i++)
            {
                orders = orders * (((cpu - 1) * sections) + i) / i;
            }
        }

        return orders;
    }
}
