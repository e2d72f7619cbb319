using System.CommandLine;
using System.Globalization;
using Variants.Harness.Memory;
using Variants.Properties.Verification;

namespace Variants.Reports.Commands;

/// <summary>The options of <c>verify</c>.</summary>
internal sealed class VerifyArguments
{
    private const NumberStyles Style = NumberStyles.AllowLeadingSign;

    /// <summary>For a table the budget says when it is enough; but one history should not have all of it.</summary>
    private const int ExecutionsForTable = 1_000_000;

    private readonly NumberOption _operations =
        new("--operations", "k", "histories of up to k operations, setup and children included", 1, Properties.Verification.Scope.MostOperations)
        {
            Style = Style,
            WhenAbsent = 2,
        };

    private readonly NumberOption _actors =
        new("--actors", "a", "and up to a actors", 1, Properties.Verification.Scope.MostActors) { Style = Style, WhenAbsent = 2 };

    private readonly NumberOption _parallel = new(
        "--parallel",
        "p",
        "at most p of the operations side by side, the others one after another before [default: all]",
        0,
        Properties.Verification.Scope.MostOperations)
    {
        Style = Style,
    };

    private readonly NumberOption _preemptions =
        new("--preemptions", "c", "only schedules of up to c preemptions [default: all]", 0, 100) { Style = Style };

    private readonly NumberOption _pages =
        new("--pages", "n", "on a machine of n pages alone [default: each that matters to the family]", 2, MachineSize.Largest.Pages) { Style = Style };

    private readonly NumberOption _low =
        new("--low", "n", "on a machine whose allocations reclaim first at n free pages [default: 0]", 0, MachineSize.Largest.Low) { Style = Style };

    private readonly NumberOption _executions =
        new("--executions", "N", "give a history up after so many executions", 1, 1_000_000_000) { Style = Style, WhenAbsent = 200_000 };

    private readonly Option<string> _budget = new("--budget")
    {
        HelpName = "time",
        Description = "time for each variant (10s, 2m, 1h); what was searched then depends on the machine",
    };

    private readonly NumberOption _jobs = NumberOption.Jobs(Style);
    private readonly OutOption _out = new("where the results go, and how far it is", "verified");
    private readonly Option<bool> _resume = new("--resume") { Description = "go on where the last run into this folder was stopped" };

    private readonly Option<bool> _table = new("--table")
    {
        Description = "print how far each variant comes in --budget [default: 60s], as Markdown; with --out, keep it for compare --proofs",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _operations, _actors, _parallel, _preemptions, _pages, _low, _executions, _budget, _jobs, _out, _resume, _table })
            command.Options.Add(option);
    }

    /// <summary>What is to be verified.</summary>
    /// <exception cref="BadInputException">An option makes no sense.</exception>
    public Scope Scope(ParseResult parsed) => new(
        _operations.Read(parsed), _actors.Read(parsed), _parallel.ReadIfGiven(parsed), _preemptions.ReadIfGiven(parsed), _executions.Read(parsed), Machine(parsed));

    private MachineSize? Machine(ParseResult parsed)
    {
        (int? pages, int? low) = (_pages.ReadIfGiven(parsed), _low.ReadIfGiven(parsed));
        if (pages is null && low is null)
            return null;
        MachineSize usual = MachineSize.Usual;
        MachineSize asked = usual with { Pages = pages ?? usual.Pages, Low = low ?? usual.Low };
        return asked.Low < asked.Pages
            ? asked
            : throw new BadInputException($"{_low.Name} {asked.Low}: a machine of {asked.Pages} pages would never stop to reclaim; give less than {asked.Pages}");
    }

    /// <summary>True for a table of how far each variant comes.</summary>
    public bool Table(ParseResult parsed) => parsed.GetValue(_table);

    /// <summary>What a table goes up to, the time of each variant, and where it is kept, if anywhere.</summary>
    /// <exception cref="BadInputException">An option makes no sense, or none for a table.</exception>
    public (Scope Most, TimeSpan Budget, string? Folder) TableScope(ParseResult parsed)
    {
        string? folder = parsed.GetResult(_out) is { Implicit: false } ? _out.Read(parsed) : null;
        if (folder is null && Resume(parsed))
            throw new BadInputException("--resume: say with --out which table to go on with");
        Scope asked = Scope(parsed);
        Scope most = asked with
        {
            Operations = parsed.GetResult(_operations) is { Implicit: false } ? asked.Operations : Properties.Verification.Scope.MostOperations,
            ExecutionsOfHistory = parsed.GetResult(_executions) is { Implicit: false } ? asked.ExecutionsOfHistory : ExecutionsForTable,
        };
        return (most, Budget(parsed) ?? TimeSpan.FromSeconds(60), folder);
    }

    /// <summary>Executions after which a program is given up, if that was asked for.</summary>
    /// <exception cref="BadInputException">An option makes no sense for programs, which have no histories.</exception>
    public long ExecutionsOfProgram(ParseResult parsed)
    {
        foreach (NumberOption option in new[] { _operations, _actors, _parallel, _preemptions, _pages, _low })
        {
            if (parsed.GetResult(option) is { Implicit: false })
                throw new BadInputException($"{option.Name}: a program has no histories, and all its schedules are explored; leave it out");
        }

        if (parsed.GetValue(_table))
            throw new BadInputException($"{_table.Name}: a program has no histories, and comes to one result; leave it out");
        return parsed.GetResult(_executions) is { Implicit: false } ? _executions.Read(parsed) : long.MaxValue;
    }

    /// <summary>Worker threads.</summary>
    public int Jobs(ParseResult parsed) => _jobs.ReadIfGiven(parsed) ?? Environment.ProcessorCount;

    /// <summary>Time for each variant; null for no limit.</summary>
    public TimeSpan? Budget(ParseResult parsed) => parsed.GetValue(_budget) is { } budget ? CampaignArguments.Budget(budget) : null;

    /// <summary>The folder of the results.</summary>
    public string OutputFolder(ParseResult parsed) => _out.Read(parsed);

    /// <summary>True to go on.</summary>
    public bool Resume(ParseResult parsed) => parsed.GetValue(_resume);
}
