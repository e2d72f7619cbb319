namespace Variants.Harness.Engine;

/// <content>What the simulated clock adds.</content>
public sealed partial class Smp
{
    /// <summary>A machine of <paramref name="cpus"/> CPUs under the simulated clock, without checkers.</summary>
    public Smp(CostModel costs, int cpus)
        : this(Checks.None, cpus, costs)
    {
    }

    /// <summary>The clock of virtual time; null under every other clock.</summary>
    public SimulatedClock? Simulated { get; }

    /// <summary>True under the simulated and the native clock, where how long things take is what matters, and no checker watches.</summary>
    internal bool MeasuresTime => IsNative || Simulated is not null;

    /// <summary>How many CPUs there are, in use or not.</summary>
    public int CpuLimit => Cpus.Length;

    /// <summary>The object, number 0, of operations that meet no other.</summary>
    private sealed class Nowhere : SharedObject
    {
        internal Nowhere(Smp smp)
            : base(smp, "")
        {
        }

        internal override void PowerOn()
        {
        }
    }
}
