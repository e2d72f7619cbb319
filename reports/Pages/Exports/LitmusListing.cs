using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Reports.Diagrams;

namespace Variants.Reports.Pages.Exports;

/// <summary>
/// A counterexample as herd7's readers know tests: how words stand at first, what each process does in its own order,
/// and the outcome. In front of each line is its place in the order of this execution, the witness.
/// </summary>
/// <remarks>
/// A listing to read: what processes do here are kernel functions, for which herd7 has no model. Only what the execution
/// came by is in it, so a branch that was not taken is not.
/// </remarks>
public static class LitmusListing
{
    private const string Between = " | ";

    /// <summary>The listing, no line longer than 75 columns where two processes run.</summary>
    public static string Render(Scenery scenery, string name)
    {
        ArgumentNullException.ThrowIfNull(scenery);
        ImmutableArray<Moment> moments = [.. Timeline.Of(scenery).Where(moment => moment.Step >= scenery.FirstStep && Text(moment) is not null)];
        int[] cpus = [.. moments.Select(moment => moment.Cpu).Distinct().Order()];
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"Variants {name}\n");
        foreach (string line in TextLines.Wrap($"\"SIMULATED. {FailurePages.CauseIn(scenery)}\""))
            text.Append(line).Append('\n');
        text.Append("{\n");
        foreach ((string word, string value) in Initial(scenery, moments))
            text.Append(CultureInfo.InvariantCulture, $" {word}={value};\n");
        text.Append("}\n");
        Processes(text, moments, cpus);
        foreach (string line in TextLines.Wrap($"exists ({Outcome(scenery)})", hanging: 2))
            text.Append(line).Append('\n');
        return text.ToString();
    }

    /// <summary>Every word that is changed, as it was before.</summary>
    private static SortedDictionary<string, string> Initial(Scenery scenery, ImmutableArray<Moment> moments)
    {
        SortedDictionary<string, string> words = new(StringComparer.Ordinal);
        foreach (WordChanged change in moments.Select(moment => moment.What).OfType<WordChanged>())
            words.TryAdd(KernelNames.Word(change.Name), change.From);
        foreach ((string word, string value) in scenery.WordsAfterSetup())
        {
            if (word.Contains(".pte[", StringComparison.Ordinal) || word.StartsWith("swap_map[", StringComparison.Ordinal))
                words.TryAdd(word, value);
        }

        return words;
    }

    private static void Processes(StringBuilder text, ImmutableArray<Moment> moments, int[] cpus)
    {
        if (cpus.Length == 0)
            return;
        int room = Math.Max(16, (TextLines.Columns - 3 - (Between.Length * (cpus.Length - 1))) / cpus.Length);
        ImmutableArray<IReadOnlyList<string>> columns =
        [
            .. cpus.Select((cpu, process) => (IReadOnlyList<string>)
            [
                $"P{process.ToString(CultureInfo.InvariantCulture)} ({string.Join(", ", moments.Where(moment => moment.Cpu == cpu).Select(moment => moment.Actor).Distinct())})",
                .. moments.Select((moment, place) => (moment, place)).Where(one => one.moment.Cpu == cpu)
                    .SelectMany(one => TextLines.Wrap($"{(one.place + 1).ToString(CultureInfo.InvariantCulture),2} {Text(one.moment)}", room, hanging: 3)),
            ]),
        ];
        int[] widths = [.. columns.Select(column => column.Max(line => line.Length))];
        for (int row = 0; row < columns.Max(column => column.Count); row++)
        {
            for (int process = 0; process < columns.Length; process++)
            {
                text.Append(process == 0 ? " " : Between);
                text.Append((columns[process].ElementAtOrDefault(row) ?? "").PadRight(widths[process]));
            }

            text.Append(" ;\n");
        }
    }

    /// <summary>What happened as a statement; null if it is none.</summary>
    private static string? Text(Moment moment) => moment.What switch
    {
        OperationBegan began => $"(* {((Operation)began.Operation).ToString()} *)",
        OperationEnded { Result: < 0 } ended => $"(* returns {ended.Result.ToString(CultureInfo.InvariantCulture)} *)",
        WordChanged word => $"{KernelNames.Word(word.Name)} = {word.To}",
        LockTaken taken => $"{(taken.IsShared ? "read_lock" : "lock")} {taken.Name}",
        LockReleased released => $"unlock {released.Name}",
        ObjectFreed freed => $"free {freed.Name}",
        WaitBegan wait when moment.Actor != Timeline.Disk => $"(* waits for {wait.Target} *)",
        AccessEnded access => $"(* {access.Text} *)",
        FailureSeen => "(* here it fails *)",
        Passed { Kind: OperationKind.Read or OperationKind.Atomic } read => $"r = {read.Target}",
        Passed { Kind: OperationKind.TryAcquire } attempt => $"!trylock {attempt.Target}",
        _ => null,
    };

    private static string Outcome(Scenery scenery) =>
        scenery.Recording.Failure is { } failure ? scenery.Named(failure.Message).TrimEnd('.') : "true";
}
