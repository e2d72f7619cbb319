using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Variants.Harness.Histories;
using Variants.Properties.Campaigns;

namespace Variants.Tests.Campaigns;

/// <summary>All of a result but how long it took, as text: equal texts, equal results.</summary>
internal static class CampaignText
{
    internal static string Of(CampaignResult result)
    {
        var text = new StringBuilder();
        foreach (VariantResult variant in result.Variants)
        {
            text.Append(CultureInfo.InvariantCulture, $"{variant.Variant.Name}: {variant.Histories} histories, {variant.Executions} executions, {variant.Steps} steps\n");
            text.Append("survival");
            foreach (SurvivalPoint point in variant.Survival)
            {
                text.Append(CultureInfo.InvariantCulture, $" {point.Schedules}:{point.Share}");
            }

            text.Append('\n');
            foreach (Verdict verdict in variant.Verdicts)
            {
                text.Append(CultureInfo.InvariantCulture, $"{verdict.Property}: {verdict.Failures} of {verdict.Executions}, first {verdict.FirstFailure}, {verdict.FailureRate95}\n");
                foreach (Counterexample counterexample in verdict.Counterexamples)
                {
                    text.Append(CultureInfo.InvariantCulture, $"  {Of(counterexample)}\n  {counterexample.Failure}\n  {counterexample.Shrinking}\n");
                }
            }
        }

        text.Append(result.Interrupted ? "interrupted\n" : "");
        return text.ToString();
    }

    /// <summary>One line: <c>setup A reclaim 1 | A: reclaim 1 | B: reclaim 1 | schedule 0 1 | 1 preemptions</c>.</summary>
    internal static string Of(Counterexample counterexample) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Of(counterexample.History)} | schedule {string.Join(' ', counterexample.Schedule)} | {counterexample.Preemptions} preemptions");

    internal static string Of(History history) => string.Join(
        " | ",
        history.Setup.Select(step => $"setup {History.NameOf(step.Actor)} {Of([step.Operation])}")
            .Concat(history.Actors.Select((actor, place) => $"{History.NameOf(place)}: {Of(actor)}")));

    private static string Of(ImmutableArray<Operation> operations) => string.Join(
        "; ",
        operations.Select(operation => string.Create(
            CultureInfo.InvariantCulture,
            $"{operation.Verb.Name}{(operation.Verb.TakesNumber ? $" {operation.Number}" : "")}{(operation.Verb.HasChild ? $" {{ {Of(operation.Child)} }}" : "")}")));
}
