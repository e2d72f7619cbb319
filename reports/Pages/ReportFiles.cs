using System.Text;
using Variants.Harness.Families;
using Variants.Properties.Campaigns;
using Variants.Reports.Pages.Site;
using Variants.Reports.Throughput;

namespace Variants.Reports.Pages;

/// <summary>The files of a report, by their paths within its folder.</summary>
public static class ReportFiles
{
    /// <summary>The one file that differs from run to run.</summary>
    public const string Timing = "timing.json";

    /// <summary>All of them.</summary>
    public static IEnumerable<(string Path, byte[] Content)> Of(Report report)
    {
        yield return (OverviewPage.File, Utf8(OverviewPage.Render(report)));
        yield return (Html.StyleFile, Utf8(Style.Text));
        yield return (Html.ScriptFile, Utf8(Script.Text));
        foreach ((Family family, IReadOnlyList<VariantResult> variants) in report.ByFamily())
        {
            yield return (FamilyPage.FileOf(family), Utf8(FamilyPage.Render(report, family, variants)));
            if (report.Throughput is { } measured && measured.HeadlineOf(family) is not null)
            {
                yield return (ThroughputPage.FileOf(family), Utf8(ThroughputPage.Render(
                    measured, family, (OverviewPage.File, OverviewPage.Name), (FamilyPage.FileOf(family), family.Name))));
            }
        }

        yield return ("report.txt", Utf8(MailReport.Render(report)));
        yield return ("results.json", ResultsJson.Render(report));
        yield return (Timing, TimingJson.Render(report.Result));
        for (int i = 0; i < report.Failures.Length; i++)
        {
            ReportedFailure failure = report.Failures[i];
            yield return (failure.Case.HistoryFile, Utf8(failure.Case.HistoryText(failure.Page.Property, failure.Page.Cause)));
            foreach ((string path, byte[] content) in failure.Exports)
                yield return (path, content);
            yield return ($"counterexamples/{failure.Case.Id}.txt", Utf8(FailurePageText.Render(failure.Page)));
            yield return (CounterexamplePage.FileOf(failure), Utf8(CounterexamplePage.Render(failure, report.Failures.ElementAtOrDefault(i - 1), report.Failures.ElementAtOrDefault(i + 1))));
        }
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
