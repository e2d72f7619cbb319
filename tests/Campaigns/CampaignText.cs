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
            Line($"{variant.Variant.Name}: {variant.Histories} histories");
            Line($"  {variant.Executions} executions, {variant.Steps} steps");
            foreach (SurvivalPoint point in variant.Survival)
            {
                Line($"  survival {point.Schedules}:{point.Share}");
            }

            if (variant.Proved is { } proved)
            {
                Line($"  {proved.Scope}, {proved.State with { Failures = [] }}, {string.Join(", ", proved.State.Failures)}, {proved.Obstacle}");
            }

            foreach (Verdict verdict in variant.Verdicts)
            {
                Line($"{verdict.Property} of {verdict.Executions}: {verdict.Failures}, first {verdict.FirstFailure}");
                Line($"  rate {verdict.FailureRate95}, expected {verdict.Expected}");
                foreach (Counterexample counterexample in verdict.Counterexamples)
                {
                    Line($"  {Of(counterexample)}");
                    Line($"  {counterexample.Failure}");
                    Line($"  {counterexample.Shrinking}");
                }
            }
        }

        text.Append(result.Interrupted ? "interrupted\n" : "");
        return text.ToString();

        void Line(FormattableString line) => text.Append(FormattableString.Invariant(line)).Append('\n');
    }

    /// <summary>One line: <c>setup A reclaim 1 | A: reclaim 1 | B: reclaim 1 | schedule 0 1 | 1 preemptions</c>.</summary>
    internal static string Of(Counterexample counterexample) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Of(counterexample.History)} | schedule {string.Join(' ', counterexample.Schedule)} | "
        + $"{counterexample.Preemptions} preemptions");

    internal static string Of(History history) => string.Join(
        " | ",
        history.Setup.Select(step => $"setup {History.NameOf(step.Actor)} {Of([step.Operation])}")
            .Concat(history.Actors.Select((actor, place) => $"{History.NameOf(place)}: {Of(actor)}")));

    private static string Of(ImmutableArray<Operation> operations) => string.Join("; ", operations.Select(Of));

    private static string Of(Operation operation)
    {
        string number = operation.Verb.TakesNumber ? FormattableString.Invariant($" {operation.Number}") : "";
        return operation.Verb.Name + number + (operation.Verb.HasChild ? $" {{ {Of(operation.Child)} }}" : "");
    }
}
