using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Variants.Harness.Families;
using Variants.Properties.Campaigns;
using Variants.Reports.Diagrams;
using Variants.Reports.Pages.Exports;
using Variants.Reports.Throughput;

namespace Variants.Reports.Pages;

/// <summary>A failure of the report: whose, of which promise, and its page.</summary>
public sealed record ReportedFailure(VariantResult Variant, Verdict Verdict, Case Case, FailurePage Page)
{
    /// <summary>The same execution for other tools, by its paths within the report.</summary>
    public ImmutableArray<(string Path, byte[] Content)> Exports { get; init; } = [];
}

/// <summary>All that a report says, as a value. Every rendering of it is pure.</summary>
/// <param name="Result">What the campaign found.</param>
/// <param name="Failures">A page for every counterexample, in the order of the variants and their promises.</param>
public sealed partial record Report(CampaignResult Result, ImmutableArray<ReportedFailure> Failures)
{
    /// <summary>The command that made it, <c>compare</c> or <c>check</c>: they take different pains.</summary>
    public string Command { get; init; } = "compare";

    /// <summary>Where the known counterexamples are from; null for those that come with Variants.</summary>
    public string? CorpusFolder { get; init; }

    /// <summary>How far variants are proved, where somebody has looked before; null if nobody brought it.</summary>
    public ProofSurveyed? Surveyed { get; init; }

    /// <summary>What was measured beside it; null if nobody asked.</summary>
    public ThroughputResult? Throughput { get; init; }

    /// <summary>Runs every counterexample once more, recorded, and makes its page.</summary>
    /// <exception cref="VariantException">A counterexample did not fail again: the variant is not deterministic.</exception>
    public static Report Of(CampaignResult result, Func<Variant, string?> pluginOf)
    {
        ImmutableArray<ReportedFailure>.Builder failures = ImmutableArray.CreateBuilder<ReportedFailure>();
        foreach (VariantResult variant in result.Variants)
        {
            foreach (Verdict verdict in variant.Verdicts)
            {
                for (int i = 0; i < verdict.Counterexamples.Length; i++)
                {
                    Counterexample found = verdict.Counterexamples[i];
                    var one = new Case(
                        IdOf(variant.Variant.Name, verdict.Property, i),
                        new Contender(variant.Family, variant.Variant),
                        found.History,
                        found.Schedule,
                        Survivor(result, variant, verdict.Property),
                        (found.Shrinking, found.Operations, found.Preemptions),
                        pluginOf(variant.Variant));
                    Scenery scenery = Execution.Record(one.Contender, one.History, one.Schedule);
                    FailurePage page = FailurePages.Of(one, scenery) is { } made && made.Property == verdict.Property
                        ? made
                        : throw new VariantException(
                            variant.Variant.Name,
                            "a history and schedule that failed once did not fail again; something in it does not follow from them");
                    failures.Add(new ReportedFailure(variant, verdict, one, page)
                    {
                        Exports = [.. Export.All.Select(export => (export.FileOf(one), export.Render(scenery, one)))],
                    });
                }
            }
        }

        return new Report(result, failures.ToImmutable());
    }

    /// <summary>The results, family by family.</summary>
    public IEnumerable<(Family Family, IReadOnlyList<VariantResult> Variants)> ByFamily() =>
        Result.Variants.GroupBy(variant => variant.Family.Name)
            .Select(group => (group.First().Family, (IReadOnlyList<VariantResult>)[.. group]));

    /// <summary>The failures of one verdict.</summary>
    public IEnumerable<ReportedFailure> Of(VariantResult variant, Verdict verdict) =>
        Failures.Where(failure => ReferenceEquals(failure.Variant, variant) && ReferenceEquals(failure.Verdict, verdict));

    /// <summary><c>swapoff-2.3.8-data-integrity</c>; further ways to fail have a number.</summary>
    public static string IdOf(string variant, string property, int number) =>
        $"{NotInFileNames().Replace(variant, "-")}-{property}{(number == 0 ? "" : $"-{number + 1}")}";

    /// <summary>The variant that keeps this promise, and the most others; the first of those.</summary>
    private static Contender? Survivor(CampaignResult result, VariantResult failing, string property) => result.Variants
        .Where(other => other.Family.Name == failing.Family.Name
            && other.Verdicts.Any(verdict => verdict.Property == property && verdict.Holds && verdict.Executions > 0))
        .OrderByDescending(other => other.Verdicts.Count(verdict => verdict.Holds))
        .Select(other => new Contender(other.Family, other.Variant))
        .FirstOrDefault();

    [GeneratedRegex(@"[^A-Za-z0-9._-]+", RegexOptions.CultureInvariant)]
    private static partial Regex NotInFileNames();
}
