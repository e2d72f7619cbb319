using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Variants.Harness.Histories;
using Variants.Properties.Campaigns;
using Variants.Reports.Diagrams;

namespace Variants.Reports.Pages;

/// <summary>
/// What a counterexample's file says of itself in the comments above its history, so that <c>replay</c> can print the
/// page that the report has for it:
/// <code>
/// # swapoff/2.3.8 breaks data-integrity
/// # variant: swapoff/2.3.8
/// # cause: read 0 (A) beside swapoff (B): page 0 of A holds 2, but 1 was
/// #   written to it last.
/// # compare: swapoff/kanoj-repaired
/// # shrunk: from 14 operations and 9 preemptions to 3 and 1 in 1234 executions
/// # minimal: proved in 5678 executions
/// </code>
/// Every line may be missing: a history written by hand has none of them.
/// </summary>
/// <param name="Variant">The variant it was found on.</param>
/// <param name="Compare">The variant that the page compares it with.</param>
/// <param name="Shrinking">What shrinking did, and the operations and preemptions that were left.</param>
public sealed partial record CaseHeader(string? Variant, string? Compare, (ShrinkStatistics Statistics, int Operations, int Preemptions)? Shrinking)
{
    /// <summary>A history that says nothing of itself.</summary>
    public static CaseHeader None { get; } = new(null, null, null);

    /// <summary>The promise that it breaks there, from the title.</summary>
    public string? Breaks { get; init; }

    /// <summary>How it goes wrong there: the sentence of its page.</summary>
    public string? Cause { get; init; }

    /// <summary>The comment lines, without their <c>#</c>.</summary>
    public ImmutableArray<string> Lines(string title)
    {
        ImmutableArray<string>.Builder lines = ImmutableArray.CreateBuilder<string>();
        lines.Add(title);
        if (Variant is not null)
            lines.Add($"variant: {Variant}");
        if (Cause is not null)
            lines.AddRange(TextLines.Wrap($"cause: {Cause}", HistoryText.Columns - "# ".Length, hanging: 2));
        if (Compare is not null)
            lines.Add($"compare: {Compare}");
        if (Shrinking is var (statistics, operations, preemptions))
        {
            lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"shrunk: from {statistics.FromOperations} operations and {statistics.FromPreemptions} preemptions to {operations} and {preemptions} in {statistics.Executions} executions{(statistics.HitLimit ? ", limit reached" : "")}"));
            if (statistics.Certificate is { } certificate)
                lines.Add($"minimal: {CertificateText.Value(certificate)}");
        }

        return lines.ToImmutable();
    }

    /// <summary>Reads the header of a file's text.</summary>
    public static CaseHeader Read(string text)
    {
        CaseHeader header = None;
        bool isInCause = false;
        foreach (string line in text.Split('\n').Select(line => line.Trim()).TakeWhile(line => line.Length == 0 || line[0] == '#'))
        {
            if (isInCause && line.StartsWith("#   ", StringComparison.Ordinal))
            {
                header = header with { Cause = $"{header.Cause} {line[4..]}" };
                continue;
            }

            isInCause = false;
            if (header == None && Title().Match(line) is { Success: true } title)
                header = header with { Breaks = title.Groups[1].Value };
            if (KeyAndValue().Match(line) is not { Success: true } match)
                continue;
            string value = match.Groups[2].Value;
            header = match.Groups[1].Value switch
            {
                "variant" => header with { Variant = value },
                "cause" => header with { Cause = value },
                "compare" => header with { Compare = value },
                "minimal" when header.Shrinking is var (statistics, operations, preemptions) =>
                    header with { Shrinking = (statistics with { Certificate = CertificateText.Read(value) }, operations, preemptions) },
                "minimal" => header,
                _ => header with { Shrinking = ReadShrinking(value) },
            };
            isInCause = match.Groups[1].Value == "cause";
        }

        return header;
    }

    private static (ShrinkStatistics, int, int)? ReadShrinking(string text)
    {
        Match match = Shrunk().Match(text);
        if (!match.Success)
            return null;
        long[] numbers = [.. match.Groups.Values.Skip(1).Take(5)
            .Select(group => long.TryParse(group.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0)];
        var statistics = new ShrinkStatistics((int)numbers[0], (int)numbers[1], numbers[4], match.Groups[6].Length > 0);
        return (statistics, (int)numbers[2], (int)numbers[3]);
    }

    [GeneratedRegex(@"^# \S+ breaks (\S+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Title();

    [GeneratedRegex(@"^#\s*(variant|cause|compare|shrunk|minimal):\s*(.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex KeyAndValue();

    [GeneratedRegex(
        @"^from (\d{1,9}) operations and (\d{1,9}) preemptions to (\d{1,9}) and (\d{1,9}) in (\d{1,18}) executions(, limit reached)?$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Shrunk();
}
