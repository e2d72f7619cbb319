using Variants.Harness.Memory;
using Variants.Properties.Verification;
using Variants.Reports.Diagrams;
using Variants.Reports.Pages;

namespace Variants.Reports.Commands;

/// <summary>
/// How far the verification of a variant is: histories, executions and their rate, the smallest failure, what is left.
/// </summary>
/// <param name="writer">Where it is told.</param>
/// <param name="begun">Where the verification began.</param>
/// <param name="all">How many histories there are; null if nobody counted.</param>
/// <param name="budget">When it ends in any case; null if it does not.</param>
internal sealed class VerifyPace(TextWriter writer, VerifyState begun, long? all, TimeSpan? budget)
{
    private readonly Pace _pace = new(writer);
    private (TimeSpan At, long Histories) _before = (TimeSpan.Zero, begun.Histories);

    /// <summary>Tells, if it is time to.</summary>
    public void Tell(VerifyState state)
    {
        if (!_pace.IsDue)
            return;
        TimeSpan elapsed = _pace.Elapsed;
        _pace.Tell(Share(state, elapsed), () => Line(state, elapsed));
        _before = (elapsed, state.Histories);
    }

    /// <summary>
    /// The share of the time that is over, if those to come take as long as those since it was told last: small histories
    /// come first, and are done in no time.
    /// </summary>
    private double? Share(VerifyState state, TimeSpan elapsed)
    {
        double? ofBudget = budget is { } time ? elapsed / time : null;
        long since = state.Histories - _before.Histories;
        if (all is not { } total || since <= 0)
            return ofBudget;
        TimeSpan left = (elapsed - _before.At) * ((total - state.Histories) / (double)since);
        return Math.Max(elapsed / (elapsed + left), ofBudget ?? 0);
    }

    private string Line(VerifyState state, TimeSpan elapsed)
    {
        string of = all is { } total ? $" of {Wording.Number(total)}" : "";
        long rate = (long)((state.Executions - begun.Executions) / elapsed.TotalSeconds);
        string smallest = state.Failures.IsEmpty
            ? ""
            : $", {Wording.Count(state.Failures.Length, "failure")}, the smallest with {Wording.Count(state.Failures.Min(failure => failure.Operations), "operation")}";
        string machine = state.Machine == MachineSize.Usual ? "" : $" on {ProofText.Machine(state.Machine)}";
        return $"{state.Variant}{machine}: {Wording.Number(state.Histories)}{of} histories, {Wording.Count(state.Executions, "execution")}, {Wording.Number(rate)}/s{smallest}";
    }
}
