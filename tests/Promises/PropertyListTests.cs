using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Memory;
using Variants.Properties.Promises;

namespace Variants.Tests.Promises;

public sealed class PropertyListTests
{
    [Fact]
    public void There_is_a_promise_for_every_name_in_the_order_of_reports()
    {
        Assert.Equal(PropertyNames.All, PropertyList.All.Select(property => property.Name));
        Assert.All(PropertyList.All, property => Assert.Same(property, PropertyList.Of(property.Name)));
        Assert.All(PropertyList.All, property => Assert.EndsWith(".", property.Promise, StringComparison.Ordinal));
    }

    [Fact]
    public void An_unknown_name_is_answered_with_those_that_there_are()
    {
        KeyNotFoundException error = Assert.Throws<KeyNotFoundException>(() => PropertyList.Of("no-bugs"));

        Assert.Equal(
            "no promise is called 'no-bugs'; there are data-integrity, swap-accounting, no-deadlock, no-livelock, "
            + "no-use-after-free, no-spurious-signal, pin-coherence, lock-context",
            error.Message);
    }

    [Fact]
    public void Every_failure_breaks_exactly_one_promise()
    {
        string[] subjects = ["", "swapoff", "swapoff success", "swapoff gave up", "swap_map", "user data", "mmap_sem"];
        Assert.All(
            from kind in Enum.GetValues<FailureKind>()
            where kind != FailureKind.OwnProperty
            from subject in subjects
            select new Failure(kind, subject, "", 0, 0),
            failure => Assert.Single(PropertyList.All, property => property.IsBrokenBy(failure)));
    }

    [Fact]
    public void Kinds_of_failure_belong_to_these_promises()
    {
        Assert.Equal(
            """
            UseAfterFree no-use-after-free
            DoubleFree no-use-after-free
            DataRace lock-context
            LockOrder lock-context
            SleepInAtomic lock-context
            ReleaseNotHeld lock-context
            Deadlock no-deadlock
            HungTask no-deadlock
            Livelock no-livelock
            Bug swap-accounting
            CounterUnderflow swap-accounting
            Oops no-use-after-free
            WrongData data-integrity
            Incoherent pin-coherence
            SpuriousSignal no-spurious-signal
            MissingSignal data-integrity
            Accounting swap-accounting
            Leak swap-accounting
            WrongResult swap-accounting
            ForgottenAwait lock-context
            RunawayStep no-livelock
            """.ReplaceLineEndings("\n"),
            string.Join("\n", Enum.GetValues<FailureKind>().Where(kind => kind != FailureKind.OwnProperty).Select(kind => $"{kind} {PromiseOf(kind, "anything")}")));
        Assert.Equal("no-livelock", PromiseOf(FailureKind.WrongResult, "swapoff gave up"));
        Assert.Equal("mine", PropertyList.NameOfBroken(new Failure(FailureKind.OwnProperty, "mine", "", 0, 0)));
    }

    [Fact]
    public void Only_promises_that_are_asked_for_are_watched()
    {
        var machine = new Machine(DirectKernel.Checks, m => new DirectKernel(m));

        Assert.Empty(PropertyList.Watch(machine, ["no-deadlock", "no-use-after-free", "lock-context"]));
        Assert.Single(PropertyList.Watch(machine, ["swap-accounting"]));
        Assert.Throws<KeyNotFoundException>(() => PropertyList.Watch(machine, ["no-bugs"]));
    }

    [Fact]
    public void The_shadow_is_kept_once_and_learns_last()
    {
        var machine = new Machine(DirectKernel.Checks, m => new DirectKernel(m));

        IWitness[] witnesses = PropertyList.Watch(machine, PropertyNames.All);

        Assert.IsType<ShadowMemory>(witnesses[^1]);
        Assert.Single(witnesses, witness => witness is ShadowMemory);
    }

    private static string PromiseOf(FailureKind kind, string subject) =>
        PropertyList.BrokenBy(new Failure(kind, subject, "", 0, 0)).Name;
}
