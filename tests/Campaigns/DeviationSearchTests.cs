using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Harness.Strategies;
using Variants.Properties.Campaigns;
using Variants.Properties.Shrinking;

namespace Variants.Tests.Campaigns;

public sealed class DeviationSearchTests
{
    private static readonly Operation s_reclaim = new(Verbs.Reclaim, 1);
    private static readonly History s_history = new("fake", new MachineSize(), [], [[s_reclaim], [s_reclaim], [s_reclaim]]);
    private static readonly Failure s_none = new(FailureKind.Bug, "none", "", 0, 0);

    [Fact]
    public void Every_schedule_with_so_many_deviations_runs()
    {
        // How many of all schedules have 0, 1, 2, ... choices that are not 0.
        TestBed bed = Bed();
        var recording = new Recording(new Exhaustive());
        var schedules = new List<int>();
        while (recording.Begin(0, 0))
        {
            bed.Run(s_history, recording);
            int deviations = recording.Choices.Count(choice => choice != 0);
            while (schedules.Count <= deviations)
            {
                schedules.Add(0);
            }

            schedules[deviations]++;
        }

        // A search for n deviations runs those with fewer on its way, each once.
        long expected = 0;
        for (int deviations = 0; deviations < 5; deviations++)
        {
            var probe = new Probe(bed, s_none, 1_000_000, CancellationToken.None);
            Assert.Null(new DeviationSearch(probe).Find(s_history, deviations, deviations));
            expected += schedules[deviations];
            Assert.Equal(expected, probe.Executions);
        }
    }

    [Fact]
    public void Preemptions_are_bounded_apart_from_other_switches()
    {
        TestBed bed = Bed();
        var probe = new Probe(bed, s_none, 1_000_000, CancellationToken.None);

        // Who begins, and who goes on when the first has returned: 1 of 3, and the one after or the one after that.
        Assert.Null(new DeviationSearch(probe).Find(s_history, deviations: 2, preemptions: 0));
        Assert.Equal(1 + 3 + 2, probe.Executions);
    }

    [Fact]
    public void A_search_that_could_not_try_everything_says_so()
    {
        var probe = new Probe(Bed(), s_none, 1_000_000, CancellationToken.None);
        var search = new DeviationSearch(probe);

        Assert.Null(search.Find(s_history, 2, 2, executions: 5));
        Assert.True(search.WasCut);
        Assert.Equal(5, probe.Executions);
        Assert.Null(search.Find(s_history, 2, 2));
        Assert.False(search.WasCut);
    }

    [Fact]
    public void A_switch_is_a_preemption_only_if_the_cpu_could_have_gone_on()
    {
        var probe = new Probe(Bed(), s_none, 1_000_000, CancellationToken.None);

        // Another begins; it returns, and the last goes on.
        probe.Play(s_history, [1]);
        Assert.Equal((0, 1), (probe.Tape.Preemptions, probe.Tape.Switches));

        // The first is left after its first step.
        probe.Play(s_history, [0, 1]);
        Assert.Equal((1, 0), (probe.Tape.Preemptions, probe.Tape.Switches));
    }

    [Fact]
    public void Leaving_one_that_sleeps_is_no_preemption()
    {
        var bed = new TestBed(FakeKernel.Contender(machine => new SleepyKernel(machine), Verbs.Reclaim));
        var probe = new Probe(bed, s_none, 1_000_000, CancellationToken.None);

        probe.Play(s_history, [0, 1]);

        Assert.Equal((0, 1), (probe.Tape.Preemptions, probe.Tape.Switches));
    }

    private static TestBed Bed() => new(FakeKernel.Contender(machine => new CorrectKernel(machine), Verbs.Reclaim));
}
