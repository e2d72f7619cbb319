using Variants.Harness.Engine;

namespace Variants.Harness.Memory;

/// <summary>
/// Which node's memory a page is, under the simulated clock: that of the CPU which got it first, as nodes have memory enough. A
/// CPU that frees the page of another node keeps it all the same (<see cref="PerCpuPages"/>).
/// </summary>
internal sealed class PageHomes
{
    private const int Unsettled = -1;

    private readonly int[] _nodes;
    private readonly int _cpusPerNode;

    internal PageHomes(Smp smp, int pages)
    {
        _nodes = new int[pages];
        _cpusPerNode = smp.Simulated!.Costs.CpusPerNode;
        Count = ((smp.CpuLimit - 1) / _cpusPerNode) + 1;
    }

    /// <summary>How many nodes there are, of those with CPUs at work or devices.</summary>
    internal int Count { get; }

    /// <summary>The node of a page that somebody has got.</summary>
    internal int NodeOf(Page page) => _nodes[page.Index];

    /// <summary>The CPU gets the page.</summary>
    internal void Settle(Page page, int cpu)
    {
        if (_nodes[page.Index] == Unsettled)
        {
            _nodes[page.Index] = cpu / _cpusPerNode;
        }
    }

    internal void PowerOn() => Array.Fill(_nodes, Unsettled);
}
