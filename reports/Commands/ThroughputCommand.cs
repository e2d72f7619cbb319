using System.CommandLine;
using System.Globalization;
using Variants.Harness.Engine;
using Variants.Properties.Campaigns;
using Variants.Reports.Throughput;

namespace Variants.Reports.Commands;

/// <summary><c>throughput</c>: how fast designs are on a machine of many CPUs that is simulated.</summary>
internal sealed class ThroughputCommand
{
    private const string UsualMachine = "epyc-2023";
    private const int MostJobs = 1024;

    /// <summary>A pte has 15 bits for its page, and a storm needs 260 pages for each CPU.</summary>
    private const int MostCpus = 120;

    private readonly Argument<string[]> _names = new("names") { Description = "families or variants", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string> _machine = new("--machine")
    {
        HelpName = "name",
        Description = $"which machine: {string.Join(", ", CostModel.Names)} [default: {UsualMachine}]",
    };

    private readonly Option<string> _cpus = new("--cpus")
    {
        HelpName = "list",
        Description = "numbers of CPUs, such as 1,2,4 [default: 1,2,4,8,16,32,64, as far as the machine has them]",
    };

    private readonly Option<string> _seed = new("--seed") { HelpName = "N", Description = "from which tasks draw when they begin [default: 1]" };
    private readonly Option<string> _jobs = new("--jobs")
    {
        HelpName = "N",
        Description = "worker threads; results do not depend on them [default: one for each core]",
    };

    private readonly Option<string> _out = new("--out") { HelpName = "folder", Description = "where the pages go; an older report there is replaced [default: out-throughput]" };

    /// <summary>The command, as the command line has it.</summary>
    internal Command Tree(Func<ParseResult, Repertoire> everybody, TextWriter output)
    {
        Command command = new("throughput", "Measures designs on a simulated machine of many CPUs.") { _names, _machine, _cpus, _seed, _jobs, _out };
        command.SetAction(parsed => Run(everybody(parsed), parsed, output));
        return command;
    }

    private int Run(Repertoire everybody, ParseResult parsed, TextWriter output)
    {
        IReadOnlyList<Contender> contenders = everybody.Named(parsed.GetValue(_names) ?? []);
        string machine = parsed.GetValue(_machine) ?? UsualMachine;
        CostModel costs = CostModel.Named(machine)
            ?? throw new BadInputException($"--machine {machine}: no machine is called so{NearMatches.Hint(machine, CostModel.Names)}");
        string seedText = parsed.GetValue(_seed) ?? "1";
        if (!ulong.TryParse(seedText, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed))
            throw new BadInputException($"--seed {seedText}: give a number of 0 or more, such as 1");
        int jobs = parsed.GetValue(_jobs) is { } text ? Number("--jobs", text, text, MostJobs) : Environment.ProcessorCount;
        var run = new ThroughputRun(costs, Cpus(parsed.GetValue(_cpus), costs), seed, jobs);
        if (contenders.FirstOrDefault(one => !run.CanRun(one.Variant)) is { } without)
            throw new BadInputException($"{without.Variant.Name}: there is no workload for the family {without.Family.Name} yet; there is one for faults");

        string folder = parsed.GetValue(_out) ?? "out-throughput";
        using OutputFolder place = OutputFolder.Prepare(folder);
        IReadOnlyList<Measurement> measurements = run.Measure(contenders);
        place.Write(ThroughputPage.Files(run, measurements));
        output.Write($"{costs.Name}: {costs.Title}; simulated\n\n");
        foreach (IGrouping<string, Measurement> family in measurements.GroupBy(one => one.Contender.Family.Name))
        {
            foreach (Workload workload in ThroughputRun.Workloads)
                output.Write($"{ThroughputTable.Render(workload, [.. family.Where(one => one.Workload == workload)])}\n");
        }

        output.Write($"The pages are in {folder}: open index.html.\n");
        return ExitCode.AsExpected;
    }

    private static int[] Cpus(string? list, CostModel costs)
    {
        if (list is null)
            return [.. new[] { 1, 2, 4, 8, 16, 32, 64 }.Where(count => count <= costs.Cpus)];
        return [.. list.Split(',').Select(count => Number("--cpus", list, count, Math.Min(costs.Cpus, MostCpus))).Distinct().Order()];
    }

    private static int Number(string option, string given, string text, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= most
            ? number
            : throw new BadInputException($"{option} {given}: give {(option == "--cpus" ? "numbers" : "a number")} from 1 to {most}");
}
