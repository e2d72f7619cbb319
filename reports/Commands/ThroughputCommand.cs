using System.CommandLine;
using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Properties.Campaigns;
using Variants.Reports.Throughput;

namespace Variants.Reports.Commands;

/// <summary><c>throughput</c>: how fast designs are on a machine of many CPUs that is simulated.</summary>
internal sealed class ThroughputCommand
{
    private readonly Argument<string[]> _names = new("names") { Description = "families or variants", Arity = ArgumentArity.OneOrMore };
    private readonly MachineOption _machine = new();

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
    internal Command Tree(Func<ParseResult, Repertoire> everybody, TextWriter output, TextWriter error)
    {
        CompletionsCommand.TakesNames(_names, everybody);
        Command command = new("throughput", "Measures designs on a simulated machine of many CPUs, or on real threads of this one.") { _names, _machine, _cpus, _seed, _seeds, _jobs, _out };
        foreach (Option option in _real.All)
            command.Options.Add(option);
        command.SetAction(parsed => Run(everybody(parsed), parsed, output, error));
        return command;
    }

    private int Run(Repertoire everybody, ParseResult parsed, TextWriter output, TextWriter error)
    {
        IReadOnlyList<Contender> contenders = everybody.Named(parsed.GetValue(_names) ?? []);
        bool onThreads = _real.Read(parsed, _cpus, _seeds, _jobs);
        CostModel costs = _machine.Read(parsed, besideThreads: onThreads);
        ulong seed = _seed.Read(parsed);
        if (onThreads)
            return _real.Run(parsed, contenders, costs, seed, _out, everybody, output);
        var run = new ThroughputRun(
            costs, Cpus(parsed.GetValue(_cpus), costs), seed, _seeds.Read(parsed), _jobs.ReadIfGiven(parsed) ?? Environment.ProcessorCount)
        {
            IsBrought = everybody.IsBrought,
        };
        ThroughputPlan plan = run.Plan(contenders);
        if (plan.Idle.FirstOrDefault() is { } idle)
            throw new BadInputException($"{idle.Variant.Name}: the family {idle.Family.Name} has no workload that it can run");

        string folder = _out.Read(parsed);
        using OutputFolder place = OutputFolder.Prepare(folder);
        using var interruption = new Interruption();
        ThroughputResult result = ThroughputDisplay.Follow(error, run, plan, interruption.Token);
        if (result.Measurements.IsEmpty && !result.SetAside.IsEmpty)
            throw new BadInputException(result.SetAside[0].Problem);
        foreach (SetAsideCode one in result.SetAside)
            everybody.SetAside(one.Name, one.Problem);
        place.Write(ThroughputPage.Files(result));
        Print(result, output, folder);
        return result.Interrupted ? ExitCode.Unexpected : ExitCode.AsExpected;
    }

    private static void Print(ThroughputResult result, TextWriter output, string folder)
    {
        output.Write($"{result.Run.Costs.Name}: {result.Run.Costs.Title}; simulated\n\n");
        foreach (Family family in result.Measurements.Select(one => one.Contender.Family).DistinctBy(family => family.Name))
        {
            foreach (WorkloadTable table in result.Of(family))
                output.Write($"{ThroughputTable.Render(table)}\n");
        }

        if (result.Interrupted)
            output.Write("Interrupted: the workloads that had been measured whole were written.\n");
        output.Write($"The pages are in {folder}: open index.html.\n");
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
