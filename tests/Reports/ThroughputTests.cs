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

    /// <summary>All but the last line, which names the folder.</summary>
    private static string TableOf(string output) => output[..output.IndexOf("The pages are in", StringComparison.Ordinal)];
}
