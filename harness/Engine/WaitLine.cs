namespace Variants.Harness.Engine;

/// <summary>
/// Those who wait for one lock under the simulated clock, in the order in which they came. A CPU waits in one line at most, so
/// that it says itself who is behind it.
/// </summary>
internal sealed class WaitLine
{
    private Cpu? _first;
    private Cpu? _last;

    /// <summary>How many have been woken or let in and have not gone on yet.</summary>
    internal int Reserved { get; set; }

    /// <summary>One of them wants it alone.</summary>
    internal bool IsReservedAlone { get; set; }

    internal int Count { get; private set; }

    internal Cpu First => _first!;

    internal void Enqueue(Cpu cpu)
    {
        cpu.Behind = null;
        if (_last is null)
        {
            _first = cpu;
        }
        else
        {
            _last.Behind = cpu;
        }

        _last = cpu;
        Count++;
    }

    /// <summary>Somebody else was faster: the CPU waits again, before all others.</summary>
    internal void Requeue(Cpu cpu)
    {
        cpu.Behind = _first;
        _first = cpu;
        _last ??= cpu;
        Count++;
    }

    internal void RemoveFirst()
    {
        _first = _first!.Behind;
        _last = _first is null ? null : _last;
        Count--;
    }
}
