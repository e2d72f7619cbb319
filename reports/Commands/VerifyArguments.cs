using System.CommandLine;
using System.Globalization;
using Variants.Properties.Verification;

namespace Variants.Reports.Commands;

/// <summary>The options of <c>verify</c>.</summary>
internal sealed class VerifyArguments
{
    private readonly Option<string> _operations = new("--operations")
    {
        HelpName = "k",
        Description = "histories of up to k operations, setup and children included",
        DefaultValueFactory = _ => "2",
    };

    private readonly Option<string> _actors = new("--actors")
    {
        HelpName = "a",
        Description = "and up to a actors",
        DefaultValueFactory = _ => "2",
    };

    private readonly Option<string> _parallel = new("--parallel")
    {
        HelpName = "p",
        Description = "at most p of the operations side by side, the others one after another before [default: all]",
    };

    private readonly Option<string> _preemptions = new("--preemptions")
    {
        HelpName = "c",
        Description = "only schedules of up to c preemptions [default: all]",
    };

    private readonly Option<string> _executions = new("--executions")
    {
        HelpName = "N",
        Description = "give a history up after so many executions",
        DefaultValueFactory = _ => "200000",
    };

    private readonly Option<string> _budget = new("--budget")
    {
        HelpName = "time",
        Description = "time for each variant (10s, 2m, 1h); what was searched then depends on the machine",
    };

    private readonly Option<string> _jobs = new("--jobs")
    {
        HelpName = "N",
        Description = "worker threads; results do not depend on them [default: one for each core]",
    };

    private readonly Option<string> _out = new("--out")
    {
        HelpName = "folder",
        Description = "where the results go, and how far it is",
        DefaultValueFactory = _ => "verified",
    };

    private readonly Option<bool> _resume = new("--resume") { Description = "go on where the last run into this folder was stopped" };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _operations, _actors, _parallel, _preemptions, _executions, _budget, _jobs, _out, _resume })
            command.Options.Add(option);
    }

    /// <summary>What is to be verified.</summary>
    /// <exception cref="BadInputException">An option makes no sense.</exception>
    public Scope Scope(ParseResult parsed) => new(
        Number(parsed, _operations, 1, Properties.Verification.Scope.MostOperations),
        Number(parsed, _actors, 1, Properties.Verification.Scope.MostActors),
        parsed.GetValue(_parallel) is null ? null : Number(parsed, _parallel, 0, Properties.Verification.Scope.MostOperations),
        parsed.GetValue(_preemptions) is null ? null : Number(parsed, _preemptions, 0, 100),
        Number(parsed, _executions, 1, 1_000_000_000));

    /// <summary>Worker threads.</summary>
    public int Jobs(ParseResult parsed) => parsed.GetValue(_jobs) is null ? Environment.ProcessorCount : Number(parsed, _jobs, 1, 1_024);

    /// <summary>Time for each variant; null for no limit.</summary>
    public TimeSpan? Budget(ParseResult parsed) => parsed.GetValue(_budget) is { } budget ? CampaignArguments.Budget(budget) : null;

    /// <summary>The folder of the results.</summary>
    public string OutputFolder(ParseResult parsed) => parsed.GetValue(_out)!;

    /// <summary>True to go on.</summary>
    public bool Resume(ParseResult parsed) => parsed.GetValue(_resume);

    private static int Number(ParseResult parsed, Option<string> option, int least, int most)
    {
        string text = parsed.GetValue(option)!;
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) || number < least || number > most)
            throw new BadInputException(string.Create(CultureInfo.InvariantCulture, $"{option.Name} {text}: give a number from {least} to {most}"));
        return number;
    }
}
