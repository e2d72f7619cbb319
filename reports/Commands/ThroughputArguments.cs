using System.CommandLine;
using Variants.Properties.Campaigns;
using Variants.Reports.Throughput;

namespace Variants.Reports.Commands;

/// <summary>The options by which a comparison measures throughput, or does not.</summary>
internal sealed class ThroughputArguments
{
    private readonly MachineOption _machine = new();

    private readonly Option<bool> _without = new("--no-throughput")
    {
        Description = "verdicts only: measure no throughput",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_machine);
        command.Options.Add(_without);
    }

    /// <summary>What is measured beside a campaign, on as many workers; null for nothing.</summary>
    /// <exception cref="BadInputException">An option makes no sense.</exception>
    public ThroughputRun? Read(ParseResult parsed, CampaignOptions campaign)
    {
        bool without = parsed.GetValue(_without);
        if (without && parsed.GetValue(_machine) is not null)
            throw new BadInputException("--machine says on what to measure throughput, and --no-throughput not to; leave one of them out");
        return without ? null : ThroughputRun.Brief(_machine.Read(parsed), campaign.Seed, campaign.Jobs);
    }
}
