using System.Runtime.InteropServices;
using Variants.Harness.Engine;

namespace Variants.Harness.Exploration;

/// <summary>
/// Which steps of an execution race: those that could as well have come in the other order, with another outcome.
/// </summary>
internal sealed class Races(Footprints steps)
{
    private readonly List<Race> _found = [];

    internal ReadOnlySpan<Race> Found => CollectionsMarshal.AsSpan(_found);

    internal void Clear() => _found.Clear();

    /// <summary>
    /// Finds the earlier steps with which <paramref name="later"/> races: they depend on each other, nothing orders
    /// them otherwise, and the later one could have been taken without the earlier one.
    /// </summary>
    internal void FindWith(Smp smp, int later)
    {
        ReadOnlySpan<int> before = steps.Order(later);
        ref StepTaken step = ref steps[later];
        if ((step.Flags & StepFlags.DependsOnAll) != 0)
        {
            FindWithStop(smp, later, before);
        }

        if ((step.Flags & StepFlags.WentOnUnchanged) != 0)
        {
            return;
        }

        for (int i = 0; i < before.Length; i++)
        {
            int touch = before[i];
            int earlier = steps.TouchAt(touch).Step;
            if (steps.HappensBefore(earlier, step.ParentStep) || IsOrderedByAnother(earlier, before))
            {
                continue;
            }

            if (!MustWaitAt(smp, touch, ref step))
            {
                if (!LetsIn(smp, earlier, before, ref step))
                {
                    AddRace(earlier, later);
                }
            }
            else if (step.Kind == OperationKind.Yield && step.WaitsAt < 0)
            {
                if (AnotherChange(earlier, before))
                {
                    AddRace(earlier, later);
                }
            }
            else
            {
                RaceWithTaker(smp, touch, later);
            }
        }
    }

    /// <summary>
    /// True if the earlier step is what the step waited for. Whatever else both touch, the step cannot come before it, unless
    /// it comes before whoever made it wait: that race is found where the two meet.
    /// </summary>
    private bool LetsIn(Smp smp, int earlier, ReadOnlySpan<int> before, ref StepTaken step)
    {
        if (step.WaitsAt < 0)
        {
            return false;
        }

        foreach (int touch in before)
        {
            if (steps.TouchAt(touch).Step == earlier && MustWaitAt(smp, touch, ref step))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsOrderedByAnother(int earlier, ReadOnlySpan<int> before)
    {
        foreach (int touch in before)
        {
            int other = steps.TouchAt(touch).Step;
            if (other != earlier && steps.HappensBefore(earlier, other))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// A release that lets the step in cannot come after it. Whoever took the lock before can: the step races with
    /// the last touch before which it would have found the lock free.
    /// </summary>
    private void RaceWithTaker(Smp smp, int touch, int later)
    {
        ref StepTaken step = ref steps[later];
        bool writes = WritesAt(later, steps.TouchAt(touch).What >> 1);
        for (; touch >= 0; touch = steps.TouchAt(touch).Previous)
        {
            if (!writes && !steps.TouchAt(touch).IsWrite)
            {
                continue;
            }

            int earlier = steps.TouchAt(touch).Step;
            if (steps[earlier].Cpu == step.Cpu || steps.HappensBefore(earlier, step.ParentStep))
            {
                return;
            }

            if (!MustWaitAt(smp, touch, ref step))
            {
                AddRace(earlier, later);
                return;
            }
        }
    }

    private bool WritesAt(int step, int id)
    {
        foreach (ref readonly Touch touch in steps.TouchesOf(step))
        {
            if (touch.What >> 1 == id)
            {
                return touch.IsWrite;
            }
        }

        return false;
    }

    /// <summary>True if the step waits for the object of <paramref name="touch"/>, and would have had to before it.</summary>
    private bool MustWaitAt(Smp smp, int touch, ref StepTaken step)
    {
        ref Touch earlier = ref steps.TouchAt(touch);
        if (step.Kind == OperationKind.Yield && step.WaitsAt < 0)
        {
            return earlier.Step > step.ParentStep && (steps[earlier.Step].Enabled >> step.Cpu & 1) == 0;
        }

        if (step.WaitsAt < 0 || earlier.IsCell || earlier.What >> 2 != smp.Objects[step.WaitsAt].MeetsAt)
        {
            return false;
        }

        // Since it has been announced, the step could be taken or not. What was before concerns the object alone: a CPU
        // that had not been put to work could not have gone on, whatever was free.
        return earlier.Step > step.ParentStep
            ? (steps[earlier.Step].Enabled >> step.Cpu & 1) == 0
            : !steps.WasFreeBefore(touch, step.WaitsAt);
    }

    /// <summary>
    /// True if whoever spins would have gone on without <paramref name="earlier"/>: something else that it looks at
    /// was changed.
    /// </summary>
    private bool AnotherChange(int earlier, ReadOnlySpan<int> before)
    {
        foreach (int touch in before)
        {
            if (steps.TouchAt(touch).IsWrite && !steps.HappensBefore(earlier, steps.TouchAt(touch).Step))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// A step that failed comes after all others, and races with the last one of every other CPU: it could have
    /// failed before that.
    /// </summary>
    private void FindWithStop(Smp smp, int later, ReadOnlySpan<int> before)
    {
        for (int cpu = 0; cpu < smp.Cpus.Length; cpu++)
        {
            int last = steps.LastStepOf(cpu);
            if (last < 0 || last == later || steps.HappensBefore(last, steps[later].ParentStep))
            {
                continue;
            }

            bool ordered = IsOrderedByAnother(last, before);
            for (int other = 0; other < smp.Cpus.Length && !ordered; other++)
            {
                int otherLast = steps.LastStepOf(other);
                ordered = otherLast >= 0 && otherLast != later && otherLast != last && steps.HappensBefore(last, otherLast);
            }

            bool meets = false;
            foreach (int touch in before)
            {
                meets |= steps.TouchAt(touch).Step == last;
            }

            if (!ordered && !meets)
            {
                _found.Add(new Race(last, later, true));
            }
        }
    }

    private void AddRace(int earlier, int later)
    {
        var race = new Race(earlier, later, false);
        if (_found.Count == 0 || _found[^1] != race)
        {
            _found.Add(race);
        }
    }
}

/// <summary>Two steps that race.</summary>
/// <param name="Earlier">The one that came first.</param>
/// <param name="Later">The other one.</param>
/// <param name="ByStop">They touched nothing in common, but the later one failed and so ended the execution.</param>
internal readonly record struct Race(int Earlier, int Later, bool ByStop);
