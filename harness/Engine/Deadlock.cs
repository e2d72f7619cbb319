using System.Numerics;

namespace Variants.Harness.Engine;

/// <summary>
/// Who waits for whom. A CPU that waits for an object waits for every CPU that must free it first, so a circle of
/// waits never opens again, whoever else still runs.
/// </summary>
internal static class Deadlock
{
    /// <summary>
    /// The CPUs of a circle that closes when <paramref name="cpu"/> begins to wait for <paramref name="target"/>, a
    /// bit for each, or 0.
    /// </summary>
    internal static uint CircleThrough(Smp smp, Cpu cpu, SharedObject target, uint enabled)
    {
        uint reached = 0;
        uint frontier = target.Owners;
        while (frontier != 0)
        {
            reached |= frontier;
            if ((reached & cpu.Bit) != 0)
            {
                return Circle(smp, cpu, target, enabled);
            }

            frontier = WaitedForBy(smp, frontier, enabled) & ~reached;
        }

        return 0;
    }

    internal static void Report(Smp smp, uint circle)
    {
        var waits = new List<string>();
        var classes = new List<string>();
        for (uint left = circle; left != 0; left &= left - 1)
        {
            Cpu cpu = smp.Cpus[BitOperations.TrailingZeroCount(left)];
            SharedObject target = smp.Objects[cpu.Target];
            waits.Add($"{cpu.Name} waits for {target.Name}, held by {smp.NamesOf(target.Owners)}");
            classes.Add(target.Subject);
        }

        classes.Sort(string.CompareOrdinal);
        smp.Fail(FailureKind.Deadlock, string.Join(", ", classes.Distinct()), string.Join("; ", waits));
    }

    /// <summary>Everything has stopped, and <paramref name="stuck"/> wait for what nobody will bring about.</summary>
    internal static void ReportHung(Smp smp, uint stuck)
    {
        var waits = new List<string>();
        var classes = new List<string>();
        for (uint left = stuck; left != 0; left &= left - 1)
        {
            Cpu cpu = smp.Cpus[BitOperations.TrailingZeroCount(left)];
            SharedObject target = smp.Objects[cpu.Target];
            string owners = target.Owners == 0 ? "" : $", held by {smp.NamesOf(target.Owners)}";
            waits.Add($"{cpu.Name} waits for {target.Name}{owners}");
            classes.Add(target.Subject);
        }

        classes.Sort(string.CompareOrdinal);
        smp.FailAtRest(FailureKind.HungTask, string.Join(", ", classes.Distinct()), string.Join("; ", waits));
    }

    private static uint WaitedForBy(Smp smp, uint cpus, uint enabled)
    {
        uint owners = 0;
        for (uint left = cpus & ~enabled; left != 0; left &= left - 1)
        {
            Cpu cpu = smp.Cpus[BitOperations.TrailingZeroCount(left)];
            if (cpu.Pending != OperationKind.None && !cpu.Finished)
            {
                owners |= smp.Objects[cpu.Target].Owners;
            }
        }

        return owners;
    }

    /// <summary>Of the CPUs on the way, those that lie on a circle with <paramref name="cpu"/>.</summary>
    private static uint Circle(Smp smp, Cpu cpu, SharedObject target, uint enabled)
    {
        uint circle = cpu.Bit;
        for (uint left = Closure(smp, target.Owners, enabled); left != 0; left &= left - 1)
        {
            Cpu other = smp.Cpus[BitOperations.TrailingZeroCount(left)];
            if (other != cpu && (Closure(smp, WaitedForBy(smp, other.Bit, enabled), enabled) & cpu.Bit) != 0)
            {
                circle |= other.Bit;
            }
        }

        return circle;
    }

    private static uint Closure(Smp smp, uint cpus, uint enabled)
    {
        uint reached = 0;
        while (cpus != 0)
        {
            reached |= cpus;
            cpus = WaitedForBy(smp, cpus, enabled) & ~reached;
        }

        return reached;
    }
}
