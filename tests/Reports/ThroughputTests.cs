using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Memory;
using Variants.Harness.Workloads;
using Variants.Reports.Commands;
using static Variants.Tests.Reports.Shell;

namespace Variants.Tests.Reports;

public sealed class ThroughputTests : IDisposable
{
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

        Assert.Equal((ExitCode.AsExpected, ""), (code, error));
        Assert.Contains("each process calls exec() again and again", output, StringComparison.Ordinal);
        Assert.Contains("\"exec-storm\"", File.ReadAllText(Path.Combine(folder, "results.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_workload_of_ones_own_that_throws_is_named_in_one_line_and_nothing_is_written()
    {
        Assert.Equal(
            (ExitCode.BadInput, "", "variants: the workload out-of-order ended in InvalidOperationException on faults/2.6.28 at 1: no more\n"),
            Run(["throughput", "faults/2.6.28", "--cpus", "1", "--out", Path.Combine(_folder, "out")], new OwnWorkload(new OutOfOrder())));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
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

    /// <summary>All but the last line, which names the folder.</summary>
    private static string TableOf(string output) => output[..output.IndexOf("The pages are in", StringComparison.Ordinal)];
}
