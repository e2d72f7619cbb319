using System.CommandLine;
using Variants.Harness.Engine;
using Variants.Properties.Campaigns;
using Variants.Reports.Throughput;

namespace Variants.Reports.Commands;

/// <summary><c>throughput</c>: how fast designs are on a machine of many CPUs that is simulated.</summary>
internal sealed class ThroughputCommand
{
    private const string UsualMachine = "epyc-2023";

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

    private readonly SeedOption _seed = new("from which tasks draw when they begin");
    private readonly NumberOption _seeds = new("--seeds", "N", "how many runs of each, one seed after the other", 1, 1_000) { WhenAbsent = 1 };
    private readonly NumberOption _jobs = NumberOption.Jobs();
    private readonly NativeOptions _real = new();
    private readonly OutOption _out = new("where the pages go; an older report there is replaced", "out-throughput");

    /// <summary>The command, as the command line has it.</summary>
    internal Command Tree(Func<ParseResult, Repertoire> everybody, TextWriter output)
    {
        _names.CompletionSources.Add(context => CompletionsCommand.Names(everybody(context.ParseResult)));
        _machine.CompletionSources.Add([.. CostModel.Names]);
        Command command = new("throughput", "Measures designs on a simulated machine of many CPUs, or on real threads of this one.") { _names, _machine, _cpus, _seed, _seeds, _jobs, _out };
        foreach (Option option in _real.All)
            command.Options.Add(option);
        command.SetAction(parsed => Run(everybody(parsed), parsed, output));
        return command;
    }

    private int Run(Repertoire everybody, ParseResult parsed, TextWriter output)
    {
        IReadOnlyList<Contender> contenders = everybody.Named(parsed.GetValue(_names) ?? []);
        string machine = parsed.GetValue(_machine) ?? UsualMachine;
        CostModel costs = CostModel.Named(machine)
            ?? throw new BadInputException($"--machine {machine}: no machine is called so{NearMatches.Hint(machine, CostModel.Names)}");
        ulong seed = _seed.Read(parsed);
        if (_real.Read(parsed, _cpus, _seeds, _jobs))
            return _real.Run(parsed, contenders, costs, seed, _out, output);
        int jobs = _jobs.ReadIfGiven(parsed) ?? Environment.ProcessorCount;
        var run = new ThroughputRun(costs, Cpus(parsed.GetValue(_cpus), costs), seed, _seeds.Read(parsed), jobs);
        if (contenders.FirstOrDefault(one => run.WorkloadsOf(one).Count == 0) is { } without)
            throw new BadInputException($"{without.Variant.Name}: the family {without.Family.Name} has no workload that it can run");

        string folder = _out.Read(parsed);
        using OutputFolder place = OutputFolder.Prepare(folder);
        IReadOnlyList<Measurement> measurements = Measure(run, contenders, everybody);
        place.Write(ThroughputPage.Files(run, measurements));
        output.Write($"{costs.Name}: {costs.Title}; simulated\n\n");
        foreach (IGrouping<string, Measurement> family in measurements.GroupBy(one => one.Contender.Family.Name))
        {
            foreach (IGrouping<string, Measurement> rows in family.GroupBy(one => one.Workload.Id))
                output.Write($"{ThroughputTable.Render(rows.First().Workload, [.. rows])}\n");
        }

        output.Write($"The pages are in {folder}: open index.html.\n");
        return ExitCode.AsExpected;
    }

    private static IReadOnlyList<Measurement> Measure(ThroughputRun run, IReadOnlyList<Contender> contenders, Repertoire everybody)
    {
        try
        {
            return run.Measure(contenders);
        }
        catch (AggregateException all) when (all.InnerExceptions[0] is WorkloadException { Workload: var workload } error && everybody.IsBrought(workload))
        {
            throw new BadInputException(error.Message, error);
        }
    }

    private static int[] Cpus(string? list, CostModel costs)
    {
        if (list is null)
            return [.. new[] { 1, 2, 4, 8, 16, 32, 64 }.Where(count => count <= costs.Cpus)];
        int most = Math.Min(costs.Cpus, SimulatedClock.MaxCpus);
        return [.. list.Split(',').Select(Count).Distinct().Order()];

        int Count(string text) => NumberOption.Number(text, 1, most)
            ?? throw new BadInputException($"--cpus {list}: give numbers from 1 to {most}");
    }
}
