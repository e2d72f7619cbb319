using Variants.Harness.Engine;

namespace Variants.Reports.Diagrams;

/// <summary>The diagram of a program that is no kernel: every step of every CPU, as there are few.</summary>
public static class ProgramDrawing
{
    /// <summary>What was recorded, as lanes.</summary>
    public static LaneTable Of(Recorder recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        int[] cpus = [.. recording.Steps.Select(step => step.Cpu).Distinct().Order()];
        var rows = new List<LaneRow>();
        for (int i = 0; i < recording.Steps.Count; i++)
        {
            RecordedStep step = recording.Steps[i];
            string[] parts = [.. Parts(step)];
            if (parts.Length > 0)
                rows.Add(new LaneRow(Array.IndexOf(cpus, step.Cpu), [.. parts], i == recording.FailedStep));
        }

        // Whoever could go on when it announced, and could not any more when its turn came, has left no step.
        foreach (RecordedCpu cpu in recording.CpusAtFailure.Where(cpu => cpu.IsWaiting && !LastOf(cpu.Cpu).IsBlocked))
            rows.Add(new LaneRow(Array.IndexOf(cpus, cpu.Cpu), [Waits(cpu.Target, cpu.WaitsFor)]));

        return new LaneTable([.. cpus.Select(cpu => recording.Steps.First(step => step.Cpu == cpu).Actor)], [.. rows]).Shortened();

        RecordedStep LastOf(int cpu) => recording.Steps.Last(step => step.Cpu == cpu && step.Kind != OperationKind.None);
    }

    private static IEnumerable<string> Parts(RecordedStep step)
    {
        string target = Name(step.Target);
        WordChanged[] changes = [.. step.Events.OfType<WordChanged>()];
        if (step.IsBlocked)
        {
            yield return Waits(step.Target, step.WaitsFor!);
            yield break;
        }

        string? does = step.Kind switch
        {
            OperationKind.Acquire => $"takes {target}",
            OperationKind.AcquireShared => $"takes {target} to read",
            OperationKind.TryAcquire => $"tries to take {target}",
            OperationKind.Release => $"lets {target} go",
            OperationKind.Wait => $"wakes from {target}",
            OperationKind.Read => $"reads {target}",
            OperationKind.Write or OperationKind.Atomic when changes.Length == 0 => $"sets {target} to what it was",
            OperationKind.Yield => "spins",
            OperationKind.Sleep => "sleeps",
            _ => null,
        };
        if (does is not null)
            yield return changes.Length > 0 ? $"{does};" : does;
        foreach (WordChanged change in changes)
            yield return $"{Name(change.Name)} {change.From} -> {change.To}";
    }

    private static string Waits(string target, string owners) =>
        owners.Length == 0 ? $"waits for {Name(target)}" : $"waits for {Name(target)}, held by {owners}";

    /// <summary>A program has one shared object: its words are known by their own names.</summary>
    private static string Name(string name) =>
        name.StartsWith("shared.", StringComparison.Ordinal) ? name["shared.".Length..] : name;
}
