using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Variants.Harness.Engine;
using Variants.Reports.Diagrams;

namespace Variants.Reports.Pages;

/// <summary>
/// What the kernel itself would have printed: a failure in the shape that its reader knows from KASAN, KCSAN, lockdep
/// and the hung-task detector. It is marked SIMULATED, so that nobody searches a log for it.
/// </summary>
public static partial class Splat
{
    /// <summary>The first line of every splat.</summary>
    public const string Banner = "[ SIMULATED ]";

    /// <summary>The lines, each of at most 75 columns.</summary>
    public static ImmutableArray<string> Of(Scenery scenery)
    {
        Recorder recording = scenery.Recording;
        Failure failure = recording.Failure ?? throw new ArgumentException("nothing failed", nameof(scenery));
        IEnumerable<string> lines = failure.Kind switch
        {
            FailureKind.Deadlock or FailureKind.HungTask => HungTasks(scenery),
            FailureKind.LockOrder => LockOrder(scenery, failure),
            FailureKind.UseAfterFree or FailureKind.DoubleFree => Kasan(scenery, failure),
            FailureKind.DataRace => Kcsan(scenery, failure),
            FailureKind.SleepInAtomic =>
            [
                $"BUG: sleeping function called from invalid context at {In(recording)}",
                $"in_atomic(): 1, {PidAndName(scenery)}",
                scenery.Named(failure.Message),
                .. WhereItStood(scenery),
            ],
            FailureKind.ReleaseNotHeld =>
            [
                "WARNING: bad unlock balance detected!",
                $"{scenery.Named(failure.Message)}, in {In(recording)}",
                .. WhereItStood(scenery),
            ],
            FailureKind.Livelock or FailureKind.RunawayStep =>
            [
                $"watchdog: BUG: soft lockup - CPU#{Lane(scenery)} stuck for 22s! [{Actor(scenery)}:{Pid(Actor(scenery))}]",
                scenery.Named(failure.Message),
                .. WhereItStood(scenery),
            ],
            FailureKind.Bug =>
            [
                scenery.Named(failure.Message),
                $"kernel BUG in {In(recording)}! {PidAndName(scenery)}",
                .. WhereItStood(scenery),
            ],
            FailureKind.Oops =>
            [
                failure.Subject == "NULL pointer"
                    ? "BUG: unable to handle kernel NULL pointer dereference"
                    : $"Oops: {scenery.Named(failure.Message)}",
                $"IP: {In(recording)}, {PidAndName(scenery)}",
                .. WhereItStood(scenery),
            ],
            FailureKind.CounterUnderflow =>
            [
                "refcount_t: underflow; use-after-free.",
                $"{scenery.Named(failure.Message)}, in {In(recording)}",
                .. WhereItStood(scenery),
            ],
            FailureKind.SpuriousSignal => Signal(scenery, failure),
            FailureKind.MissingSignal => ["mmtests: FAIL: an access to nothing succeeded", scenery.Named(failure.Message)],
            FailureKind.WrongData => ["mmtests: FAIL: data corruption", scenery.Named(failure.Message)],
            FailureKind.Incoherent => ["mmtests: FAIL: device and process do not see one page", scenery.Named(failure.Message)],
            FailureKind.Accounting => [Accounting(failure), scenery.Named(failure.Message)],
            FailureKind.Leak => ["kmemleak: 1 new suspected memory leak", scenery.Named(failure.Message)],
            FailureKind.WrongResult => ["mmtests: FAIL: a system call returned what is not so", scenery.Named(failure.Message)],
            FailureKind.OwnProperty => [$"{failure.Subject}: FAIL", scenery.Named(failure.Message)],
            _ => [$"{failure.Kind} in {In(recording)}: {scenery.Named(failure.Message)}"],
        };
        return [Banner, .. lines.SelectMany(line => Folded(line))];
    }

    /// <summary>The pid that a report gives an actor: A has 101, B 102, the first child of A 1011.</summary>
    public static string Pid(string actor)
    {
        string[] family = actor.Split('.');
        bool isActor = family[0].Length == 1 && family[0][0] is >= 'A' and <= 'Z';
        return isActor ? $"{101 + family[0][0] - 'A'}{string.Concat(family.Skip(1))}" : "1";
    }

    private static IEnumerable<string> HungTasks(Scenery scenery)
    {
        foreach (RecordedCpu cpu in scenery.Recording.CpusAtFailure)
        {
            if (!cpu.IsWaiting || IsDevice(cpu))
                continue;
            string actor = NameOf(scenery, cpu);
            string holder = cpu.WaitsFor.Length == 0 ? ", which nobody will release"
                : cpu.WaitsFor == cpu.Actor ? ", which it holds itself"
                : $", held by {scenery.Named(cpu.WaitsFor)}";
            yield return $"INFO: task {actor}:{Pid(actor)} blocked for more than 120 seconds.";
            yield return $"  waits for {cpu.Target}{holder}";
            foreach (string line in Standing(scenery, cpu))
                yield return line;
        }
    }

    private static IEnumerable<string> LockOrder(Scenery scenery, Failure failure)
    {
        RecordedCpu? cpu = Failing(scenery);
        string actor = Actor(scenery);
        const string Rule = "======================================================";
        yield return Rule;
        yield return "WARNING: possible circular locking dependency detected";
        yield return Rule.Replace('=', '-');
        if (cpu is null)
        {
            yield return scenery.Named(failure.Message);
            yield break;
        }

        yield return $"{actor}/{Pid(actor)} is trying to acquire lock:";
        yield return $"  ({cpu.Target}), at: {Place(cpu.Trace.Count > 0 ? cpu.Trace[0] : "", cpu.Line)}";
        yield return "but task is already holding lock:";
        string[] classes = failure.Subject.Split(", ");
        foreach (RecordedHold held in cpu.Held.Where(held => classes.Contains(ClassOf(held.Lock))))
            yield return $"  ({held.Lock}), at: {Place(held.Function, held.Line)}";
        if (OppositeOrder(scenery, cpu, classes) is { } opposite)
        {
            yield return "which lock already depends on the new lock:";
            yield return $"  {opposite}";
        }

        foreach (string line in Trace(cpu))
            yield return line;
    }

    /// <summary>The earlier step that took the locks the other way round.</summary>
    private static string? OppositeOrder(Scenery scenery, RecordedCpu failing, string[] classes)
    {
        string wanted = ClassOf(failing.Target);
        string[] others = [.. classes.Where(name => name != wanted)];
        Dictionary<int, List<string>> held = [];
        for (int i = 0; i < scenery.Recording.Steps.Count; i++)
        {
            RecordedStep step = scenery.Recording.Steps[i];
            List<string> mine = held.TryGetValue(step.Cpu, out List<string>? known) ? known : held[step.Cpu] = [];
            if (step.Kind == OperationKind.Release)
            {
                mine.Remove(step.Target);
            }
            else if (step.Kind is OperationKind.Acquire or OperationKind.AcquireShared or OperationKind.Wait)
            {
                if (others.Contains(ClassOf(step.Target)) && mine.Find(name => ClassOf(name) == wanted) is { } first)
                    return $"{scenery.ActorOf(i)} took {step.Target} in {Place(step.Function, step.Line)} while it held {first}";
                if (!step.IsBlocked && step.Kind != OperationKind.Wait)
                    mine.Add(step.Target);
            }

            mine.AddRange(step.Events.OfType<LockBornLocked>().Select(born => born.Name));
        }

        return null;
    }

    private static IEnumerable<string> Kasan(Scenery scenery, Failure failure)
    {
        string what = failure.Kind == FailureKind.DoubleFree ? "double-free" : "use-after-free";
        string actor = Actor(scenery);
        yield return $"BUG: KASAN: {what} in {In(scenery.Recording)}";
        yield return Access().Match(scenery.Named(failure.Message)) is { Success: true } access
            ? $"{access.Groups[1].Value} of {access.Groups[2].Value} by task {actor}/{Pid(actor)}"
            : scenery.Named(failure.Message);
        foreach (string line in WhereItStood(scenery))
            yield return line;
        if (scenery.Recording.Freeing is { } freeing)
        {
            string by = scenery.ActorOf(Math.Max(0, freeing.Step));
            yield return $"Freed by task {by}/{Pid(by)} in {KernelNames.Of(freeing.Function)}";
        }
    }

    private static IEnumerable<string> Kcsan(Scenery scenery, Failure failure)
    {
        RecordedAccess? other = scenery.Recording.OtherAccess;
        string[] functions = [In(scenery.Recording), other is null ? "?" : KernelNames.Of(other.Function)];
        yield return $"BUG: KCSAN: data-race in {string.Join(" / ", functions)}";
        if (Access().Match(scenery.Named(failure.Message)) is { Success: true } access && other is not null)
        {
            yield return $"{access.Groups[1].Value} to {access.Groups[2].Value} by task {Pid(Actor(scenery))} ({Actor(scenery)}) in {functions[0]}";
            yield return $"{(other.IsWrite ? "write" : "read")} to {access.Groups[2].Value} by task {Pid(other.Actor)} ({other.Actor}) in {functions[1]}";
        }
        else
        {
            yield return scenery.Named(failure.Message);
        }

        foreach (string line in WhereItStood(scenery))
            yield return line;
    }

    private static IEnumerable<string> Signal(Scenery scenery, Failure failure)
    {
        string actor = Actor(scenery);
        yield return failure.Subject switch
        {
            "SIGKILL" => $"VM: killing process {actor}",
            "SIGBUS" => $"{actor}[{Pid(actor)}]: bus error",
            _ => $"{actor}[{Pid(actor)}]: segfault",
        };
        yield return scenery.Named(failure.Message);
    }

    private static string Accounting(Failure failure) => failure.Subject switch
    {
        var subject when subject.Contains("rss", StringComparison.Ordinal) => "BUG: Bad rss-counter state",
        var subject when subject.Contains("swap", StringComparison.Ordinal) => "swap_free: Bad swap file entry",
        var subject when subject.Contains("page", StringComparison.Ordinal) => "BUG: Bad page state",
        _ => "BUG: a count is not what it counts",
    };

    private static IEnumerable<string> WhereItStood(Scenery scenery) =>
        Failing(scenery) is { } cpu ? Standing(scenery, cpu) : [];

    private static IEnumerable<string> Standing(Scenery scenery, RecordedCpu cpu)
    {
        foreach (string line in Trace(cpu))
            yield return line;
        if (cpu.Held.Count == 0)
            yield break;
        string actor = NameOf(scenery, cpu);
        yield return $"{Wording.Count(cpu.Held.Count, "lock")} held by {actor}/{Pid(actor)}:";
        for (int i = 0; i < cpu.Held.Count; i++)
            yield return $" #{i}: ({cpu.Held[i].Lock}), at: {Place(cpu.Held[i].Function, cpu.Held[i].Line)}";
    }

    private static IEnumerable<string> Trace(RecordedCpu cpu)
    {
        string[] functions = [.. cpu.Trace.Select(KernelNames.Of).Where((name, i) => i == 0 || name != KernelNames.Of(cpu.Trace[i - 1]))];
        return functions.Length == 0 ? [] : ["Call Trace:", .. functions.Select(name => $" {name}")];
    }

    private static RecordedCpu? Failing(Scenery scenery) =>
        scenery.Recording.CpusAtFailure.FirstOrDefault(cpu => cpu.Cpu == scenery.Recording.Failure!.Cpu);

    private static string Actor(Scenery scenery) =>
        scenery.Recording.FailedStep >= 0 ? scenery.ActorOf(scenery.Recording.FailedStep) : "";

    private static string NameOf(Scenery scenery, RecordedCpu cpu) => scenery.Named(cpu.Actor);

    /// <summary>CPUs are numbered as the diagram numbers them: the actors' in their order.</summary>
    private static int Lane(Scenery scenery) => scenery.FailedInSetup
        ? 0
        : scenery.Recording.Steps.Skip(scenery.FirstStep).Where(step => step.Actor != "disk").Select(step => step.Cpu).Distinct().Order()
            .ToList().IndexOf(scenery.Recording.Failure!.Cpu);

    private static bool IsDevice(RecordedCpu cpu) => cpu.Actor == "disk";

    private static string PidAndName(Scenery scenery) => $"pid: {Pid(Actor(scenery))}, name: {Actor(scenery)}";

    private static string In(Recorder recording) =>
        recording.FailedFunction.Length == 0 ? "user mode" : KernelNames.Of(recording.FailedFunction);

    private static string Place(string function, int line) => line == 0 ? KernelNames.Of(function) : $"{KernelNames.Of(function)}:{line}";

    private static string ClassOf(string lockName) => lockName[(lockName.LastIndexOf('.') + 1)..];

    private static IEnumerable<string> Folded(string line)
    {
        int indent = line.Length - line.TrimStart().Length;
        return TextLines.Wrap(line, TextLines.Columns - indent, 2).Select(part => new string(' ', indent) + part);
    }

    [GeneratedRegex(@"^(Read|Write|read|write) of (\S+)", RegexOptions.CultureInvariant)]
    private static partial Regex Access();
}
