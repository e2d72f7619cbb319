using System.Collections.Immutable;
using Variants.Harness.Engine;
using Variants.Reports.Diagrams;

namespace Variants.Reports.Pages.Exports;

/// <summary>
/// A recording as tools for traces see one: everything that happened, in order, at a time of its own. An execution has
/// no durations, so a microsecond stands for one thing that happened.
/// </summary>
public sealed class Timeline
{
    /// <summary>Who runs on the CPU that is the disk's interrupt.</summary>
    internal const string Disk = "disk";

    private readonly Dictionary<int, RecordedStep> _waiting = [];
    private readonly ImmutableArray<Moment>.Builder _moments = ImmutableArray.CreateBuilder<Moment>();
    private readonly Scenery _scenery;
    private readonly int[] _cpus;

    private Timeline(Scenery scenery)
    {
        _scenery = scenery;

        // As diagrams number them: the disk's interrupt, which they do not show as a CPU, comes last.
        _cpus = [.. Recorded.GroupBy(step => step.Cpu).OrderBy(cpu => cpu.All(step => step.Actor == Disk)).ThenBy(cpu => cpu.Key).Select(cpu => cpu.Key)];
    }

    /// <summary>Boot is nobody's doing.</summary>
    private IEnumerable<RecordedStep> Recorded => _scenery.Recording.Steps.Where(step => step.Actor.Length > 0);

    /// <summary>All moments of a recording, the setup's too.</summary>
    public static ImmutableArray<Moment> Of(Scenery scenery)
    {
        ArgumentNullException.ThrowIfNull(scenery);
        var timeline = new Timeline(scenery);
        for (int step = 0; step < scenery.Recording.Steps.Count; step++)
            timeline.Add(step);
        return timeline._moments.ToImmutable();
    }

    private void Add(int number)
    {
        RecordedStep step = _scenery.Recording.Steps[number];
        if (step.Actor.Length == 0)
            return;
        if (step.IsBlocked)
        {
            // Whoever is woken and finds the lock taken again goes on waiting.
            if (_waiting.TryAdd(step.Cpu, step))
                Add(number, new WaitBegan(step.Function, step.Target, _scenery.Named(step.WaitsFor!), step.Spins, IsLock(step)));
            return;
        }

        if (_waiting.Remove(step.Cpu, out RecordedStep? waited))
            Add(number, new WaitEnded(waited.Function, waited.Target, waited.Spins, IsLock(waited)));
        foreach (RecordedEvent happened in step.Events)
            Add(number, happened);
        if (step.Events.Count == 0 && step.Kind != OperationKind.None)
            Add(number, new Passed(step.Function, step.Kind, step.Target));
    }

    private void Add(int step, RecordedEvent what)
    {
        RecordedStep of = _scenery.Recording.Steps[step];
        string actor = _scenery.ActorOf(step);
        int cpu = Array.IndexOf(_cpus, of.Cpu);
        _moments.Add(new Moment(_moments.Count + 1, step, cpu, actor, PidOf(actor, cpu), KernelNames.Of(what.Function.Length > 0 ? what.Function : of.Function), what));
    }

    /// <summary>One may also wait until a page is unlocked, without taking the lock; and for a device.</summary>
    private static bool IsLock(RecordedStep step) => step.Kind is OperationKind.Acquire or OperationKind.AcquireShared;

    /// <summary>Actors have the pids that reports give them; kernel threads have small ones.</summary>
    private static int PidOf(string actor, int cpu) =>
        int.TryParse(Splat.Pid(actor), out int pid) && pid > 1 ? pid : 10 + cpu;
}

/// <summary>One thing that happened.</summary>
/// <param name="Time">In microseconds, from 1; each has its own.</param>
/// <param name="Step">The step of the recording in which it happened.</param>
/// <param name="Cpu">The CPU on which it happened, as diagrams number it.</param>
/// <param name="Actor">Who did it.</param>
/// <param name="Pid">The actor's pid.</param>
/// <param name="Function">The function, as the kernel writes it; empty outside of any.</param>
/// <param name="What">What happened.</param>
public sealed record Moment(long Time, int Step, int Cpu, string Actor, int Pid, string Function, RecordedEvent What);

/// <summary>A CPU finds that it must wait, and for whom.</summary>
public sealed record WaitBegan(string Function, string Target, string Holders, bool Spins, bool IsLock) : RecordedEvent(Function);

/// <summary>It has what it waited for.</summary>
public sealed record WaitEnded(string Function, string Target, bool Spins, bool IsLock) : RecordedEvent(Function);

/// <summary>A step that changed nothing: a word was looked at, or another CPU was let go first.</summary>
public sealed record Passed(string Function, OperationKind Kind, string Target) : RecordedEvent(Function);
