using Variants.Harness.Engine;
using Variants.Harness.Primitives;

namespace Variants.Tests.Faults;

/// <summary>What is freed through RCU is freed when its readers have left: not before, and not later.</summary>
public sealed class RcuTests
{
    [Fact]
    public void Without_readers_it_is_freed_at_once()
    {
        TestProgram program = new();
        Rcu rcu = new(program.Smp, "rcu");
        program.On("A", async () =>
        {
            await program.Smp.Point();
            rcu.Free(program.Thing);
        });
        Assert.Null(program.Run());
        Assert.False(program.Thing.IsAllocated);
    }

    [Fact]
    public void Whoever_was_reading_can_go_on_and_the_last_one_frees_it()
    {
        TestProgram program = new();
        Rcu rcu = new(program.Smp, "mm_srcu", maySleep: true);
        bool wasAlive = false;
        program.On("A", async () =>
        {
            rcu.ReadLock();
            await program.Smp.Sleep();
            wasAlive = program.Thing.IsAllocated && rcu.Pending == 1;
            rcu.ReadUnlock();
        });
        program.On("B", async () =>
        {
            await program.Smp.Point();
            rcu.Free(program.Thing);
        });
        Assert.Null(program.RunWith(1));
        Assert.True(wasAlive);
        Assert.False(program.Thing.IsAllocated);
    }

    [Fact]
    public void Nobody_sleeps_where_readers_are_atomic()
    {
        TestProgram program = new();
        Rcu rcu = new(program.Smp, "rcu");
        program.On("A", async () =>
        {
            rcu.ReadLock();
            await program.Smp.Sleep();
            rcu.ReadUnlock();
        });
        Assert.Equal(FailureKind.SleepInAtomic, program.Run()?.Kind);
    }

    [Fact]
    public void Nobody_leaves_what_he_has_not_entered()
    {
        TestProgram program = new();
        Rcu rcu = new(program.Smp, "rcu");
        program.On("A", async () =>
        {
            await program.Smp.Point();
            rcu.ReadUnlock();
        });
        Assert.Equal(FailureKind.ReleaseNotHeld, program.Run()?.Kind);
    }
}
