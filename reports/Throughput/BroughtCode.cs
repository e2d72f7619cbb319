using System.Collections.Immutable;
using Variants.Harness.Memory;
using Variants.Harness.Workloads;
using Variants.Properties.Campaigns;

namespace Variants.Reports.Throughput;

/// <summary>A workload or a design that a user brought and that cannot be relied on: no measurement speaks of it.</summary>
/// <param name="Name">As it is called: <c>exec-storm</c>, <c>faults/mine</c>.</param>
/// <param name="Problem">Why, in a sentence that names it.</param>
public sealed record SetAsideCode(string Name, string Problem);

/// <summary>
/// Runs what a user brought beside what comes with Variants. What throws where no CPU runs it, or does not come back, is set
/// aside. If both are a user's, the workload is, as the sentence says on which design and where it happened.
/// </summary>
/// <remarks>
/// Runs begin in an order that does not depend on how many workers there are, and of several complaints of one thing the one
/// of the earliest run is kept: so that the sentence does not depend on them either. What a user brought runs one at a time:
/// whatever else needs what did not come back is then not begun, and waits for nothing.
/// </remarks>
internal sealed class BroughtCode(Func<string, bool> isBroughtWorkload)
{
    /// <summary>Before the first run.</summary>
    private const int Planning = -1;

    private readonly System.Threading.Lock _gate = new();
    private readonly System.Threading.Lock _running = new();
    private readonly Dictionary<string, (int Turn, string Problem)> _setAside = [];

    /// <summary>All that was set aside, by name.</summary>
    internal ImmutableArray<SetAsideCode> SetAside
    {
        get
        {
            lock (_gate)
            {
                return [.. _setAside.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => new SetAsideCode(one.Key, one.Value.Problem))];
            }
        }
    }

    /// <summary>True if a run before <paramref name="turn"/> set aside what this one needs.</summary>
    internal bool IsSetAside(PlannedRun run, int turn = int.MaxValue) => IsSetAside(run.Contender, run.Workload, turn);

    private bool IsSetAside(Contender contender, Workload? workload, int turn)
    {
        lock (_gate)
        {
            return Before(contender.Variant.Name) || (workload is not null && Before(workload.Id));
        }

        bool Before(string name) => _setAside.TryGetValue(name, out (int Turn, string Problem) known) && known.Turn < turn;
    }

    /// <summary>What <paramref name="run"/> comes to, null if it set aside what it needs.</summary>
    internal WorkloadResult? Run(PlannedRun run, int turn, Func<Func<Machine, IKernel>, WorkloadResult> measure) =>
        Contain(run.Contender, run.Workload, turn, $" at {run.Size}", measure);

    /// <summary>What is asked of a design, or of a workload, before anything is run; null if it set itself aside.</summary>
    internal T? Plan<T>(Contender contender, Workload? workload, Func<Func<Machine, IKernel>, T> ask)
        where T : class => Contain(contender, workload, Planning, "", ask);

    private T? Contain<T>(Contender contender, Workload? workload, int turn, string size, Func<Func<Machine, IKernel>, T> run)
        where T : class
    {
        bool isWorkload = workload is not null && isBroughtWorkload(workload.Id);
        if (!isWorkload && !contender.Variant.IsBrought)
            return run(contender.Variant.Build);

        lock (_running)
        {
            return IsSetAside(contender, workload, turn) ? null : Watch(contender, workload, isWorkload, turn, size, run);
        }
    }

    private T? Watch<T>(Contender contender, Workload? workload, bool isWorkload, int turn, string size, Func<Func<Machine, IKernel>, T> run)
        where T : class
    {
        Machine? machine = null;
        T? result = null;
        try
        {
            new Watchdog(contender.Variant.Name, () => machine?.Smp.Progress ?? 0).Run(() => result = run(built =>
            {
                machine = built;
                return contender.Variant.Build(built);
            }));
            return result;
        }
        catch (Exception error)
        {
            string what = error is VariantException ended
                ? ended.Message[(contender.Variant.Name.Length + 2)..]
                : $"{error.GetType().Name}: {error.Message}";
            Add(
                isWorkload ? workload!.Id : contender.Variant.Name,
                turn,
                isWorkload ? $"the workload {workload!.Id} on {contender.Variant.Name}{size}: {what}"
                    : workload is null ? $"{contender.Variant.Name}: its kernel could not be built: {what}"
                    : $"{contender.Variant.Name} under {workload.Id}{size}: {what}");
            return null;
        }
    }

    private void Add(string name, int turn, string problem)
    {
        lock (_gate)
        {
            if (!_setAside.TryGetValue(name, out (int Turn, string Problem) known) || turn < known.Turn)
                _setAside[name] = (turn, problem);
        }
    }
}
