using Variants.Harness.Engine;

namespace Variants.Harness.Memory;

/// <summary>
/// How much a machine is built with. Histories run on the usual one; under the simulated clock a workload needs more as it
/// has more CPUs.
/// </summary>
/// <param name="Cpus">CPUs.</param>
/// <param name="Pages">Pages of memory.</param>
/// <param name="Mms">Address spaces.</param>
/// <param name="Tasks">Processes and threads.</param>
/// <param name="Vmas">vm_area_structs.</param>
/// <param name="Addresses">Pages of an address space.</param>
/// <param name="Tables">Page-table pages.</param>
/// <param name="TableEntries">Ptes of one page table, a power of two.</param>
/// <param name="AnonVmas">anon_vmas.</param>
/// <param name="Slots">Slots of a swap area.</param>
/// <param name="FilePages">Pages of the file that processes may map.</param>
public sealed record MachineCapacity(
    int Cpus = Smp.MaxCpus,
    int Pages = 32,
    int Mms = Machine.MaxMms,
    int Tasks = Machine.MaxMms,
    int Vmas = Machine.MaxVmas,
    int Addresses = Machine.Addresses,
    int Tables = 40,
    int TableEntries = PageTable.Entries,
    int AnonVmas = 32,
    int Slots = 16,
    int FilePages = 2)
{
    /// <summary>What histories need.</summary>
    public static MachineCapacity Usual { get; } = new();
}
