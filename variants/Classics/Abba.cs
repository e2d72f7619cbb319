using Variants.Harness.Engine;
using Variants.Harness.Programs;

namespace Variants.Families.Classics;

/// <summary>The deadlock that lockdep was written for.</summary>
public static class Abba
{
    /// <summary>Two CPUs, two mutexes.</summary>
    public static ConcurrentProgram Program { get; } = new(
        "classics/abba",
        "Two CPUs take two mutexes, each in the other's order.",
        "Documentation/locking/lockdep-design.rst",
        2,
        machine =>
        {
            var a = new Semaphore(machine.Smp, "A");
            var b = new Semaphore(machine.Smp, "B");
            machine.On(_ => Nest(a, b));
            machine.On(_ => Nest(b, a));
        })
    {
        // lockdep sees the inversion in executions that do not deadlock, too.
        Fails = [FailureKind.Deadlock, FailureKind.LockOrder],

        // Whoever comes first comes first twice; what remains is the deadlock.
        Traces = 2,
    };

    private static async KTask Nest(Semaphore outer, Semaphore inner)
    {
        await outer.Down();
        await inner.Down();
        await inner.Up();
        await outer.Up();
    }
}
