using Variants.Harness.Engine;

namespace Variants.Harness.Native;

/// <summary>
/// How a thread waits for another: it looks again after each pause, as cpu_relax() has it, and after some microseconds gives its
/// core away between two looks, since the other may need it; where one may sleep it goes to sleep once it has waited for as long
/// as to be woken takes. So nobody waits for more than twice as long as whoever knew beforehand which to do (Karlin, Manasse,
/// McGeoch and Owicki, SODA'90).
/// </summary>
/// <remarks>
/// The kernel spins for a writer while it runs, since 3.16, and a reader sleeps at once: there to be woken takes a few page faults.
/// Pauses do not grow, as those of SpinWait do: to look half a microsecond too late is two page faults here.
/// </remarks>
internal struct Patience
{
    /// <summary>Looks before the core is given away: some three microseconds.</summary>
    private const int LooksOfSpinner = 64;

    /// <summary>The runtime makes pauses equally long on all processors: some 40 ns.</summary>
    private const int Pause = 1;

    /// <summary>Between looks of those whose core nobody wanted.</summary>
    private const int PauseOfPatient = 8;

    private readonly NativeClock _clock;
    private int _looks;
    private long _since;

    internal Patience(Smp smp) => _clock = smp.Native!;

    /// <summary>True when it has waited for so long that a sleep would have cost less.</summary>
    internal bool IsOver
    {
        get
        {
            if (_looks < LooksOfSpinner)
            {
                return false;
            }

            long now = NativeClock.Now;
            _since = _since == 0 ? now : _since;
            return now - _since >= WakeUp.Nanoseconds;
        }
    }

    internal void Wait()
    {
        _clock.StopIfFailed();
        if (_looks < LooksOfSpinner)
        {
            _looks++;
            Thread.SpinWait(Pause);
        }
        else if (!Thread.Yield())
        {
            Thread.SpinWait(PauseOfPatient);
        }
    }
}

/// <summary>A sleep of the current CPU, until disposed of: it drops the big kernel lock for as long.</summary>
internal readonly ref struct WithoutKernelLock
{
    private readonly BigKernelLock? _kernelLock;
    private readonly int _depth;

    internal WithoutKernelLock(Smp smp)
    {
        if (smp.Native!.ThisCpu.KernelLockDepth > 0)
        {
            _kernelLock = smp.KernelLock!;
            _depth = _kernelLock.DropNatively();
        }
    }

    public void Dispose() => _kernelLock?.RetakeNatively(_depth);
}
