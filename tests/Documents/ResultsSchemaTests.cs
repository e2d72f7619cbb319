using System.Text.Json;
using System.Text.Json.Nodes;
using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Memory;
using Variants.Harness.Workloads;
using Variants.Reports.Commands;
using Variants.Tests.Reports;

namespace Variants.Tests.Documents;

/// <summary><c>docs/results.schema.json</c> says what a real results.json is, and tells one that is not.</summary>
public sealed class ResultsSchemaTests : IDisposable
{
    private static readonly JsonSchema s_schema = new(JsonDocument.Parse(
        File.ReadAllText(Path.Combine(Repository.Root, "docs", "results.schema.json"))).RootElement);

    private readonly string _folder = Directory.CreateTempSubdirectory("variants-schema-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_results_of_a_comparison_are_as_the_schema_says_and_every_other_shape_is_not()
    {
        // With failures that are minimal and failures that nobody proved so, with measures and without.
        string results = Results("swapoff/2.3.8", "swapoff/kanoj-repaired", "swapout/early-write");
        Assert.Empty(Faults(JsonNode.Parse(results)!));
        Assert.Contains("\"verdict\": \"fails\"", results, StringComparison.Ordinal);
        Assert.Contains("\"measures\"", results, StringComparison.Ordinal);
        Assert.Contains("\"smallHistories\"", results, StringComparison.Ordinal);
        Assert.Contains("\"measurements\"", results, StringComparison.Ordinal);

        Assert.Equal(["$.version is not 1: 2"], With(results, root => root["version"] = 2));
        Assert.Equal(["$ has no seed"], With(results, root => ((JsonObject)root).Remove("seed")));
        Assert.Equal(["$.colour should not be there"], With(results, root => root["colour"] = "red"));
        Assert.Equal(["$.variants[0].verdicts[1].upperBound95 is more than 1: 2"], With(results, root => root["variants"]![0]!["verdicts"]![1]!["upperBound95"] = 2));
        Assert.Equal(["$.variants[0].survival[0][0] is no integer: 0.5"], With(results, root => root["variants"]![0]!["survival"]![0]![0] = 0.75 - 0.25).Take(1));
        Assert.Equal(
            ["$.variants[0].verdicts[0].counterexample is nothing that it may be: elsewhere.txt"],
            With(results, root => root["variants"]![0]!["verdicts"]![0]!["counterexample"] = "elsewhere.txt"));
    }

    [Fact]
    public void The_results_of_throughput_are_the_part_that_the_schema_says_broken_or_not()
    {
        string place = Path.Combine(_folder, "throughput");
        (int code, _, _) = Shell.Run(["throughput", "swapout/early-write", "--machine", "smp-1999", "--cpus", "1", "--out", place], new OwnWorkload(new Unlucky()));
        Assert.Equal(ExitCode.AsExpected, code);
        string results = File.ReadAllText(Path.Combine(place, "results.json"));
        Assert.Contains("\"failure\": \"Bug: out of luck", results, StringComparison.Ordinal);
        JsonNode root = JsonNode.Parse(results)!;
        Assert.Empty(FaultsOfThroughput(root));
        root["measurements"]![0]!["runs"]![0]!["fairness"] = 2;
        Assert.Equal(["$.throughput.measurements[0].runs[0].fairness is more than 1: 2"], FaultsOfThroughput(root));

        // Of the rest of a report only that it is missing is complained of.
        static IEnumerable<string> FaultsOfThroughput(JsonNode root) =>
            Faults(new JsonObject { ["throughput"] = root.DeepClone() }).Where(fault => !fault.StartsWith("$ has no", StringComparison.Ordinal));
    }

    private string Results(params string[] variants)
    {
        string place = Path.Combine(_folder, "out");
        (int code, _, _) = Shell.Run(["compare", .. variants, "--histories", "20", "--schedules", "12", "--certify", "20", "--machine", "smp-1999", "--out", place]);
        Assert.InRange(code, ExitCode.AsExpected, ExitCode.Unexpected);
        return File.ReadAllText(Path.Combine(place, "results.json"));
    }

    private sealed record Unlucky() : Workload("unlucky", "goes wrong at once", "attempts")
    {
        public override MachineCapacity Capacity(int size) => new();

        public override long Operations(int size) => 1;

        public override void Boot(WorkloadRun run)
        {
        }

        public override KTask Work(WorkloadRun run, int worker)
        {
            run.Fail("out of luck");
            return KTask.Completed;
        }
    }

    private static IReadOnlyList<string> With(string results, Action<JsonNode> change)
    {
        JsonNode root = JsonNode.Parse(results)!;
        change(root);
        return Faults(root);
    }

    private static IReadOnlyList<string> Faults(JsonNode node) => s_schema.Faults(JsonSerializer.SerializeToElement(node));
}
