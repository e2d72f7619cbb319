using System.Globalization;

namespace Variants.Harness.Exploration;

/// <summary>
/// Writes down a shared search as numbers, a line for each thing: nobody need read it but <see cref="FrontierReader"/>.
/// </summary>
/// <remarks>
/// A tree of steps is written parent first, each step as CPU, flags, number of children, number of touches, touches.
/// </remarks>
internal sealed class FrontierWriter
{
    internal const string Title = "variants frontier 1";

    private readonly TextWriter _text;

    private FrontierWriter(TextWriter text) => _text = text;

    internal static void Write(TextWriter text, int turn, TrunkNode? root, OptimalDpor.PartState[] parts)
    {
        var writer = new FrontierWriter(text);
        text.Write($"{Title}\n");
        writer.Line(turn, root is null ? 0 : 1);
        var children = new List<TrunkChild>();
        if (root is not null)
        {
            writer.Node(root, children);
        }

        foreach (OptimalDpor.PartState part in parts)
        {
            writer.Part(part, part.Child is null ? -1 : children.IndexOf(part.Child));
        }
    }

    private void Part(OptimalDpor.PartState part, int child)
    {
        foreach (long count in part.Counts)
        {
            Number(count);
        }

        Line(part.Entry is null ? 0 : 1, part.Entry is null ? -1 : child);
        if (part.Entry is not { } entry)
        {
            return;
        }

        Number(entry.Awake);
        Numbers(entry.Lead);
        Tree(entry.Tree);
        Line(entry.Asleep.Length);
        foreach (WakeupNode[] sleepers in entry.Asleep)
        {
            Sleepers(sleepers);
        }
    }

    private void Node(TrunkNode node, List<TrunkChild> children)
    {
        Sleepers(node.Asleep);
        Line(node.Children.Count);
        foreach (TrunkChild child in node.Children)
        {
            children.Add(child);
            Number(child.MustWait ? 1 : 0);
            Line((int)child.State, child.Below is null ? 0 : 1);
            Tree(child.Step);
            if (child.Below is not null)
            {
                Node(child.Below, children);
            }
        }
    }

    private void Sleepers(WakeupNode[] sleepers)
    {
        Line(sleepers.Length);
        foreach (WakeupNode sleeper in sleepers)
        {
            Step(sleeper, children: 0);
        }
    }

    private void Tree(WakeupNode node)
    {
        int count = 0;
        for (WakeupNode? child = node.First; child is not null; child = child.Next)
        {
            count++;
        }

        Step(node, count);
        for (WakeupNode? child = node.First; child is not null; child = child.Next)
        {
            Tree(child);
        }
    }

    private void Step(WakeupNode node, int children)
    {
        Number(node.Cpu);
        Number((int)node.Flags);
        Number(children);
        Numbers(node.Touched.AsSpan(0, node.Count));
    }

    private void Numbers(ReadOnlySpan<int> numbers)
    {
        Number(numbers.Length);
        foreach (int number in numbers)
        {
            Number(number);
        }

        _text.Write('\n');
    }

    private void Line(int first, int? second = null)
    {
        Number(first);
        if (second is { } more)
        {
            Number(more);
        }

        _text.Write('\n');
    }

    private void Number(long number)
    {
        _text.Write(number.ToString(CultureInfo.InvariantCulture));
        _text.Write(' ');
    }
}

/// <summary>Reads what <see cref="FrontierWriter"/> wrote.</summary>
internal sealed class FrontierReader
{
    private readonly string[] _words;
    private readonly List<(TrunkNode Node, TrunkChild Child)> _children = [];
    private int _at;

    /// <summary>Reads all of it.</summary>
    /// <exception cref="InvalidDataException">It is not what was written.</exception>
    internal FrontierReader(TextReader text)
    {
        if (text.ReadLine() != FrontierWriter.Title)
        {
            throw new InvalidDataException($"it does not begin with '{FrontierWriter.Title}'");
        }

        _words = text.ReadToEnd().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        Turn = Count();
        if (Turn == 0)
        {
            throw new InvalidDataException("its turns are empty");
        }

        Root = Count() == 0 ? null : Node(null, -1);
        Parts = [.. Enumerable.Range(0, SharedSearch.MostParts).Select(_ => Part())];
        if (_at != _words.Length)
        {
            throw new InvalidDataException("there is more than was written");
        }
    }

    internal int Turn { get; }

    internal TrunkNode? Root { get; }

    internal OptimalDpor.PartState[] Parts { get; }

    private OptimalDpor.PartState Part()
    {
        long[] counts = [.. Enumerable.Range(0, 5).Select(_ => Number())];
        bool works = Count() != 0;
        long child = Number();
        if (child >= _children.Count)
        {
            throw new InvalidDataException("a part works at nothing");
        }

        OptimalDpor.Entry? entry = works ? Entry() : null;
        return child < 0
            ? new OptimalDpor.PartState(entry, null, null, counts)
            : new OptimalDpor.PartState(entry, _children[(int)child].Node, _children[(int)child].Child, counts);
    }

    private OptimalDpor.Entry Entry()
    {
        uint awake = (uint)Number();
        return new OptimalDpor.Entry(Numbers(), Tree(), [.. Enumerable.Range(0, Count()).Select(_ => Sleepers())], awake);
    }

    private TrunkNode Node(TrunkNode? parent, int cpu)
    {
        var node = new TrunkNode(parent, cpu, Sleepers());
        for (int left = Count(); left > 0; left--)
        {
            bool mustWait = Count() != 0;
            int state = Count();
            bool goesOn = Count() != 0;
            var child = new TrunkChild(Tree()) { State = (TrunkState)state, MustWait = mustWait };
            node.Children.Add(child);
            _children.Add((node, child));
            child.Below = goesOn ? Node(node, child.Step.Cpu) : null;
        }

        return node;
    }

    private WakeupNode[] Sleepers() => [.. Enumerable.Range(0, Count()).Select(_ => Tree())];

    private WakeupNode Tree()
    {
        var node = new WakeupNode { Cpu = Count(), Flags = (StepFlags)Count() };
        int children = Count();
        node.TakeTouches(Numbers());
        WakeupNode? last = null;
        for (; children > 0; children--)
        {
            WakeupNode child = Tree();
            if (last is null)
            {
                node.First = child;
            }
            else
            {
                last.Next = child;
            }

            last = child;
        }

        return node;
    }

    private int[] Numbers() => [.. Enumerable.Range(0, Count()).Select(_ => Count())];

    private int Count()
    {
        long number = Number();
        return number is >= 0 and <= int.MaxValue ? (int)number : throw new InvalidDataException($"{number} is no count");
    }

    private long Number()
    {
        if (_at < _words.Length && long.TryParse(_words[_at], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
        {
            _at++;
            return number;
        }

        throw new InvalidDataException("it ends in the middle, or has something that is no number");
    }
}
