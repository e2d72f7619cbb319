namespace Variants.Reports.Throughput;

/// <summary>Where the numbers of a chart come from, in words.</summary>
/// <param name="Caveat">What they are no good for.</param>
/// <param name="Repetition">What there are several of: <c>seed</c>.</param>
public sealed record Provenance(string Caveat, string Repetition)
{
    /// <summary>A simulated machine.</summary>
    public static Provenance Simulated { get; } = new("Simulated: shapes can be compared, not numbers with those of a machine.", "seed");

    /// <summary>Real threads.</summary>
    public static Provenance Threads { get; } = new("Real threads of this machine: another run comes to other numbers.", "round");
}
