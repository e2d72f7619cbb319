using Variants.Harness.Families;
using Variants.Harness.Memory;
using Variants.Reports.Commands;
using static Variants.Tests.Reports.Shell;

namespace Variants.Tests.Reports;

/// <summary>A promise that a user brings is held against every design, and one that does not work is not held against anybody.</summary>
[Collection(NeverEnding.Name)]
public sealed class OwnPropertyTests : IDisposable
{
    private static readonly string[] s_compare = ["compare", "swapoff/kanoj-repaired", "--histories", "3", "--schedules", "4", "--certify", "0", "--verify", "0", "--no-throughput", "--jobs", "1"];

    private readonly string _folder = Directory.CreateTempSubdirectory("variants-promise-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_is_shrunk_drawn_and_replayed()
    {
        string place = Out("out");
        OwnProperty nobodyReads = new("nobody-reads", "Nobody reads.", machine => new NobodyReads(machine)) { Families = ["swapoff"] };
        (int code, string output, string error) = Run([.. s_compare, "--out", place], nobodyReads);
        Assert.True(code == ExitCode.AsExpected, error);
        Assert.DoesNotContain("set aside", error, StringComparison.Ordinal);
        Assert.Contains("NR   nobody-reads\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain(output.Split('\n'), line => line.Length > 75 && !line.Contains(place, StringComparison.Ordinal));
        string history = Path.Combine(place, "counterexamples", "swapoff-kanoj-repaired-nobody-reads.history");
        string page = File.ReadAllText(Path.ChangeExtension(history, ".txt"));
        Assert.Contains("nobody-reads: FAIL", page, StringComparison.Ordinal);
        Assert.Equal((ExitCode.AsExpected, page, ""), Run(["replay", history], nobodyReads));
    }

    [Fact]
    public void One_that_throws_or_does_not_come_back_changes_nothing_for_anybody()
    {
        string alone = Out("alone");
        (_, string output, _) = Run([.. s_compare, "--out", alone]);
        (string Name, Func<Machine, IWitness> Watch, string Told)[] bad =
        [
            ("throws", _ => new Bad(() => throw new InvalidOperationException("not today")), "throws: InvalidOperationException: not today"),
            ("loops", _ => new Bad(Loop), "loops: it did not come back within 3 s, and never awaited in OwnPropertyTests.Loop"),
            ("never", _ => throw new InvalidOperationException("no witness"), "never: its Watch throws InvalidOperationException: no witness"),
        ];
        foreach ((string name, Func<Machine, IWitness> watch, string told) in bad)
        {
            string place = Out(name);
            (int code, string with, string error) = Run([.. s_compare, "--out", place], new OwnProperty(name, "Never.", watch));
            Assert.Equal((ExitCode.SetAside, output.Replace(alone, place, StringComparison.Ordinal)), (code, with));
            Assert.EndsWith($"variants: set aside: this program: {told}\n", error, StringComparison.Ordinal);
            Assert.Equal(File.ReadAllText(Path.Combine(alone, "results.json")), File.ReadAllText(Path.Combine(place, "results.json")));
            Assert.Equal(File.ReadAllText(Path.Combine(alone, "swapoff.html")), File.ReadAllText(Path.Combine(place, "swapoff.html")));
        }
    }

    [Theory]
    [InlineData("No Spaces", "", "this program brings the promise 'No Spaces'; give it lower-case words with hyphens, such as no-lost-page")]
    [InlineData("no-deadlock", "", "this program brings the promise no-deadlock, which exists already; give it another name")]
    [InlineData("mine", "swapof", "this program: the promise mine is for a family 'swapof'; did you mean swapoff or swapout?")]
    public void One_that_does_not_fit_is_refused(string name, string family, string told) => Assert.Equal(
        (ExitCode.BadInput, "", $"variants: {told}\n"),
        Run(["list"], new OwnProperty(name, "Never.", _ => new Bad(() => { })) { Families = family.Length == 0 ? [] : [family] }));

    private static void Loop()
    {
        while (true)
        {
        }
    }

    private string Out(string name) => Path.Combine(_folder, name);

    private sealed class NobodyReads(Machine machine) : IWitness
    {
        public void Read(TaskStruct task, int address, int value) => machine.Smp.Broken("nobody-reads", $"{task.Comm} reads page {address}");
    }

    private sealed class Bad(Action does) : IWitness
    {
        public void Quiet() => does();
    }
}
