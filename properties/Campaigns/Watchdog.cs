using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Runtime;
using Variants.Harness.Engine;

namespace Variants.Properties.Campaigns;

/// <summary>
/// Runs code that a user brought, and comes back whatever it does: from a loop without an await, from a wait for ever, and
/// before it has taken all memory. What does come to an end it does not change; nothing but the fact that something did
/// not depends on a clock.
/// </summary>
/// <remarks>
/// One thread looks after all of them. It counts the times that it has looked and seen no progress, not seconds: a
/// program that was stopped, or a machine that is busy, is no reason to complain. What it cannot do anything about is a
/// stack that overflows, memory that is not the collector's, and code that ends the process.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "Its token source holds neither a timer nor a handle, and lives as long as the machine that is watched.")]
public sealed class Watchdog
{
    private const int TickMs = 100;

    /// <summary>How often it looks at something that does not get on before it bites: at least three seconds.</summary>
    private const int Patience = 30;

    /// <summary>
    /// How often it looks at something that was bitten and does not end. On a busy machine a thread is found at a place where
    /// it can be stopped only after a while, and the end of the process loses everything.
    /// </summary>
    private const int LastPatience = 300;

    /// <summary>Bytes by which what is reachable may grow while brought code runs. Executions of designs keep nothing.</summary>
    private const long MostKept = 1L << 30;

    private static readonly System.Threading.Lock s_gate = new();
    private static readonly System.Threading.Lock s_stopping = new();
    private static readonly List<WeakReference<Watchdog>> s_watched = [];
    private static Thread? s_thread;

    /// <summary>Whose code this thread runs.</summary>
    [ThreadStatic]
    private static Watchdog? t_current;

    private static long s_mostMemory;

    private readonly string _name;
    private readonly Func<long> _progress;
    private readonly System.Threading.Lock _gate = new();
    private readonly CancellationTokenSource _bite = new();
    private Thread? _running;
    private string? _complaint;
    private string? _place;
    private long _allocated;
    private long _run;
    private long _seenRun;
    private long _seenProgress;
    private int _ticks;

    /// <summary>Watches over <paramref name="name"/>, which gets on while what <paramref name="progress"/> answers changes.</summary>
    public Watchdog(string name, Func<long>? progress = null)
    {
        _name = name;
        _progress = progress ?? (() => 0);
        lock (s_gate)
        {
            s_watched.Add(new WeakReference<Watchdog>(this));
            if (s_thread is null)
            {
                s_mostMemory = GC.GetTotalMemory(forceFullCollection: false) + MostKept;
                AppDomain.CurrentDomain.FirstChanceException += (_, _) => Note();
                s_thread = new Thread(LookAfterAll) { Name = "watchdog", IsBackground = true };
                s_thread.Start();
            }
        }
    }

    /// <summary>Runs <paramref name="action"/> on this thread. What it throws is thrown.</summary>
    /// <exception cref="VariantException">It had to be ended.</exception>
    public void Run(Action action)
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        lock (_gate)
        {
            _running = Thread.CurrentThread;
            _run++;
        }

        t_current = this;

        try
        {
#pragma warning disable SYSLIB0046 // It is what ends a loop without an await; all that it can leave half-done is thrown away with the machine.
            ControlledExecution.Run(action, _bite.Token);
#pragma warning restore SYSLIB0046
        }
        catch (Exception) when (Volatile.Read(ref _complaint) is not null)
        {
            // Whatever it was that ended it, the complaint says why.
        }
        finally
        {
            t_current = null;
            lock (_gate)
            {
                _running = null;
                _allocated += GC.GetAllocatedBytesForCurrentThread() - allocated;
            }
        }

        if (_complaint is not null)
        {
            ThreadSignals.TakeAll();
            ForgetInterrupt();
            throw new VariantException(_name, $"{_complaint}{(_place is null ? "" : $" in {_place}")}");
        }
    }

    /// <summary>
    /// Called where it is bitten, before anybody catches it: an async function would, and throw it again from elsewhere.
    /// </summary>
    private static void Note()
    {
        if (t_current is { _place: null } bitten && Volatile.Read(ref bitten._complaint) is not null)
        {
            bitten._place = PlaceOf(new StackTrace());
        }
    }

    /// <summary>The innermost function that is neither ours nor the runtime's.</summary>
    private static string? PlaceOf(StackTrace stack)
    {
        foreach (StackFrame frame in stack.GetFrames())
        {
            MethodBase? method = frame.GetMethod();
            Type? type = method?.DeclaringType;
            if (type is null || type.Assembly == typeof(Watchdog).Assembly || type.Assembly == typeof(Smp).Assembly
                || type.Assembly.GetName().Name!.StartsWith("System.", StringComparison.Ordinal))
            {
                continue;
            }

            // An async function lives in a nested type called <Name>d__1.
            int close = type.Name.IndexOf('>', StringComparison.Ordinal);
            return type.Name.StartsWith('<') && close > 1 ? $"{type.DeclaringType?.Name}.{type.Name[1..close]}" : $"{type.Name}.{method!.Name}";
        }

        return null;
    }

    /// <summary>The thread may have been interrupted after it had come back.</summary>
    private static void ForgetInterrupt()
    {
        try
        {
            Thread.Sleep(1);
        }
        catch (ThreadInterruptedException)
        {
        }
    }

    private static void LookAfterAll()
    {
        while (true)
        {
            Thread.Sleep(TickMs);
            if (Debugger.IsAttached)
            {
                // Somebody is looking at the code, and stops it where he likes.
                continue;
            }

            Watchdog[] all = Watched();
            foreach (Watchdog one in all)
            {
                one.Look();
            }

            if (GC.GetTotalMemory(forceFullCollection: false) > s_mostMemory && GC.GetTotalMemory(forceFullCollection: true) > s_mostMemory)
            {
                // Whoever has been at it for longest; among those who come back every time, whoever allocated most.
                all.OrderByDescending(one => one._ticks).ThenByDescending(one => one._allocated).FirstOrDefault()?.Bite(string.Create(
                    CultureInfo.InvariantCulture, $"it keeps more and more memory: over {MostKept >> 20} MB"));
                s_mostMemory = GC.GetTotalMemory(forceFullCollection: true) + MostKept;
            }
        }
    }

    private static Watchdog[] Watched()
    {
        lock (s_gate)
        {
            s_watched.RemoveAll(one => !one.TryGetTarget(out _));
            return [.. s_watched.Select(one => one.TryGetTarget(out Watchdog? watched) ? watched : null).OfType<Watchdog>()];
        }
    }

    private void Look()
    {
        long progress = _progress();
        long run = _running is null ? -1 : Volatile.Read(ref _run);
        if (run != _seenRun || progress != _seenProgress || run < 0)
        {
            _seenRun = run;
            _seenProgress = progress;
            _ticks = 0;
            return;
        }

        _ticks++;
        if (_ticks == Patience)
        {
            Bite(string.Create(CultureInfo.InvariantCulture, $"it did not come back within {Patience * TickMs / 1000} s, and never awaited"));
        }
        else if (_ticks == Patience + LastPatience)
        {
            // In a finally block, or outside of managed code: nothing but the end of the process ends it.
            Console.Error.WriteLine($"variants: {_name}: {_complaint}, and cannot be stopped; nothing was written");
            Environment.Exit(2);
        }
    }

    /// <summary>
    /// Returns only when the thread has been stopped. One after another: two threads that were stopped at once were often
    /// both still running half a minute later (.NET 10.0).
    /// </summary>
    private void Stop()
    {
        lock (s_stopping)
        {
            _bite.Cancel();
        }
    }

    private void Bite(string complaint)
    {
        lock (_gate)
        {
            _complaint ??= complaint;
            _running?.Interrupt();
        }

        new Thread(Stop) { Name = "watchdog's bite", IsBackground = true }.Start();
    }
}
