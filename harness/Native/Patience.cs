using Variants.Harness.Engine;

namespace Variants.Harness.Native;

/// <summary>
/// How a thread waits for another: it spins, longer each time, and after some ten times gives its core away, since the
/// other may need it, or, where one may sleep, goes to sleep. Never for a fixed time, so nobody is waited for longer than
/// needed.
/// </summary>
internal struct Patience(Smp smp)
{
    private SpinWait _spin;

    /// <summary>True when it has spun for so long that a sleep costs less.</summary>
    internal readonly bool IsOver => _spin.NextSpinWillYield;

    internal void Wait()
    {
        smp.Native!.StopIfFailed();
        _spin.SpinOnce(sleep1Threshold: -1);
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
