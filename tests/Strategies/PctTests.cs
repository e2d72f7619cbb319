using Variants.Harness.Engine;
using Variants.Harness.Strategies;

namespace Variants.Tests;

/// <summary>
/// The guarantee of PCT: a bug of depth d in one execution of n CPUs and k steps with probability at least
/// 1 / (n * k^(d - 1)). Seeds are fixed, so these numbers do not change from run to run.
/// </summary>
public sealed class PctTests
{
    private const int Executions = 20_000;

    [Fact]
    public void At_depth_1_a_CPU_runs_until_it_ends()
    {
        var track = new Track(4, 4, 4);
        var pct = new Pct(1);

        Assert.Equal(
            ["AAAABBBBCCCC", "AAAACCCCBBBB", "BBBBAAAACCCC", "BBBBCCCCAAAA", "CCCCAAAABBBB", "CCCCBBBBAAAA"],
            Enumerable.Range(1, 200).Select(seed => track.Run(pct, (ulong)seed)).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_priority_change_switches_at_most_once_more()
    {
        foreach (int depth in new[] { 1, 2, 3, 4, 5 })
        {
            var track = new Track(10, 10);
            var pct = new Pct(depth);
            int switches = Enumerable.Range(1, 2_000).Max(seed => Switches(track.Run(pct, (ulong)seed)));

            Assert.Equal(depth, switches);
        }
    }

    [Fact]
    public void Every_step_is_as_likely_to_be_a_change_point()
    {
        // With two CPUs of 10 steps and one change, the first CPU is left after 0 to 10 steps: each of the 19 outcomes
        // AxB.. with x in 1..9 has probability 1/40 for A and 1/40 for B.
        var track = new Track(10, 10);
        var pct = new Pct(2);
        var counts = new int[11];
        for (int seed = 1; seed <= Executions; seed++)
        {
            string text = track.Run(pct, (ulong)seed);
            if (Switches(text) == 2)
            {
                counts[text.IndexOf(text[^1] == text[0] ? Other(text[0]) : text[0], StringComparison.Ordinal)]++;
            }
        }

        // Expected 20,000 / 20 = 1,000 each, standard deviation 31.
        Assert.All(counts[1..10], count => Assert.InRange(count, 870, 1_130));
    }

    [Fact]
    public void A_bug_of_depth_2_is_found_at_least_once_in_n_k_executions()
    {
        // A lost update in a window of one step among 40: depth 2. The bound is 1 / (2 * 43): 232 of 20,000.
        LostUpdate program = new(stepsBefore: 40);
        program.Program.ExpectedSteps = 43;

        int found = program.Program.Count(new Pct(2), Executions, () => program.Program.Word.Raw == 1);
        Assert.InRange(found, Executions / (2 * 43), Executions);

        // Without a change of priority there is no window.
        Assert.Equal(0, program.Program.Count(new Pct(1), Executions, () => program.Program.Word.Raw == 1));
    }

    [Fact]
    public void A_CPU_that_must_be_held_back_is_held_back_by_PCT_but_not_by_a_random_walk()
    {
        // B's only step must come after A's 40: PCT does it in half of all executions, a random walk in one of 2^40.
        // The chance that it does so in 20,000 is 2 in 100 million.
        var track = new Track(40, 1);
        bool HeldBack() => track.Text.EndsWith('B');

        Assert.InRange(track.Program.Count(new Pct(1), Executions, HeldBack), 9_700, 10_300);
        Assert.Equal(0, track.Program.Count(new RandomWalk(), Executions, HeldBack));
    }

    [Fact]
    public void A_bug_of_depth_3_needs_depth_3()
    {
        // B comes into the middle of A, and A into the middle of that: with two changes and k = 8, at least
        // 1 / (2 * 64) of all executions: 156 of 20,000.
        var track = new Track(4, 4);
        bool Found() => track.Text is "ABBAAABB";

        Assert.InRange(track.Program.Count(new Pct(3), Executions, Found), Executions / (2 * 64), Executions);
        Assert.Equal(0, track.Program.Count(new Pct(2), Executions, Found));
    }

    [Fact]
    public void A_CPU_that_sleeps_goes_on_at_once_or_lets_the_others_go_first()
    {
        // B has to come while A sleeps. Were a sleep a step like any other, depth 1 would never find it; were it always a
        // change of priority, nobody would ever wake at once.
        FoundAsleep found = new(smp => smp.Point());

        // Whenever A has the higher priority and does not wake at once: 2,500, standard deviation 43.
        Assert.InRange(found.Program.Count(new Pct(1), 10_000, () => found.IsFound), 2_330, 2_670);
    }

    [Fact]
    public void Whoever_falls_later_may_fall_less_deep()
    {
        // A is interrupted by B and that by C, which ends: 1 order of 6, and 2 changes at 2 steps of 12. Each of the two goes
        // on first in half of these executions: 1 of 864, 23 of 20,000, standard deviation 5.
        var track = new Track(4, 4, 4);

        Assert.InRange(track.Program.Count(new Pct(3), Executions, () => track.Text is "AABBCCCCAABB"), 8, 40);
        Assert.InRange(track.Program.Count(new Pct(3), Executions, () => track.Text is "AABBCCCCBBAA"), 8, 40);
    }

    [Fact]
    public void The_steps_of_the_setup_are_not_counted()
    {
        // The changes fall among the steps that are chosen: 20 of them, after a setup of 1,000.
        var setup = new TestProgram();
        Smp smp = setup.Smp;
        var text = new List<char>();
        var pct = new Pct(2);
        int interrupted = 0;
        for (ulong seed = 1; seed <= 1_000; seed++)
        {
            text.Clear();
            pct.Begin(seed, 20);
            smp.PowerOn();
            smp.Spawn("setup", async _ => await Steps(smp, 1_000, _ => { }));
            smp.Run(null);
            smp.RetireFinished();
            smp.Spawn("A", async _ => await Steps(smp, 10, _ => text.Add('A')));
            smp.Spawn("B", async _ => await Steps(smp, 10, _ => text.Add('B')));
            smp.Run(pct);
            interrupted += Switches(string.Concat(text)) == 2 ? 1 : 0;
        }

        // 9 of 20 change points interrupt the CPU that goes first.
        Assert.InRange(interrupted, 400, 500);
    }

    [Fact]
    public void Only_depths_that_were_promised_are_accepted()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Pct(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Pct(6));
    }

    private static async KTask Steps(Smp smp, int count, Action<int> each)
    {
        for (int i = 0; i < count; i++)
        {
            await smp.Point();
            each(i);
        }
    }

    private static int Switches(string text) => text.Zip(text[1..]).Count(pair => pair.First != pair.Second);

    private static char Other(char cpu) => cpu == 'A' ? 'B' : 'A';
}

/// <summary>
/// Two CPUs increment a word, each in a step of its own for the read and for the write, under a lock for each: no
/// data race, and one update lost if one comes between.
/// </summary>
internal sealed class LostUpdate
{
    internal LostUpdate(int stepsBefore)
    {
        var spinLock = new SpinLock(Program.Smp, "lock");
        async KTask Increment(int steps)
        {
            for (int i = 0; i < steps; i++)
            {
                await Program.Smp.Point();
            }

            await spinLock.Lock();
            int seen = Program.Word.Value;
            await spinLock.Unlock();
            await spinLock.Lock();
            Program.Word.Value = seen + 1;
            await spinLock.Unlock();
        }

        Program.ExpectedSteps = stepsBefore + 8;
        Program.On("A", () => Increment(stepsBefore)).On("B", () => Increment(0));
    }

    internal TestProgram Program { get; } = new();
}

/// <summary>B does one step and then looks whether A is asleep, which sleeps after its first step.</summary>
internal sealed class FoundAsleep
{
    internal FoundAsleep(Func<Smp, Step<Smp.Going>> step)
    {
        bool asleep = false;
        Program.Before = () => asleep = IsFound = false;
        Program
            .On("A", async () =>
            {
                await Program.Smp.Point();
                asleep = true;
                await Program.Smp.Sleep();
                asleep = false;
            })
            .On("B", async () =>
            {
                await step(Program.Smp);
                IsFound = asleep;
            });
    }

    internal TestProgram Program { get; } = new();

    internal bool IsFound { get; private set; }
}
