using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Harness.Strategies;
using Variants.Properties.Campaigns;

namespace Variants.Tests.Campaigns;

public sealed class TestBedTests
{
    private static readonly Operation s_reclaim = new(Verbs.Reclaim, 1);

    /// <summary>
    /// This kernel sleeps before the first choice, when the strategy has begun and the execution has not: what it is
    /// told then must not depend on which strategy ran last.
    /// </summary>
    [Theory]
    [InlineData("random")]
    [InlineData("pct3")]
    [InlineData("pos")]
    public void An_execution_does_not_depend_on_those_before_it(string strategy)
    {
        var history = new History("fake", new MachineSize(), [], [[s_reclaim], [s_reclaim], [s_reclaim, s_reclaim]]);
        TestBed used = Bed();
        var onUsed = new Recording(KnownStrategies.Create(strategy));
        for (ulong seed = 0; seed < 50; seed++)
        {
            var onFresh = new Recording(KnownStrategies.Create(strategy));
            onFresh.Begin(seed, 20);
            onUsed.Begin(seed, 20);

            Assert.Equal(Bed().Run(history, onFresh), used.Run(history, onUsed));
            Assert.Equal(onFresh.Choices, onUsed.Choices);
        }
    }

    private static TestBed Bed() => new(FakeKernel.Contender(machine => new SleepyKernel(machine), Verbs.Reclaim));
}
