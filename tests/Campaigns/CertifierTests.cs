using Variants.Families;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Strategies;
using Variants.Properties.Campaigns;
using Variants.Properties.Shrinking;
using Variants.Reports.Pages;

namespace Variants.Tests.Campaigns;

/// <summary>A counterexample that is minimal is proved to be; one that is not becomes smaller.</summary>
public sealed class CertifierTests
{
    [Fact]
    public void A_minimal_counterexample_is_proved_to_be()
    {
        (TestBed bed, Counterexample found) = Bug("2.3.8", "S0-B1");

        Counterexample certified = Certifier.Certify(bed, found, 10_000, executions: 20_000, CancellationToken.None);

        Assert.Equal(found.History, certified.History);
        Assert.True(certified.Shrinking.Certificate!.IsProved);
        Assert.InRange(certified.Shrinking.Certificate.Executions, 10, 200);
    }

    [Fact]
    public void What_ends_at_its_limit_is_not_proved()
    {
        (TestBed bed, Counterexample found) = Bug("2.3.8", "S0-B1");

        Counterexample certified = Certifier.Certify(bed, found, 10_000, executions: 3, CancellationToken.None);

        Assert.Equal(new Certificate(false, 3, HitLimit: true), certified.Shrinking.Certificate);
    }

    [Fact]
    public void An_operation_too_many_is_found()
    {
        (TestBed bed, Counterexample found) = Bug("2.3.8", "S0-B1");
        History larger = found.History with
        {
            Setup = found.History.Setup.Add(new SetupStep(0, new Operation(Verbs.MapAnonymous, 2))),
        };
        Counterexample padded = FailingOn(bed, larger, found);

        Counterexample certified = Certifier.Certify(bed, padded, 10_000, executions: 20_000, CancellationToken.None);

        Assert.Equal(found.Operations, certified.Operations);
        Assert.Equal(padded.Shrinking.FromOperations, certified.Shrinking.FromOperations);
        Assert.True(certified.Shrinking.Certificate!.IsProved);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(0)]
    public void Every_counterexample_of_a_report_has_its_certificate_or_says_why_not(int executions)
    {
        Family family = FamilyList.All.Single(family => family.Name == "swapoff");
        CampaignResult result = Campaign.Run(
            [.. family.Variants.Take(1).Select(variant => new Contender(family, variant))],
            new CampaignOptions(Seed: 1, Histories: 60, Schedules: 60, ["random"], Jobs: 2, ShrinkExecutions: 3_000, Candidates: 2, CertifyExecutions: executions));

        Report report = Report.Of(result, _ => null);

        string[] said = [.. report.Failures.Select(failure => failure.Page.Shrinking[(failure.Page.Shrinking.IndexOf(". ", StringComparison.Ordinal) + 2)..])];
        Assert.InRange(said.Length, 3, 100);
        Assert.All(said, sentence => Assert.Matches(
            executions == 0
                ? @"^Nobody asked whether it is minimal \(--certify 0\)\.$"
                : @"^Minimal: proved \(\d+ executions\)\.$|^Minimal as far as searched \(\d+ executions(, all that --certify allows|; a loop tried again too often to be explored)\)\.$",
            sentence));
        if (executions > 0)
        {
            Assert.Contains(said, sentence => sentence.StartsWith("Minimal: proved", StringComparison.Ordinal));
        }
    }

    private static (TestBed Bed, Counterexample Found) Bug(string variant, string name)
    {
        Family family = FamilyList.All.Single(family => family.Name == "swapoff");
        var contender = new Contender(family, family.Variants.Single(one => one.ShortName == variant));
        return (new TestBed(contender), BugHunt.Smallest(contender, family.Bugs.First(bug => bug.Name == name))!);
    }

    private static Counterexample FailingOn(TestBed bed, History history, Counterexample like)
    {
        var walk = new RandomWalk();
        for (ulong seed = 1; seed < 10_000; seed++)
        {
            walk.Begin(seed, 100);
            if (bed.Run(history, walk) is { } failure && failure.Signature == like.Failure.Signature)
            {
                return new Counterexample(history, [], failure, 3, new ShrinkStatistics(9, 9, 0, false));
            }
        }

        throw new InvalidOperationException("the larger history does not fail");
    }
}
