using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Variants.Harness.Engine;
using Variants.Harness.Histories;

namespace Variants.Reports.Diagrams;

/// <summary>
/// What a recording is about, in the words of its history: who does what, whose address space is whose, and how
/// things stood when the CPUs began to run side by side.
/// </summary>
public sealed partial class Scenery
{
    private const string SetupName = "setup";

    private readonly SortedDictionary<string, string> _owners = new(StringComparer.Ordinal);
    private readonly string?[] _actorsInSetup;

    /// <summary>Reads <paramref name="recording"/> of <paramref name="history"/>.</summary>
    public Scenery(History history, Recorder recording)
    {
        History = history;
        Recording = recording;
        _actorsInSetup = ActorsInSetup();
        FindOwners();
    }

    /// <summary>What was run.</summary>
    public History History { get; }

    /// <summary>What happened.</summary>
    public Recorder Recording { get; }

    /// <summary>It went wrong before anything ran side by side.</summary>
    public bool FailedInSetup =>
        Recording.Failure is not null && (Recording.FailedStep >= 0 ? Recording.FailedStep : Recording.Steps.Count) < Recording.SetupSteps;

    /// <summary>The first step of the diagram: the first of the actors', or of the setup's if it went wrong there.</summary>
    public int FirstStep => FailedInSetup
        ? Math.Max(0, Recording.Steps.ToList().FindIndex(step => step.Events.Any(e => e is OperationBegan)))
        : Recording.SetupSteps;

    /// <summary>Who takes a step: in the setup, the process on whose behalf.</summary>
    public string ActorOf(int step) => _actorsInSetup[step] ?? Recording.Steps[step].Actor;

    /// <summary>A message in which whoever did the setup goes by its process' name.</summary>
    public string Named(string message)
    {
        string named = KernelNames.Word(message);
        named = LastInSetup() is { } actor ? SetupWord().Replace(named, actor) : named;
        return WaitForItself().Replace(named, "$1 waits for $2, which it holds itself");
    }

    /// <summary>
    /// Whose step of the setup was the last one before it failed, if it failed there. A daemon may have failed, or nobody
    /// in particular: the others are at rest.
    /// </summary>
    private string? LastInSetup()
    {
        if (!FailedInSetup && Recording.FailedStep >= Recording.SetupSteps)
            return null;
        int last = Math.Min(Recording.SetupSteps, _actorsInSetup.Length) - 1;
        for (int step = Recording.FailedStep >= 0 ? Math.Min(Recording.FailedStep, last) : last; step >= 0; step--)
        {
            if (_actorsInSetup[step] is { } actor)
                return actor;
        }

        return null;
    }

    /// <summary><c>mm0 is A's and mm2 is A.1's</c>, of those that <paramref name="text"/> mentions; empty if there are none.</summary>
    public string OwnersIn(string text)
    {
        HashSet<string> mentioned = [.. MmName().Matches(text).Select(match => match.Value)];
        return Wording.List([.. _owners.Where(pair => mentioned.Contains(pair.Key)).Select(pair => $"{pair.Key} is {pair.Value}'s")]) is
            var owners and not "nothing" ? owners : "";
    }

    /// <summary>The address space that <paramref name="actor"/> had last; null if it is not known.</summary>
    public string? MmOf(string actor) => _owners.LastOrDefault(pair => pair.Value == actor).Key;

    /// <summary>The value of every word that the setup changed, when the actors began.</summary>
    public SortedDictionary<string, string> WordsAfterSetup()
    {
        SortedDictionary<string, string> words = new(StringComparer.Ordinal);
        foreach (WordChanged change in Recording.Steps.Take(FirstStep).SelectMany(step => step.Events).OfType<WordChanged>())
            words[KernelNames.Word(change.Name)] = change.To;
        return words;
    }

    /// <summary>The operations, as the history writes them, for each actor that has any.</summary>
    public IEnumerable<(string Actor, ImmutableArray<Operation> Operations)> Actors() =>
        History.Actors.Select((operations, actor) => (History.NameOf(actor), operations)).Where(one => !one.operations.IsEmpty);

    /// <summary>Each operation of the setup is found in the history by identity: one that was skipped never began.</summary>
    private string?[] ActorsInSetup()
    {
        string?[] actors = new string?[Recording.Steps.Count];
        int next = 0;
        string? actor = null;
        for (int i = 0; i < Recording.SetupSteps && i < actors.Length; i++)
        {
            RecordedStep step = Recording.Steps[i];
            if (step.Actor != SetupName)
                continue;

            actors[i] = actor;
            foreach (OperationBegan began in step.Events.OfType<OperationBegan>())
            {
                int found = next;
                while (found < History.Setup.Length && !ReferenceEquals(History.Setup[found].Operation, began.Operation))
                    found++;
                if (found < History.Setup.Length)
                {
                    next = found + 1;
                    actor = History.NameOf(History.Setup[found].Actor);
                }

                actors[i] ??= actor;
            }
        }

        return actors;
    }

    /// <summary>Boot gives each actor an mm in order; later ones appear in whoever forks or execs.</summary>
    private void FindOwners()
    {
        for (int actor = 0; actor < History.Actors.Length; actor++)
            _owners[$"mm{actor}"] = History.NameOf(actor);
        Dictionary<string, int> children = [];
        for (int i = FirstActorsStep(); i < Recording.Steps.Count; i++)
        {
            foreach (WordChanged change in Recording.Steps[i].Events.OfType<WordChanged>().Where(change => change.Subject == "task_struct.mm"))
                Follow(change, ActorOf(i), children);
        }
    }

    /// <summary>Boot gives tasks their first mm, in nobody's name.</summary>
    private int FirstActorsStep() => Math.Max(0, Recording.Steps.ToList().FindIndex(step => step.Events.Any(e => e is OperationBegan)));

    /// <summary>A child is named after its parent when it gets an mm; one that never came to be gives the name back.</summary>
    private void Follow(WordChanged change, string actor, Dictionary<string, int> children)
    {
        int born = children.GetValueOrDefault(actor);
        if (change.To == "none")
        {
            if (_owners.TryGetValue(change.From, out string? owner) && owner == $"{actor}.{born}")
                children[actor] = born - 1;
        }
        else if (change.From == "none")
        {
            children[actor] = born + 1;
            _owners.TryAdd(change.To, $"{actor}.{born + 1}");
        }
        else
        {
            _owners.TryAdd(change.To, actor);
        }
    }

    [GeneratedRegex(@"\bmm\d+\b", RegexOptions.CultureInvariant)]
    private static partial Regex MmName();

    [GeneratedRegex(@"(\S+) waits for (\S+), held by \1(?=;|$)", RegexOptions.CultureInvariant)]
    private static partial Regex WaitForItself();

    [GeneratedRegex(@"\bsetup\b", RegexOptions.CultureInvariant)]
    private static partial Regex SetupWord();
}
