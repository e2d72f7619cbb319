using System.Collections.Immutable;
using Variants.Properties.Verification;

namespace Variants.Properties.Campaigns;

/// <summary>
/// How far a campaign is, for whoever wants to look, from any thread and as often as wanted. Looking costs the
/// campaign nothing.
/// </summary>
public sealed class CampaignProgress
{
    private readonly System.Threading.Lock _gate = new();
    private readonly Dictionary<string, long> _proving = [];
    private VariantProgress[] _variants = [];
    private (int Operations, int Preemptions)? _smallest;
    private int _remembered;
    private int _toRemember;
    private int _shrunk;
    private int _toShrink;
    private int _proved;
    private int _toProve;

    /// <summary>For each variant, what has been done so far.</summary>
    public ImmutableArray<VariantProgress> Variants
    {
        get
        {
            lock (_gate)
            {
                return [.. _variants];
            }
        }
    }

    /// <summary>Failing executions shrunk so far, of how many; 0 of 0 until every variant has run.</summary>
    public (int Done, int Total) Shrinking => (Volatile.Read(ref _shrunk), Volatile.Read(ref _toShrink));

    /// <summary>The operations and preemptions of the smallest counterexample so far; null if there is none.</summary>
    public (int Operations, int Preemptions)? Smallest
    {
        get
        {
            lock (_gate)
            {
                return _smallest;
            }
        }
    }

    /// <summary>Variants on which every known case has been tried, of how many; 0 of 0 if none are known.</summary>
    public (int Done, int Total) Remembering => (Volatile.Read(ref _remembered), Volatile.Read(ref _toRemember));

    /// <summary>Called once, before anything random is run, with the known cases that failed again, if there are any.</summary>
    public Action<ImmutableArray<Recurrence>>? OnKnown { get; init; }

    /// <summary>Variants of which all small histories have been explored, of how many; 0 of 0 until that has begun.</summary>
    public (int Done, int Total) Proving => (Volatile.Read(ref _proved), Volatile.Read(ref _toProve));

    /// <summary>Executions of small histories so far.</summary>
    public long ProvingExecutions
    {
        get
        {
            lock (_gate)
            {
                return _proving.Values.Sum();
            }
        }
    }

    internal void Recur(IEnumerable<Recurrence> recurrences)
    {
        ImmutableArray<Recurrence> all = [.. recurrences];
        if (!all.IsEmpty)
        {
            OnKnown?.Invoke(all);
        }
    }

    internal void Begin(IReadOnlyList<Contender> contenders)
    {
        lock (_gate)
        {
            _variants = [.. contenders.Select(contender => new VariantProgress(contender.Variant.Name, 0, 0, 0, 0))];
        }
    }

    internal void Update(int variant, VariantProgress progress)
    {
        lock (_gate)
        {
            // Two workers may bring their news in the wrong order.
            if (progress.Executions > _variants[variant].Executions)
            {
                _variants[variant] = progress;
            }
        }
    }

    internal void BeginRemembering(int total) => Volatile.Write(ref _toRemember, total);

    internal void OneRemembered() => Interlocked.Increment(ref _remembered);

    internal void BeginShrinking(int total) => Volatile.Write(ref _toShrink, total);

    internal void BeginProving(int total) => Volatile.Write(ref _toProve, total);

    internal void Prove(VerifyState state)
    {
        lock (_gate)
        {
            _proving[state.Variant] = state.Executions;
        }
    }

    internal void OneProved() => Interlocked.Increment(ref _proved);

    internal void OneShrunk(Counterexample? found)
    {
        lock (_gate)
        {
            _shrunk++;
            if (found is not null && (_smallest is not var (operations, preemptions) || (found.Operations, found.Preemptions).CompareTo((operations, preemptions)) < 0))
            {
                _smallest = (found.Operations, found.Preemptions);
            }
        }
    }
}

/// <summary>What has been done of a variant so far.</summary>
/// <param name="Variant">The variant, by name.</param>
/// <param name="Histories">Histories of which all schedules have run.</param>
/// <param name="Executions">Executions.</param>
/// <param name="Steps">Their steps.</param>
/// <param name="Failures">Executions that broke a promise.</param>
public sealed record VariantProgress(string Variant, long Histories, long Executions, long Steps, long Failures);
