using Variants.Harness.Families;
using Variants.Properties.Campaigns;
using Variants.Reports.Diagrams;
using Variants.Reports.Pages;
using Variants.Reports.Throughput;

namespace Variants.Reports.Commands;

/// <summary><c>compare</c> and <c>check</c>: a campaign, its report and a table of its verdicts.</summary>
internal sealed class CompareCommand(Repertoire everybody, TextWriter output, TextWriter error)
{
    /// <summary>Print every failure page, too.</summary>
    public bool PrintsPages { get; init; }

    /// <summary>Print the mail, and nothing else: it can be piped on.</summary>
    public bool PrintsMail { get; init; }

    /// <summary>What to measure beside it; null for nothing.</summary>
    public ThroughputRun? Throughput { get; init; }

    /// <summary>Where the known counterexamples are from; null for those that come with Variants.</summary>
    public string? CorpusFolder { get; init; }

    /// <summary>What was proved before; null if nobody brought it.</summary>
    public ProofSurveyed? Proofs { get; init; }

    public int Run(IReadOnlyList<Contender> contenders, CampaignOptions options, string folder)
    {
        // Before anything is run: an hour's work must not end in a folder that cannot be written.
        using OutputFolder place = OutputFolder.Prepare(folder);
        using var interruption = new Interruption();
        CampaignResult result = ProgressDisplay.Follow(error, contenders, options, interruption.Token);
        ThroughputResult? measured = null;
        if (Throughput is not null)
            (measured, result) = Measure(Throughput, result, interruption.Token);
        Report report = ReportOf(result) with { Throughput = measured };
        place.Write(ReportFiles.Of(report));
        Print(report, folder);
        bool asExpected = !report.Result.Interrupted
            && report.Result.Variants.All(variant => variant.Verdicts.All(verdict => verdict.IsAsExpected));
        return asExpected ? ExitCode.AsExpected : ExitCode.Unexpected;
    }

    /// <summary>Measures the variants that can be relied on, as far as it is not stopped; what turns out otherwise is set aside.</summary>
    private (ThroughputResult Measured, CampaignResult Result) Measure(ThroughputRun run, CampaignResult result, CancellationToken cancel)
    {
        run = run with { IsBrought = everybody.IsBrought };
        ThroughputPlan plan = run.Plan([.. result.Variants.Select(one => new Contender(one.Family, one.Variant))]);
        ThroughputResult measured = ThroughputDisplay.Follow(error, run, plan, cancel);
        foreach (SetAsideCode one in measured.SetAside)
        {
            if (result.Variants.Any(variant => variant.Variant.Name == one.Name))
                result = result.Without(one.Name, one.Problem);
            else
                everybody.SetAside(one.Name, one.Problem);
        }

        return (measured, result with { Interrupted = result.Interrupted || measured.Interrupted });
    }

    /// <summary>The report of all variants that can be relied on: to make its pages is to run them once more.</summary>
    private Report ReportOf(CampaignResult result)
    {
        while (true)
        {
            if (result.Variants.IsEmpty && !result.SetAside.IsEmpty)
                throw new BadInputException(result.SetAside[0].Problem);
            try
            {
                Report report = Report.Of(result, everybody.PluginOf) with
                {
                    Command = PrintsPages ? "check" : "compare",
                    CorpusFolder = CorpusFolder,
                    Surveyed = Proofs,
                };
                foreach (SetAsideVariant one in result.SetAside)
                    everybody.SetAside(one.Variant.Name, one.Problem);
                return report;
            }
            catch (VariantException brought) when (everybody.IsBrought(brought.Variant))
            {
                result = result.Without(brought.Variant, brought.Message);
            }
        }
    }

    private void Print(Report report, string folder)
    {
        if (PrintsMail)
        {
            output.Write(MailReport.Render(report));
            return;
        }

        if (PrintsPages)
        {
            foreach (ReportedFailure failure in report.Failures)
                output.Write($"{FailurePageText.Render(failure.Page)}\n{new string('-', TextLines.Columns)}\n\n");
        }

        foreach ((Family family, IReadOnlyList<VariantResult> variants) in report.ByFamily())
        {
            output.Write($"{VerdictTable.Render(family, variants)}\n");
            if (MeasureTable.Has(family, variants))
                output.Write($"{MeasureTable.Render(family, variants)}\n");
            if (TextLines.Wrap(ProofText.Summary(variants)) is { Count: > 0 } proved)
                output.Write($"{string.Join('\n', proved)}\n\n");
            if (report.Throughput?.HeadlineOf(family) is { } headline)
                output.Write($"{ThroughputTable.RenderShort(headline)}\n");
        }

        if (report.Result.Interrupted)
            output.Write("Interrupted: what had been found by then was written.\n");
        output.Write($"The report is in {folder}: open index.html, or mail report.txt.\n");
    }
}
