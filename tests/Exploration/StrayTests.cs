using Variants.Harness.Engine;
using Variants.Harness.Exploration;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Harness.Primitives;
using Variants.Harness.Programs;
using Variants.Properties.Campaigns;
using Variants.Properties.Verification;
using Variants.Reports.Commands;
using Variants.Tests.Campaigns;

namespace Variants.Tests.Exploration;

/// <summary>
/// What does not follow from its schedule: an exploration leads an execution back to where it goes on, and would take what it
/// finds elsewhere for what it looked for.
/// </summary>
public sealed class StrayTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("variants-stray-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("an await more", true)]
    [InlineData("another lock", true)]
    [InlineData("another operation", true)]
    [InlineData("the same", false)]
    public void An_exploration_notices_steps_that_do_not_come_again(string difference, bool strays)
    {
        var program = new TestProgram(Checks.None);
        SpinLock[] locks = [new(program.Smp, "first"), new(program.Smp, "second")];
        var word = new AtomicInt(program.Thing, "word");
        int execution = 0;
        program.Before = () => execution++;
        program.On("A", Body).On("B", Body);
        var dpor = new OptimalDpor();
        while (!dpor.HasStrayed && dpor.Begin(0, 0))
        {
            program.Execute(dpor);
        }

        Assert.Equal(strays, dpor.HasStrayed);

        async KTask Body()
        {
            bool isOdd = execution % 2 == 1;
            if (difference == "an await more" && isOdd)
            {
                await program.Smp.Point();
            }

            SpinLock one = locks[difference == "another lock" && isOdd ? 1 : 0];
            await one.Lock();
            await one.Unlock();
            if (difference == "another operation" && isOdd)
            {
                await word.Read();
            }
            else
            {
                await word.Add(1);
            }

            await word.Add(1);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(2)]
    public void A_kernel_that_depends_on_chance_is_told_so_and_not_that_it_broke(int? preemptions)
    {
        int calls = 0;
        Contender contender = FakeKernel.Contender(machine => new Fickle(machine, () => ++calls), Verbs.Reclaim);
        History history = HistoryText.Parse("history fake\nactors\n  A: reclaim 1\n     reclaim 1\n  B: reclaim 1\n     reclaim 1\n  C: reclaim 1\n", "test").History;
        var thrown = Assert.Throws<VariantException>(
            () => new HistoryProof(new TestBed(contender), preemptions).Explore(history, 1_000, CancellationToken.None));

        Assert.Equal(
            "fake/kernel: took a step once and not when the same history and schedule were run again; "
            + "Boot() must set everything that the kernel keeps, and nothing may depend on time, chance or threads",
            thrown.Message);
    }

    [Fact]
    public void A_program_that_depends_on_chance_is_refused()
    {
        int execution = 0;
        var program = new ConcurrentProgram(
            "mine/fickle",
            "Two CPUs, and one step more each second time.",
            "nobody",
            2,
            machine =>
            {
                AtomicInt count = machine.Word("count");
                for (int cpu = 0; cpu < 2; cpu++)
                {
                    machine.On(async _ =>
                    {
                        if (++execution % 4 < 2)
                        {
                            await count.Read();
                        }

                        await count.Add(1);
                    });
                }
            });
        (int code, _, string error) = Reports.Shell.Run(["verify", "mine/fickle", "--out", Path.Combine(_folder, "out")], program);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.EndsWith(
            "variants: mine/fickle: took a step once and not when the same schedule was run again; nothing in it may depend on time, chance or threads\n",
            error,
            StringComparison.Ordinal);
    }

    /// <summary>One step more at every third call.</summary>
    private sealed class Fickle(Machine machine, Func<int> call) : FakeKernel(machine)
    {
        private readonly AtomicInt _word = new(new Thing(machine.Smp), "word");

        public override async KTask<int> Call(TaskStruct current, Operation operation)
        {
            await _word.Add(1);
            if (call() % 3 == 0)
            {
                await _word.Read();
            }

            await _word.Add(1);
            return 0;
        }
    }
}
