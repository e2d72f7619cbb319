using System.Collections.Immutable;
using Variants.Harness.Engine;

namespace Variants.Reports.Diagrams;

/// <summary>Who holds which locks, as a recording goes on: by holder, in the order in which they were taken.</summary>
internal sealed class HeldLocks
{
    private ImmutableSortedDictionary<string, string> _now = LaneRow.NoWords;
    private readonly List<(string Holder, string Lock, string Text)> _held = [];

    /// <summary><c>A</c> holds <c>mm0.mmap_sem for reading, swap_lock</c>. Whoever holds nothing is not in it.</summary>
    public ImmutableSortedDictionary<string, string> Now => _now;

    /// <summary>
    /// How locks stood when <paramref name="actor"/> fell asleep, others having what they had <paramref name="then"/>. What
    /// it holds now, on waking, it held all the time, but for what it <paramref name="dropped"/> meanwhile.
    /// </summary>
    public ImmutableSortedDictionary<string, string> Asleep(string actor, string dropped, ImmutableSortedDictionary<string, string> then)
    {
        string kept = string.Join(", ", _held.Where(one => one.Holder == actor && one.Lock != dropped).Select(one => one.Text));
        return kept.Length > 0 ? then.SetItem(actor, kept) : then.Remove(actor);
    }

    /// <summary>Takes note of what happened; <paramref name="actor"/> is who did it.</summary>
    public void Follow(RecordedEvent happened, string actor)
    {
        switch (happened)
        {
            case LockTaken taken:
                string holder = taken.Holder == LockTaken.Device ? taken.Holder : actor;
                string text = LaneDrawing.LockName(taken.Name) + (taken.IsShared ? " for reading" : "");
                _held.Add((holder, taken.Name, text));
                break;
            case LockReleased released:
                // Whoever ends a transfer is not who began it.
                string owner = released.Holder == LockTaken.Device ? released.Holder : actor;
                int at = _held.FindLastIndex(one => one.Holder == owner && one.Lock == released.Name);
                if (at < 0)
                    return;
                _held.RemoveAt(at);
                break;
            case ObjectFreed freed:
                // A semaphore that is born locked may go with its object.
                if (_held.RemoveAll(one => one.Lock.StartsWith($"{freed.Name}.", StringComparison.Ordinal)) == 0)
                    return;
                break;
            default:
                return;
        }

        _now = _held.GroupBy(one => one.Holder, StringComparer.Ordinal).ToImmutableSortedDictionary(
            group => group.Key, group => string.Join(", ", group.Select(one => one.Text)), StringComparer.Ordinal);
    }
}
