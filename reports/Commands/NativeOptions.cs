using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Variants.Harness.Engine;
using Variants.Harness.Native;
using Variants.Properties.Campaigns;
using Variants.Reports.Diagrams;
using Variants.Reports.Throughput;

namespace Variants.Reports.Commands;

/// <summary>
/// <c>throughput --native</c>: the same workloads on real threads of this machine, and beside them what is simulated for as
/// many CPUs. What it writes differs each time, so it goes to a folder of its own.
/// </summary>
internal sealed class NativeOptions
{
    private const string Folder = "out-throughput-native";
    private const int MostThreads = 256;

    /// <summary>Of what is simulated beside it: enough to know a difference from chance.</summary>
    private const int Seeds = 3;

    private readonly Option<bool> _native = new("--native") { Description = "measure on real threads of this machine; nothing of it is deterministic" };
    private readonly Option<string> _threads = new("--threads") { HelpName = "list", Description = "with --native: numbers of threads [default: 1,2]" };
    private readonly Option<string> _seconds = new("--seconds") { HelpName = "N", Description = "with --native: how long a measurement lasts [default: 0.5]" };
    private readonly NumberOption _rounds = new("--rounds", "N", "with --native: how many measurements of each [default: 7]", 1, 1_000);

    /// <summary>For the command to take.</summary>
    internal IEnumerable<Option> All => [_native, _threads, _seconds, _rounds];

    /// <summary>True if real threads are asked for.</summary>
    /// <exception cref="BadInputException">They are not, but something about them is.</exception>
    internal bool Read(ParseResult parsed, params Option[] simulatedOnly)
    {
        bool isNative = parsed.GetValue(_native);
        foreach (Option option in isNative ? simulatedOnly : [_threads, _seconds, _rounds])
        {
            if (parsed.GetResult(option) is { Implicit: false })
                throw new BadInputException(isNative ? $"{option.Name} is not for --native: see --threads and --rounds" : $"{option.Name} is for --native");
        }

        return isNative;
    }

    /// <summary>Measures, and writes.</summary>
    internal int Run(ParseResult parsed, IReadOnlyList<Contender> contenders, CostModel costs, ulong seed, OutOption folder, Repertoire everybody, TextWriter output)
    {
        var plan = new NativeThroughput(Threads(parsed, costs), Seconds(parsed), _rounds.ReadIfGiven(parsed) ?? 7, seed);
        var simulation = new ThroughputRun(costs, plan.Threads, seed, Seeds, Environment.ProcessorCount) { IsBrought = everybody.IsBrought };
        ThroughputPlan simulatedPlan = simulation.Plan(contenders);
        if (contenders.FirstOrDefault(one => !simulatedPlan.WorkloadsOf(one).Any(workload => workload.RunsOnThreads)) is { } without)
        {
            string[] others = [.. everybody.Families.Where(family => family.Workloads.Any(workload => workload.RunsOnThreads)).Select(family => family.Name)];
            throw new BadInputException($"{without.Variant.Name}: no workload of {without.Family.Name} runs on real threads; those of {Wording.List(others)} do");
        }

        if (ReferenceEquals(output, Console.Out) && !CompiledAtOnce.IsThis)
            return CompiledAtOnce.Run();
        string path = parsed.GetResult(folder) is { Implicit: false } ? folder.Read(parsed) : Folder;
        using OutputFolder place = OutputFolder.Prepare(path);
        ThroughputResult result = simulation.Measure(simulatedPlan);
        if (result.SetAside.FirstOrDefault() is { } unreliable)
            throw new BadInputException(unreliable.Problem);
        IReadOnlyList<Measurement> simulated = result.Measurements;
        IReadOnlyList<Measurement> native = plan.Measure(
            contenders,
            one => [.. simulatedPlan.WorkloadsOf(one).Where(workload => workload.RunsOnThreads)],
            (one, workload, size) => simulated.First(run => run.Contender == one && run.Workload == workload && run.Size == size).Failure);

        var report = new NativeReport(
            ThisMachine,
            NativeClock.WakeUpNs,
            plan,
            native,
            costs.Name,
            simulated,
            [.. contenders.SelectMany(simulatedPlan.WorkloadsOf).Where(one => !one.RunsOnThreads).Select(one => one.Id).Distinct()]);
        place.Write(report.Files());
        output.Write($"{report.Text}The pages are in {path}: open index.html.\n");
        return ExitCode.AsExpected;
    }

    private static string ThisMachine => string.Create(
        CultureInfo.InvariantCulture, $"this machine: {Environment.ProcessorCount} cores, {RuntimeInformation.ProcessArchitecture}, {RuntimeInformation.FrameworkDescription}");

    private int[] Threads(ParseResult parsed, CostModel costs)
    {
        string list = parsed.GetValue(_threads) ?? "1,2";
        int most = Math.Min(MostThreads, costs.Cpus);
        return [.. list.Split(',').Select(text => NumberOption.Number(text, 1, most)
            ?? throw new BadInputException($"--threads {list}: give numbers from 1 to {most}")).Distinct().Order()];
    }

    private double Seconds(ParseResult parsed)
    {
        string text = parsed.GetValue(_seconds) ?? "0.5";
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0.001 and <= 3600
            ? seconds
            : throw new BadInputException($"--seconds {text}: give a number from 0.001 to 3600");
    }
}
