using Variants.Harness.Engine;
using Variants.Harness.Primitives;
using Variants.Harness.Strategies;

namespace Variants.Tests;

/// <summary>
/// A warm machine allocates nothing, and what fails leaves nothing behind. Release builds only: in Debug ones the
/// compiler makes every state machine a class.
/// </summary>
public sealed class AllocationTests
{
    private const int Executions = Allocations.AreCounted ? 10_000 : 100;

    public static TheoryData<string> EveryStrategy => [.. KnownStrategies.Names];

    [Theory]
    [MemberData(nameof(EveryStrategy))]
    public void Passing_executions_allocate_nothing(string name)
    {
        TestProgram program = Locking(fails: false);
        Strategy strategy = KnownStrategies.Create(name);

        Assert.Equal(0, AllocatedBy(program, strategy));
        Assert.Null(program.Smp.Failure);
    }

    [Fact]
    public void Nor_do_recording_and_replaying_one()
    {
        TestProgram program = Locking(fails: false);
        var recording = new Recording(new RandomWalk());

        Assert.Equal(0, AllocatedBy(program, recording));
        Assert.Equal(0, AllocatedBy(program, new Replay([.. recording.Choices])));
    }

    [Fact]
    public void A_device_that_never_ends_is_recycled_when_the_machine_is_switched_on_again()
    {
        TestProgram program = Locking(fails: false);
        var queue = new WaitQueue(program.Smp, "requests");
        program.Device("disk", async () =>
        {
            while (true)
            {
                await queue.Sleep();
            }
        });

        Assert.Equal(0, AllocatedBy(program, new RandomWalk()));
        Assert.Null(program.Smp.Failure);
    }

    [Fact]
    public void Failing_executions_cost_their_failure_and_nothing_else()
    {
        TestProgram program = Locking(fails: true);
        var strategy = new RandomWalk();

        // The record; its texts are constants here. Frames that were not recycled would add a kilobyte.
        const long Records = Executions * 48;
        long bytes = AllocatedBy(program, strategy, Records);
        Assert.Equal(FailureKind.Bug, program.Smp.Failure?.Kind);
        Assert.Equal(Records, bytes);
    }

    /// <summary>Bytes that so many executions allocate once warm.</summary>
    private static long AllocatedBy(TestProgram program, Strategy strategy, long expected = 0) => Allocations.Of(
        () =>
        {
            for (int seed = 1; seed <= Executions; seed++)
            {
                program.Run(strategy, (ulong)seed);
            }
        },
        expected);

    /// <summary>Three CPUs, two levels of calls, every kind of suspension.</summary>
    private static TestProgram Locking(bool fails)
    {
        var program = new TestProgram();
        Smp smp = program.Smp;
        var outer = new Semaphore(smp, "sem");
        var inner = new SpinLock(smp, "lock");
        var rw = new RwSemaphore(smp, "mmap_sem");
        var count = new AtomicInt(program.Thing, "users");
        var kernelLock = new BigKernelLock(smp);
        program.Before = () => count.Raw = 0;

        async KTask<int> Increment()
        {
            await inner.Lock();
            program.Word.Value++;
            await inner.Unlock();
            return await count.Add(1);
        }

        async KTask Body()
        {
            for (int i = 0; i < 3; i++)
            {
                await kernelLock.Lock();
                await outer.Down();
                await Increment();
                await smp.Sleep();
                await outer.Up();
                await kernelLock.Unlock();
                await rw.DownWrite();
                await Increment();
                await rw.UpWrite();
            }

            if (fails)
            {
                smp.Bug("test", "the end of the first CPU to get there");
            }
        }

        return program.On("A", Body).On("B", Body).On("C", Body);
    }
}
