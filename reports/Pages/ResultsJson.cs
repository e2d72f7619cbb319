using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using Variants.Harness.Families;
using Variants.Properties.Campaigns;
using Variants.Properties.Verification;
using Variants.Reports.Throughput;

namespace Variants.Reports.Pages;

/// <summary><c>results.json</c>: the verdicts for programs. The same for the same arguments; documented in README.md.</summary>
public static class ResultsJson
{
    /// <summary>Raised when a field changes its meaning or goes away.</summary>
    public const int Version = 1;

    internal static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The file.</summary>
    public static byte[] Render(Report report)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            Write(json, report);
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    private static void Write(Utf8JsonWriter json, Report report)
    {
        CampaignOptions options = report.Result.Options;
        json.WriteStartObject();
        json.WriteNumber("version", Version);
        json.WriteNumber("seed", options.Seed);
        if (options.BudgetPerVariant is { } budget)
            json.WriteNumber("budgetSeconds", budget.TotalSeconds);
        else
            json.WriteNumber("histories", options.Histories);
        json.WriteNumber("schedules", options.Schedules);
        if (report.Result.KnownTried > 0)
            json.WriteNumber("knownCases", report.Result.KnownTried);
        json.WriteStartArray("strategies");
        foreach (string strategy in options.Strategies)
            json.WriteStringValue(strategy);
        json.WriteEndArray();
        json.WriteBoolean("interrupted", report.Result.Interrupted);
        json.WriteStartArray("variants");
        foreach (VariantResult variant in report.Result.Variants)
            Write(json, report, variant);
        json.WriteEndArray();
        if (report.Throughput is { } measured)
        {
            json.WritePropertyName("throughput");
            ThroughputJson.Write(json, measured);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Report report, VariantResult variant)
    {
        json.WriteStartObject();
        json.WriteString("name", variant.Variant.Name);
        json.WriteString("family", variant.Family.Name);
        json.WriteString("label", variant.Variant.Label);
        json.WriteNumber("histories", variant.Histories);
        json.WriteNumber("executions", variant.Executions);
        json.WriteNumber("steps", variant.Steps);
        json.WriteStartArray("verdicts");
        foreach (Verdict verdict in variant.Verdicts)
            Write(json, verdict, [.. report.Of(variant, verdict)]);
        json.WriteEndArray();
        json.WriteStartArray("survival");
        foreach (SurvivalPoint point in variant.Survival)
        {
            json.WriteStartArray();
            json.WriteNumberValue(point.Schedules);
            json.WriteNumberValue(point.Share);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        if (variant.Proved is { } proved)
            Write(json, proved);
        if (!variant.Measures.IsEmpty)
            Write(json, variant.Measures);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ProvedBound proved)
    {
        json.WriteStartObject("smallHistories");
        json.WriteString("verdict", proved.Verdict switch
        {
            ProofVerdict.Unprovable => "unprovable",
            ProofVerdict.Fails => "fails",
            ProofVerdict.Proved => "proved",
            _ => "searched",
        });
        json.WriteNumber("operations", proved.Scope.Operations);
        json.WriteNumber("actors", proved.Scope.Actors);
        json.WriteNumber("executionsOfHistory", proved.Scope.ExecutionsOfHistory);
        json.WriteBoolean("all", proved.State.IsDone);
        json.WriteNumber("histories", proved.State.Histories);
        json.WriteNumber("executions", proved.State.Executions);
        json.WriteNumber("unfinished", proved.State.Unfinished);
        json.WriteStartArray("broken");
        foreach (string property in proved.State.Failures.Select(failure => failure.Property).Distinct())
            json.WriteStringValue(property);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ImmutableArray<MeasureResult> measures)
    {
        json.WriteStartObject("measures");
        foreach (MeasureResult result in measures)
        {
            json.WriteStartObject(result.Measure.Name);
            json.WriteString("unit", result.Measure.Unit);
            json.WriteString("better", result.Measure.MoreIsBetter ? "more" : "fewer");
            if (result.Value is { } value)
                json.WriteNumber("value", value);
            else
                json.WriteNull("value");
            json.WriteNumber("amount", result.Amount);
            json.WriteNumber("per", result.Per);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Verdict verdict, ReportedFailure[] failures)
    {
        json.WriteStartObject();
        json.WriteString("property", verdict.Property);
        json.WriteString("verdict", verdict.Holds ? "holds" : "fails");
        json.WriteString("expected", verdict.Expected switch
        {
            Expectation.Fails => "fails",
            Expectation.Holds => "holds",
            _ => "unknown",
        });
        json.WriteNumber("executions", verdict.Executions);
        json.WriteNumber("failures", verdict.Failures);
        Write(json, "firstFailure", verdict.FirstFailure < 0 ? null : verdict.FirstFailure);
        json.WriteNumber("lowerBound95", verdict.FailureRate95.Low);
        json.WriteNumber("upperBound95", verdict.FailureRate95.High);
        Counterexample? smallest = verdict.Counterexamples.IsEmpty ? null : verdict.Counterexamples[0];
        Write(json, "operations", smallest?.Operations);
        Write(json, "preemptions", smallest?.Preemptions);
        Certificate? certificate = smallest?.Shrinking.Certificate;
        json.WriteString("minimal", certificate is null ? null : certificate.IsProved ? "proved" : "searched");
        Write(json, "minimalExecutions", certificate?.Executions);
        json.WriteString("counterexample", failures.Length == 0 ? null : failures[0].Case.HistoryFile);
        json.WriteStartArray("alsoCounterexamples");
        foreach (ReportedFailure failure in failures.Skip(1))
            json.WriteStringValue(failure.Case.HistoryFile);
        json.WriteEndArray();
        if (!verdict.Known.IsEmpty)
        {
            json.WriteStartArray("known");
            foreach (string known in verdict.Known)
                json.WriteStringValue(known);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } known)
            json.WriteNumber(name, known);
        else
            json.WriteNull(name);
    }
}
