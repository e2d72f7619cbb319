using Variants.Harness.Engine;
using Variants.Harness.Strategies;

namespace Variants.Tests;

public sealed class ReplayTests
{
    public static TheoryData<string> Every => [.. KnownStrategies.Names];

    [Fact]
    public void Zero_stays_or_goes_round_from_a_CPU_that_is_through_and_a_schedule_that_has_run_out_is_all_zeros()
    {
        var track = new Track(3, 2, 2);

        Assert.Equal("AAABBCC", track.Run(new Replay([])));
        Assert.Equal("AAABBCC", track.Run(new Replay([0, 0, 0, 0])));
        Assert.Equal("ABBCCAA", track.Run(new Replay([0, 1])));
    }

    [Fact]
    public void Other_numbers_go_round_from_the_CPU_that_runs()
    {
        var track = new Track(2, 2, 2);

        Assert.Equal("CABCAB", track.Run(new Replay([2, 1, 1, 1, 0])));
        Assert.Equal("BACBAC", track.Run(new Replay([1, 2, 2, 2, 1])));
    }

    [Fact]
    public void A_number_that_is_too_great_means_the_last_in_the_order()
    {
        var track = new Track(2, 2, 2);

        Assert.Equal(track.Run(new Replay([2, 2, 2])), track.Run(new Replay([99, 99, 99])));
    }

    [Fact]
    public void A_CPU_that_gave_way_is_not_stayed_on()
    {
        var program = new TestProgram();
        var seen = new List<char>();
        program
            .On("A", async () =>
            {
                await program.Smp.Point();
                seen.Add('A');
                await program.Smp.Relax();
                seen.Add('A');
            })
            .On("B", async () =>
            {
                await program.Smp.Point();
                seen.Add('B');
            });

        Assert.Null(program.RunWith());
        Assert.Equal("ABA", string.Concat(seen));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void A_recorded_execution_is_replayed_choice_for_choice(string name)
    {
        // Locks, sleeps and spins; half of the executions fail.
        TestProgram program = SomeOfEverything();
        var recording = new Recording(KnownStrategies.Create(name));
        for (ulong seed = 1; seed <= 300; seed++)
        {
            Failure? failure = program.Run(recording, seed);
            int[] choices = [.. recording.Choices];
            int steps = program.Smp.Explored.Steps;
            int word = program.Word.Raw;

            var again = new Recording(new Replay(choices));
            Assert.Equal(failure, program.Run(again));
            Assert.Equal(choices, again.Choices);
            Assert.Equal((steps, word), (program.Smp.Explored.Steps, program.Word.Raw));
        }
    }

    [Fact]
    public void Encoding_and_decoding_are_inverse_whoever_runs()
    {
        // On a machine that is switched on, CPU 0 runs; the others are reached by the executions above.
        var smp = new Smp(Checks.All);
        smp.PowerOn();
        for (uint enabled = 1; enabled < 256; enabled++)
        {
            for (int cpu = 0; cpu < Smp.MaxCpus; cpu++)
            {
                if ((enabled >> cpu & 1) != 0)
                {
                    Assert.Equal(cpu, smp.Explored.Decode(enabled, smp.Explored.Encode(enabled, cpu)));
                }
            }
        }
    }

    [Fact]
    public void It_says_how_many_choices_were_asked_for()
    {
        var track = new Track(2, 2);
        var replay = new Replay([0, 0, 0, 0, 0, 0]);
        track.Run(replay);

        // A, A, then B alone: nothing to choose.
        Assert.Equal(2, replay.Asked);
    }

    [Fact]
    public void A_recording_has_the_name_of_what_it_records()
    {
        Assert.Equal("pct3", new Recording(new Pct(3)).Name);
    }

    private static TestProgram SomeOfEverything()
    {
        var program = new TestProgram(Checks.All with { LockOrder = false });
        Smp smp = program.Smp;
        var a = new Semaphore(smp, "a_sem");
        var b = new Semaphore(smp, "b_sem");
        var kernelLock = new BigKernelLock(smp);
        async KTask Body(Semaphore first, Semaphore second)
        {
            await kernelLock.Lock();
            await first.Down();
            await smp.Sleep();
            await second.Down();
            int seen = program.Word.Value;
            await smp.Relax();
            program.Word.Value = seen + 1;
            await second.Up();
            await first.Up();
            await kernelLock.Unlock();
            await smp.Schedule();
        }

        return program.On("A", () => Body(a, b)).On("B", () => Body(b, a)).On("C", () => Body(a, b));
    }
}
