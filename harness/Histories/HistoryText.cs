using System.Collections.Immutable;
using System.Text;
using Variants.Harness.Memory;

namespace Variants.Harness.Histories;

/// <summary>
/// A history and a schedule as one text that people read, write and mail (<c>.history</c>):
/// <code>
/// # fork misses an entry
/// history swapoff
/// machine pages 16, low 0, slots 4, readahead 1, file 2
/// setup
///   A: write 0
///   A: reclaim 1
/// actors
///   A: fork { read 0; write 1 }
///      read 0
///   B: swapoff
/// schedule 0*12 1 0*3 2
/// </code>
/// The setup's operations happen one after another, in the order of the text. An actor's operations follow its name,
/// each on its own line or after a semicolon, and those of a child stand in braces. In the schedule, <c>0*12</c> is
/// twelve zeros; zeros at its end say nothing, and it may be left out, as may the machine (or any of its sizes) and
/// the setup. A comment begins with <c>#</c> and ends with its line.
/// </summary>
public static class HistoryText
{
    /// <summary>The widest line, where operations and schedules can be broken: what fits a mail.</summary>
    public const int Columns = 75;

    /// <summary>The most choices of a schedule: more than any execution takes.</summary>
    public const int MaxChoices = 1_000_000;

    /// <summary>How deep children may nest.</summary>
    public const int MaxDepth = 8;

    private const string Indent = "     ";

    /// <summary>
    /// Reads a history and its schedule, without the zeros at its end. Whether the family exists is for the caller to
    /// say. Throws <see cref="HistorySyntaxException"/>, and nothing else, if <paramref name="text"/> is not one.
    /// </summary>
    /// <param name="text">The text; lines may end as on any system.</param>
    /// <param name="file">The name that errors call it by.</param>
    public static (History History, ImmutableArray<int> Schedule) Parse(string text, string file = "history")
    {
        ArgumentNullException.ThrowIfNull(text);
        return new HistoryParser(text, file).Parse();
    }

    /// <summary>The text of a history alone.</summary>
    public static string Print(History history) => Print(history, []);

    /// <summary>
    /// The text of a history and a schedule, after <paramref name="comment"/>, line by line. Lines end with a line feed.
    /// </summary>
    public static string Print(History history, ImmutableArray<int> schedule, IEnumerable<string>? comment = null)
    {
        ArgumentNullException.ThrowIfNull(history);
        StringBuilder text = new();
        foreach (string line in (comment ?? []).SelectMany(line => line.Split('\n')))
        {
            text.Append($"# {line}".TrimEnd()).Append('\n');
        }

        text.Append($"history {history.Family}\n");
        text.Append($"machine {Print(history.Machine)}\n");
        if (!history.Setup.IsEmpty)
        {
            text.Append("setup\n");
            foreach (SetupStep step in history.Setup)
            {
                AppendActor(text, step.Actor, [step.Operation]);
            }
        }

        text.Append("actors\n");
        for (int actor = 0; actor < history.Actors.Length; actor++)
        {
            AppendActor(text, actor, history.Actors[actor]);
        }

        AppendSchedule(text, schedule);
        return text.ToString();
    }

    /// <summary>The text of one operation, on one line: <c>fork { read 0; write 1 }</c>.</summary>
    public static string Print(Operation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        string head = Head(operation);
        return operation.Child.IsEmpty ? head : $"{head} {{ {string.Join("; ", operation.Child.Select(Print))} }}";
    }

    /// <summary>The text of a machine's sizes: <c>pages 16, low 0, slots 4, readahead 1, file 2</c>.</summary>
    public static string Print(MachineSize size)
    {
        ArgumentNullException.ThrowIfNull(size);
        return $"pages {size.Pages}, low {size.Low}, slots {size.Slots}, readahead {size.Readahead}, file {size.FilePages}";
    }

    /// <summary>The operation without its child.</summary>
    private static string Head(Operation operation)
    {
        Verb verb = operation.Verb;
        string actor = verb.TakesActor ? $" {History.NameOf(operation.Actor)}" : "";
        string number = verb.TakesNumber ? $" {operation.Number}" : "";
        return verb.Name + actor + number;
    }

    private static void AppendActor(StringBuilder text, int actor, ImmutableArray<Operation> operations)
    {
        text.Append($"  {History.NameOf(actor)}:");
        string before = " ";
        foreach (Operation operation in operations)
        {
            text.Append(before);
            AppendOperation(text, operation, Indent);
            before = Indent;
        }

        if (operations.IsEmpty)
        {
            text.Append('\n');
        }
    }

    /// <summary>On one line if it fits, otherwise with a line for each operation of the child.</summary>
    private static void AppendOperation(StringBuilder text, Operation operation, string indent)
    {
        string line = Print(operation);
        if (operation.Child.IsEmpty || indent.Length + line.Length <= Columns)
        {
            text.Append(line).Append('\n');
            return;
        }

        string inner = indent + "  ";
        text.Append(Head(operation)).Append(" {\n");
        foreach (Operation child in operation.Child)
        {
            text.Append(inner);
            AppendOperation(text, child, inner);
        }

        text.Append(indent).Append("}\n");
    }

    private static void AppendSchedule(StringBuilder text, ImmutableArray<int> schedule)
    {
        int length = schedule.Length;
        while (length > 0 && schedule[length - 1] == 0)
        {
            length--;
        }

        if (length == 0)
        {
            return;
        }

        const string Name = "schedule";
        text.Append(Name);
        int column = Name.Length;
        for (int start = 0, end; start < length; start = end)
        {
            int choice = schedule[start];
            ArgumentOutOfRangeException.ThrowIfNegative(choice, nameof(schedule));
            end = start + 1;
            while (end < length && schedule[end] == choice)
            {
                end++;
            }

            string run = end - start == 1 ? $"{choice}" : $"{choice}*{end - start}";
            if (column + 1 + run.Length > Columns)
            {
                text.Append('\n').Append(' ', Name.Length);
                column = Name.Length;
            }

            text.Append(' ').Append(run);
            column += 1 + run.Length;
        }

        text.Append('\n');
    }
}
