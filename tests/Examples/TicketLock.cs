using Variants.Harness.Primitives;
using Variants.Harness.Programs;

namespace Mine;

/// <summary>A ticket lock: whoever comes takes a number, and waits until it is called.</summary>
public static class TicketLock
{
    /// <summary>What joins the list: verify and check know it by its name.</summary>
    public static ConcurrentProgram Program { get; } = new(
        "mine/ticket-lock",
        "Three CPUs add one to a counter under a ticket lock.",
        "arch_spinlock_t, as it was until 4.2",
        Cpus: 3,
        machine =>
        {
            AtomicInt next = machine.Word("next");
            AtomicInt owner = machine.Word("owner");
            AtomicInt counter = machine.Word("counter");
            for (int cpu = 0; cpu < 3; cpu++)
            {
                machine.On(async _ =>
                {
                    int ticket = await next.Add(1);
                    while (await owner.Read() != ticket - 1)
                    {
                        await machine.Smp.Relax();
                    }

                    int value = await counter.Read();
                    await counter.Set(value + 1);
                    await owner.Set(ticket);
                });
            }

            machine.Shows("counter", () => counter.Raw);
            machine.Forbids("two were inside at once", () => counter.Raw != 3);
        });
}
