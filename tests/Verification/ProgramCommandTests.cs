using Mine;
using Variants.Harness.Programs;
using Variants.Reports.Commands;

namespace Variants.Tests.Verification;

/// <summary>Programs that are no kernels, as the command line has them.</summary>
public sealed class ProgramCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("variants-programs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_deadlock_is_drawn_after_the_fewest_preemptions()
    {
        (int code, string text, string error) = Run("verify", "classics/abba", "--out", Out("abba"));

        Assert.Equal(
            """
            classics/abba: fails (of 2 executions and 1 deadlock, one for each trace)
              - LockOrder, 0 preemptions, fewer do not show it: CPU1 takes A while it
                holds B; the opposite order has been taken before

                CPU0      | CPU1
                ----------|----------
                takes A   |
                takes B   |
                lets B go |
                lets A go |
                          | takes B
                          | takes A
                          | lets A go
                          | lets B go

              - Deadlock, 1 preemption, fewer do not show it: CPU0 waits for B, held by
                CPU1; CPU1 waits for A, held by CPU0

                CPU0                      | CPU1
                --------------------------|--------------------------
                takes A                   |
                                          | takes B
                                          | waits for A, held by CPU0
                waits for B, held by CPU1 |


            """.ReplaceLineEndings("\n"),
            text);
        Assert.Equal((ExitCode.AsExpected, ""), (code, error));
        Assert.Equal(text, File.ReadAllText(Path.Combine(Out("abba"), "verify.txt")));
        Assert.Contains("\"deadlocks\": 1", File.ReadAllText(Path.Combine(Out("abba"), "verify.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void Stopped_in_the_middle_it_goes_on_and_ends_with_the_same_bytes()
    {
        Assert.Equal(ExitCode.AsExpected, Run("verify", "classics/lock-3x4", "--jobs", "1", "--out", Out("whole")).Code);
        (_, string half, _) = Run("verify", "classics/lock-3x4", "--executions", "9000", "--jobs", "2", "--out", Out("halves"));
        Assert.StartsWith("classics/lock-3x4: holds as far as searched", half, StringComparison.Ordinal);

        (int code, string text, _) = Run("verify", "classics/lock-3x4", "--resume", "--jobs", "2", "--out", Out("halves"));

        Assert.Equal((ExitCode.AsExpected, "classics/lock-3x4: holds: proved, 34,650 executions, one for each trace\n"), (code, text));
        foreach (string file in new[] { "verify.txt", "verify.json" })
            Assert.Equal(File.ReadAllText(Path.Combine(Out("whole"), file)), File.ReadAllText(Path.Combine(Out("halves"), file)));
    }

    [Fact]
    public void A_broken_frontier_is_refused()
    {
        Run("verify", "classics/sb", "--out", Out("broken"));
        string frontier = Path.Combine(Out("broken"), "frontiers", "classics-sb.frontier");
        File.WriteAllText(frontier, "{}");

        (int code, string text, string error) = Run("verify", "classics/sb", "--resume", "--out", Out("broken"));

        Assert.Equal(
            (ExitCode.BadInput, "", $"variants: --resume: {frontier} is not what verify wrote: its first line says nothing; leave --resume out to begin\n"),
            (code, text, error));
    }

    [Theory]
    [InlineData("classics is a program, and nothing to be compared: verify it, or check it", "compare", "classics")]
    [InlineData("swapoff is no program, and classics/sb is one; give them one after the other", "verify", "classics/sb", "swapoff")]
    [InlineData("--operations: a program has no histories, and all its schedules are explored; leave it out", "verify", "classics/sb", "--operations", "2")]
    public void What_a_program_cannot_do_is_said_in_one_sentence(string message, params string[] args) =>
        Assert.Equal((ExitCode.BadInput, "", $"variants: {message}\n"), Run([.. args, "--out", Out("none")]));

    [Fact]
    public void Random_schedules_find_the_lost_update_and_say_how_often()
    {
        (int code, string text, _) = Run("check", "classics/lost-update", "--histories", "10", "--strategy", "random");

        Assert.StartsWith("classics/lost-update: fails, of 1,000 schedules\n  - WrongResult in ", text, StringComparison.Ordinal);
        Assert.Contains("1 preemption, fewer do not show it", text.Replace("\n    ", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(ExitCode.AsExpected, code);
    }

    [Fact]
    public void The_example_of_the_README_is_a_program_that_can_be_verified()
    {
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "variants", "README.md"));
        string example = File.ReadAllText(Path.Combine(Repository.Root, "tests", "Examples", "TicketLock.cs"));
        Assert.Contains(string.Concat(example.Split('\n').Select(line => line.Length == 0 ? "\n" : $"    {line}\n")).TrimEnd(), readme, StringComparison.Ordinal);

        (int code, string text, _) = Run([TicketLock.Program], "verify", "mine", "--out", Out("mine"));

        Assert.Equal((ExitCode.AsExpected, "mine/ticket-lock: holds: proved, 144 executions\n  144 end with counter=3\n"), (code, text));
    }

    [Fact]
    public void A_program_that_fails_as_nobody_expects_says_so_to_its_caller()
    {
        ConcurrentProgram broken = TicketLock.Program with
        {
            Name = "mine/broken",
            Write = machine =>
            {
                machine.On(async _ => await machine.Smp.Point());
                machine.Forbids("it ended", () => true);
            },
        };

        Assert.Equal(ExitCode.Unexpected, Run([broken], "verify", "mine/broken", "--out", Out("unexpected")).Code);
        Assert.Equal(ExitCode.Unexpected, Run([broken], "check", "mine/broken").Code);
        Assert.Equal(ExitCode.BadInput, Run([broken, broken], "list").Code);
    }

    private string Out(string name) => Path.Combine(_folder, name);

    private static (int Code, string Output, string Error) Run(params string[] args) => Run([], args);

    private static (int Code, string Output, string Error) Run(ConcurrentProgram[] programs, params string[] args)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        return (VariantsCommand.Run(args, output, error, [.. programs]), output.ToString(), error.ToString());
    }
}
