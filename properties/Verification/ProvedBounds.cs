using System.Collections.Immutable;
using Variants.Properties.Campaigns;
using Variants.Properties.Shrinking;

namespace Variants.Properties.Verification;

/// <summary>
/// Puts a proved bound beside the statistical one: every small history of a variant, explored whole. What random
/// histories had missed becomes a failure like any other. On the usual machine: random histories have others too.
/// </summary>
internal static class ProvedBounds
{
    /// <summary>
    /// The result with its bound. It follows from the variant and the options, unless it is cancelled: then the bound says
    /// how far it came.
    /// </summary>
    /// <exception cref="VariantException">The variant failed outside of an execution.</exception>
    internal static VariantResult Add(
        VariantResult result, CampaignOptions options, int jobs, Action<VerifyState> progress, CancellationToken cancel)
    {
        var contender = new Contender(result.Family, result.Variant);
        Scope scope = options.Small! with { Actors = Math.Min(options.Small!.Actors, result.Family.MostActors) };
        var begun = new VerifyState { Variant = result.Variant.Name };
        VerifyState state;
        try
        {
            state = new Verifier(contender, scope, begun, progress) { MostSteps = options.StepsOfSmall }.Run(jobs, budget: null, cancel);
        }
        catch (UnseenSharingException obstacle)
        {
            return result with { Proved = new ProvedBound(scope, begun) { Obstacle = obstacle.Message } };
        }

        var bed = new TestBed(contender);
        return result with
        {
            Proved = new ProvedBound(scope, state),
            Verdicts = state.Failures.Aggregate(result.Verdicts, (verdicts, found) => With(verdicts, found, result, bed, options, cancel)),
        };
    }

    private static ImmutableArray<Verdict> With(
        ImmutableArray<Verdict> verdicts, VerifyFailure found, VariantResult result, TestBed bed, CampaignOptions options, CancellationToken cancel)
    {
        int at = verdicts.ToList().FindIndex(verdict => verdict.Property == found.Property);
        Verdict known = at >= 0 ? verdicts[at] : NeverBroken(found.Property, result);
        Verdict refuted = known with { IsRefuted = true, Counterexamples = With(known.Counterexamples, found, bed, options, cancel) };
        return at >= 0 ? verdicts.SetItem(at, refuted) : verdicts.Add(refuted);
    }

    /// <summary>The counterexamples with a new one, if none so far fails in that way.</summary>
    private static ImmutableArray<Counterexample> With(
        ImmutableArray<Counterexample> known, VerifyFailure found, TestBed bed, CampaignOptions options, CancellationToken cancel)
    {
        if (known.Any(one => found.IsSameAs(one.Failure))
            || found.Shrink(bed, options.ShrinkExecutions, cancel) is not { } counterexample)
        {
            return known;
        }

        return Distinctness.Smallest(known.Append(options.CertifyExecutions == 0
            ? counterexample
            : Certifier.Certify(bed, counterexample, options.ShrinkExecutions, options.CertifyExecutions, cancel)));
    }

    /// <summary>A promise that is none of the family's, and that no random execution broke.</summary>
    private static Verdict NeverBroken(string property, VariantResult result) => new(
        property,
        result.Variant.ExpectedOf(property),
        result.Executions,
        0,
        -1,
        ClopperPearson.Interval95(0, result.Executions),
        []);
}
