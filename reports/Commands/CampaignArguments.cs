using System.CommandLine;
using System.Globalization;
using Variants.Harness.Strategies;
using Variants.Properties.Campaigns;
using Variants.Properties.Verification;
using Variants.Reports.Pages;

namespace Variants.Reports.Commands;

/// <summary>The options of a campaign. They are read as text, so that a mistake is answered in one sentence of ours.</summary>
internal sealed class CampaignArguments
{
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(7);
    private static readonly string[] s_strategies = ["random", "chaos", "delay1", "pos", "delay3", "pct3"];

    /// <summary>Counts are printed with commas, and may be pasted so.</summary>
    private const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowThousands;

    private readonly SeedOption _seed = new("everything random follows from it");
    private readonly NumberOption _histories;

    private readonly NumberOption _schedules = new("--schedules", "N", "schedules of each history", 1, 1_000_000)
    {
        Style = Style,
        WhenAbsent = 100,
    };

    private readonly Option<string> _budget = new("--budget")
    {
        HelpName = "time",
        Description = "time for each variant (10s, 2m, 1h) instead of a number of histories; results then depend on the machine",
    };

    private readonly Option<string[]> _strategies = new("--strategy")
    {
        HelpName = "names",
        Description = $"who runs next: {string.Join(", ", KnownStrategies.Names)}; taken in turn [default: {string.Join(',', s_strategies)}]",
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly NumberOption _jobs = NumberOption.Jobs(Style);
    private readonly NumberOption _certify;
    private readonly NumberOption _verify;
    private readonly OutOption _out = new("where the report goes; an older report there is replaced", "out");
    private readonly Corpus _corpus = new();

    private readonly Option<string?> _proofs = new("--proofs")
    {
        HelpName = "folder",
        Description = "show what verify --table --out FOLDER proved, on the page of each family",
    };

    private readonly Effort _usual;

    /// <summary>The options of a command that does so much unless it is told otherwise.</summary>
    public CampaignArguments(Effort usual)
    {
        _usual = usual;
        _histories = new NumberOption("--histories", "N", "histories, the same for all variants of a family", 1, 10_000_000)
        {
            Style = Style,
            WhenAbsent = usual.Histories,
        };
        _certify = new NumberOption(
            "--certify", "N", "executions in which a counterexample may be proved minimal; 0 to leave it", 1, 1_000_000_000)
        {
            Style = Style,
            WhenAbsent = usual.Certify,
        };
        _verify = new NumberOption(
            "--verify", "k", "explore every history of up to k operations by 2 actors, every interleaving; 0 to leave it", 0, Scope.MostOperations)
        {
            Style = Style,
            WhenAbsent = usual.Small.Operations,
        };
    }

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        _strategies.CompletionSources.Add([.. KnownStrategies.Names]);
        foreach (Option option in new Option[] { _seed, _histories, _schedules, _budget, _strategies, _jobs, _certify, _verify, _out })
            command.Options.Add(option);
        _corpus.AddTo(command);
        command.Options.Add(_proofs);
    }

    /// <summary>The folder that the report goes to.</summary>
    public string OutputFolder(ParseResult parsed) => _out.Read(parsed);

    /// <summary>The folder whose known counterexamples are tried instead of those that come with Variants; null for these.</summary>
    public string? CorpusFolder(ParseResult parsed) => _corpus.Folder(parsed);

    /// <summary>What was proved before, for the page; null if no folder is named.</summary>
    /// <exception cref="BadInputException">There is nothing such in the folder.</exception>
    public ProofSurveyed? Proofs(ParseResult parsed) => parsed.GetValue(_proofs) is { } folder ? ProofsFolder.Read(folder) : null;

    /// <summary>The options as a campaign takes them.</summary>
    /// <exception cref="BadInputException">An option makes no sense.</exception>
    public CampaignOptions Read(ParseResult parsed) => new(
        _seed.Read(parsed),
        _histories.Read(parsed),
        _schedules.Read(parsed),
        Strategies(parsed.GetValue(_strategies) ?? []),
        _jobs.ReadIfGiven(parsed) ?? Environment.ProcessorCount,
        parsed.GetValue(_budget) is { } budget ? Budget(budget) : null,
        StepsPerVariant: parsed.GetResult(_histories) is { Implicit: false } || parsed.GetValue(_budget) is not null
            ? long.MaxValue
            : _usual.StepsPerVariant,
        ShrinkExecutions: _usual.Shrink,
        Candidates: _usual.Candidates,
        CertifyExecutions: parsed.GetValue(_certify) == "0" ? 0 : _certify.Read(parsed))
    {
        Known = _corpus.Read(parsed),
        Small = _verify.Read(parsed) is > 0 and var operations ? _usual.Small with { Operations = operations } : null,
        StepsOfSmall = _verify.Read(parsed) == _usual.Small.Operations ? _usual.StepsOfSmall : long.MaxValue,
    };

    /// <summary>A time such as <c>10s</c>, <c>2m</c> or <c>1h</c>.</summary>
    internal static TimeSpan Budget(string text)
    {
        double unit = text.Length == 0 ? 0 : text[^1] switch
        {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            _ => 0,
        };
        if (unit == 0 || !double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out double number)
            || !double.IsFinite(number))
        {
            throw new BadInputException($"--budget {text}: give a number and a unit, such as 10s, 2m or 1h");
        }

        double seconds = number * unit;
        if (!(seconds > 0))
            throw new BadInputException($"--budget {text}: a variant needs more time than that, such as 10s");
        if (seconds > s_longest.TotalSeconds)
            throw new BadInputException($"--budget {text}: at most {s_longest.TotalHours.ToString("0", CultureInfo.InvariantCulture)}h for each variant");
        return TimeSpan.FromSeconds(seconds);
    }

    private static string[] Strategies(string[] asked)
    {
        string[] names = [.. asked.SelectMany(names => names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
        foreach (string name in names.Where(name => !KnownStrategies.Names.Contains(name)))
            throw new BadInputException($"--strategy: no strategy is called '{name}'{NearMatches.Hint(name, KnownStrategies.Names)}");
        return names.Length == 0 && asked.Length > 0
            ? throw new BadInputException($"--strategy: name one of {string.Join(", ", KnownStrategies.Names)}")
            : names.Length == 0 ? s_strategies : names;
    }
}

/// <summary>What a campaign does unless it is told otherwise.</summary>
/// <param name="Histories">Histories of each variant.</param>
/// <param name="StepsPerVariant">Steps after which a variant takes no further history.</param>
/// <param name="Candidates">Failing executions of each property and variant that are shrunk.</param>
/// <param name="Shrink">Executions that shrinking one may take.</param>
/// <param name="Certify">Executions in which a counterexample may be proved minimal.</param>
/// <param name="Small">Which small histories are explored whole.</param>
/// <param name="StepsOfSmall">Steps of theirs after which a variant takes no further one.</param>
internal sealed record Effort(
    int Histories, long StepsPerVariant, int Candidates, int Shrink, int Certify, Scope Small, long StepsOfSmall)
{
    /// <summary>Everybody in a few minutes: the verdicts, and how often each promise is broken.</summary>
    public static Effort Comparison { get; } = new(3_000, 500_000_000, Candidates: 2, Shrink: 60_000, Certify: 3_000, new Scope(2, 2, ExecutionsOfHistory: 10_000), StepsOfSmall: 50_000_000);

    /// <summary>One in about a minute: what shows in one of a million executions too.</summary>
    public static Effort Inspection { get; } = new(40_000, 1_500_000_000, Candidates: 8, Shrink: 200_000, Certify: 20_000, new Scope(2, 2, ExecutionsOfHistory: 50_000), StepsOfSmall: 500_000_000);
}
