namespace Variants.Harness.Exploration;

/// <summary>
/// A step of the way to a part of a shared search: what has been, is being and is to be explored from there, each child
/// the first step of a part. Parts read it while they run and change nothing.
/// </summary>
internal sealed class TrunkNode(TrunkNode? parent, int cpu, WakeupNode[] asleep)
{
    /// <summary>The step before it; null at the beginning of the execution.</summary>
    internal TrunkNode? Parent { get; } = parent;

    /// <summary>Who took that step; -1 at the beginning.</summary>
    internal int Cpu { get; } = cpu;

    /// <summary>How many steps come before it.</summary>
    internal int Depth { get; } = parent is null ? 0 : parent.Depth + 1;

    /// <summary>Sleepers that it had when it became part of the trunk.</summary>
    internal WakeupNode[] Asleep { get; } = asleep;

    /// <summary>In the order in which they were found, which is that in which they are explored.</summary>
    internal List<TrunkChild> Children { get; } = [];

    /// <summary>
    /// True if executions that go on with the sequence have been explored or are being, by others than
    /// <paramref name="own"/>: a sleeper could begin it, or a child that somebody has begun with.
    /// </summary>
    internal bool Covers(TrunkChild own, Footprints steps, ReadOnlySpan<int> sequence)
    {
        foreach (WakeupNode sleeper in Asleep)
        {
            if (WakeupTree.CanBegin(sleeper, steps, sequence))
            {
                return true;
            }
        }

        foreach (TrunkChild child in Children)
        {
            if (child != own && child.State != TrunkState.Pending && WakeupTree.CanBegin(child.Step, steps, sequence))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>As the other one says, of steps that were written down.</summary>
    internal bool Covers(TrunkChild own, List<WakeupNode> sequence) =>
        Array.Exists(Asleep, sleeper => WakeupTree.Enters(sleeper, sequence) is not null)
        || Children.Exists(child => child != own && child.State != TrunkState.Pending && WakeupTree.Enters(child.Step, sequence) is not null);

    /// <summary>Has the sequence explored, unless it will be; what it then leads to is found below a pending child.</summary>
    internal void Insert(List<WakeupNode> sequence)
    {
        foreach (TrunkChild child in Children)
        {
            if (child.State == TrunkState.Pending && WakeupTree.Enters(child.Step, sequence) is var left and not null)
            {
                WakeupTree.Insert(child.Step, left);
                return;
            }
        }

        Children.Add(new TrunkChild(WakeupTree.Chain(sequence)));
    }

    /// <summary>The first pending child that could begin the sequence; null if there is none.</summary>
    internal WakeupNode? Awaits(Footprints steps, ReadOnlySpan<int> sequence)
    {
        foreach (TrunkChild child in Children)
        {
            if (child.State == TrunkState.Pending && WakeupTree.CanBegin(child.Step, steps, sequence))
            {
                return child.Step;
            }
        }

        return null;
    }

    /// <summary>
    /// The child to begin with next, null if there is none yet. It must come after, in the sense that it depends on, all
    /// those that are still being explored: then nothing that sleeps below it is unfinished, so that what they come to makes
    /// no difference to it, nor it to them.
    /// </summary>
    internal TrunkChild? Next()
    {
        for (int i = 0; i < Children.Count; i++)
        {
            TrunkChild child = Children[i];
            if (child.State != TrunkState.Pending)
            {
                continue;
            }

            // A race that was reversed on a guess leads to what is explored already.
            if (Array.Exists(Asleep, sleeper => sleeper.Cpu == child.Step.Cpu) || Children.FindIndex(other => other.Step.Cpu == child.Step.Cpu) < i)
            {
                Children.RemoveAt(i--);
                continue;
            }

            return Children.TrueForAll(other => other.State != TrunkState.Running || (!child.MustWait && child.Step.DependsOn(other.Step))) ? child : null;
        }

        return null;
    }
}

/// <summary>What can come next at a step of the trunk.</summary>
/// <param name="step">Who, what it touches, and what is to come after it; once it runs, as it turned out.</param>
internal sealed class TrunkChild(WakeupNode step)
{
    internal WakeupNode Step { get; set; } = step;

    internal TrunkState State { get; set; }

    /// <summary>True if it turned out not to depend on what was still being explored, though it seemed to.</summary>
    internal bool MustWait { get; set; }

    /// <summary>Where the trunk goes on with it; null if it does not.</summary>
    internal TrunkNode? Below { get; set; }
}

/// <summary>How far a child of the trunk is.</summary>
internal enum TrunkState
{
    /// <summary>Nobody has begun with it.</summary>
    Pending,

    /// <summary>A part explores it, or several do further up.</summary>
    Running,

    /// <summary>All that begins with it has been explored.</summary>
    Done,
}

/// <summary>The trunk as one part sees it: a path, the child that it is below at every step, and what it asks of the others.</summary>
internal sealed class Trunk
{
    private readonly List<(TrunkNode Node, TrunkChild Own)> _path = [];
    private readonly SortedList<int, WakeupNode> _requests = [];
    private int[] _left = new int[64];

    /// <summary>The depth of the last step of the trunk; -1 while there is none.</summary>
    internal int Depth => _path.Count - 1;

    /// <summary>Where it begins.</summary>
    internal TrunkNode Root => _path[0].Node;

    /// <summary>Where it ends, and the child there whose executions the part explores.</summary>
    internal (TrunkNode Node, TrunkChild Own) End => _path[^1];

    /// <summary>The way to a child of the trunk.</summary>
    internal static Trunk To(TrunkNode node, TrunkChild child)
    {
        var trunk = new Trunk();
        trunk._path.Add((node, child));
        for (; node.Parent is { } parent; node = parent)
        {
            TrunkNode below = node;
            trunk._path.Add((parent, parent.Children.Find(one => one.Below == below)!));
        }

        trunk._path.Reverse();
        return trunk;
    }

    /// <summary>The node at a step, and the child that the part is below.</summary>
    internal (TrunkNode Node, TrunkChild Own) At(int step) => _path[step];

    /// <summary>The trunk becomes a step longer: at its end <paramref name="chosen"/> is being explored.</summary>
    internal TrunkNode Grow(WakeupNode[] asleep, TrunkChild chosen)
    {
        TrunkNode? parent = _path.Count == 0 ? null : End.Node;
        var node = new TrunkNode(parent, parent is null ? -1 : End.Own.Step.Cpu, asleep);
        if (parent is not null)
        {
            End.Own.Below = node;
        }

        node.Children.Add(chosen);
        _path.Add((node, chosen));
        return node;
    }

    /// <summary>A race with the step at <paramref name="at"/> asks for a sequence of steps instead of it.</summary>
    internal void Ask(Footprints steps, int at, ReadOnlySpan<int> sequence)
    {
        (TrunkNode node, TrunkChild own) = _path[at];
        if (node.Covers(own, steps, sequence))
        {
            return;
        }

        if (_left.Length < sequence.Length)
        {
            _left = new int[2 * sequence.Length];
        }

        sequence.CopyTo(_left);
        if (node.Awaits(steps, sequence) is { } child)
        {
            Span<int> left = WakeupTree.Behind(child, steps, _left.AsSpan(0, sequence.Length));
            if (WakeupTree.LeadsTo(child, steps, left))
            {
                return;
            }

            sequence.CopyTo(_left);
        }

        if (!_requests.TryGetValue(at, out WakeupNode? tree))
        {
            tree = new WakeupNode { Cpu = -1 };
            _requests.Add(at, tree);
        }

        if (WakeupTree.LeadsTo(tree, steps, _left.AsSpan(0, sequence.Length)))
        {
            return;
        }

        var asked = new List<WakeupNode>(sequence.Length);
        foreach (int index in sequence)
        {
            var step = new WakeupNode { Cpu = steps[index].Cpu };
            step.TakeTouches(steps, index);
            asked.Add(step);
        }

        WakeupTree.Insert(tree, asked);
    }

    /// <summary>Gives what was asked for to the trunk.</summary>
    internal void Grant()
    {
        foreach ((int at, WakeupNode tree) in _requests)
        {
            (TrunkNode node, TrunkChild own) = _path[at];
            foreach (List<WakeupNode> sequence in WakeupTree.Sequences(tree))
            {
                if (!node.Covers(own, sequence))
                {
                    node.Insert(sequence);
                }
            }
        }

        _requests.Clear();
    }
}
