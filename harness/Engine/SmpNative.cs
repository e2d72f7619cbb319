using Variants.Harness.Native;

namespace Variants.Harness.Engine;

/// <content>What the native clock adds.</content>
public sealed partial class Smp
{
    /// <summary>True if its CPUs are threads.</summary>
    internal readonly bool IsNative;

    /// <summary>The clock of real threads; null under every other clock.</summary>
    public NativeClock? Native { get; }

    /// <summary>smp_processor_id(): the number of the CPU that asks, under any clock.</summary>
    public int ProcessorId => Native is { } native ? native.ThisCpu.Id : Current.Id;

    /// <summary>A machine of <paramref name="cpus"/> CPUs that are threads, without checkers.</summary>
    public static Smp OnThreads(int cpus) => new(Checks.None, cpus, costs: null, onThreads: true);
}
