using System.Globalization;
using Variants.Harness.Memory;
using Variants.Properties.Campaigns;
using Variants.Properties.Verification;
using Variants.Reports.Diagrams;

namespace Variants.Reports.Pages;

/// <summary>What exploring every small history came to, in words. Pure.</summary>
internal static class ProofText
{
    /// <summary>
    /// A sentence for each machine, or one if all of it is proved on all of them: <c>holds: proved for all 2,119 histories of up
    /// to 2 operations by 2 actors on machines of 16 pages and of 2 pages (low 1), 6,888 executions</c>.
    /// </summary>
    public static IEnumerable<string> Verdicts(IReadOnlyList<VerifyState> states, Scope scope) =>
        states.Count > 1 && states.All(state => state.IsProved)
            ? [Proved(states, scope)]
            : states.Select(state => Verdict(state, scope));

    private static string Verdict(VerifyState state, Scope scope)
    {
        if (state is { Histories: 0, IsDone: false })
            return $"not tried{On([state])}";
        string executions = $"{Wording.Count(state.Executions, "execution")}{scope.Schedules()}";
        string searched = $"{scope.Histories(Wording.Number(state.Histories))}{On([state])}, {executions}{Unfinished(state)}";
        if (!state.Failures.IsEmpty)
            return $"fails ({(state.IsDone ? "of" : "so far, of")} {searched})";
        return state.IsProved
            ? Proved([state], scope)
            : $"holds as far as searched ({(state.IsDone ? "" : "the first ")}{searched})";
    }

    /// <summary>The same in one sentence of a report, with the promises that are broken.</summary>
    public static string Sentence(string name, ProvedBound proved)
    {
        if (proved.Obstacle is not null)
            return $"With small histories nothing can be proved of {name}: its CPUs share something that is no Cell, SharedObject or SharedFact.";
        string[] broken = [.. proved.State.Failures.Select(failure => failure.Property).Distinct()];
        return $"With small histories {name} {Verdict(proved.State, proved.Scope)}{(broken.Length == 0 ? "" : $": {Wording.List(broken)}")}.";
    }

    /// <summary>Of several variants, who was proved, who was not, and who failed, in a sentence or two; empty if nobody asked.</summary>
    public static string Summary(IReadOnlyList<VariantResult> variants)
    {
        if (variants.FirstOrDefault(variant => variant.Proved is not null)?.Proved is not { } any)
            return "";
        IEnumerable<string> told =
            from one in new[] { (ProofVerdict.Proved, "Proved"), (ProofVerdict.Searched, "Holds as far as searched"), (ProofVerdict.Fails, "Fails") }
            let names = Names(one.Item1)
            where names.Length > 0
            select $" {one.Item2}: {Wording.List(names)}.";
        return $"Every interleaving of all {any.Scope.Histories("")[1..]}{On([any.State])}.{string.Concat(told)}";

        string[] Names(ProofVerdict verdict) => [.. variants.Where(variant => variant.Proved?.Verdict == verdict).Select(variant => variant.Variant.ShortName)];
    }

    /// <summary>A word for a table: <c>proved</c>, <c>holds</c> as far as searched, or <c>fails</c>.</summary>
    public static string Word(ProvedBound? proved) => proved?.Verdict switch
    {
        null or ProofVerdict.Unprovable => "-",
        ProofVerdict.Fails => "fails",
        ProofVerdict.Proved => "proved",
        _ => "holds",
    };

    /// <summary>A machine in few words: <c>2 pages (low 1)</c>.</summary>
    public static string Machine(MachineSize machine) =>
        $"{Wording.Count(machine.Pages, "page")}{(machine.Low == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" (low {machine.Low})"))}";

    private static string Proved(IReadOnlyList<VerifyState> states, Scope scope) =>
        $"holds: proved for all {scope.Histories(Wording.Number(states[0].Histories))}{On(states)}, "
        + $"{Wording.Count(states.Sum(state => state.Executions), "execution")}{scope.Schedules()}";

    private static string On(IReadOnlyList<VerifyState> states) =>
        $" on {(states.Count == 1 ? "a machine" : "machines")} of {Wording.List([.. states.Select(state => Machine(state.Machine))])}";

    private static string Unfinished(VerifyState state) =>
        state.Unfinished == 0 ? "" : $"; {Wording.Number(state.Unfinished)} of them not to the end";
}
