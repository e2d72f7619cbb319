using System.CommandLine;
using Variants.Harness.Engine;

namespace Variants.Reports.Commands;

/// <summary><c>--machine</c>: which machine is simulated.</summary>
internal sealed class MachineOption : Option<string>
{
    private const string Usual = "epyc-2023";

    /// <summary>What is simulated beside threads of this machine.</summary>
    private const string UsualBesideThreads = "threads-2026";

    /// <summary>The option.</summary>
    public MachineOption()
        : base("--machine")
    {
        HelpName = "name";
        Description = $"on which machine throughput is simulated: {string.Join(", ", CostModel.Names)} [default: {Usual}; with --native {UsualBesideThreads}]";
        CompletionSources.Add([.. CostModel.Names]);
    }

    /// <summary>The machine.</summary>
    /// <exception cref="BadInputException">None is called so.</exception>
    public CostModel Read(ParseResult parsed, bool besideThreads = false)
    {
        string name = parsed.GetValue(this) ?? (besideThreads ? UsualBesideThreads : Usual);
        return CostModel.Named(name)
            ?? throw new BadInputException($"--machine {name}: no machine is called so{NearMatches.Hint(name, CostModel.Names)}");
    }
}
