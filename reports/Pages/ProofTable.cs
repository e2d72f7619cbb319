using System.Globalization;
using Variants.Reports.Diagrams;

namespace Variants.Reports.Pages;

/// <summary>What verify proves of each variant, as a table in Markdown. Pure.</summary>
internal static class ProofTable
{
    /// <summary>The heads of the columns, and the line below them.</summary>
    public const string Head = "| variant | pages | k | histories | executions | time | result | known bugs |\n|---|---|---|---|---|---|---|---|\n";

    /// <summary>A line of the table.</summary>
    public static string Row(ProofLine line) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {line.Variant} | {line.Machine.Pages} | {line.Sizes} | {line.Histories:N0} | {line.Executions:N0} | {Wording.Number(line.Seconds ?? 0)} s | {line.Result} | {line.KnownBugs} |\n");
}
