using System.Diagnostics;
using System.Text.Json;
using Variants.Reports.Commands;
using static Variants.Tests.Reports.Shell;

namespace Variants.Tests.Reports;

/// <summary>Help, completions, lists for programs, and the version.</summary>
public sealed class CommandLineFinishTests
{
    private static readonly string[] s_commands = ["", "compare", "check", "verify", "replay", "list", "bugs", "new", "throughput", "bench", "completions"];

    [Fact]
    public void Every_command_has_examples_and_each_can_be_parsed()
    {
        foreach (string command in s_commands)
        {
            (int code, string output, _) = command.Length == 0 ? Run("--help") : Run(command, "--help");
            Assert.Equal(ExitCode.AsExpected, code);
            Assert.Contains("Examples:\n", output, StringComparison.Ordinal);
            Assert.DoesNotContain(output.Split('\n'), line => line.Length > 75);
            foreach (string example in HelpExamples.Of(command))
            {
                Assert.Contains($"  variants {example}".TrimEnd(), output, StringComparison.Ordinal);
                Assert.Empty(VariantsCommand.Tree(output: TextWriter.Null, error: TextWriter.Null, plugins => Repertoire.Of(plugins)).Parse(example.Split(" >")[0]).Errors);
            }
        }

        string help = Run("--help").Output;
        Assert.All(s_commands, command => Assert.Contains($"  {command}", help, StringComparison.Ordinal));
    }

    [Fact]
    public void Help_calls_an_argument_by_its_name_however_much_a_shell_may_complete()
    {
        string help = string.Join('\n', Run("--help").Output.Split('\n').Select(line => line.TrimEnd()));
        int begin = help.IndexOf("Commands:", StringComparison.Ordinal);
        Assert.Equal(
            """
            Commands:
              compare <names>              Compares families or variants and writes
                                           the report.
              check <variant>              Checks one variant, writes the report, and
                                           prints its failures.
              verify <names>               Explores every small history and every
                                           interleaving: a proof, or a minimal
                                           counterexample.
              replay <history>             Runs one history under its schedule and
                                           tells what happens.
              list                         Lists families, their questions and their
                                           variants.
              bugs <names>                 Hunts the known bugs and tells what each
                                           takes to be found.
              new <parent> <name>          Writes a file with a variant of your own,
                                           which runs as it is.
              throughput <names>           Measures designs on a simulated machine of
                                           many CPUs, or on real threads of this one.
              bench <filter>               Measures on this machine's threads
                                           (BenchmarkDotNet). [default: *]
              completions <bash|fish|zsh>  Prints what makes a shell complete
                                           commands, options and names.


            """.ReplaceLineEndings("\n"),
            help[begin..help.IndexOf("Examples:", StringComparison.Ordinal)]);
    }

    [Fact]
    public void List_says_the_same_for_programs()
    {
        (int code, string output, _) = Run("list", "--json");
        Assert.Equal(ExitCode.AsExpected, code);
        using var json = JsonDocument.Parse(output);
        Assert.Equal(1, json.RootElement.GetProperty("version").GetInt32());
        JsonElement family = json.RootElement.GetProperty("families")[0];
        Assert.Equal("swapoff", family.GetProperty("name").GetString());
        Assert.Equal(
            ["name", "question", "seed", "operations", "properties", "variants", "bugs"], family.EnumerateObject().Select(field => field.Name));
        JsonElement variant = family.GetProperty("variants")[0];
        Assert.Equal(
            ["name", "label", "summary", "citation", "plugin", "expected"], variant.EnumerateObject().Select(field => field.Name));
        Assert.Equal("swapoff/2.3.8", variant.GetProperty("name").GetString());
        Assert.Equal(
            """{"property":"data-integrity","verdict":"fails"}""", JsonSerializer.Serialize(variant.GetProperty("expected")[0]));
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "reports", "README.md"));
        Assert.All(family.EnumerateObject(), field => Assert.Contains($"`{field.Name}`", readme, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("comp", "compare", "completions")]
    [InlineData("check swapoff/2.6", "swapoff/2.6.7", "swapoff/2.6.8")]
    [InlineData("compare --hist", "--histories")]
    [InlineData("compare --strategy pc", "pct3", "pct1")]
    [InlineData("throughput --machine smp", "smp-1999")]
    public void A_shell_that_asks_is_told_what_may_come_next(string line, params string[] names)
    {
        (int code, string output, string error) = Run($"[suggest:{line.Length}]", line);
        Assert.Equal((ExitCode.AsExpected, ""), (code, error));
        Assert.Subset(output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToHashSet(), names.ToHashSet());
    }

    [Fact]
    public void Bash_completes_with_what_it_is_given()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        string script = Run("completions", "bash").Output;
        using Process bash = Process.Start(new ProcessStartInfo("bash", ["-c",
            $$"""
            variants() { dotnet "{{Shell.Program}}" "$@"; }
            {{script}}
            COMP_LINE="variants check swapoff/kanoj-rep" COMP_WORDS=(variants check swapoff/kanoj-rep) COMP_CWORD=2
            COMP_POINT=${#COMP_LINE}
            _variants
            echo "${COMPREPLY[*]}"
            """])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("swapoff/kanoj-repaired", bash.StandardOutput.ReadToEnd().Trim());
        bash.WaitForExit();
    }

    [Fact]
    public void A_shell_that_nobody_knows_is_answered_with_those_that_there_are() => Assert.Equal(
        (ExitCode.BadInput, "", "variants: no shell is called 'bsh'; did you mean bash or zsh or fish?\n"), Run("completions", "bsh"));

    [Fact]
    public void The_version_is_that_of_the_program()
    {
        (int code, string output, string error) = Run("--version");
        Assert.Equal((ExitCode.AsExpected, ""), (code, error));
        Assert.StartsWith($"{typeof(VariantsCommand).Assembly.GetName().Version!.ToString(3)}", output, StringComparison.Ordinal);
        Assert.Contains($"<Version>{output.Split('+')[0].Trim()}</Version>", File.ReadAllText(Path.Combine(Repository.Root, "Directory.Build.props")), StringComparison.Ordinal);
    }
}
