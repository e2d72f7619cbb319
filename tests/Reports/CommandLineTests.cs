using System.Collections.Immutable;
using Variants.Harness.Families;
using Variants.Reports.Commands;
using static Variants.Tests.Reports.Shell;

namespace Variants.Tests.Reports;

public sealed class CommandLineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("variants-cli-").FullName;

    private string Out => Path.Combine(_folder, "out");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("--histories", "0", "--histories 0: give a number from 1 to 10000000")]
    [InlineData("--histories", "-3", "--histories -3: give a number from 1 to 10000000")]
    [InlineData("--schedules", "many", "--schedules many: give a number from 1 to 1000000")]
    [InlineData("--jobs", "0", "--jobs 0: give a number from 1 to 1024")]
    [InlineData("--jobs", "4096", "--jobs 4096: give a number from 1 to 1024")]
    [InlineData("--seed", "-1", "--seed -1: give a number of 0 or more, such as 1")]
    [InlineData("--budget", "0s", "--budget 0s: a variant needs more time than that, such as 10s")]
    [InlineData("--budget", "-5m", "--budget -5m: a variant needs more time than that, such as 10s")]
    [InlineData("--budget", "10", "--budget 10: give a number and a unit, such as 10s, 2m or 1h")]
    [InlineData("--budget", "1000h", "--budget 1000h: at most 168h for each variant")]
    [InlineData("--budget", "NaNs", "--budget NaNs: give a number and a unit, such as 10s, 2m or 1h")]
    [InlineData("--strategy", "randon", "--strategy: no strategy is called 'randon'; did you mean random?")]
    public void An_option_that_makes_no_sense_is_answered_in_one_sentence_and_writes_nothing(string option, string value, string message)
    {
        Assert.Equal((ExitCode.BadInput, "", $"variants: {message}\n"), Run("compare", option, value, "--out", Out));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void An_unknown_variant_is_answered_with_those_that_may_have_been_meant()
    {
        (int code, string output, string error) = Run("check", "swapoff/2.3.9", "--out", Out);
        Assert.Equal((ExitCode.BadInput, ""), (code, output));
        Assert.StartsWith("variants: no variant is called 'swapoff/2.3.9'; did you mean swapoff/2.3.8", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("variants: there is no command 'comapre'; did you mean compare?\n", "comapre")]
    [InlineData("variants: there is no option '--histroies'; did you mean --histories?\n", "compare", "--histroies", "3")]
    public void A_mistyped_command_or_option_is_recognised(string message, params string[] args) =>
        Assert.Equal((ExitCode.BadInput, "", message), Run(args));

    [Theory]
    [InlineData("variants: no variant is called 'xyzzy'; see variants list\n", "check", "xyzzy")]
    [InlineData("variants: there is no option '--xyzzy'; see variants check --help\n", "check", "2.3.8", "--xyzzy")]
    [InlineData("variants: --machine xyzzy: no machine is called so; there are smp-1999, altix-2008, epyc-2023, threads-2026\n", "throughput", "faults", "--machine", "xyzzy")]
    public void A_name_that_is_like_none_is_answered_with_all_if_they_are_few(string message, params string[] args) =>
        Assert.Equal((ExitCode.BadInput, "", message), Run(args));

    [Fact]
    public void A_folder_that_cannot_be_written_is_found_out_before_anything_runs()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "mine");
        (int code, string output, string error) = Run("compare", "--out", Path.Combine(file, "out"));
        Assert.Equal((ExitCode.BadInput, ""), (code, output));
        Assert.Contains("cannot be written", error, StringComparison.Ordinal);
        Assert.Equal([file], Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void A_folder_with_somebody_elses_files_is_left_alone()
    {
        Directory.CreateDirectory(Out);
        File.WriteAllText(Path.Combine(Out, "thesis.tex"), "mine");
        (int code, _, string error) = Run("compare", "--out", Out);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("holds something that is no report; choose another, or empty it", error, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(Out, "thesis.tex")));
    }

    [Fact]
    public void A_check_writes_a_report_prints_its_failures_and_can_be_replayed_byte_for_byte()
    {
        (int code, string output, string error) = Run("check", "kanoj-as-posted", "--histories", "20", "--schedules", "20", "--jobs", "2", "--out", Out);
        Assert.InRange(code, ExitCode.AsExpected, ExitCode.Unexpected);
        Assert.DoesNotContain('\u001b', output + error);
        Assert.StartsWith("swapoff/kanoj-as-posted: running\n", error, StringComparison.Ordinal);
        Assert.Contains("\nswapoff/kanoj-as-posted: 400 executions, ", error, StringComparison.Ordinal);
        Assert.Equal(
            ["counterexamples", "index.html", "report.txt", "results.json", "steps.js", "style.css", "swapoff.html", "timing.json"],
            Directory.EnumerateFileSystemEntries(Out).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal([Out], Directory.EnumerateFileSystemEntries(_folder));

        string[] histories = [.. Directory.EnumerateFiles(Path.Combine(Out, "counterexamples"), "*.history").Order(StringComparer.Ordinal)];
        Assert.NotEmpty(histories);
        foreach (string history in histories)
        {
            string page = File.ReadAllText(Path.ChangeExtension(history, ".txt"));
            Assert.Contains(page, output, StringComparison.Ordinal);
            (int replayed, string told, string problem) = Run("replay", history);
            Assert.InRange(replayed, ExitCode.AsExpected, ExitCode.Unexpected);
            Assert.Equal((page, ""), (told, problem));
        }
    }

    [Fact]
    public void Two_comparisons_of_everything_give_the_same_bytes_apart_from_the_timing_whatever_the_jobs()
    {
        // Every design and kind of file; small enough that the same takes minutes only by default. ThroughputTests has throughput.
        string[] command = ["compare", "--histories", "2", "--schedules", "4", "--certify", "20", "--verify", "1", "--no-throughput"];
        string other = Path.Combine(_folder, "other");
        Run([.. command, "--jobs", "1", "--out", Out]);
        Run([.. command, "--jobs", "2", "--out", other]);
        string[] files = FilesIn(Out);
        Assert.Equal(files, FilesIn(other));
        Assert.Superset(
            new HashSet<string?> { ".css", ".history", ".html", ".js", ".json", ".txt" },
            files.Select(Path.GetExtension).ToHashSet());
        Assert.Equal(["timing.json"], files.Where(file => !File.ReadAllBytes(Path.Combine(Out, file)).SequenceEqual(File.ReadAllBytes(Path.Combine(other, file)))));

        static string[] FilesIn(string folder) =>
            [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public void An_older_report_is_replaced_as_a_whole()
    {
        Directory.CreateDirectory(Out);
        foreach (string file in new[] { "index.html", "results.json", "left-over.txt" })
            File.WriteAllText(Path.Combine(Out, file), "old");
        Run("check", "kanoj-repaired", "--histories", "1", "--schedules", "1", "--out", Out);
        Assert.False(File.Exists(Path.Combine(Out, "left-over.txt")));
        Assert.NotEqual("old", File.ReadAllText(Path.Combine(Out, "index.html")));
        Assert.Equal([Out], Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void A_history_that_cannot_be_read_is_answered_with_its_place()
    {
        string file = Path.Combine(_folder, "broken.history");
        File.WriteAllText(file, "history swapoff\nactors\n  A: frok\n");
        (int code, string output, string error) = Run("replay", file, "--variant", "2.3.8");
        Assert.Equal((ExitCode.BadInput, ""), (code, output));
        Assert.Contains("broken.history", error, StringComparison.Ordinal);
        Assert.Contains("3", error, StringComparison.Ordinal);
        Assert.Contains("frok", error, StringComparison.Ordinal);
        Assert.Equal((ExitCode.BadInput, "", "variants: there is no file nowhere.history\n"), Run("replay", "nowhere.history"));
    }

    [Fact]
    public void A_history_written_by_hand_needs_a_variant_to_be_named()
    {
        string file = Path.Combine(_folder, "mine.history");
        File.WriteAllText(file, "history swapoff\nactors\n  A: write 0\n");
        Assert.Equal(
            (ExitCode.BadInput, "", $"variants: {file} does not say which variant it was found on; add --variant name\n"), Run("replay", file));
        (int code, string output, _) = Run("replay", file, "--variant", "2.3.8");
        Assert.Equal(ExitCode.AsExpected, code);
        Assert.StartsWith("swapoff/2.3.8 survives: nothing goes wrong; every promise is kept.\n", output, StringComparison.Ordinal);
        Assert.Contains("writes page 0: 1", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plug_in_that_is_none_is_refused()
    {
        string file = Path.Combine(_folder, "mine.dll");
        File.WriteAllText(file, "no assembly");
        string harness = typeof(Variant).Assembly.Location;
        Assert.StartsWith("variants: there is no plug-in gone.dll", Run("list", "--plugin", "gone.dll").Error, StringComparison.Ordinal);
        Assert.StartsWith("variants: plug-in mine.dll cannot be loaded", Run("list", "--plugin", file).Error, StringComparison.Ordinal);
        Assert.StartsWith("variants: plug-in Variants.Harness.dll brings nothing", Run("list", "--plugin", harness).Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.BadInput, Run("list", "--plugin", file).Code);
    }

    [Fact]
    public void A_variant_of_the_users_own_joins_its_family()
    {
        (int code, string output, _) = Run(["list"], Own("swapoff/mine"));
        Assert.Equal(ExitCode.AsExpected, code);
        Assert.Contains("  swapoff/mine (mine): my own\n", output, StringComparison.Ordinal);
        Assert.Contains("nothing is expected: find out", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_variant_of_the_users_own_that_throws_is_the_users_mistake()
    {
        (int code, _, string error) = Run(["check", "mine", "--out", Out], Own("swapoff/mine"));
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("swapoff/mine: its kernel could not be built: InvalidOperationException: not today", error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void A_variant_must_say_which_family_it_joins()
    {
        (int code, _, string error) = Run(["list"], Own("swapof/mine"));
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("its name must be a family, a slash and a name of its own; did you mean swapoff", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_names_every_command_and_fits_its_options()
    {
        (int code, string output, _) = Run("--help");
        Assert.Equal(0, code);
        foreach (string command in new[] { "compare", "check", "replay", "list", "bench", "--seed", "--budget", "--plugin" })
            Assert.Contains(command, output, StringComparison.Ordinal);
        Assert.DoesNotContain(output.Split('\n'), line => line.Length > 75);
    }

    private static Variant Own(string name) => new(
        name,
        "mine",
        "my own",
        "today",
        _ => throw new InvalidOperationException("not today"),
        ImmutableSortedDictionary<string, Expectation>.Empty);
}
