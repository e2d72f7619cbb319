using Variants.Harness.Engine;

namespace Variants.Tests;

/// <summary>Use after free and double free (KASAN).</summary>
public sealed class MemoryCheckerTests
{
    [Fact]
    public void A_read_after_the_object_was_freed_is_reported()
    {
        Assert.Equal(
            new Failure(FailureKind.UseAfterFree, "thing", "Read of thing0.count by B after thing0 was freed", Cpu: 1, Step: 3),
            Reading(Checks.All, freed: true).Run());
    }

    [Fact]
    public void A_write_after_the_object_was_freed_is_reported()
    {
        var program = new TestProgram();
        program.On("A", async () =>
        {
            await program.Smp.Point();
            program.Thing.Free();
            program.Word.Value = 1;
        });

        Assert.Equal(
            new Failure(FailureKind.UseAfterFree, "thing", "Write of thing0.count by A after thing0 was freed", Cpu: 0, Step: 1),
            program.Run());
    }

    [Fact]
    public void A_use_of_what_is_no_word_is_reported()
    {
        var program = new TestProgram();
        program.On("A", async () =>
        {
            await program.Smp.Point();
            program.Thing.Free();
            program.Thing.Touch("lock_page");
        });

        Assert.Equal(
            new Failure(FailureKind.UseAfterFree, "thing", "lock_page of thing0 by A after it was freed", Cpu: 0, Step: 1),
            program.Run());
    }

    [Fact]
    public void An_object_that_lives_or_lives_again_may_be_used()
    {
        Assert.Null(Reading(Checks.All, freed: false).Run());
        Assert.Null(Freeing(Checks.All, times: 2, allocateBetween: true).Run());
    }

    [Fact]
    public void Freeing_twice_is_reported()
    {
        Assert.Equal(
            new Failure(FailureKind.DoubleFree, "thing", "double free of thing0 by A", Cpu: 0, Step: 1),
            Freeing(Checks.All, times: 2, allocateBetween: false).Run());
    }

    [Fact]
    public void Freeing_once_is_not()
    {
        Assert.Null(Freeing(Checks.All, times: 1, allocateBetween: false).Run());
    }

    [Fact]
    public void Without_the_checker_neither_is_reported()
    {
        Checks off = Checks.All with { Memory = false };

        Assert.Null(Reading(off, freed: true).Run());
        Assert.Null(Freeing(off, times: 2, allocateBetween: false).Run());
    }

    [Fact]
    public void The_checker_needs_no_other_one()
    {
        Checks alone = Checks.None with { Memory = true };

        Assert.Equal(FailureKind.UseAfterFree, Reading(alone, freed: true).Run()?.Kind);
        Assert.Equal(FailureKind.DoubleFree, Freeing(alone, times: 2, allocateBetween: false).Run()?.Kind);
    }

    private static TestProgram Reading(Checks checks, bool freed)
    {
        var program = new TestProgram(checks);
        int seen = 0;
        return program
            .On("A", async () =>
            {
                await program.Smp.Point();
                await program.Smp.Point();
                if (freed)
                {
                    program.Thing.Free();
                }
            })
            .On("B", async () =>
            {
                await program.Smp.Point();
                seen += program.Word.Value;
            });
    }

    private static TestProgram Freeing(Checks checks, int times, bool allocateBetween)
    {
        var program = new TestProgram(checks);
        return program.On("A", async () =>
        {
            await program.Smp.Point();
            for (int i = 0; i < times; i++)
            {
                program.Thing.Free();
                if (allocateBetween)
                {
                    program.Thing.Allocate();
                    program.Word.Value = 1;
                }
            }
        });
    }
}
