using System.Diagnostics;
using System.Text;
using Variants.Harness.Strategies;
using Variants.Properties.Campaigns;
using Variants.Reports.Commands;
using static Variants.Tests.Reports.Shell;

namespace Variants.Tests.Reports;

/// <summary>Ten thousand files, paths and command lines that somebody has spoilt: each is answered at once, and with its place.</summary>
public sealed class MutatedInputTests : IDisposable
{
    private static readonly string[] s_fragments =
    [
        "history", "swapoff", "actors", "  A: ", "fork", "write", "read", "99999999999999999999", "-1", "0", "{", "}", ";", ":", "#", "\t", "\r\n", "\n",
        "schedule", "machine", "setup", "\0", "\u00e9", "\u202e", "\ud83d\udc27", "variant: ", "reclaim 1", "swapoff", "..", "=", ",", "pages", "A.1.1.1.1.1.1.1",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("variants-mutated-").FullName;
    private RandomNumbers _random = new(20261121);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Four_thousand_histories()
    {
        string[] good = [.. Repertoire.Of([]).Families.Single(family => family.Name == "swapoff").Bugs.Select(bug => bug.History).OfType<string>()];
        string file = Path.Combine(_folder, "mutated.history");
        int refused = 0;
        for (int time = 0; time < 4_000; time++)
        {
            File.WriteAllText(file, Mutated(good[_random.Below(good.Length)]), Encoding.UTF8);
            (int code, string output, string error) = Quickly("replay", file, "--variant", "swapoff/kanoj-repaired");
            Assert.True(code is ExitCode.AsExpected or ExitCode.Unexpected or ExitCode.BadInput, $"{error}\n{File.ReadAllText(file)}");
            if (code == ExitCode.BadInput)
            {
                refused++;
                Assert.Equal("", output);
                Assert.StartsWith($"variants: {file}", error, StringComparison.Ordinal);
                Assert.True(error.Length < 1_000, error);
            }
        }

        // Three mutations of a dozen lines nearly always spoil something; a share of one half keeps the test honest.
        Assert.InRange(refused, 2_000, 4_000);
    }

    [Fact]
    public void Three_thousand_paths_of_plug_ins()
    {
        string[] good = [typeof(TestBed).Assembly.Location, _folder, Path.Combine(_folder, "mine.dll"), "mine.dll", "/", new string('a', 300)];
        for (int time = 0; time < 3_000; time++)
        {
            string path = Mutated(good[_random.Below(good.Length)]);
            (int code, string output, string error) = Quickly("list", "--plugin", path);
            Assert.True(code == ExitCode.BadInput && output.Length == 0, $"{path}: {code} {error}");
            Assert.StartsWith("variants: ", error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Three_thousand_lists_of_options()
    {
        // A file lies where the report is to go, so that whatever the options come to nothing is run.
        string taken = Path.Combine(_folder, "taken");
        File.WriteAllText(taken, "mine");
        string[][] good =
        [
            ["compare", "--out", taken, "swapoff", "--histories", "10", "--schedules", "5", "--seed", "3", "--jobs", "2"],
            ["check", "--out", taken, "swapoff/2.3.8", "--budget", "10s", "--strategy", "random,pct3", "--certify", "0"],
            ["verify", "--out", taken, "swapoff/2.3.8", "--operations", "2", "--actors", "2", "--parallel", "1", "--preemptions", "1", "--resume"],
            ["throughput", "--out", taken, "faults", "--machine", "smp-1999", "--cpus", "1,2", "--seed", "3"],
            ["new", "--into", taken, "swapoff/2.3.8", "mine"],
            ["list", "--json", "nothing"],
            ["completions", "bish"],
        ];
        for (int time = 0; time < 3_000; time++)
        {
            string[] args = [.. good[_random.Below(good.Length)]];
            int first = args[1] is "--out" or "--into" ? 3 : 1;
            int at = first + _random.Below(args.Length - first);
            args = _random.Below(4) switch
            {
                0 => [.. args[..at], .. args[(at + 1)..]],
                1 => [.. args[..at], args[at], .. args[at..]],
                2 => [.. args[..at], s_fragments[_random.Below(s_fragments.Length)], .. args[at..]],
                _ => [.. args[..at], Mutated(args[at]), .. args[(at + 1)..]],
            };
            (int code, string output, string error) = Quickly(args);
            string line = string.Join(' ', args);
            Assert.True(code == ExitCode.BadInput || (code == ExitCode.AsExpected && (args[0] == "list" || output.Contains("Usage:", StringComparison.Ordinal))), $"{line}: {code} {error}");
            if (code == ExitCode.BadInput)
            {
                Assert.True(output.Length == 0 && error.StartsWith("variants: ", StringComparison.Ordinal), $"{line}: {error}");
                Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
            }
        }

        Assert.Equal("mine", File.ReadAllText(taken));
    }

    [Theory]
    [InlineData("compare", "--out", "")]
    [InlineData("verify", "--out", "a\0b")]
    [InlineData("throughput", "faults", "--out", " ")]
    [InlineData("new", "swapoff", "mine", "--into", "")]
    public void What_is_no_path(params string[] args) =>
        Assert.Equal((ExitCode.BadInput, "", $"variants: {args[^2]}: name a folder\n"), Run(args));

    /// <summary>Up to three times something is taken out, doubled, changed or put in.</summary>
    private string Mutated(string text)
    {
        var spoilt = new StringBuilder(text);
        for (int times = 1 + _random.Below(3); times > 0; times--)
        {
            int at = _random.Below(spoilt.Length + 1);
            int length = Math.Min(spoilt.Length - at, 1 + _random.Below(8));
            switch (_random.Below(5))
            {
                case 0:
                    spoilt.Remove(at, length);
                    break;
                case 1:
                    spoilt.Insert(at, spoilt.ToString(at, length));
                    break;
                case 2 when at < spoilt.Length:
                    spoilt[at] = (char)(32 + _random.Below(95));
                    break;
                case 3:
                    spoilt.Length = at;
                    break;
                default:
                    spoilt.Insert(at, s_fragments[_random.Below(s_fragments.Length)]);
                    break;
            }
        }

        return spoilt.ToString();
    }

    /// <summary>Within a second; on a machine that is busy with something else, at least once in three.</summary>
    private static (int Code, string Output, string Error) Quickly(params string[] args)
    {
        for (int time = 1; ; time++)
        {
            long began = Stopwatch.GetTimestamp();
            (int Code, string Output, string Error) answer = Run(args);
            if (Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(1))
                return answer;
            Assert.True(time < 3, $"{string.Join(' ', args)} took more than a second");
        }
    }
}
