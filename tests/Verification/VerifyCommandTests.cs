using System.Diagnostics;
using Variants.Reports.Commands;
using Variants.Tests.Reports;
using static Variants.Tests.Reports.Shell;

namespace Variants.Tests.Verification;

/// <summary>The command, its files, and what is left of it when it is killed.</summary>
public sealed class VerifyCommandTests : IDisposable
{
    private static readonly string[] s_scope = ["swapoff/2.3.8", "--operations", "3", "--parallel", "2", "--jobs", "1"];

    private readonly string _folder = Directory.CreateTempSubdirectory("variants-verify-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_control_is_proved()
    {
        (int code, string text, string error) = Run("verify", "faults/6.4.3-per-vma", "--operations", "1", "--out", Out("one"));

        Assert.Equal(("", ExitCode.BadInput), (text, code));
        Assert.Contains("no family or variant is called 'faults/6.4.3-per-vma'", error, StringComparison.Ordinal);

        (code, text, _) = Run("verify", "swapoff/kanoj-repaired", "--operations", "2", "--out", Out("one"));

        Assert.Equal(
            "swapoff/kanoj-repaired: holds: proved for all 2,119 histories of up to 2\n"
            + "  operations by 2 actors on machines of 16 pages and 2 pages (low 1), 6,888\n"
            + "  executions\n",
            text);
        Assert.Equal(ExitCode.AsExpected, code);
        Assert.Equal(text, File.ReadAllText(Path.Combine(Out("one"), "verify.txt")));
    }

    [Fact]
    public void A_counterexample_can_be_replayed()
    {
        string folder = Out("broken");
        (int code, string text, _) = Run("verify", "faults/rfc-as-posted", "--operations", "1", "--out", folder);

        Assert.Contains("minimal: proved, as every history of fewer operations was explored", text, StringComparison.Ordinal);
        Assert.Equal(ExitCode.AsExpected, code);
        string history = Assert.Single(Directory.GetFiles(Path.Combine(folder, "counterexamples")));
        (code, string page, _) = Run("replay", history);
        Assert.Equal(ExitCode.AsExpected, code);
        Assert.Contains("faults/rfc-as-posted", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Killed_in_the_middle_it_goes_on_and_ends_with_the_same_bytes()
    {
        string whole = Out("whole");
        string killed = Out("killed");
        Assert.Equal(ExitCode.AsExpected, Run(["verify", .. s_scope, "--out", whole]).Code);

        Process process = Process.Start(new ProcessStartInfo(
            "dotnet", [Shell.Program, "verify", .. s_scope, "--out", killed])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        string results = Path.Combine(killed, "verify.json");
        while (!process.HasExited && !File.Exists(results))
        {
            Thread.Sleep(5);
        }

        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        Assert.DoesNotContain("\"isDone\": true", File.ReadAllText(results), StringComparison.Ordinal);

        Assert.Equal(ExitCode.AsExpected, Run(["verify", .. s_scope, "--out", killed, "--resume"]).Code);
        Assert.Equal(Contents(whole), Contents(killed));
    }

    [Fact]
    public void What_it_cannot_go_on_with_it_says()
    {
        (int code, _, string error) = Run("verify", "swapoff/2.3.8", "--operations", "1", "--out", Out("none"), "--resume");
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("leave --resume out to begin", error, StringComparison.Ordinal);

        Run("verify", "swapoff/2.3.8", "--operations", "1", "--out", Out("none"));
        (code, _, error) = Run("verify", "swapoff/2.3.8", "--operations", "2", "--out", Out("none"), "--resume");
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("is of another scope or of other variants", error, StringComparison.Ordinal);

        (code, _, error) = Run("verify", "swapoff/2.3.8", "--operations", "many", "--out", Out("none"));
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("--operations many: give a number from 1 to 12", error, StringComparison.Ordinal);
    }

    private string Out(string name) => Path.Combine(_folder, name);

    private static SortedDictionary<string, string> Contents(string folder) => new(
        Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith(".draft", StringComparison.Ordinal))
            .ToDictionary(file => Path.GetRelativePath(folder, file), File.ReadAllText),
        StringComparer.Ordinal);
}
