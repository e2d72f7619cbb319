using Variants.Families;
using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Memory;
using Variants.Harness.Workloads;
using Variants.Properties.Campaigns;
using Variants.Reports.Commands;
using Variants.Reports.Throughput;
using static Variants.Tests.Reports.Shell;

namespace Variants.Tests.Reports;

[Collection(NeverEnding.Name)]
public sealed class ThroughputTests : IDisposable
{
    private static readonly SwapChurn s_churn = new("churn", "stores to more memory than there is", Share: 75);

    private readonly string _folder = Directory.CreateTempSubdirectory("variants-throughput-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Any_number_of_workers_writes_the_same_bytes()
    {
        (int code, string output, _) = Run("throughput", "faults/2.6.28", "faults/spf", "--cpus", "1,2", "--jobs", "1", "--out", Path.Combine(_folder, "one"));
        (int again, string sameOutput, _) = Run("throughput", "faults/2.6.28", "faults/spf", "--cpus", "2,1", "--jobs", "3", "--out", Path.Combine(_folder, "three"));

        Assert.Equal((ExitCode.AsExpected, ExitCode.AsExpected), (code, again));
        Assert.Equal(TableOf(output), TableOf(sameOutput));
        string[] files = ["index.html", "results.json", "style.css", "throughput-faults.html"];
        foreach (string file in files)
        {
            Assert.Equal(File.ReadAllText(Path.Combine(_folder, "one", file)), File.ReadAllText(Path.Combine(_folder, "three", file)));
        }

        Assert.All(TableOf(output).Split('\n'), line => Assert.True(line.Length <= 75, line));
    }

    [Theory]
    [InlineData("variants: --seeds 0: give a number from 1 to 1000\n", "faults", "--seeds", "0")]
    [InlineData("variants: --machine epyc-2024: no machine is called so; did you mean epyc-2023?\n", "faults", "--machine", "epyc-2024")]
    [InlineData("variants: --cpus 1,x: give numbers from 1 to 128\n", "faults", "--cpus", "1,x")]
    [InlineData("variants: --cpus 8: give numbers from 1 to 4\n", "faults", "--machine", "smp-1999", "--cpus", "8")]
    public void What_makes_no_sense_is_answered_in_one_sentence(string message, params string[] args)
    {
        Assert.Equal((ExitCode.BadInput, "", message), Run(["throughput", .. args, "--out", Path.Combine(_folder, "out")]));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void A_workload_of_ones_own_is_measured_beside_those_of_the_family()
    {
        string folder = Path.Combine(_folder, "out");
        (int code, string output, string error) = Run(["throughput", "faults/2.6.28", "faults/per-vma-6.4.3", "--cpus", "1,2", "--out", folder], Mine.ExecStorm.Workload);

        Assert.Equal(ExitCode.AsExpected, code);
        Assert.DoesNotContain("variants: ", error, StringComparison.Ordinal);
        Assert.Contains("each process calls exec() again and again", output, StringComparison.Ordinal);
        Assert.Contains("\"exec-storm\"", File.ReadAllText(Path.Combine(folder, "results.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_workload_of_ones_own_that_throws_is_set_aside_in_one_line_and_the_others_are_measured()
    {
        (int code, string output, string error) = Run(["throughput", "faults/2.6.28", "--cpus", "1", "--out", Path.Combine(_folder, "out")], new OwnWorkload(new OutOfOrder()));
        Assert.Equal(ExitCode.SetAside, code);
        Assert.EndsWith("variants: set aside: this program: the workload out-of-order on faults/2.6.28 at 1: InvalidOperationException: no more\n", error, StringComparison.Ordinal);
        Assert.Equal(Run("throughput", "faults/2.6.28", "--cpus", "1", "--out", Path.Combine(_folder, "out")).Output, output);
    }

    [Fact]
    public void A_plug_in_whose_workload_never_comes_back_changes_nothing_for_the_others()
    {
        string plugin = Path.Combine(_folder, "neverback.dll");
        File.WriteAllBytes(plugin, Compiled.Library("neverback", """
            using Variants.Harness.Engine;
            using Variants.Harness.Families;
            using Variants.Harness.Memory;
            using Variants.Harness.Workloads;

            public sealed record NeverBack() : Workload("never-back", "does nothing for ever", "nothing")
            {
                public static OwnWorkload Mine { get; } = new(new NeverBack());

                public override MachineCapacity Capacity(int size) => new();

                public override long Operations(int size) => 1;

                public override void Boot(WorkloadRun run) { }

                public override KTask Work(WorkloadRun run, int worker)
                {
                    while (!run.IsOver) { }
                    return KTask.Completed;
                }
            }
            """));
        string[] compare =
        [
            "compare", "faults/spf", "swapout/early-write", "swapout/deferred", "--histories", "2", "--schedules", "3", "--certify", "0", "--verify", "0",
            "--machine", "smp-1999", "--out", Path.Combine(_folder, "out"),
        ];
        string[] throughput = ["throughput", "swapout/deferred", "faults/spf", "--machine", "smp-1999", "--cpus", "1,2", "--out", Path.Combine(_folder, "measured")];
        foreach (string[] command in new string[][] { compare, throughput })
        {
            string without = Run([.. command, "--jobs", "1"]).Output;
            SortedDictionary<string, string> files = Contents(command[^1]);
            (int code, string output, string error) = Run([.. command, "--jobs", "2", "--plugin", plugin]);
            Assert.Equal(ExitCode.SetAside, code);
            Assert.EndsWith(
                "variants: set aside: neverback.dll: the workload never-back on "
                    + $"faults/spf at {(command == compare ? 4 : 2)}: it did not come back within 3 s, and never awaited in NeverBack.Work\n",
                error,
                StringComparison.Ordinal);
            Assert.Equal(without, output);
            Assert.Equal(files, Contents(command[^1]));
            Assert.DoesNotContain(files.GetValueOrDefault("report.txt", "").Split('\n'), line => line.Length > 75);
        }
    }

    [Fact]
    public void A_design_of_ones_own_that_cannot_be_relied_on_is_set_aside_and_alone_it_leaves_nothing_to_write()
    {
        Variant mine = FamilyList.All[0].Variants[0] with { Name = "swapoff/mine", Build = _ => throw new InvalidOperationException("not today") };
        string[] alone = ["throughput", "swapoff/mine", "--out", Path.Combine(_folder, "out")];
        Assert.Equal(
            (ExitCode.BadInput, "", "variants: swapoff/mine: its kernel could not be built: InvalidOperationException: not today\n"), Run(alone, mine));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));

        (int code, string output, string error) = Run([.. alone, "swapoff/2.3.8"], mine);
        Assert.Equal(ExitCode.SetAside, code);
        Assert.EndsWith("variants: set aside: this program: swapoff/mine: its kernel could not be built: InvalidOperationException: not today\n", error, StringComparison.Ordinal);
        Assert.DoesNotContain("mine", output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_stopped_keeps_the_workloads_that_were_measured_whole()
    {
        using var stop = new CancellationTokenSource();
        Family family = FamilyList.All.Single(family => family.Name == "swapout") with { Workloads = [s_churn, new Stops(stop)] };
        Contender[] contenders = [.. family.Variants.Take(2).Select(variant => new Contender(family, variant))];
        var run = ThroughputRun.Brief(CostModel.Named("epyc-2023")!, 1, 1);

        ThroughputResult result = run.Measure(run.Plan(contenders), cancel: stop.Token);

        Assert.True(result.Interrupted);
        Assert.Equal([(s_churn.Id, 6)], result.Of(family).Select(table => (table.Workload.Id, table.Measurements.Length)));
        Assert.Empty(run.Measure(run.Plan(contenders), cancel: stop.Token).Measurements);
    }

    [Fact]
    public void A_workload_for_a_family_that_there_is_not_is_refused() => Assert.Equal(
        (ExitCode.BadInput, "", "variants: this program: the workload out-of-order is for a family 'fault'; did you mean faults?\n"),
        Run(["throughput", "faults/2.6.28", "--out", Path.Combine(_folder, "out")], new OwnWorkload(new OutOfOrder()) { Families = ["fault"] }));

    private sealed record OutOfOrder() : Workload("out-of-order", "throws", "nothing")
    {
        public override MachineCapacity Capacity(int size) => new();

        public override long Operations(int size) => 1;

        public override void Boot(WorkloadRun run) => throw new InvalidOperationException("no more");

        public override KTask Work(WorkloadRun run, int worker) => KTask.Completed;
    }

    /// <summary>Its last run has Ctrl-C pressed.</summary>
    private sealed record Stops(CancellationTokenSource Stop) : Workload("stops", "stops", "nothing")
    {
        public override IReadOnlyList<int> Sizes { get; } = [1, 2, 3];

        public override int CpusAt(int size) => 1;

        public override MachineCapacity Capacity(int size) => new();

        public override long Operations(int size) => 1;

        public override void Boot(WorkloadRun run)
        {
            if (run.Size == 2)
                Stop.Cancel();
        }

        public override KTask Work(WorkloadRun run, int worker) => KTask.Completed;
    }

    private static SortedDictionary<string, string> Contents(string folder) => new(
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) != "timing.json")
            .ToDictionary(file => Path.GetRelativePath(folder, file), File.ReadAllText),
        StringComparer.Ordinal);

    /// <summary>All but the last line, which names the folder.</summary>
    private static string TableOf(string output) => output[..output.IndexOf("The pages are in", StringComparison.Ordinal)];
}
