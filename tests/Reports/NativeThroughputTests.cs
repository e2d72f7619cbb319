using System.Globalization;
using System.Net;
using Variants.Families;
using Variants.Families.Faults;
using Variants.Harness.Families;
using Variants.Harness.Workloads;
using Variants.Properties.Campaigns;
using Variants.Reports.Charts;
using Variants.Reports.Commands;
using Variants.Reports.Throughput;
using Variants.Tests.Native;
using static Variants.Tests.Reports.Shell;

namespace Variants.Tests.Reports;

/// <summary><c>throughput --native</c>, and what is simulated beside it.</summary>
[Collection(RealThreads.Name)]
public sealed class NativeThroughputTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("variants-native-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Real_threads_give_the_same_tables_and_say_that_they_are_real()
    {
        string folder = Path.Combine(_folder, "out");
        (int code, string output, string error) = Run(
            "throughput", "faults/2.6.28", "faults/per-vma-6.4.3", "--native", "--threads", "1,2", "--seconds", "0.01", "--rounds", "2", "--out", folder);

        Assert.Equal((ExitCode.AsExpected, ""), (code, error));
        Assert.StartsWith("this machine: ", output, StringComparison.Ordinal);
        Assert.Contains("real threads, not deterministic\n\npage faults, threads of one process\n", output, StringComparison.Ordinal);
        Assert.Contains("against 2.6.28, on real threads and simulated (threads-2026)\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Simulated only", output, StringComparison.Ordinal);
        Assert.DoesNotContain("breaks", output, StringComparison.Ordinal);
        Assert.All(output.Split('\n').Where(line => !line.Contains(_folder, StringComparison.Ordinal)), line => Assert.True(line.Length <= 75, line));
        string page = File.ReadAllText(Path.Combine(folder, "throughput-faults.html"));
        Assert.Equal(output[..output.IndexOf("The pages are in", StringComparison.Ordinal)].Split('\n').Skip(3).Where(line => line.Length > 0), TablesOf(page));
        Assert.Contains("Real threads of this machine: another run comes to other numbers.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Simulated: shapes", page, StringComparison.Ordinal);
        Assert.Contains("href=\"throughput-faults.html\"", File.ReadAllText(Path.Combine(folder, "index.html")), StringComparison.Ordinal);
        Assert.Contains("\"deterministic\": false", File.ReadAllText(Path.Combine(folder, "results.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_design_that_may_be_stuck_for_good_is_not_run()
    {
        (int code, string output, _) = Run(
            "throughput", "swap-cache/get-swap-page-naive", "--native", "--seconds", "0.01", "--rounds", "1", "--out", Path.Combine(_folder, "out"));
        Assert.Equal(ExitCode.AsExpected, code);
        Assert.Contains("not run, as it may be stuck for good on real threads", string.Join(' ', output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--threads is for --native", "faults", "--threads", "2")]
    [InlineData("--cpus is not for --native: see --threads and --rounds", "faults", "--native", "--cpus", "2")]
    [InlineData("--threads 0: give numbers from 1 to 256", "faults", "--native", "--threads", "0")]
    [InlineData("--seconds x: give a number from 0.001 to 3600", "faults", "--native", "--seconds", "x")]
    public void What_makes_no_sense_is_answered_in_one_sentence(string message, params string[] args)
    {
        Assert.Equal((ExitCode.BadInput, "", $"variants: {message}\n"), Run(["throughput", .. args, "--out", Path.Combine(_folder, "out")]));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void A_family_without_a_workload_for_threads_is_refused()
    {
        Family reclaim = FamilyList.All.Single(family => family.Name == "reclaim");
        Family mine = reclaim with
        {
            Name = "mine",
            Variants = [reclaim.Variants[0] with { Name = "mine/2.2.0pre5" }],
            Workloads = [.. reclaim.Workloads.Select(workload => workload with { RunsOnThreads = false })],
        };
        Assert.Equal(
            (ExitCode.BadInput, "", "variants: mine/2.2.0pre5: no workload of mine runs on real threads; those of swapoff, swap-cache, cow-reuse, faults, reclaim and swapout do\n"),
            Run(["throughput", "mine", "--native", "--out", Path.Combine(_folder, "out")], mine));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void Signs_are_compared_where_the_real_difference_is_more_than_chance()
    {
        var storm = new FaultStorm("storm", "a storm", InThreads: true);
        Measurement[] native =
        [
            Of(storm, "2.6.28", 1, 100, 101, 102), Of(storm, "spf", 1, 200, 201, 202), Of(storm, "rfc-retry", 1, 90, 100, 113), Of(storm, "per-vma-6.4.3", 1, 150, 151, 152),
        ];
        Measurement[] simulated =
        [
            Of(storm, "2.6.28", 1, 1000, 1010, 1005), Of(storm, "spf", 1, 1500, 1490, 1495), Of(storm, "rfc-retry", 1, 900, 800, 850), Of(storm, "per-vma-6.4.3", 1, 990, 1060, 1010),
        ];
        Assert.Equal(
            """
            a storm
            against 2.6.28, on real threads and simulated (epyc-2023)
            CPUs                        1 simulated
            spf                   *+99.0%   *+48.8%
            rfc-retry                0.0%   *-15.4%
            per-vma-6.4.3         *+49.5%     +1.5%
            pairs that differ on threads: 5 of 6; simulated so 4, alike 1, otherwise 0

            """.ReplaceLineEndings("\n"),
            SimulatedAgainstNative.Render(storm, "epyc-2023", native, simulated));
    }

    /// <summary>Welch's test gives two that are equally fast a chance of 2 % to come out so: enough to differ as the only pair, and not as one of six.</summary>
    [Fact]
    public void One_pair_of_many_must_differ_by_more()
    {
        var storm = new FaultStorm("storm", "a storm", InThreads: true);
        Measurement[] two = [Of(storm, "2.6.28", 1, 100, 101, 102), Of(storm, "spf", 1, 103, 104, 105)];
        Measurement[] four = [.. two, Of(storm, "rfc-retry", 1, 101, 102, 103), Of(storm, "per-vma-6.4.3", 1, 101, 103, 102)];

        Assert.True(two[0].DiffersFrom(two[1]));
        Assert.Contains("\npairs that differ on threads: 1 of 1; ", SimulatedAgainstNative.Render(storm, "epyc-2023", two, two), StringComparison.Ordinal);
        Assert.Contains("\npairs that differ on threads: 0 of 6; ", SimulatedAgainstNative.Render(storm, "epyc-2023", four, four), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_many_times_as_fast_is_told_in_times()
    {
        var storm = new FaultStorm("storm", "a storm", InThreads: true);
        Measurement[] native = [Of(storm, "2.6.28", 1, 100, 101, 102), Of(storm, "spf", 1, 1110, 1111, 1112)];
        Measurement[] simulated = [Of(storm, "2.6.28", 1, 100, 101, 102), Of(storm, "spf", 1, 1638000, 1638100, 1638200)];

        Assert.Contains($"\n{"spf",-19}{"*x11",10}{"*x16219",10}\n", SimulatedAgainstNative.Render(storm, "threads-2026", native, simulated), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1500, "% more page faults a second than 2.6.28", "10, 50", "Left of 0 a design is slower")]
    [InlineData(15000, "times the page faults a second of 2.6.28", "1.1, 15", "Left of 1 a design is slower")]
    public void A_chart_has_percents_or_times_whichever_is_easy_to_read(long simulated, string axis, string points, string note)
    {
        var storm = new FaultStorm("storm", "a storm", InThreads: true);
        WorkloadTable native = new(FaultsFamily.Family, storm, [Of(storm, "2.6.28", 1, 1000), Of(storm, "spf", 1, 1100)]);

        Chart chart = SimulatedAgainstNative.ChartOf(native, "threads-2026", [Of(storm, "2.6.28", 1, 1000), Of(storm, "spf", 1, simulated)]);

        Assert.Equal(axis, chart.Y.Label);
        Assert.Equal(["spf"], chart.X.Categories);
        Assert.Equal(["CPUs 1", "CPUs 1, simulated"], chart.Series.Select(series => series.Name));
        Assert.Equal(points, string.Join(", ", chart.Series.Select(series => series.Points.Single().Y.ToString(CultureInfo.InvariantCulture))));
        Assert.Contains(note, chart.Note, StringComparison.Ordinal);
    }

    /// <summary>The lines of a page's tables.</summary>
    private static IEnumerable<string> TablesOf(string page) => page.Split("<pre ").Skip(1)
        .SelectMany(table => WebUtility.HtmlDecode(table[(table.IndexOf('>', StringComparison.Ordinal) + 1)..table.IndexOf("</pre>", StringComparison.Ordinal)]).Split('\n'))
        .Where(line => line.Length > 0);

    private static Measurement Of(Workload workload, string variant, int size, params long[] rates) => new(
        new Contender(FaultsFamily.Family, FaultsFamily.Family.Variants.Single(one => one.ShortName == variant)),
        workload,
        size,
        [.. rates.Select(rate => new WorkloadResult(rate, 1_000_000_000, 0, default, [], 0, 1, 0, null))]);
}
