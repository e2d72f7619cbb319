using Variants.Harness.Memory;
using Variants.Properties.Campaigns;
using Variants.Properties.Verification;
using Variants.Reports.Pages;
using Variants.Reports.Pages.Site;

namespace Variants.Tests.Reports;

/// <summary>What small histories came to, as reports tell it.</summary>
public sealed class ProofTextTests
{
    private static readonly VerifyState s_proved = new() { Variant = "toy/first", Histories = 2_119, Executions = 3_426, IsDone = true };

    private static readonly VerifyState s_broken = s_proved with
    {
        Unfinished = 1,
        Failures =
        [
            new VerifyFailure("no-deadlock", "Deadlock", "a", "stuck", "", 2, true),
            new VerifyFailure("no-deadlock", "Deadlock", "b", "stuck", "", 2, true),
            new VerifyFailure("lock-context", "LockOrder", "c", "wrong", "", 2, true),
        ],
    };

    [Fact]
    public void Each_outcome_has_its_sentence() => Assert.Equal(
        [
            "With small histories first holds: proved for all 2,119 histories of up to 2 operations by 2 actors on a machine of 16 pages, 3,426 executions.",
            "With small histories first holds as far as searched (2,119 histories of up to 2 operations by 2 actors on a machine of 16 pages, 3,426 executions; 3 of them not to the end).",
            "With small histories first holds as far as searched (the first 2,119 histories of up to 2 operations by 2 actors on a machine of 16 pages, 3,426 executions).",
            "With small histories first fails (of 2,119 histories of up to 2 operations by 2 actors on a machine of 16 pages, 3,426 executions; 1 of them not to the end): no-deadlock and lock-context.",
            "With small histories nothing can be proved of first: its CPUs share something that is no Cell, SharedObject or SharedFact.",
        ],
        new[] { Of(s_proved), Of(s_proved with { Unfinished = 3 }), Of(s_proved with { IsDone = false }), Of(s_broken), Of(s_proved) with { Obstacle = "x" } }
            .Select(proved => ProofText.Sentence("first", proved)));

    [Fact]
    public void What_is_said_of_one_machine_is_not_said_of_another()
    {
        MachineSize small = MachineSize.Tight;
        VerifyState onSmall = s_proved with { Machine = small, Executions = 74 };

        Assert.Equal(
            ["holds: proved for all 2,119 histories of up to 2 operations by 2 actors on machines of 16 pages and 2 pages (low 1), 3,500 executions"],
            ProofText.Verdicts([s_proved, onSmall], new Scope(2, 2)));
        Assert.Equal(
            [
                "holds: proved for all 2,119 histories of up to 2 operations by 2 actors on a machine of 16 pages, 3,426 executions",
                "fails (of 2,119 histories of up to 2 operations by 2 actors on a machine of 2 pages (low 1), 3,426 executions; 1 of them not to the end)",
            ],
            ProofText.Verdicts([s_proved, s_broken with { Machine = small }], new Scope(2, 2)));
        Assert.Equal(
            [
                "holds: proved for all 2,119 histories of up to 2 operations by 2 actors on a machine of 16 pages, 3,426 executions",
                "not tried on a machine of 2 pages (low 1)",
            ],
            ProofText.Verdicts([s_proved, new VerifyState { Variant = "toy/first", Machine = small }], new Scope(2, 2)));
    }

    [Fact]
    public void A_family_has_a_sentence_for_each_outcome_that_there_is()
    {
        Assert.Equal("", ProofText.Summary(SampleReport.Report().Result.Variants));
        Assert.Equal(
            "Every interleaving of all histories of up to 2 operations by 2 actors on a machine of 16 pages. Proved: second. Fails: first.",
            ProofText.Summary(Sample.Result.Variants));
    }

    [Fact]
    public void The_mail_and_the_page_tell_it_and_who_reads_the_command_does_the_same()
    {
        Report report = Sample;

        string mail = MailReport.Render(report);
        Assert.Contains("\nWith small histories second holds: proved for all 2,119 histories of up to\n     2 operations by 2 actors on a machine of 16 pages, 3,426 executions.\n", mail, StringComparison.Ordinal);
        Assert.Contains("--verify 2", mail, StringComparison.Ordinal);
        Assert.Contains("--verify 0", MailReport.Render(SampleReport.Report()), StringComparison.Ordinal);
        string page = FamilyPage.Render(report, report.Result.Variants[0].Family, report.Result.Variants);
        Assert.Contains("<th scope=\"col\" title=\"Every interleaving of every small history\">all small histories</th>", page, StringComparison.Ordinal);
        Assert.Contains("<td class=\"fails\"><span class=\"word\">fails</span><span class=\"rate\"></span></td></tr>", page, StringComparison.Ordinal);
        Assert.Contains("<td class=\"holds\"><span class=\"word\">proved</span><span class=\"rate\">3,426 executions</span></td></tr>", page, StringComparison.Ordinal);
    }

    private static ProvedBound Of(VerifyState state) => new(new Scope(2, 2), state);

    private static Report Sample
    {
        get
        {
            Report report = SampleReport.Report();
            CampaignResult result = report.Result with
            {
                Options = report.Result.Options with { Small = new Scope(2, 2) },
                Variants = [report.Result.Variants[0] with { Proved = Of(s_broken) }, report.Result.Variants[1] with { Proved = Of(s_proved) }],
            };
            return report with { Result = result };
        }
    }
}
