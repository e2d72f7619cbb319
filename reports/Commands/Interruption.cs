using System.Runtime.InteropServices;

namespace Variants.Reports.Commands;

/// <summary>
/// The first Ctrl-C stops what is being done and keeps what it came to; a second one ends the program. So does SIGTERM, with
/// which timeout and job schedulers end a program.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _cancel = new();
    private readonly PosixSignalRegistration _interrupted;
    private readonly PosixSignalRegistration _terminated;

    /// <summary>Signals are caught from here on, until it is disposed of.</summary>
    public Interruption()
    {
        _interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        _terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
    }

    /// <summary>What is being done looks here whether to stop.</summary>
    public CancellationToken Token => _cancel.Token;

    /// <summary>True once the signal has come.</summary>
    public bool HasCome => _cancel.IsCancellationRequested;

    public void Dispose()
    {
        _terminated.Dispose();
        _interrupted.Dispose();
        _cancel.Dispose();
    }

    private void Interrupt(PosixSignalContext signal)
    {
        signal.Cancel = !_cancel.IsCancellationRequested;
        _cancel.Cancel();
    }
}
