using System.Text.RegularExpressions;
using Variants.Properties.Verification;
using Variants.Reports.Commands;
using static Variants.Tests.Reports.Shell;

namespace Variants.Tests.Verification;

/// <summary><c>verify --table</c>, as it goes into a README, and what verify tells while it runs.</summary>
public sealed partial class VerifyTableTests
{
    private const string Head = "| variant | pages | k | histories | executions | time | result |\n|---|---|---|---|---|---|---|\n";

    [Fact]
    public void All_but_the_time_of_a_line_is_the_same_on_any_machine()
    {
        (int code, string table, _) = Run(
            "verify", "--table", "swapoff/5.3", "swapoff/2.4.10", "faults/rfc-as-posted", "--operations", "2", "--executions", "1000", "--budget", "10m");

        Assert.Equal(
            Head
            + """
            | swapoff/2.4.10 | 16 | 2 | 2,119 | 4,421 | _ s | holds, but 2 histories not finished; proved for k = 1 |
            | swapoff/2.4.10 | 2 | 2 | 2,119 | 4,421 | _ s | holds, but 2 histories not finished; proved for k = 1 |
            | swapoff/5.3 | 16 | 2 | 2,119 | 2,296 | _ s | proved |
            | swapoff/5.3 | 2 | 2 | 2,119 | 2,296 | _ s | proved |
            | faults/rfc-as-posted | 16 | 2 | 1,890 | 1,802 | _ s | fails: swap-accounting (1, 0) |

            """.ReplaceLineEndings("\n"),
            Seconds().Replace(table, "_ s"));
        Assert.Equal(ExitCode.AsExpected, code);
    }

    [Fact]
    public void It_ends_at_the_largest_size_that_time_allowed()
    {
        // There are millions of histories of four operations; those of one take a few milliseconds.
        (_, string table, _) = Run("verify", "--table", "swapoff/5.3", "--budget", "2s", "--jobs", "1", "--pages", "16");

        Match row = Regex.Match(table[Head.Length..], @"^\| swapoff/5\.3 \| 16 \| (\d) \| ([\d,]+) \| ([\d,]+) \| [0123] s \| (proved|nothing, as time was over|holds, but \d+ histor(y|ies) not finished; proved for k = 2) \|\n$");
        Assert.True(row.Success, table);
        Assert.Contains((row.Groups[1].Value, row.Groups[2].Value), new[] { ("0", "0"), ("1", "34"), ("2", "2,119"), ("3", "126,018") });
    }

    [Theory]
    [InlineData("--resume: a table measures from the beginning; leave it out", "swapoff", "--resume")]
    [InlineData("--out: a table is printed, and nothing written; leave it out", "swapoff", "--out", "there")]
    [InlineData("--table: a program has no histories, and comes to one result; leave it out", "classics/sb")]
    public void What_makes_no_sense_with_it_is_said_in_one_sentence(string message, params string[] args) =>
        Assert.Equal((ExitCode.BadInput, "", $"variants: {message}\n"), Run(["verify", "--table", .. args]));

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

    [GeneratedRegex(@"\b[\d,]+ s\b")]
    private static partial Regex Seconds();
}
