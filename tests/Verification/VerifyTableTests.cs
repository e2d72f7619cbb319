using System.Text.RegularExpressions;
using Variants.Properties.Verification;
using Variants.Reports.Commands;
using static Variants.Tests.Reports.Shell;

namespace Variants.Tests.Verification;

/// <summary><c>verify --table</c>, as it goes into a README, and what verify tells while it runs.</summary>
public sealed partial class VerifyTableTests : IDisposable
{
    private const string Head = "| variant | pages | k | histories | executions | time | result | known bugs |\n|---|---|---|---|---|---|---|---|\n";

    private const string OneLine = "| faults/rfc-as-posted | 16 | 1 | 40 | 38 | _ s | fails: swap-accounting (1, 0) | S3-B11 |\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("variants-table-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void All_but_the_time_of_a_line_is_the_same_on_any_machine()
    {
        (int code, string table, _) = Run(
            "verify", "--table", "swapoff/5.3", "swapoff/2.4.10", "faults/rfc-as-posted", "--operations", "2", "--executions", "1000", "--budget", "10m");

        Assert.Equal(
            Head
            + """
            | swapoff/2.4.10 | 16 | 2 | 2,119 | 4,421 | _ s | holds, but 2 histories not finished; proved for k = 1 |  |
            | swapoff/2.4.10 | 2 | 2 | 2,119 | 4,421 | _ s | holds, but 2 histories not finished; proved for k = 1 |  |
            | swapoff/5.3 | 16 | 2 | 2,119 | 2,296 | _ s | proved |  |
            | swapoff/5.3 | 2 | 2 | 2,119 | 2,296 | _ s | proved |  |
            | faults/rfc-as-posted | 16 | 2 | 1,890 | 1,802 | _ s | fails: swap-accounting (1, 0) | S3-B11 |

            """.ReplaceLineEndings("\n"),
            Seconds().Replace(table, "_ s"));
        Assert.Equal(ExitCode.AsExpected, code);
    }

    [Fact]
    public void It_ends_at_the_largest_size_that_time_allowed()
    {
        // There are millions of histories of four operations; those of one take a few milliseconds.
        (_, string table, _) = Run("verify", "--table", "swapoff/5.3", "--budget", "2s", "--jobs", "1", "--pages", "16");

        Match row = Regex.Match(table[Head.Length..], @"^\| swapoff/5\.3 \| 16 \| (\d)(?:, (\d)/(\d))? \| ([\d,]+) \| ([\d,]+) \| [0123] s \| (proved|nothing, as time was over|holds, but \d+ histor(y|ies) not finished; proved for k = 2) \|  \|\n$");
        Assert.True(row.Success, table);
        Assert.Contains(
            string.Join(' ', row.Groups.Values.Skip(1).Take(4).Select(group => group.Value)),
            new[] { "0   0", "0 1 0 17", "1   34", "1 2 0 803", "1 2 1 1,518", "2   2,119", "2 3 0 41,619", "2 3 1 77,486", "2 3 2 104,878", "3   126,018" });
    }

    [Theory]
    [InlineData("--resume: say with --out which table to go on with", "swapoff", "--resume")]
    [InlineData("--table: a program has no histories, and comes to one result; leave it out", "classics/sb")]
    public void What_makes_no_sense_with_it_is_said_in_one_sentence(string message, params string[] args) =>
        Assert.Equal((ExitCode.BadInput, "", $"variants: {message}\n"), Run(["verify", "--table", .. args]));

    [Fact]
    public void Kept_it_is_gone_on_with_and_stands_on_the_pages_of_a_report()
    {
        string[] briefly = ["--operations", "1", "--budget", "10m", "--out", Out];
        Run(["verify", "--table", "faults/rfc-as-posted", .. briefly]);
        string kept = Path.Combine(Out, "proofs.json");
        File.WriteAllText(kept, File.ReadAllText(kept).Replace("\"executions\": 38,", "\"executions\": 39,", StringComparison.Ordinal));

        // What is there is not made again.
        (_, string table, _) = Run(["verify", "--table", "faults/spf", "faults/rfc-as-posted", .. briefly, "--resume"]);
        Assert.Equal(
            Head + OneLine.Replace("| 38 |", "| 39 |", StringComparison.Ordinal) + "| faults/spf | 16 | 1 | 40 | 40 | _ s | proved |  |\n",
            Seconds().Replace(table, "_ s"));

        string report = Path.Combine(_folder, "report");
        (int code, _, string error) = Run(
            "compare", "faults/rfc-as-posted", "faults/spf", "faults/2.6.37", "--histories", "2", "--schedules", "2", "--certify", "0", "--verify", "1",
            "--no-throughput", "--no-corpus", "--proofs", Out, "--out", report);

        Assert.True(code <= ExitCode.Unexpected, error);
        string page = File.ReadAllText(Path.Combine(report, "faults.html"));
        Assert.Contains("every interleaving, as far as 600 s allowed for each variant where variants verify --table made it (", page, StringComparison.Ordinal);
        Assert.Equal(
            [
                "rfc-as-posted 16 pages 1 40 39 _ s fails: swap-accounting (1, 0) S3-B11",
                "2.6.37 16 pages 1 40 40  proved ",
                "spf 16 pages 1 40 40 _ s proved ",
            ],
            RowsOfProofs(page).Select(row => Seconds().Replace(row, "_ s")));
        Assert.Contains($" --proofs {Out}", string.Join(' ', File.ReadAllText(Path.Combine(report, "report.txt")).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_not_kept_by_it_is_not_read()
    {
        string path = Path.Combine(Out, "proofs.json");
        string[] compare = ["compare", "faults/spf", "--proofs", Out, "--out", Path.Combine(_folder, "report")];
        Assert.Equal(
            (ExitCode.BadInput, "", $"variants: --proofs: there is no {path} that can be read; name the folder that verify --table --out wrote\n"),
            Run(compare));

        Run("verify", "--table", "faults/spf", "--operations", "1", "--out", Out);
        (int code, _, string error) = Run("verify", "--table", "faults/spf", "--operations", "2", "--out", Out, "--resume");
        Assert.Equal(
            (ExitCode.BadInput, $"variants: --resume: {path} is of another scope, time or version; give the same ones, or leave --resume out\n"),
            (code, error));

        File.WriteAllText(path, "{ \"version\": 1 }");
        Assert.Equal(
            (ExitCode.BadInput, "", $"variants: --proofs: {path} is not what this version of verify writes; name the folder that verify --table --out wrote\n"),
            Run(compare));
        File.WriteAllText(path, "{");
        Assert.StartsWith($"variants: --proofs: {path} is not what verify writes: ", Run(compare).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void While_it_runs_it_tells_the_rate_the_smallest_failure_and_what_is_left()
    {
        using var writer = new StringWriter();
        var begun = new VerifyState { Variant = "toy/first", Histories = 100, Executions = 1_000 };
        var pace = new VerifyPace(writer, begun, all: 1_100, budget: null);
        pace.Tell(begun with { Histories = 101 });
        Thread.Sleep(TimeSpan.FromSeconds(2.05));
        VerifyFailure failure = new("no-deadlock", "Deadlock", "a", "stuck", "", 3, true);
        pace.Tell(begun with { Histories = 600, Executions = 41_000, Failures = [failure, failure with { Operations = 2 }] });

        Assert.Matches(
            "^toy/first: 600 of 1,100 histories, 41,000 executions, 1\\d,\\d{3}/s, 2 failures, the smallest with 2 operations; (50|49) %, [234] s left\n$",
            writer.ToString());
    }

    private string Out => Path.Combine(_folder, "proofs");

    /// <summary>The lines of the table of proofs of a page, without their tags.</summary>
    private static IEnumerable<string> RowsOfProofs(string page)
    {
        string body = page.Split("aria-label=\"Table of proofs\"")[1].Split("<tbody>\n")[1].Split("</tbody>")[0];
        return body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(row => Tags().Replace(
            row.Replace("</td><td", "</td> <td", StringComparison.Ordinal).Replace("</th><td", "</th> <td", StringComparison.Ordinal), "").Split(' ', 2)[1]);
    }

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex(@"\b[\d,]+ s\b")]
    private static partial Regex Seconds();
}
