using System.Collections.Immutable;
using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Properties.Verification;

namespace Variants.Properties.Campaigns;

/// <summary>What a campaign found: the same for the same arguments, but for <see cref="VariantResult.Timing"/>.</summary>
/// <param name="Options">What was run.</param>
/// <param name="Variants">For each variant, in the order of the families.</param>
/// <param name="Interrupted">True if it was stopped before its budget was used up.</param>
public sealed record CampaignResult(
    CampaignOptions Options,
    ImmutableArray<VariantResult> Variants,
    bool Interrupted)
{
    /// <summary>Variants that a user brought and that could not be relied on: they are not among <see cref="Variants"/>.</summary>
    public ImmutableArray<SetAsideVariant> SetAside { get; init; } = [];

    /// <summary>How many known cases were tried: those of the families that were compared.</summary>
    public int KnownTried => Options.Known.Count(known => Variants.Any(one => one.Family.Name == known.History.Family));

    /// <summary>The same without a variant that turned out not to be relied on.</summary>
    public CampaignResult Without(string variant, string problem) => this with
    {
        Variants = [.. Variants.Where(one => one.Variant.Name != variant)],
        SetAside = [.. SetAside, .. Variants.Where(one => one.Variant.Name == variant).Select(one => new SetAsideVariant(one.Variant, problem))],
    };
}

/// <summary>What was found of one variant.</summary>
/// <param name="Family">Its family.</param>
/// <param name="Variant">The variant.</param>
/// <param name="Histories">Histories run, under all their schedules.</param>
/// <param name="Executions">Executions: histories times schedules, and what was run of histories that were cut short.</param>
/// <param name="Steps">Steps of all executions.</param>
/// <param name="Verdicts">For each property of the family.</param>
/// <param name="Survival">
/// The share of histories in which no execution had failed after so many schedules, at each power of two and at the
/// last schedule.
/// </param>
/// <param name="Timing">How long it took: the only part that differs from run to run.</param>
public sealed record VariantResult(
    Family Family,
    Variant Variant,
    long Histories,
    long Executions,
    long Steps,
    ImmutableArray<Verdict> Verdicts,
    ImmutableArray<SurvivalPoint> Survival,
    Timing Timing)
{
    /// <summary>What was measured, in the order of the family's measures; empty if it has none.</summary>
    public ImmutableArray<MeasureResult> Measures { get; init; } = [];

    /// <summary>What exploring all small histories came to; null if nobody asked.</summary>
    public ProvedBound? Proved { get; init; }
}

/// <summary>Whether a variant keeps a promise, as far as it was tried.</summary>
/// <param name="Property">The promise, by name.</param>
/// <param name="Expected">What the catalogue says.</param>
/// <param name="Executions">Executions that were held to it.</param>
/// <param name="Failures">Executions that broke it first, before any other.</param>
/// <param name="FirstFailure">Number of the first of them, from 0; -1 if there is none.</param>
/// <param name="FailureRate95">
/// 95 % Clopper-Pearson interval of the failure rate; the upper end is the bound when nothing failed.
/// </param>
/// <param name="Counterexamples">
/// Minimal counterexamples, one for each way in which it fails, the smallest first; empty if it holds.
/// </param>
public sealed record Verdict(
    string Property,
    Expectation Expected,
    long Executions,
    long Failures,
    long FirstFailure,
    (double Low, double High) FailureRate95,
    ImmutableArray<Counterexample> Counterexamples)
{
    /// <summary>The known cases that broke it, by name, in order; their executions are not among those above.</summary>
    public ImmutableArray<string> Known { get; init; } = [];

    /// <summary>True if a small history breaks it, explored whole; those executions are not among those above.</summary>
    public bool IsRefuted { get; init; }

    /// <summary>True if it is broken, but by no random history: by a known case, or by a small one.</summary>
    public bool IsNeverRandom => !Holds && Failures == 0;

    /// <summary>True if no execution broke it.</summary>
    public bool Holds => Failures == 0 && Known.IsEmpty && !IsRefuted;

    /// <summary>False if the catalogue says otherwise; where it says nothing, any verdict is as expected.</summary>
    public bool IsAsExpected => Expected == Expectation.Unknown || Holds == (Expected == Expectation.Holds);
}

/// <summary>A history and a schedule that break a promise, and cannot be made smaller.</summary>
/// <param name="History">The history.</param>
/// <param name="Schedule">The schedule, as choices: see <see cref="ExploredClock"/>.</param>
/// <param name="Failure">What goes wrong.</param>
/// <param name="Preemptions">Switches away from a CPU that could have gone on.</param>
/// <param name="Shrinking">How it was made so small.</param>
public sealed record Counterexample(
    History History,
    ImmutableArray<int> Schedule,
    Failure Failure,
    int Preemptions,
    ShrinkStatistics Shrinking)
{
    /// <summary>Operations of the history, setup included.</summary>
    public int Operations => History.Count;
}

/// <summary>What shrinking did.</summary>
/// <param name="FromOperations">Operations at first.</param>
/// <param name="FromPreemptions">Preemptions at first.</param>
/// <param name="Executions">Executions it took.</param>
/// <param name="HitLimit">True if it stopped at its limit: the counterexample may not be minimal.</param>
/// <param name="Certificate">Whether it is minimal, if that was asked.</param>
public sealed record ShrinkStatistics(
    int FromOperations, int FromPreemptions, long Executions, bool HitLimit, Certificate? Certificate = null);

/// <summary>
/// What is known of a counterexample being minimal: every history with an operation less was explored whole, and every
/// schedule of the same history with fewer preemptions was run, and none fails in the same way.
/// </summary>
/// <param name="IsProved">True if so; false if the limit came first, or a loop tried again too often.</param>
/// <param name="Executions">Executions that it took.</param>
/// <param name="HitLimit">True if it is the limit that came first.</param>
public sealed record Certificate(bool IsProved, long Executions, bool HitLimit = false);

/// <summary>A point of a survival curve.</summary>
public readonly record struct SurvivalPoint(int Schedules, double Share);

/// <summary>How long a variant took.</summary>
/// <param name="Seconds">Wall time of its executions, summed over workers.</param>
/// <param name="ExecutionsPerSecond">On one worker.</param>
/// <param name="StepsPerSecond">On one worker.</param>
/// <param name="ShrinkSeconds">Wall time of shrinking its counterexamples, summed over workers.</param>
public sealed record Timing(double Seconds, double ExecutionsPerSecond, double StepsPerSecond, double ShrinkSeconds);
