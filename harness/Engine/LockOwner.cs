namespace Variants.Harness.Engine;

/// <summary>
/// The CPU that holds a lock, or nobody: a number, because storing a reference would cost the collector's write barrier
/// each time that the lock is taken.
/// </summary>
internal readonly struct LockOwner
{
    /// <summary>One more than the number of the CPU; 0 for nobody.</summary>
    private readonly int _number;

    private LockOwner(int number) => _number = number;

    /// <summary>True if nobody holds it, as of a lock that is made.</summary>
    internal bool IsNobody => _number == 0;

    internal static LockOwner Of(Cpu cpu) => new(cpu.Id + 1);

    internal bool Is(Cpu cpu) => _number == cpu.Id + 1;

    /// <summary>The CPU, null for nobody.</summary>
    internal Cpu? On(Smp smp) => IsNobody ? null : smp.Cpus[_number - 1];

    /// <summary>The bit of the CPU, 0 for nobody.</summary>
    internal uint Bit(Smp smp) => On(smp)?.Bit ?? 0;
}
