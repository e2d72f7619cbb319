using System.Globalization;
using System.Text;
using Variants.Properties.Campaigns;
using Variants.Properties.Verification;

namespace Variants.Reports.Pages;

/// <summary>What verify proves of each variant, as a table in Markdown. Pure.</summary>
internal static class ProofTable
{
    /// <summary>The heads of the columns, and the line below them.</summary>
    public const string Head = "| variant | pages | k | histories | executions | time | result |\n|---|---|---|---|---|---|---|\n";

    /// <summary>A line of the table: everything in it but the time follows from the variant and k.</summary>
    public static string Row(ProofReach reached, IReadOnlyList<Simplest> failures)
    {
        VerifyState state = reached.State;
        StringBuilder line = new();
        line.Append(CultureInfo.InvariantCulture, $"| {state.Variant} | {state.Machine.Pages} | {reached.Operations} | {state.Histories:N0} | {state.Executions:N0} ");
        line.Append(CultureInfo.InvariantCulture, $"| {Math.Ceiling(reached.Elapsed.TotalSeconds):N0} s | {(reached.Operations == 0 ? "nothing, as time was over" : Result(reached, failures))} |\n");
        return line.ToString();
    }

    /// <summary>The smallest counterexamples of a state's failures, in the order of those.</summary>
    public static IReadOnlyList<Simplest> Smallest(Contender contender, VerifyState state) =>
        [.. state.Failures.Select(failure => Simplest.Of(contender, failure))];

    private static string Result(ProofReach reached, IReadOnlyList<Simplest> failures)
    {
        VerifyState state = reached.State;
        if (!state.Failures.IsEmpty)
            return $"fails: {string.Join(", ", state.Failures.Zip(failures).GroupBy(one => one.First.Property, one => one.Second).Select(Broken))}";
        if (state.Unfinished == 0)
            return "proved";
        string unfinished = string.Create(CultureInfo.InvariantCulture, $"holds, but {state.Unfinished:N0} {(state.Unfinished == 1 ? "history" : "histories")} not finished");
        return reached.Proved == 0 ? unfinished : string.Create(CultureInfo.InvariantCulture, $"{unfinished}; proved for k = {reached.Proved}");
    }

    /// <summary>A promise, with operations and preemptions of the smallest counterexample.</summary>
    private static string Broken(IGrouping<string, Simplest> found)
    {
        (int operations, int preemptions) = found.Min(simplest => (simplest.History.Count, simplest.Preemptions));
        return string.Create(CultureInfo.InvariantCulture, $"{found.Key} ({operations}, {preemptions})");
    }
}
