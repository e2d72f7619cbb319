namespace Variants.Harness.Engine;

/// <summary>Those who wait for one lock under the simulated clock, in the order in which they came.</summary>
internal sealed class WaitLine
{
    private readonly LinkedList<Cpu> _waiting = [];

    /// <summary>How many have been woken or let in and have not gone on yet.</summary>
    internal int Reserved { get; set; }

    /// <summary>One of them wants it alone.</summary>
    internal bool IsReservedAlone { get; set; }

    internal int Count => _waiting.Count;

    internal Cpu First => _waiting.First!.Value;

    internal void Enqueue(Cpu cpu) => _waiting.AddLast(cpu);

    /// <summary>Somebody else was faster: the CPU waits again, before all others.</summary>
    internal void Requeue(Cpu cpu) => _waiting.AddFirst(cpu);

    internal void RemoveFirst() => _waiting.RemoveFirst();
}
