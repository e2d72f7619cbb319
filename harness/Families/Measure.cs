using Variants.Harness.Memory;

namespace Variants.Harness.Families;

/// <summary>
/// What a family measures of its designs, besides what they are held to: a ratio of two counts, summed over all executions
/// that kept every promise. Sums of counts are the same in whatever order they are made.
/// </summary>
/// <param name="Name">As every output writes it: <c>run-length</c>.</param>
/// <param name="Unit">What it is counted in: <c>slots a run</c>.</param>
/// <param name="Sentence">What it says, in a sentence without a full stop.</param>
/// <param name="MoreIsBetter">Which of two designs is the better one.</param>
/// <param name="Amount">What is counted, from the machine after an execution.</param>
/// <param name="Per">What it is divided by; null for the number of executions.</param>
public sealed record Measure(
    string Name,
    string Unit,
    string Sentence,
    bool MoreIsBetter,
    Func<Machine, int> Amount,
    Func<Machine, int>? Per = null)
{
    /// <summary>How many <see cref="Per"/> make one of <see cref="Unit"/>: 100 for a percentage.</summary>
    public int Scale { get; init; } = 1;
}
