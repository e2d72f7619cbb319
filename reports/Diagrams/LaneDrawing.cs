using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Variants.Harness.Engine;
using Variants.Harness.Histories;

namespace Variants.Reports.Diagrams;

/// <summary>
/// Makes a <see cref="LaneTable"/> of a recording: only what matters to a reader. Locks that nobody had to wait for
/// and words that only the allocator cares about are left out; what one function does in one go is one row.
/// </summary>
public sealed partial class LaneDrawing
{
    private const string Disk = "disk";
    private const string KernelLock = "kernel_flag";

    private readonly Scenery _scenery;
    private readonly Recorder _recording;
    private readonly Failure? _failure;
    private readonly ImmutableHashSet<string> _culprits;
    private readonly ImmutableHashSet<string> _related;
    private readonly List<Entry> _entries = [];
    private readonly Dictionary<int, List<Entry>> _beginnings = [];
    private readonly HashSet<int> _waiting = [];
    private readonly HeldLocks _held = new();

    private LaneDrawing(Scenery scenery)
    {
        _scenery = scenery;
        _recording = scenery.Recording;
        _failure = _recording.Failure;
        (_culprits, _related) = _failure is null ? ([], []) : Culprits(_scenery.Named(_failure.Message));
    }

    /// <summary>The diagram of a whole recording, shortened if it is long.</summary>
    public static LaneTable Of(Scenery scenery) => new LaneDrawing(scenery).Draw().Shortened();

    private LaneTable Draw()
    {
        for (int i = 0; i < _scenery.FirstStep; i++)
        {
            foreach (RecordedEvent happened in _recording.Steps[i].Events)
                _held.Follow(happened, _scenery.ActorOf(i));
        }

        ImmutableSortedDictionary<string, string> heldAtFirst = _held.Now;
        for (int i = _scenery.FirstStep; i < _recording.Steps.Count; i++)
            AddStep(i);
        AddAttemptAtFailure();
        AddSleepsAtFailure();
        DropWaitsForNobody();
        Mark();

        int[] cpus = [.. _entries.Select(entry => entry.Cpu).Where(cpu => NameOf(cpu) != Disk).Distinct().Order()];
        if (cpus.Length == 0)
            return LaneTable.Empty;

        ImmutableArray<string> titles = [.. cpus.Select(Title)];
        ImmutableArray<LaneRow>.Builder rows = ImmutableArray.CreateBuilder<LaneRow>();
        ImmutableSortedDictionary<string, string> atFirst = StateAtFirst();
        ImmutableSortedDictionary<string, string> state = atFirst;
        foreach (Entry entry in _entries)
        {
            state = state.SetItems(entry.Changes.Select(change => KeyValuePair.Create(change.Word, change.To)));
            int lane = Array.IndexOf(cpus, entry.Cpu);
            if (lane < 0)
                rows.Add(LaneRow.Across($"[disk: {string.Join(' ', entry.Parts().Skip(1))}]") with { State = state, Held = entry.Held });
            else if (!entry.IsBeginning || !titles[lane].Contains($"{Verb(entry)}(", StringComparison.Ordinal))
                rows.Add(new LaneRow(lane, entry.Parts(), entry.IsMarked) { State = state, Held = entry.Held });
        }

        if (_failure is { Cpu: < 0 })
            rows.Add(LaneRow.Across($"In the end: {_scenery.Named(_failure.Message)}") with { State = state, Held = _held.Now });
        return new LaneTable(titles, rows.ToImmutable()) { StateAtFirst = atFirst, HeldAtFirst = heldAtFirst };
    }

    /// <summary>
    /// Of every word that a row changes, what it was before the first that does; and the ptes and swap counts that the
    /// setup left.
    /// </summary>
    private ImmutableSortedDictionary<string, string> StateAtFirst()
    {
        ImmutableSortedDictionary<string, string>.Builder first = LaneRow.NoWords.ToBuilder();
        foreach ((string word, string from, _) in _entries.SelectMany(entry => entry.Changes))
            first.TryAdd(word, from);
        foreach ((string word, string value) in _scenery.WordsAfterSetup())
        {
            bool isOfInterest = word.Contains(".pte[", StringComparison.Ordinal) || word.StartsWith("swap_map[", StringComparison.Ordinal);
            if (isOfInterest && value is not ("none" or "0"))
                first.TryAdd(word, value);
        }

        return first.ToImmutable();
    }

    private void AddStep(int number)
    {
        RecordedStep step = _recording.Steps[number];
        if (step.IsBlocked)
        {
            if (step.Actor != Disk)
            {
                Begin(step.Cpu);
                string holder = step.WaitsFor!.Length > 0 ? $"(held by {_scenery.Named(step.WaitsFor)})"
                    : step.Target.EndsWith("PG_locked", StringComparison.Ordinal) ? "(I/O)"
                    : "(taken)";
                Add(step, number, step.Function, [$"waits for {LockName(step.Target)}", holder], [step.Target]).IsWait = true;
                _waiting.Add(step.Cpu);
            }

            return;
        }

        if (step.Kind != OperationKind.None)
        {
            Begin(step.Cpu);
            Sleeps(step);
            if (_waiting.Remove(step.Cpu))
                Add(step, number, step.Function, [step.Kind == OperationKind.Wait ? $"finds {LockName(step.Target)} free" : $"gets {LockName(step.Target)}"], [step.Target]).IsEndOfWait = true;
            else if (TakesLock(step.Kind) && IsAboutLock(step.Target))
                Add(step, number, step.Function, [$"takes {LockName(step.Target)}"], [step.Target]);
        }

        bool wrote = step.Events.Any(e => e is AccessEnded);
        foreach (RecordedEvent happened in step.Events)
        {
            if (happened is FailureSeen)
            {
                AddFailure(step, number);
                if (_failure!.Kind != FailureKind.WrongResult)
                    break;
            }

            _held.Follow(happened, _scenery.ActorOf(number));
            AddEvent(step, number, happened, wrote);
        }

        // A read changes nothing, so only the race itself tells of it.
        if (_recording.OtherAccess is { IsWrite: false } other && other.Step == number && AccessText().Match(_failure!.Message) is { Success: true } race)
        {
            string word = KernelNames.Word(race.Groups[2].Value);
            Add(step, number, other.Function, [$"reads {word}"], [word]);
        }
    }

    private void AddEvent(RecordedStep step, int number, RecordedEvent happened, bool wrote)
    {
        switch (happened)
        {
            case WordChanged change when Matters(change, wrote):
                Change(step, number, change);
                break;
            case ObjectFreed { Name: var name } when !name.StartsWith("page", StringComparison.Ordinal) || _culprits.Contains(name):
                Add(step, number, happened.Function, [$"frees {name}"], [name]);
                break;
            case LockTaken { Name: var name } when _entries is [.., var last] && last.Cpu == step.Cpu && last.Step == number && last.Words.Contains(name):
                // The row that says so was there first.
                last.Held = _held.Now;
                break;
            case LockBornLocked { Name: var name } when IsAboutLock(name):
                Add(step, number, happened.Function, [$"{LockName(name)} is born locked"], [name]);
                break;
            case AccessEnded { Text: var text }:
                string who = _scenery.FailedInSetup ? $"{_scenery.ActorOf(number)}: " : "";
                Add(step, number, "", [who + Spoken(text)], [.. PagesAt(text)]);
                break;
            case OperationBegan { Operation: Operation operation }:
                // A process that is being killed exits, within the operation that killed it.
                List<Entry> beginnings = _beginnings.TryGetValue(step.Cpu, out List<Entry>? waiting) ? waiting : _beginnings[step.Cpu] = [];
                string actor = _scenery.FailedInSetup ? $"{_scenery.ActorOf(number)}: " : "";
                beginnings.Add(new Entry(step.Cpu, number, "", [actor + Text(operation)], []) { IsBeginning = true, Operation = operation });
                break;
            case OperationEnded ended when ended.Result < 0 || IsLast(number, ended):
                Begin(step.Cpu);
                Add(step, number, "", [$"returns {(ended.Result < 0 ? Harness.Memory.Errno.Name(ended.Result) : ended.Result)}"], []);
                break;
            case OperationEnded:
                _beginnings.GetValueOrDefault(step.Cpu)?.RemoveAll(entry => !IsSystemCall(entry));
                break;
        }
    }

    /// <summary>What an actor is about to do is told when it does it.</summary>
    private void Begin(int cpu)
    {
        if (!_beginnings.Remove(cpu, out List<Entry>? beginnings))
            return;
        foreach (Entry entry in beginnings.Where(IsSystemCall))
        {
            entry.Held = _held.Now;
            _entries.Add(entry);
        }
    }

    /// <summary>A load or store says by itself what it was when it ends.</summary>
    private static bool IsSystemCall(Entry entry) =>
        entry.Operation?.Verb.Code is not (VerbCode.Read or VerbCode.Write);

    /// <summary>A sleep is worth a row only if somebody else ran meanwhile.</summary>
    private void Sleeps(RecordedStep step)
    {
        if (step.Kind is not (OperationKind.Sleep or OperationKind.Yield))
            return;

        int last = _entries.FindLastIndex(entry => entry.Cpu == step.Cpu);
        if (last >= 0 && last < _entries.Count - 1 && _entries[last] is { IsWait: false } before)
        {
            string what = step.Kind == OperationKind.Sleep ? "sleeps" : "gives way";
            string where = $"in {KernelNames.Of(step.Function)}";
            string[] parts = step.Target == KernelLock ? [what, $"{where},", "without the BKL"] : [what, where];
            ImmutableSortedDictionary<string, string> held = _held.Asleep(step.Actor, step.Target, before.Held);
            _entries.Insert(last + 1, new Entry(step.Cpu, before.Step, "", parts, []) { Held = held });
        }
    }

    /// <summary>Who never came back from a sleep is told to sleep, too.</summary>
    private void AddSleepsAtFailure()
    {
        foreach (RecordedCpu cpu in _recording.CpusAtFailure.Where(cpu => cpu.Cpu != _failure!.Cpu && !cpu.IsWaiting))
        {
            string function = cpu.Trace.Count > 0 ? cpu.Trace[0] : "";
            Sleeps(new RecordedStep(cpu.Cpu, cpu.Actor, cpu.Kind, cpu.Target, function, 0));
        }
    }

    private void AddFailure(RecordedStep step, int number)
    {
        string function = _recording.FailedFunction;
        string message = _scenery.Named(_failure!.Message);
        string? text = _failure.Kind switch
        {
            FailureKind.UseAfterFree => AccessText().Match(message) is { Success: true } access
                ? $"{(access.Groups[1].Value == "Write" ? "writes" : "reads")} {access.Groups[2].Value}, which is freed"
                : message,
            FailureKind.DoubleFree => FreedText().Match(message) is { Success: true } freed ? $"frees {freed.Groups[1].Value} again" : message,
            FailureKind.DataRace => AccessText().Match(message) is { Success: true } race
                ? $"{race.Groups[1].Value.ToLowerInvariant()}s {race.Groups[2].Value}"
                : message,
            FailureKind.Deadlock or FailureKind.LockOrder or FailureKind.WrongData or FailureKind.SpuriousSignal
                or FailureKind.MissingSignal or FailureKind.WrongResult or FailureKind.Incoherent or FailureKind.HungTask => null,
            FailureKind.Livelock => $"still running after {Wording.Number(_failure.Step)} steps",
            _ => message,
        };
        if (_failure.Kind == FailureKind.Bug && message.Contains(": ", StringComparison.Ordinal))
            function = "";
        if (text is not null)
        {
            Begin(step.Cpu);
            Add(step, number, function, [.. text.Split(' ')], [.. _culprits]).IsFailure = true;
        }
    }

    /// <summary>A wrong lock order is seen when the lock is asked for, which is no step yet.</summary>
    private void AddAttemptAtFailure()
    {
        if (_failure is not { Kind: FailureKind.LockOrder or FailureKind.SleepInAtomic })
            return;

        foreach (RecordedCpu cpu in _recording.CpusAtFailure)
        {
            if (cpu.Cpu == _failure.Cpu && cpu.Target.Length > 0 && _failure.Kind == FailureKind.LockOrder)
            {
                string where = cpu.Trace.Count > 0 ? cpu.Trace[0] : "";
                _entries.Add(new Entry(cpu.Cpu, _recording.FailedStep, where, [$"tries to take {LockName(cpu.Target)}"], [cpu.Target]) { IsFailure = true, Held = _held.Now });
            }
        }
    }

    /// <summary>A wait during which nobody else did anything worth a row is no event.</summary>
    private void DropWaitsForNobody()
    {
        for (int i = _entries.Count - 1; i >= 0; i--)
        {
            if (!_entries[i].IsWait)
                continue;

            int next = _entries.FindIndex(i + 1, entry => entry.Cpu == _entries[i].Cpu);
            bool nobodyElse = next >= 0 && _entries[next].IsEndOfWait && next == i + 1;
            if (nobodyElse && !IsAboutLock(_entries[i].Words is [var awaited, ..] ? awaited : ""))
                _entries.RemoveRange(i, 2);
        }

        // Two waits for one thing in a row say it once.
        for (int i = _entries.Count - 1; i > 0; i--)
        {
            if (_entries[i] is { IsEndOfWait: true } && _entries[i - 1] is { IsEndOfWait: true } && _entries[i].Cpu == _entries[i - 1].Cpu)
                _entries.RemoveAt(i - 1);
        }
    }

    /// <summary>Marks the event at which it failed, and the last one of another CPU that concerns the same things.</summary>
    private void Mark()
    {
        if (_failure is null || _entries.Count == 0)
            return;

        int last = _failure.Cpu >= 0
            ? _entries.FindLastIndex(entry => entry.Cpu == _failure.Cpu && (entry.IsFailure || entry.Step <= _recording.FailedStep))
            : _entries.FindLastIndex(entry => Concerns(entry, _culprits));
        if (last < 0)
            last = _entries.FindLastIndex(entry => Concerns(entry, _related));
        if (last < 0)
            last = _entries.Count - 1;
        _entries[last].IsMarked = true;
        if (_failure.Cpu >= 0)
            _entries.RemoveRange(last + 1, _entries.Count - last - 1);

        int? step = (_recording.OtherAccess ?? _recording.Freeing)?.Step;
        int other = _entries.FindLastIndex(entry => IsOther(entry, _culprits));
        if (other < 0)
            other = _entries.FindLastIndex(entry => IsOther(entry, _related));
        if (other >= 0)
            _entries[other].IsMarked = true;

        // Whoever uses what is freed may have freed it, too; apart from that, nobody conflicts with himself.
        bool IsOther(Entry entry, ImmutableHashSet<string> about) =>
            (step is null ? entry.Cpu != _entries[last].Cpu : entry.Step == step) && !entry.IsMarked && Concerns(entry, about);
    }

    private static bool Concerns(Entry entry, ImmutableHashSet<string> about) => entry.Words.Any(word => about.Any(culprit => Touches(word, culprit)));

    private static bool Touches(string word, string culprit) =>
        word.StartsWith(culprit, StringComparison.Ordinal)
        && (word.Length == culprit.Length || !char.IsLetterOrDigit(word[culprit.Length]));

    /// <summary>
    /// The objects that a failure names: <c>mm2.pte[0]</c> where it says that mm2 holds something at page 0; and those
    /// that it names beside them, such as the slot.
    /// </summary>
    private (ImmutableHashSet<string> Named, ImmutableHashSet<string> Beside) Culprits(string message)
    {
        HashSet<string> culprits = [.. ObjectName().Matches(message).Select(match => match.Value)];
        if (PageNumber().Match(message) is { Success: true } page)
        {
            string[] mms = [.. culprits.Where(name => name.StartsWith("mm", StringComparison.Ordinal))];
            if (mms.Length == 0 && ActorName().Match(message) is { Success: true } actor)
                mms = _scenery.MmOf(actor.Value) is { } mm ? [mm] : [];
            culprits.ExceptWith(mms);
            culprits.UnionWith(mms.Select(mm => $"{mm}.pte[{page.Groups[1].Value}]"));
        }

        if (AccessText().Match(message) is { Success: true } access)
            culprits.Add(access.Groups[2].Value);
        if (_recording.Freeing is { Step: >= 0 and var freeing })
            culprits.UnionWith(_recording.Steps[freeing].Events.OfType<ObjectFreed>().Select(freed => freed.Name).Where(name => message.Contains(name, StringComparison.Ordinal)));
        foreach (string slot in culprits.Where(name => name.StartsWith('E')).ToArray())
            culprits.Add($"swap_map[{slot[1..]}]");
        string[] named = [.. culprits.Where(name => name.Contains(".pte[", StringComparison.Ordinal))];
        return (named.Length > 0 ? [.. named] : [.. culprits], [.. culprits]);
    }

    /// <summary><c>reads page 0: 1</c> for the driver's <c>read 0 -> 1</c>.</summary>
    private static string Spoken(string access) =>
        Access().Replace(access, match => $"{match.Groups[1].Value}s{match.Groups[2].Value} page {match.Groups[3].Value}:{match.Groups[4].Value}")
            .Replace("peeks ", "peeks at ", StringComparison.Ordinal);

    private static IEnumerable<string> PagesAt(string text) =>
        PageOfAccess().Match(text) is { Success: true } access ? [$"page {access.Groups[1].Value}"] : [];

    private bool Matters(WordChanged change, bool wrote)
    {
        string subject = change.Subject;
        if (change.From == change.To)
            return false;
        if (subject == "page.data")
            return !wrote && change.To is not ("0" or "garbage") && !change.To.StartsWith("file page", StringComparison.Ordinal);
        return subject.StartsWith("mm_struct.pte", StringComparison.Ordinal)
            || subject.StartsWith("swap_map", StringComparison.Ordinal)
            || subject is "page.entry" or "page.PG_dirty"
            || (_failure is not null && (_failure.Subject == subject || IsNamed(change)));
    }

    private bool IsNamed(WordChanged change) =>
        change.Name.Contains('.', StringComparison.Ordinal)
        && KernelNames.Word(_failure!.Message).Contains(KernelNames.Word(change.Name), StringComparison.Ordinal);

    private void Change(RecordedStep step, int number, WordChanged change)
    {
        string word = KernelNames.Word(change.Name);
        Entry? last = _entries.Count > 0 ? _entries[^1] : null;
        if (last is { IsChange: true } && last.Cpu == step.Cpu && last.Function == change.Function)
        {
            last.Merge(word, change);
            if (last.IsEmpty)
                _entries.RemoveAt(_entries.Count - 1);
            else
                (last.Step, last.Held) = (number, _held.Now);
            return;
        }

        Begin(step.Cpu);
        Entry entry = Add(step, number, change.Function, [], [word]);
        entry.Merge(word, change);
    }

    private Entry Add(RecordedStep step, int number, string function, IEnumerable<string> parts, IEnumerable<string> words)
    {
        Begin(step.Cpu);
        var entry = new Entry(step.Cpu, number, function, [.. parts], [.. words]) { Held = _held.Now };
        _entries.Add(entry);
        return entry;
    }

    private bool IsLast(int number, OperationEnded ended) =>
        number == _recording.FailedStep && ended.Operation is Operation { Verb.Code: not (VerbCode.Read or VerbCode.Write) };

    private static bool TakesLock(OperationKind kind) =>
        kind is OperationKind.Acquire or OperationKind.AcquireShared or OperationKind.TryAcquire;

    /// <summary>Failures about locks are told with every one of those locks; others only with those that had to be waited for.</summary>
    private bool IsAboutLock(string name) =>
        _failure is { Kind: FailureKind.Deadlock or FailureKind.HungTask or FailureKind.LockOrder or FailureKind.SleepInAtomic or FailureKind.ReleaseNotHeld }
        && name.Length > 0
        && (_failure.Message.Contains(name, StringComparison.Ordinal)
            || _failure.Subject.Split(", ").Any(subject => name == subject || name.EndsWith($".{subject}", StringComparison.Ordinal)));

    internal static string LockName(string name) => name == KernelLock ? "the BKL" : name;

    private string NameOf(int cpu) => _recording.Steps.Last(step => step.Cpu == cpu).Actor;

    /// <summary><c>CPU0 fork(A)</c>; <c>CPU0 A</c> if it does more than one thing.</summary>
    private string Title(int cpu, int lane)
    {
        string name = NameOf(cpu);
        if (_scenery.FailedInSetup)
            return $"CPU{lane}";

        Operation[] operations = [.. _recording.Steps.Skip(_scenery.FirstStep).Where(step => step.Cpu == cpu)
            .SelectMany(step => step.Events).OfType<OperationBegan>().Select(began => (Operation)began.Operation)];
        return operations.Length == 1 ? $"CPU{lane} {operations[0].Verb.Name}({name})" : $"CPU{lane} {name}";
    }

    private static string Verb(Entry entry) => entry.Operation!.Verb.Name;

    /// <summary>What a child does stands in the child's own lane.</summary>
    private static string Text(Operation operation) => HistoryText.Print(operation with { Child = [] });

    [GeneratedRegex(@"^(Read|Write|read|write) of (\S+)", RegexOptions.CultureInvariant)]
    private static partial Regex AccessText();

    [GeneratedRegex(@"^double free of (\S+)", RegexOptions.CultureInvariant)]
    private static partial Regex FreedText();

    [GeneratedRegex(@"\b(mm\d+|page\d+|vma\d+|task\d+|swap_map(\[\d+\])?|E\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex ObjectName();

    [GeneratedRegex(@"\bpage (\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex PageNumber();

    [GeneratedRegex(@"\b[A-D](\.\d+)*\b", RegexOptions.CultureInvariant)]
    private static partial Regex ActorName();

    [GeneratedRegex(@"^(read|write|peek)( \S+)? (\d+)(?: ->| <-|:)( .+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Access();

    [GeneratedRegex(@"^(?:read|write|peek \S+) (\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex PageOfAccess();

    /// <summary>A row in the making.</summary>
    private sealed class Entry(int cpu, int step, string function, IReadOnlyList<string> parts, IReadOnlyList<string> words)
    {
        private readonly List<(string Word, string From, string To)> _changes = [];

        public int Cpu => cpu;

        public int Step { get; set; } = step;

        public string Function => function;

        public IReadOnlyList<string> Words => _changes.Count > 0 ? [.. _changes.Select(change => change.Word)] : words;

        public Operation? Operation { get; init; }

        public bool IsBeginning { get; init; }

        public bool IsWait { get; set; }

        public bool IsEndOfWait { get; set; }

        public bool IsFailure { get; set; }

        public bool IsMarked { get; set; }

        /// <summary>Who holds which locks after it.</summary>
        public ImmutableSortedDictionary<string, string> Held { get; set; } = LaneRow.NoWords;

        public bool IsChange => _changes.Count > 0;

        public IReadOnlyList<(string Word, string From, string To)> Changes => _changes;

        public bool IsEmpty => parts.Count == 0 && _changes.Count == 0;

        /// <summary>A word that one function changes twice has changed once; one that it changes back has not.</summary>
        public void Merge(string word, WordChanged change)
        {
            int at = _changes.FindIndex(one => one.Word == word);
            if (at < 0)
            {
                _changes.Add((word, change.From, change.To));
                return;
            }

            string from = _changes[at].From;
            _changes.RemoveAt(at);
            if (from != change.To)
                _changes.Add((word, from, change.To));
        }

        public ImmutableArray<string> Parts()
        {
            IEnumerable<string> body = _changes.Count == 0
                ? parts
                : _changes.Select((change, i) => $"{change.Word} {change.From} -> {change.To}{(i < _changes.Count - 1 ? "," : "")}");
            return function.Length == 0 ? [.. body] : [$"{KernelNames.Of(function)}:", .. body];
        }
    }
}
