using System.Collections.Immutable;
using System.Text;
using Variants.Properties.Campaigns;
using Variants.Reports.Diagrams;
using static Variants.Reports.Pages.Site.Html;

namespace Variants.Reports.Pages.Site;

/// <summary>How far each variant of a family is proved. Pure.</summary>
internal static class ProofTableHtml
{
    /// <summary>The table; nothing if nobody explored any of them.</summary>
    internal static void Append(StringBuilder html, ProofSurveyed? surveyed, IReadOnlyList<VariantResult> variants)
    {
        ImmutableArray<(VariantResult Variant, ProofLine Line)> lines =
        [
            .. from variant in variants
               from line in LinesOf(variant, surveyed)
               select (variant, line),
        ];
        if (lines.IsEmpty)
            return;
        bool isTimed = lines.Any(one => one.Line.Seconds is not null);
        html.Append(BeginTable("Table of proofs", Caption(lines, isTimed ? surveyed : null)));
        foreach ((string head, string meaning) in Heads(isTimed))
            html.Append($"<th scope=\"col\" title=\"{Escape(meaning)}\">{Escape(head)}</th>");
        html.Append(BeginRows);
        foreach ((VariantResult variant, ProofLine line) in lines)
        {
            html.Append($"<tr>{VerdictTableHtml.Head(variant)}");
            html.Append($"<td>{Escape(ProofText.Machine(line.Machine))}</td><td>{line.Sizes}</td>");
            html.Append($"<td>{Wording.Number(line.Histories)}</td><td>{Wording.Number(line.Executions)}</td>");
            if (isTimed)
                html.Append($"<td>{(line.Seconds is { } seconds ? $"{Wording.Number(seconds)} s" : "")}</td>");
            html.Append($"<td class=\"{(line.Obstacle is not null ? "untried" : line.Broken.IsEmpty ? "holds" : "fails")}\"><span class=\"word\">{Escape(line.Result)}</span></td>");
            html.Append(isTimed ? $"<td>{Escape(line.KnownBugs)}</td></tr>\n" : "</tr>\n");
        }

        html.Append(EndTable);
    }

    /// <summary>What a survey came to; what the comparison did, of a variant that is not in it.</summary>
    private static IEnumerable<ProofLine> LinesOf(VariantResult variant, ProofSurveyed? surveyed)
    {
        ProofLine[] lines = [.. (surveyed?.Lines ?? []).Where(line => line.Variant == variant.Variant.Name)];
        return lines.Length > 0 ? lines : ProofLine.Of(variant) is { } own ? [own] : [];
    }

    private static string Caption(ImmutableArray<(VariantResult Variant, ProofLine Line)> lines, ProofSurveyed? surveyed)
    {
        string actors = Wording.Count(surveyed?.Actors ?? lines.Max(one => one.Variant.Proved!.Scope.Actors), "actor");
        string what = $"What is proved: every history of up to k operations by {actors}, every interleaving";
        return surveyed is null
            ? what
            : FormattableString.Invariant($"{what}, as far as {surveyed.Seconds:0.#} s allowed for each variant where variants verify --table made it ({surveyed.Version})");
    }

    private static IEnumerable<(string Head, string Meaning)> Heads(bool isTimed)
    {
        yield return ("variant", "The design");
        yield return ("machine", "Its memory; low: how many free pages there are when an allocation reclaims first");
        yield return ("k", "Every history of so many operations; 4/1: those of 4 with at most 1 outside the setup too");
        yield return ("histories", "Histories explored");
        yield return ("executions", "One for each trace");
        if (isTimed)
            yield return ("time", "The only part that depends on the machine it was made on");
        yield return ("result", "Of a promise that is broken: operations and preemptions of the smallest counterexample");
        if (isTimed)
            yield return ("known bugs", "Those whose smallest history is no larger");
    }
}
