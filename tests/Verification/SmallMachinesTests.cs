using Variants.Families;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Properties.Campaigns;
using Variants.Properties.Verification;
using Variants.Reports.Commands;
using static Variants.Tests.Reports.Shell;

namespace Variants.Tests.Verification;

/// <summary>Histories that go wrong only where memory is short.</summary>
public sealed class SmallMachinesTests : IDisposable
{
    /// <summary>Three operations, one after another: what S4-B2, S4-B7, S4-B9 and S4-B16 need, and few enough to explore here.</summary>
    private static readonly Scope s_scope = new(3, 1, Parallel: 0);

    private readonly string _folder = Directory.CreateTempSubdirectory("variants-machines-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("S4-B2")]
    [InlineData("S4-B7")]
    [InlineData("S4-B9")]
    [InlineData("S4-B16")]
    public void A_bug_that_needs_little_memory_is_found_on_the_small_machine_and_not_on_the_usual_one(string name)
    {
        (Family family, KnownBug bug) = FamilyList.All
            .SelectMany(family => family.Bugs.Select(bug => (family, bug)))
            .Single(known => known.bug.Name == name);

        VerifyState[] states = Verify(family, bug.Variant);

        Assert.True(states[0].IsProved);
        Assert.Equal(new MachineSize(), states[0].Machine);
        Assert.Contains(states[1].Failures, failure => failure.Property == bug.Property);
        Assert.All(states[1].Failures, failure =>
        {
            Assert.Equal((3, true), (failure.Operations, failure.IsMinimal));
            Assert.Equal(family.SmallMachines[0], HistoryText.Parse(failure.History).History.Machine);
        });
    }

    [Theory]
    [InlineData("reclaim/truncate-trylock")]
    [InlineData("reclaim/pf-noio-saved")]
    [InlineData("reclaim/gfp-io")]
    [InlineData("swapout/deferred")]
    public void What_repairs_it_is_proved_on_both(string name)
    {
        Family family = FamilyList.All.Single(family => name.StartsWith($"{family.Name}/", StringComparison.Ordinal));

        Assert.All(Verify(family, name[(family.Name.Length + 1)..]), state => Assert.True(state.IsProved, state.Machine.ToString()));
    }

    [Fact]
    public void A_small_machine_has_less_memory_than_the_usual_one_and_room_for_a_page() => Assert.All(
        FamilyList.All.SelectMany(family => family.SmallMachines),
        machine =>
        {
            Assert.InRange(machine.Pages, 2, new MachineSize().Pages - 1);
            Assert.InRange(machine.Low, 0, machine.Pages - 1);
            Assert.Equal(new MachineSize(), machine with { Pages = new MachineSize().Pages, Low = new MachineSize().Low });
        });

    [Fact]
    public void A_machine_can_be_asked_for()
    {
        string[] args = ["swapout/deferred-forgotten", "--operations", "3", "--actors", "1", "--parallel", "0", "--out", Out];

        (int code, string text, _) = Run(["verify", .. args, "--pages", "16", "--low", "15"]);

        Assert.Equal(
            $"""
            swapout/deferred-forgotten: fails (of 6,866 histories of up to 3
              operations, 0 of them side by side, by 1 actor on a machine of 16 pages
              (low 15), 6,866 executions)
              - data-integrity, 3 operations, 0 preemptions: A would read foreign data
                at page 0 at rest; it could hold 1
                minimal: proved, as every history of fewer operations was explored on a
                  machine of 16 pages (low 15)
                variants replay {Out}/counterexamples/swapout-deferred-forgotten-data-integrity.history

            """.ReplaceLineEndings("\n"),
            text);
        Assert.Equal(ExitCode.AsExpected, code);
        Assert.Contains(
            "\nmachine pages 16, low 15, slots 4, readahead 1, file 2\n",
            File.ReadAllText(Path.Combine(Out, "counterexamples", "swapout-deferred-forgotten-data-integrity.history")),
            StringComparison.Ordinal);

        // What came of one machine is no beginning for another.
        (code, _, string error) = Run(["verify", .. args, "--pages", "16", "--resume"]);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("is of another scope or of other variants", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--pages 1: give a number from 2 to 32", "swapout", "--pages", "1")]
    [InlineData("--low 4: a machine of 4 pages would never stop to reclaim; give less than 4", "swapout", "--pages", "4", "--low", "4")]
    [InlineData("--low: a program has no histories, and all its schedules are explored; leave it out", "classics/sb", "--low", "1")]
    public void What_cannot_be_asked_for_is_said_in_one_sentence(string message, params string[] args) =>
        Assert.Equal((ExitCode.BadInput, "", $"variants: {message}\n"), Run(["verify", .. args, "--out", Out]));

    [Fact]
    public void What_another_version_wrote_is_not_gone_on_with()
    {
        string[] args = ["verify", "faults/spf", "--operations", "1", "--out", Out];
        Run(args);
        string results = Path.Combine(Out, "verify.json");
        File.WriteAllText(results, File.ReadAllText(results).Replace("\"version\": 2", "\"version\": 1", StringComparison.Ordinal));

        (int code, _, string error) = Run([.. args, "--resume"]);

        Assert.Equal((ExitCode.BadInput, $"variants: --resume: {results} was written by another version of Variants; leave --resume out to begin\n"), (code, error));
    }

    private string Out => Path.Combine(_folder, "out");

    private static VerifyState[] Verify(Family family, string variant)
    {
        var contender = new Contender(family, family.Variants.Single(one => one.ShortName == variant));
        return [.. VerifyState.Begin(contender, s_scope)
            .Select(begun => new Verifier(contender, s_scope, begun, _ => { }).Run(jobs: 2, budget: null, CancellationToken.None))];
    }
}
