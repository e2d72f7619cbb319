using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Variants.Harness.Memory;

namespace Variants.Harness.Histories;

/// <summary>Reads the text that <see cref="HistoryText"/> describes, by recursive descent.</summary>
internal sealed class HistoryParser
{
    private static readonly string[] s_sections = ["history", "machine", "setup", "actors", "schedule"];

    private static readonly (string Name, int Least, int Most)[] s_sizes =
    [
        ("pages", 2, MachineSize.Largest.Pages),
        ("low", 0, MachineSize.Largest.Low),
        ("slots", 1, MachineSize.Largest.Slots),
        ("readahead", 1, MachineSize.Largest.Readahead),
        ("file", 1, MachineSize.Largest.FilePages),
    ];

    private readonly string _file;
    private readonly List<HistoryToken> _tokens;

    /// <summary>Every actor that is named before it is known who there is.</summary>
    private readonly List<HistoryToken> _named = [];
    private int _next;

    internal HistoryParser(string text, string file)
    {
        _file = file;
        _tokens = HistoryToken.Split(text, file);
    }

    private HistoryToken Next => _tokens[_next];

    private bool AtSection => Next.IsEnd || (s_sections.Contains(Next.Text) && !AtLabel);

    private bool AtLabel => Next.IsWord && _tokens[_next + 1].Text == ":";

    internal (History History, ImmutableArray<int> Schedule) Parse()
    {
        string family = ParseFamily();
        MachineSize machine = new();
        ImmutableArray<SetupStep> setup = [];
        ImmutableArray<ImmutableArray<Operation>> actors = [];
        ImmutableArray<int> schedule = [];
        List<string> seen = [s_sections[0]];
        for (SkipEmpty(); !Next.IsEnd; SkipEmpty())
        {
            seen.Add(ParseSectionName(seen));
            switch (seen[^1])
            {
                case "machine":
                    machine = ParseMachine();
                    break;
                case "setup":
                    setup = ParseSetup();
                    break;
                case "actors":
                    actors = ParseActors();
                    break;
                default:
                    schedule = ParseSchedule();
                    break;
            }
        }

        if (actors.IsEmpty)
        {
            Fail(Next, "the section 'actors' is missing or names nobody; add 'actors' and below it, for example, 'A: read 0'");
        }

        RequireActors(actors.Length);
        return (new History(family, machine, setup, actors), schedule);
    }

    private string ParseFamily()
    {
        SkipEmpty();
        if (Next.Text != s_sections[0])
        {
            Fail(Next, $"a history begins with its family, for example 'history swapoff', not with {Next.Quoted}");
        }

        Take();
        HistoryToken family = Next;
        if (!family.IsWord || !char.IsAsciiLetter(family.Text[0]) || family.Text.Contains('*', StringComparison.Ordinal))
        {
            Fail(family, $"'history' takes the name of a family, for example 'history swapoff', not {family.Quoted}");
        }

        Take();
        RequireLineEnd($"'history {family.Text}'");
        return family.Text;
    }

    /// <summary>Sections come in one order, so that all histories look alike.</summary>
    private string ParseSectionName(List<string> seen)
    {
        HistoryToken name = Take();
        int section = Array.IndexOf(s_sections, name.Text);
        if (section < 0)
        {
            Fail(name, $"expected a section, not {name.Quoted}; the sections are {And(s_sections)}");
        }

        if (seen.Contains(name.Text))
        {
            Fail(name, $"the section '{name.Text}' is here a second time; a history has one of each");
        }

        if (section < Array.IndexOf(s_sections, seen[^1]))
        {
            Fail(name, $"the section '{name.Text}' comes too late, after '{seen[^1]}'; the order is {And(s_sections)}");
        }

        return name.Text;
    }

    private MachineSize ParseMachine()
    {
        HistoryToken?[] given = new HistoryToken?[s_sizes.Length];
        MachineSize usual = new();
        int[] values = [usual.Pages, usual.Low, usual.Slots, usual.Readahead, usual.FilePages];
        while (true)
        {
            HistoryToken name = Next;
            int size = Array.FindIndex(s_sizes, size => size.Name == name.Text);
            if (size < 0)
            {
                string sizes = And(s_sizes.Select(size => size.Name));
                Fail(name, $"a machine has no {name.Quoted}; its sizes are {sizes}, for example 'pages 16, low 0'");
            }

            if (given[size] is not null)
            {
                Fail(name, $"'{name.Text}' is given twice; remove one");
            }

            Take();
            given[size] = Next;
            (_, int least, int most) = s_sizes[size];
            values[size] = ParseNumber($"'{name.Text}' takes a number", least, most, $"{name.Text} {values[size]}");
            if (Next.IsLineEnd)
            {
                break;
            }

            if (Next.Text != ",")
            {
                Fail(Next, $"expected ',' or a new line after '{name.Text} {values[size]}', not {Next.Quoted}");
            }

            Take();
        }

        if (values[1] >= values[0])
        {
            HistoryToken culprit = (given[1] ?? given[0])!.Value;
            Fail(culprit, $"'low' must be less than 'pages': {values[1]} is not less than {values[0]}");
        }

        return new MachineSize(values[0], values[1], values[2], values[3], values[4]);
    }

    private ImmutableArray<SetupStep> ParseSetup()
    {
        RequireLineEnd("'setup'");
        ImmutableArray<SetupStep>.Builder steps = ImmutableArray.CreateBuilder<SetupStep>();
        foreach ((HistoryToken label, List<Operation> operations) in ParseBlocks())
        {
            int actor = ActorOf(label);
            _named.Add(label);
            steps.AddRange(operations.Select(operation => new SetupStep(actor, operation)));
        }

        return steps.ToImmutable();
    }

    private ImmutableArray<ImmutableArray<Operation>> ParseActors()
    {
        RequireLineEnd("'actors'");
        ImmutableArray<ImmutableArray<Operation>>.Builder actors = ImmutableArray.CreateBuilder<ImmutableArray<Operation>>();
        foreach ((HistoryToken label, List<Operation> operations) in ParseBlocks())
        {
            int actor = ActorOf(label);
            if (actor < actors.Count)
            {
                Fail(label, $"actor {label.Text} is here a second time; put all it does below its first '{label.Text}:'");
            }

            if (actor > actors.Count)
            {
                string expected = History.NameOf(actors.Count);
                Fail(label, $"expected '{expected}:', not '{label.Text}:'; actors come in the order of the alphabet");
            }

            actors.Add([.. operations]);
        }

        return actors.ToImmutable();
    }

    /// <summary>Labels, each with the operations that follow it.</summary>
    private List<(HistoryToken Label, List<Operation> Operations)> ParseBlocks()
    {
        List<(HistoryToken Label, List<Operation> Operations)> blocks = [];
        for (SkipEmpty(); !AtSection; SkipEmpty())
        {
            if (AtLabel)
            {
                blocks.Add((Take(), []));
                Take();
            }
            else if (blocks.Count == 0)
            {
                Fail(Next, $"expected an actor before {Next.Quoted}, for example 'A: read 0'");
            }
            else
            {
                blocks[^1].Operations.Add(ParseOperation(0));
            }
        }

        return blocks;
    }

    private Operation ParseOperation(int depth)
    {
        HistoryToken name = Take();
        Verb? verb = Verbs.All.FirstOrDefault(verb => verb.Name == name.Text);
        if (verb is null)
        {
            string all = And(Verbs.All.Select(verb => verb.Name));
            Fail(name, name.Text switch
            {
                "}" => "'}' closes nothing; remove it, or add '{' where the child begins",
                _ when name.IsWord => $"unknown operation {name.Quoted}; the operations are {all}",
                _ => $"expected an operation, not {name.Quoted}, for example 'read 0'",
            });
        }

        string takes = verb.TakesActor ? $"{verb.Name} takes an actor and a number" : $"{verb.Name} takes a number";
        string example = verb.TakesActor ? $"{verb.Name} A {verb.Least}" : $"{verb.Name} {verb.Least}";
        int actor = 0;
        int number = 0;
        if (verb.TakesActor)
        {
            HistoryToken target = Next;
            if (!target.IsWord || HistoryToken.Number(target.Text) >= 0)
            {
                Fail(target, $"{takes}, for example '{example}'; the actor is missing");
            }

            actor = ActorOf(target);
            _named.Add(target);
            Take();
        }

        if (verb.TakesNumber)
        {
            number = ParseNumber($"{takes} ({verb.Argument})", verb.Least, verb.Most, example);
        }

        ImmutableArray<Operation> child = verb.HasChild && Next.Text == "{" ? ParseChild(depth) : [];
        Operation operation = new(verb, number, actor, child);
        if (!verb.HasChild && Next.Text == "{")
        {
            IEnumerable<string> parents = Verbs.All.Where(verb => verb.HasChild).Select(verb => verb.Name);
            Fail(Next, $"'{operation}' makes no child; braces follow only {And(parents)}");
        }

        if (!Next.IsLineEnd && Next.Text is not (";" or "}"))
        {
            Fail(Next, $"expected ';' or a new line after {Quote(operation)}, not {Next.Quoted}");
        }

        return operation;
    }

    private ImmutableArray<Operation> ParseChild(int depth)
    {
        HistoryToken open = Take();
        if (depth == HistoryText.MaxDepth)
        {
            Fail(open, $"children nest at most {HistoryText.MaxDepth} deep; take one away");
        }

        ImmutableArray<Operation>.Builder operations = ImmutableArray.CreateBuilder<Operation>();
        for (SkipEmpty(); Next.Text != "}"; SkipEmpty())
        {
            if (AtLabel && Next.Line == open.Line)
            {
                Fail(Next, $"operations in braces are the child's; remove '{Next.Text}:'");
            }

            if (AtSection || AtLabel)
            {
                Fail(open, "this '{' is never closed; add '}' after the last operation of the child");
            }

            operations.Add(ParseOperation(depth + 1));
        }

        Take();
        return operations.ToImmutable();
    }

    private ImmutableArray<int> ParseSchedule()
    {
        ImmutableArray<int>.Builder schedule = ImmutableArray.CreateBuilder<int>();
        for (SkipLines(); !AtSection; SkipLines())
        {
            HistoryToken run = Take();
            int star = run.Text.IndexOf('*', StringComparison.Ordinal);
            int choice = HistoryToken.Number(star < 0 ? run.Text : run.Text.AsSpan(0, star));
            int count = star < 0 ? 1 : HistoryToken.Number(run.Text.AsSpan(star + 1));
            if (choice < 0 || count <= 0)
            {
                Fail(run, $"{run.Quoted} is not a choice; choices are numbers from 0, and '0*12' is twelve zeros");
            }

            if (count > HistoryText.MaxChoices - schedule.Count)
            {
                Fail(run, $"a schedule has at most {HistoryText.MaxChoices} choices; remove some");
            }

            for (; count > 0; count--)
            {
                schedule.Add(choice);
            }
        }

        while (schedule.Count > 0 && schedule[^1] == 0)
        {
            schedule.Count--;
        }

        return schedule.ToImmutable();
    }

    /// <summary>A number within limits; <paramref name="takes"/> begins the sentence that says them.</summary>
    private int ParseNumber(string takes, int least, int most, string example)
    {
        int number = HistoryToken.Number(Next.Text);
        if (number < least || number > most)
        {
            string culprit = Next.IsLineEnd ? $"for example '{example}'; it is missing" : $"not {Next.Quoted}";
            Fail(Next, $"{takes} from {least} to {most}, {culprit}");
        }

        Take();
        return number;
    }

    /// <summary>The place of an actor, whether there is such an actor or not.</summary>
    private int ActorOf(HistoryToken name)
    {
        int actor = name.Text.Length == 1 ? name.Text[0] - 'A' : -1;
        if (actor is < 0 or >= History.MaxActors)
        {
            string all = Actors(History.MaxActors);
            Fail(name, $"{name.Quoted} is not an actor; a history has at most {History.MaxActors}, named {all}");
        }

        return actor;
    }

    private void RequireActors(int count)
    {
        foreach (HistoryToken name in _named)
        {
            if (ActorOf(name) >= count)
            {
                string who = count == 1 ? "the only actor is A" : $"the actors are {Actors(count)}";
                string remedy = $"add '{name.Text}:' to 'actors', even if it does nothing there";
                Fail(name, $"there is no actor {name.Text}; {who}; {remedy}");
            }
        }
    }

    private void RequireLineEnd(string after)
    {
        if (!Next.IsLineEnd)
        {
            Fail(Next, $"expected a new line after {after}, not {Next.Quoted}");
        }
    }

    private HistoryToken Take() => Next.IsEnd ? Next : _tokens[_next++];

    private void SkipLines()
    {
        while (!Next.IsEnd && Next.IsLineEnd)
        {
            _next++;
        }
    }

    private void SkipEmpty()
    {
        while (!Next.IsEnd && (Next.IsLineEnd || Next.Text == ";"))
        {
            _next++;
        }
    }

    [DoesNotReturn]
    private void Fail(HistoryToken at, string problem) =>
        throw new HistorySyntaxException(_file, at.Line, at.Column, problem);

    /// <summary>An operation with a child is quoted without it, which may be long.</summary>
    private static string Quote(Operation operation) => operation.Child.IsEmpty ? $"'{operation}'" : "'}'";

    private static string Actors(int count) => And(Enumerable.Range(0, count).Select(History.NameOf));

    private static string And(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return all.Length == 1 ? all[0] : $"{string.Join(", ", all[..^1])} and {all[^1]}";
    }
}
