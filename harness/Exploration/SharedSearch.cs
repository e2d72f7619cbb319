using System.Collections.Immutable;

namespace Variants.Harness.Exploration;

/// <summary>
/// One exploration in several parts, each on a machine of its own, so that several threads can work at it. What they find
/// together is what <see cref="OptimalDpor"/> finds alone, and does not depend on how many threads there are.
/// </summary>
/// <remarks>
/// Parts take turns of so many executions; between turns they meet. While they run nobody sees what the others do: a race
/// with a step of the trunk, the way from which the parts branch off, asks for an execution elsewhere, and when they meet
/// it is looked at whether that is being explored already. Then whoever has nothing to do is given what is to be explored
/// nearest the beginning, as that is likely to be most. So all follows from counts, and nothing from who was faster.
/// <para>Optimal exploration is sequential at heart: what is asleep in one branch is explored in an earlier one, and what
/// that comes to decides how the later one goes on. So two branches are explored at the same time only if their first steps
/// depend on each other: then neither sleeps in the other. And a branch is begun with only when those before it have run
/// once: what a step touches is a guess until then.</para>
/// <para>Memory grows with parts and the length of executions, not with their number.</para>
/// </remarks>
public sealed class SharedSearch
{
    /// <summary>How many parts there are at most: more than threads, so that no thread waits long for the last one.</summary>
    public const int MostParts = 16;

    /// <summary>Executions of one turn, at most: enough to make little of the cost of meeting.</summary>
    public const int LongestTurn = 2_000;

    private int _turn;
    private int _mostOfTurn = LongestTurn;
    private readonly OptimalDpor[] _parts;
    private readonly bool[] _works = new bool[MostParts];
    private readonly bool[] _isAtEnd = new bool[MostParts];
    private TrunkNode? _root;

    /// <summary>
    /// A search that begins with all in one part, and with turns of so many executions. Turns become longer, as at first
    /// there is little to share out.
    /// </summary>
    public SharedSearch(int turn = LongestTurn / 16)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(turn, 1);
        _turn = turn;
        _parts = [.. Enumerable.Range(0, MostParts).Select(_ => new OptimalDpor())];
        _works[0] = true;
        _parts[0].Begin(0, 0);
    }

    /// <summary>
    /// A search that goes on with what <paramref name="begun"/>, which is ready for its next execution, has left, and that
    /// gives its parts as many rounds of a loop as that one had.
    /// </summary>
    public SharedSearch(OptimalDpor begun)
    {
        _turn = LongestTurn / 16;
        _parts = [begun, .. Enumerable.Range(1, MostParts - 1).Select(_ => new OptimalDpor(begun.MostRounds))];
        _works[0] = true;
    }

    private SharedSearch(FrontierReader saved)
        : this(saved.Turn)
    {
        _root = saved.Root;
        for (int part = 0; part < MostParts; part++)
        {
            _works[part] = saved.Parts[part].Entry is not null;
            _parts[part].TakeUp(saved.Parts[part]);
        }
    }

    /// <summary>The search that <see cref="Write"/> wrote, which goes on as if it had never been put down.</summary>
    /// <exception cref="InvalidDataException">It is not what was written.</exception>
    public static SharedSearch Read(TextReader text) => new(new FrontierReader(text));

    /// <summary>
    /// Writes down how far the search is: the frontier of what is to be explored, and the counts. Between turns only. It
    /// can be gone on with on other machines, of the same program.
    /// </summary>
    public void Write(TextWriter text) =>
        FrontierWriter.Write(text, _turn, _root, [.. Enumerable.Range(0, MostParts).Select(part => _parts[part].PutDown(_works[part]))]);

    /// <summary>True once everything has been explored.</summary>
    public bool IsDone => !_works.Contains(true);

    /// <summary>The parts that take the next turn, by number.</summary>
    public ImmutableArray<int> Working => [.. Enumerable.Range(0, MostParts).Where(part => _works[part])];

    /// <inheritdoc cref="OptimalDpor.Executions"/>
    public long Executions => _parts.Sum(part => part.Executions);

    /// <inheritdoc cref="OptimalDpor.Deadlocks"/>
    public long Deadlocks => _parts.Sum(part => part.Deadlocks);

    /// <inheritdoc cref="OptimalDpor.Redundant"/>
    public long Redundant => _parts.Sum(part => part.Redundant);

    /// <inheritdoc cref="OptimalDpor.Cut"/>
    public long Cut => _parts.Sum(part => part.Cut);

    /// <inheritdoc cref="OptimalDpor.StepsTaken"/>
    public long StepsTaken => _parts.Sum(part => part.StepsTaken);

    /// <summary>The next turns together come to about so many executions, if not to fewer. To be said before each.</summary>
    public void LimitTurn(long executions) =>
        _mostOfTurn = (int)Math.Clamp(executions / Math.Max(1, _works.Count(works => works)), 1, LongestTurn);

    /// <summary>
    /// One turn of a part, always on the same machine: <paramref name="run"/> runs the program once as the strategy given
    /// chooses. The turns of different parts may be taken at the same time.
    /// </summary>
    public void TakeTurn(int part, Action<OptimalDpor> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        OptimalDpor search = _parts[part];
        int last = Math.Min(_turn, _mostOfTurn);
        for (int execution = 0; execution < last; execution++)
        {
            run(search);
            if (!search.Begin(0, 0))
            {
                _isAtEnd[part] = true;
                return;
            }
        }
    }

    /// <summary>All turns have been taken: what parts ask of each other is looked at, and work is shared out anew.</summary>
    public void Meet()
    {
        foreach (int part in Working)
        {
            NoteWhatItTouched(part);
        }

        foreach (int part in Working)
        {
            _parts[part].SharedTrunk?.Grant();
        }

        foreach (int part in Working)
        {
            if (_isAtEnd[part])
            {
                _isAtEnd[part] = false;
                _works[part] = false;
                Leave(_parts[part]);
            }
        }

        ShareOut();
        _turn = Math.Clamp(2 * _turn, _turn, LongestTurn);
    }

    /// <summary>The first step of a part was a guess until it ran.</summary>
    private void NoteWhatItTouched(int part)
    {
        OptimalDpor search = _parts[part];
        if (search.SharedTrunk is { } trunk && !search.WasImpossible && !search.WasTooEarly)
        {
            trunk.End.Own.Step.TakeTouches(search.Steps, trunk.Depth);
        }
    }

    private static void Leave(OptimalDpor search)
    {
        if (search.SharedTrunk is not { } trunk)
        {
            return;
        }

        (TrunkNode node, TrunkChild own) = trunk.End;
        if (search.WasTooEarly)
        {
            own.Step = search.FirstStep();
            own.State = TrunkState.Pending;
            own.MustWait = true;
            return;
        }

        if (search.WasImpossible)
        {
            node.Children.Remove(own);
            if (search.PossibleInstead >= 0 && node.Children.TrueForAll(child => child.State != TrunkState.Pending))
            {
                // Where a race is reversed on a guess, whoever can go on does, as in a search of one part: what the guess was
                // to lead to may be found from there. Until it has been tried nobody knows what it touches.
                var instead = new WakeupNode { Cpu = search.PossibleInstead, Flags = StepFlags.DependsOnAll };
                node.Children.Add(new TrunkChild(instead) { MustWait = true });
                return;
            }
        }

        own.State = TrunkState.Done;
        for (int at = trunk.Depth; at > 0 && trunk.At(at).Node.Children.TrueForAll(child => child.State == TrunkState.Done); at--)
        {
            TrunkChild above = trunk.At(at - 1).Own;
            above.State = TrunkState.Done;
            above.Below = null;
        }
    }

    // ---- sharing out

    private void ShareOut()
    {
        var begun = new List<TrunkNode>();
        for (int part = 0; part < MostParts; part++)
        {
            if (_works[part])
            {
                continue;
            }

            if (NextPending(begun) is not var (node, child))
            {
                return;
            }

            begun.Add(node);
            Begin(part, node, child);
        }
    }

    /// <summary>What is to be explored nearest the beginning; if nothing is, a part gives away some of its own.</summary>
    private (TrunkNode Node, TrunkChild Child)? NextPending(List<TrunkNode> begun)
    {
        while (true)
        {
            if (Shallowest(_root, begun) is { } found)
            {
                return found;
            }

            OptimalDpor? giver = null;
            int depth = int.MaxValue;
            foreach (int part in Working)
            {
                if (_parts[part].ShallowestChoice() is var at and >= 0 && at < depth)
                {
                    giver = _parts[part];
                    depth = at;
                }
            }

            if (giver is null)
            {
                return null;
            }

            giver.GiveAway(depth);
            _root ??= giver.SharedTrunk!.Root;
        }
    }

    private static (TrunkNode Node, TrunkChild Child)? Shallowest(TrunkNode? root, List<TrunkNode> begun)
    {
        List<TrunkNode> level = root is null ? [] : [root];
        while (level.Count > 0)
        {
            foreach (TrunkNode node in level)
            {
                if (!begun.Contains(node) && node.Next() is { } child)
                {
                    return (node, child);
                }
            }

            level = [.. level.SelectMany(node => node.Children).Where(child => child.Below is not null).Select(child => child.Below!)];
        }

        return null;
    }

    private void Begin(int part, TrunkNode node, TrunkChild child)
    {
        WakeupNode[] asleep = [.. node.Asleep, .. node.Children.TakeWhile(earlier => earlier != child).Select(earlier => earlier.Step)];
        uint awake = 0;
        foreach (TrunkChild running in node.Children.Where(other => other.State == TrunkState.Running))
        {
            awake |= 1u << running.Step.Cpu;
        }

        var tree = new WakeupNode { First = child.Step };
        child.Step = child.Step.Alone(first: null);
        child.State = TrunkState.Running;
        _works[part] = true;
        Trunk trunk = Trunk.To(node, child);
        int[] lead = [.. Enumerable.Range(0, trunk.Depth).Select(at => trunk.At(at + 1).Node.Cpu)];
        _parts[part].GoOnFrom(trunk, new OptimalDpor.Entry(lead, tree, [asleep], awake));
    }
}
