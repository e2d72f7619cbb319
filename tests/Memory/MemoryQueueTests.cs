using Variants.Harness.Engine;
using Variants.Harness.Primitives;
using Variants.Harness.Strategies;

namespace Variants.Tests.Memory;

/// <summary>Memory as something one waits for.</summary>
public sealed class MemoryQueueTests
{
    [Theory]
    [InlineData("explored")]
    [InlineData("simulated")]
    [InlineData("native")]
    public void Whoever_looked_too_early_for_memory_knows_it_under_every_clock(string clock)
    {
        Smp smp = clock switch
        {
            "explored" => new Smp(Checks.None, 2),
            "simulated" => new Smp(CostModel.Named("epyc-2023")!, 2),
            _ => Smp.OnThreads(2),
        };
        var memory = new MemoryQueue(smp);
        var news = new List<bool>();
        smp.PowerOn();
        smp.Spawn("looks", async _ =>
        {
            await smp.Point();
            memory.BeginLooking();
            news.Add(memory.HasNews);
            memory.Progress();
            news.Add(memory.HasNews);
            news.Add(memory.HasNews);
            memory.BeginLooking();
            news.Add(memory.HasNews);
        });
        smp.Run(new RandomWalk());

        Assert.Null(smp.Failure);
        Assert.Equal([false, true, true, false], news);
    }
}
