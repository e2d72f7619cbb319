using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Variants.Harness.Strategies;
using static Variants.Tests.Reports.Shell;

namespace Variants.Tests.Reports;

/// <summary>SIGKILL at any moment leaves the older report or the new one, whole, and the next run finishes.</summary>
public sealed class KilledTests : IDisposable
{
    private static readonly string[] s_compare = ["compare", "swapoff/kanoj-repaired", "--histories", "2", "--schedules", "4", "--certify", "0", "--verify", "0", "--no-throughput", "--jobs", "1"];

    private static readonly string[] s_verify = ["verify", "swapoff/kanoj-as-posted", "--operations", "2", "--actors", "1", "--jobs", "1"];

    private readonly string _folder = Directory.CreateTempSubdirectory("variants-killed-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_comparison_killed_at_forty_moments_leaves_one_whole_report()
    {
        Dictionary<string, string>[] whole = [Whole(0), Whole(1)];
        Assert.NotEqual(whole[0], whole[1]);
        ConcurrentBag<int> found = [];
        await Task.WhenAll(Kill(20, 1), Kill(20, 2));

        // Of 40 moments spread over a whole run, some come before the report is in its place; which it is, is chance.
        Assert.Contains(0, found);
        Assert.Empty(Directory.EnumerateDirectories(_folder, ".*"));

        async Task Kill(int times, ulong seed)
        {
            string place = Path.Combine(_folder, $"out{seed}");
            var moments = new RandomNumbers(seed);
            Run([.. s_compare, "--seed", "1", "--out", place]);
            TimeSpan all = await Timed([.. s_compare, "--seed", "1", "--out", place]);
            for (int time = 0; time < times; time++)
            {
                int before = Contents(place).SequenceEqual(whole[0]) ? 0 : 1;
                await KillAfter([.. s_compare, "--seed", $"{2 - before}", "--out", place], all * (moments.Below(1_000) / 900.0));
                Dictionary<string, string> after = Contents(place);
                Assert.True(after.SequenceEqual(whole[0]) || after.SequenceEqual(whole[1]), $"kill {time} of {seed}: {string.Join(' ', after.Keys)}");
                using var timing = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(place, "timing.json")));
                found.Add(after.SequenceEqual(whole[before]) ? 0 : 1);
            }

            Run([.. s_compare, "--seed", "2", "--out", place]);
            Assert.Equal(whole[1], Contents(place));
        }
    }

    [Fact]
    public async Task A_verification_killed_at_ten_moments_can_be_gone_on_with()
    {
        string whole = Path.Combine(_folder, "whole");
        string killed = Path.Combine(_folder, "killed");
        Run([.. s_verify, "--out", whole]);
        var moments = new RandomNumbers(3);
        TimeSpan all = await Timed([.. s_verify, "--out", killed]);
        string[] args = [.. s_verify, "--out", killed];
        for (int time = 0; time < 10; time++)
        {
            await KillAfter(args, all * (moments.Below(1_000) / 900.0));
            using var results = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(killed, "verify.json")));
            if (File.Exists(Path.Combine(killed, "verify.txt")))
                Assert.Equal(Contents(whole).Keys, Contents(killed).Keys);
            args = [.. s_verify, "--out", killed, "--resume"];
        }

        Run([.. s_verify, "--out", killed, "--resume"]);
        Assert.Equal(Contents(whole).Select(file => (file.Key, file.Value.Replace(whole, "", StringComparison.Ordinal))),
            Contents(killed).Select(file => (file.Key, file.Value.Replace(killed, "", StringComparison.Ordinal))));
    }

    private Dictionary<string, string> Whole(int seed)
    {
        string place = Path.Combine(_folder, $"whole{seed}");
        Run([.. s_compare, "--seed", $"{seed + 1}", "--out", place]);
        return Contents(place);
    }

    private static async Task<TimeSpan> Timed(string[] args)
    {
        long began = Stopwatch.GetTimestamp();
        using Process program = Start(args);
        await program.WaitForExitAsync();
        return Stopwatch.GetElapsedTime(began);
    }

    private static async Task KillAfter(string[] args, TimeSpan moment)
    {
        using Process program = Start(args);
        await Task.Delay(moment);
        program.Kill();
        await program.WaitForExitAsync();
    }

    private static Process Start(string[] args)
    {
        Process program = Process.Start(new ProcessStartInfo("dotnet", [Shell.Program, .. args])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        program.OutputDataReceived += (_, _) => { };
        program.ErrorDataReceived += (_, _) => { };
        program.BeginOutputReadLine();
        program.BeginErrorReadLine();
        return program;
    }

    private static Dictionary<string, string> Contents(string folder) => Directory
        .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(folder, file))
        .Where(file => file != "timing.json" && !file.EndsWith(".draft", StringComparison.Ordinal) && !file.Contains(".draft/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .ToDictionary(file => file, file => File.ReadAllText(Path.Combine(folder, file)));
}
