using System.CommandLine;
using System.Globalization;

namespace Variants.Reports.Commands;

/// <summary>
/// An option that takes a whole number. It is read as text, so that a mistake is answered in one sentence of ours.
/// </summary>
internal sealed class NumberOption : Option<string>
{
    private readonly int _least;
    private readonly int _most;

    /// <summary>A number from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public NumberOption(string name, string helpName, string description, int least, int most)
        : base(name)
    {
        HelpName = helpName;
        Description = description;
        _least = least;
        _most = most;
    }

    /// <summary>What is read besides digits: a sign, or commas between thousands.</summary>
    public NumberStyles Style { get; init; } = NumberStyles.None;

    /// <summary>What the command line stands for if it does not name the option; without it <see cref="ReadIfGiven"/> answers null.</summary>
    public int WhenAbsent
    {
        init => DefaultValueFactory = _ => value.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Worker threads.</summary>
    public static NumberOption Jobs(NumberStyles style = NumberStyles.None) =>
        new("--jobs", "N", "worker threads; results do not depend on them [default: one for each core]", 1, 1_024) { Style = style };

    /// <summary>The number.</summary>
    /// <exception cref="BadInputException">It is none, or too small or too large.</exception>
    public int Read(ParseResult parsed) => Number(parsed.GetValue(this)!, _least, _most, Style)
        ?? throw new BadInputException(string.Create(
            CultureInfo.InvariantCulture, $"{Name} {parsed.GetValue(this)}: give a number from {_least} to {_most}"));

    /// <summary>The number, null if the command line does not say.</summary>
    /// <exception cref="BadInputException">It is none, or too small or too large.</exception>
    public int? ReadIfGiven(ParseResult parsed) => parsed.GetValue(this) is null ? null : Read(parsed);

    /// <summary>A number within limits, null if the text is none.</summary>
    internal static int? Number(string text, int least, int most, NumberStyles style = NumberStyles.None) =>
        long.TryParse(text, style, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most
            ? (int)number
            : null;
}

/// <summary>Everything random follows from it.</summary>
internal sealed class SeedOption : Option<string>
{
    /// <summary>The option, with what follows from it.</summary>
    public SeedOption(string description)
        : base("--seed")
    {
        HelpName = "N";
        Description = description;
        DefaultValueFactory = _ => "1";
    }

    /// <summary>The seed.</summary>
    /// <exception cref="BadInputException">It is no number.</exception>
    public ulong Read(ParseResult parsed) =>
        ulong.TryParse(parsed.GetValue(this), NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed)
            ? seed
            : throw new BadInputException($"--seed {parsed.GetValue(this)}: give a number of 0 or more, such as 1");
}
