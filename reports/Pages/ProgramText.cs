using System.Globalization;
using System.Text;
using Variants.Harness.Programs;
using Variants.Harness.Strategies;
using Variants.Properties.Campaigns;
using Variants.Properties.Verification;
using Variants.Reports.Diagrams;

namespace Variants.Reports.Pages;

/// <summary>What came of a program, as text for a terminal or a mail.</summary>
public static class ProgramText
{
    private const int MostStates = 12;

    /// <summary>What exploring it came to.</summary>
    public static string Of(ConcurrentProgram program, ProgramOutcome outcome)
    {
        var text = new StringBuilder();
        Line(text, $"{program.Name}: {Verdict(program, outcome)}");
        foreach ((string state, long traces) in outcome.States.Take(MostStates))
            Line(text, $"{Wording.Number(traces)} end with {state}", 2);
        if (outcome.States.Count > MostStates)
            Line(text, $"and {Wording.Count(outcome.States.Count - MostStates, "other end")}", 2);
        foreach (ProgramFailure failure in outcome.Failures)
            Write(text, program, failure, "");
        return text.ToString();
    }

    /// <summary>What trying it came to.</summary>
    public static string Of(ProgramTrial trial)
    {
        var text = new StringBuilder();
        string schedules = Wording.Count(trial.Schedules, "schedule");
        Line(text, trial.Failures.IsEmpty
            ? $"{trial.Program.Name}: nothing went wrong in {schedules}; verify proves what this does not"
            : $"{trial.Program.Name}: fails, of {schedules}");
        foreach ((ProgramFailure failure, int times, int first) in trial.Failures)
            Write(text, trial.Program, failure, $" in {Wording.Number(times)} of them, first in number {Wording.Number(first)}");
        return text.ToString();
    }

    private static string Verdict(ConcurrentProgram program, ProgramOutcome outcome)
    {
        string deadlocks = outcome.Deadlocks > 0 ? $" and {Wording.Count(outcome.Deadlocks, "deadlock")}" : "";
        string executions = $"{Wording.Count(outcome.Executions, "execution")}{deadlocks}";
        string published = !outcome.IsComplete || program.Traces is not { } traces
            ? ""
            : traces == outcome.Executions ? ", one for each trace" : $", though there are {Wording.Count(traces, "trace")}";
        string cut = outcome.Cut > 0 ? $"; in {Wording.Number(outcome.Cut)} of them a loop tried too often" : "";
        if (!outcome.Failures.IsEmpty)
            return $"fails ({(outcome.IsComplete ? "of" : "so far, of")} {executions}{published}{cut})";
        return outcome.IsComplete ? $"holds: proved, {executions}{published}" : $"holds as far as searched ({executions}{cut})";
    }

    private static void Write(StringBuilder text, ConcurrentProgram program, ProgramFailure failure, string seen)
    {
        string preemptions = failure.Preemptions is { } fewest
            ? string.Create(CultureInfo.InvariantCulture, $"{Wording.Count(fewest, "preemption")}, fewer do not show it")
            : "as it was found; schedules of few preemptions are too many";
        Line(text, $"- {failure.Failure.Kind}{seen}, {preemptions}: {failure.Failure.Message}", 2);
        var replay = new Replay([.. failure.Schedule]);
        replay.Begin(0, 0);
        string diagram = LaneText.Render(ProgramDrawing.Of(new ProgramMachine(program).Record(replay).Recording), TextLines.Columns - 4);
        text.Append('\n');
        foreach (string line in diagram.TrimEnd('\n').Split('\n'))
            text.Append("    ").Append(line).Append('\n');
        text.Append('\n');
    }

    private static void Line(StringBuilder text, string line, int indent = 0)
    {
        foreach (string part in TextLines.Wrap(line, TextLines.Columns - indent, 2))
            text.Append(' ', indent).Append(part).Append('\n');
    }
}
