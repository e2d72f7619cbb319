using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Reports.Diagrams;

namespace Variants.Reports.Pages.Exports;

/// <summary>
/// A recording as /sys/kernel/tracing/trace would show it, for those who read traces with trace-cmd's habits, and for
/// tools that read such text.
/// </summary>
/// <remarks>
/// Events have the kernel's names and formats (include/trace/events: sched, lock, kmem, syscalls, printk); what the
/// kernel has no event for, a word that changes, is a trace_printk() of the function that changes it. Addresses are
/// made from names, as %p makes them from a secret: equal things have equal ones. Operations are marked by B and E, as
/// systrace does.
/// </remarks>
public sealed class FtraceText
{
    private const string Idle = "swapper";
    private const int Priority = 120;
    private const int PageShift = 12;

    private readonly Scenery _scenery;
    private readonly StringBuilder _lines = new();
    private readonly Dictionary<int, Task> _running = [];
    private readonly Dictionary<string, (Task Task, int Cpu)> _sleepers = new(StringComparer.Ordinal);
    private readonly Dictionary<int, string> _acquired = [];
    private int _count;

    private FtraceText(Scenery scenery) => _scenery = scenery;

    /// <summary>The whole trace, marked as simulated.</summary>
    public static string Render(Scenery scenery)
    {
        ArgumentNullException.ThrowIfNull(scenery);
        var text = new FtraceText(scenery);
        ImmutableArray<Moment> moments = Timeline.Of(scenery);
        foreach (Moment moment in moments)
            text.Add(moment);

        // A failure is printed where it was seen; one that is seen when all is quiet, after everything.
        if (scenery.Recording.Failure is not null && !moments.IsEmpty && !moments.Any(moment => moment.What is FailureSeen))
            text.Splat(moments[^1]);
        return Header(text._count, moments) + text._lines;
    }

    private void Add(Moment moment)
    {
        var task = new Task(moment.Actor, moment.Pid);
        Task before = _running.GetValueOrDefault(moment.Cpu, Task.IdleOn(moment.Cpu));
        if (before != task)
        {
            Switch(moment, before, task, before.Pid == 0 ? "R" : "S");
            _running[moment.Cpu] = task;
        }

        Event(moment);
        switch (moment.What)
        {
            case WaitBegan { Spins: false } sleep:
                _running[moment.Cpu] = Task.IdleOn(moment.Cpu);
                _sleepers[sleep.Target] = (task, moment.Cpu);
                Switch(moment, task, _running[moment.Cpu], "D");
                break;
            case LockReleased released when _sleepers.Remove(released.Name, out (Task Task, int Cpu) woken):
                Line(moment, $"sched_wakeup: comm={woken.Task.Comm} pid={woken.Task.Pid} prio={Priority} target_cpu={woken.Cpu:000}");
                break;
            default:
                break;
        }
    }

    private void Event(Moment moment)
    {
        switch (moment.What)
        {
            case OperationBegan began:
                var begun = (Operation)began.Operation;
                Line(moment, $"tracing_mark_write: B|{moment.Pid}|{begun}");
                if (SystemCalls.NumberOf(begun.Verb.Code) is { } entered)
                    Line(moment, $"sys_enter: NR {entered} ({(long)begun.Number << PageShift:x}, 0, 0, 0, 0, 0)");
                break;
            case OperationEnded ended:
                if (SystemCalls.NumberOf(((Operation)ended.Operation).Verb.Code) is { } left)
                    Line(moment, $"sys_exit: NR {left} = {ended.Result}");
                Line(moment, $"tracing_mark_write: E|{moment.Pid}");
                break;
            case WaitBegan { IsLock: true } wait:
                Line(moment, $"lock_acquire: {Address(wait.Target)} {wait.Target}");
                Line(moment, $"lock_contended: {Address(wait.Target)} {wait.Target}");
                break;
            case WaitEnded { IsLock: true } wait:
                Line(moment, $"lock_acquired: {Address(wait.Target)} {wait.Target}");
                _acquired[moment.Cpu] = wait.Target;
                break;
            case LockTaken taken when _acquired.Remove(moment.Cpu, out string? waitedFor) && waitedFor == taken.Name:
                // Told already, as it had to be waited for.
                break;
            case LockTaken taken:
                Line(moment, $"lock_acquire: {Address(taken.Name)} {(taken.IsShared ? "read " : "")}{taken.Name}");
                break;
            case LockReleased released:
                Line(moment, $"lock_release: {Address(released.Name)} {released.Name}");
                break;
            case ObjectFreed freed when PageNumber(freed.Name) is { } pfn:
                Line(moment, $"mm_page_free: page={Address(freed.Name)} pfn=0x{pfn:x} order=0");
                break;
            case ObjectFreed freed:
                Line(moment, $"kmem_cache_free: call_site={FunctionOf(moment)} ptr={Address(freed.Name)} name={freed.Name}");
                break;
            case WordChanged word:
                Line(moment, $"{FunctionOf(moment)}: {KernelNames.Word(word.Name)} {word.From} -> {word.To}");
                break;
            case LockBornLocked born:
                Line(moment, $"{FunctionOf(moment)}: {born.Name} is born locked");
                break;
            case AccessEnded access:
                Line(moment, $"tracing_mark_write: {access.Text}");
                break;
            case FailureSeen:
                Splat(moment);
                break;
            default:
                break;
        }
    }

    private void Splat(Moment at)
    {
        foreach (string line in Pages.Splat.Of(_scenery))
            Line(at, $"console: {line}");
    }

    private void Switch(Moment at, Task from, Task to, string state) => Line(
        at,
        $"sched_switch: prev_comm={from.Comm} prev_pid={from.Pid} prev_prio={Priority} prev_state={state} ==> next_comm={to.Comm} next_pid={to.Pid} next_prio={Priority}",
        from);

    private void Line(Moment at, FormattableString text, Task? task = null)
    {
        Task by = task ?? new Task(at.Actor, at.Pid);
        string flags = at.Actor == Timeline.Disk ? "..h.." : ".....";
        _lines.Append(
            CultureInfo.InvariantCulture,
            $"{by.Comm,16}-{by.Pid,-7} [{at.Cpu:000}] {flags} {at.Time / 1_000_000,5}.{at.Time % 1_000_000:000000}: {FormattableString.Invariant(text)}\n");
        _count++;
    }

    private static string Header(int lines, ImmutableArray<Moment> moments)
    {
        int cpus = moments.IsEmpty ? 0 : moments.Max(moment => moment.Cpu) + 1;
        return string.Create(CultureInfo.InvariantCulture, $"""
            # tracer: nop
            #
            # SIMULATED: one microsecond stands for one thing that happened
            # entries-in-buffer/entries-written: {lines}/{lines}   #P:{cpus}
            #
            #                                _-----=> irqs-off/BH-disabled
            #                               / _----=> need-resched
            #                              | / _---=> hardirq/softirq
            #                              || / _--=> preempt-depth
            #                              ||| / _-=> migrate-disable
            #                              |||| /     delay
            #           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
            #              | |         |   |||||     |         |

            """).ReplaceLineEndings("\n");
    }

    private static string FunctionOf(Moment moment) => moment.Function.Length > 0 ? moment.Function : "boot";

    private static int? PageNumber(string name) =>
        name.StartsWith("page", StringComparison.Ordinal) && int.TryParse(name.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? index : null;

    /// <summary>FNV-1a of the name, as a 64-bit kernel prints a hashed pointer.</summary>
    private static string Address(string name)
    {
        uint hash = 2166136261;
        foreach (byte one in Encoding.UTF8.GetBytes(name))
            hash = unchecked((hash ^ one) * 16777619);
        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }

    private readonly record struct Task(string Comm, int Pid)
    {
        internal static Task IdleOn(int cpu) => new($"{Idle}/{cpu.ToString(CultureInfo.InvariantCulture)}", 0);
    }
}
