using System.Text;

namespace Variants.Reports.Pages;

/// <summary>The files of a report, by their paths within its folder.</summary>
public static class ReportFiles
{
    /// <summary>The one file that differs from run to run.</summary>
    public const string Timing = "timing.json";

    /// <summary>All of them.</summary>
    public static IEnumerable<(string Path, byte[] Content)> Of(Report report)
    {
        yield return ("index.html", Encoding.UTF8.GetBytes(HtmlReport.Render(report)));
        yield return ("report.txt", Encoding.UTF8.GetBytes(MailReport.Render(report)));
        yield return ("results.json", ResultsJson.Render(report));
        yield return (Timing, TimingJson.Render(report.Result));
        foreach (ReportedFailure failure in report.Failures)
        {
            yield return (failure.Case.HistoryFile, Encoding.UTF8.GetBytes(failure.Case.HistoryText(failure.Page.Property)));
            yield return ($"counterexamples/{failure.Case.Id}.txt", Encoding.UTF8.GetBytes(FailurePageText.Render(failure.Page)));
        }
    }
}
