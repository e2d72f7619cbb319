using Variants.Harness.Native;

namespace Variants.Harness.Engine;

/// <content>What the native clock adds.</content>
public sealed partial class Smp
{
    /// <summary>True if its CPUs are threads.</summary>
    internal readonly bool IsNative;

    /// <summary>The clock of real threads; null under every other clock.</summary>
    public NativeClock? Native { get; }

    /// <summary>smp_processor_id(): the number of the CPU that asks, under any clock.</summary>
    public int ProcessorId => Native is { } native ? native.ThisCpu.Id : Current.Id;

    /// <summary>Two cache lines less the header of an array, as processors fetch pairs of them.</summary>
    private const int RoomBytes = 104;

    /// <summary>What lies between kernel objects, referred to so that it stays there.</summary>
    private readonly List<byte[]> _rooms = [];
    private TrackedObject? _lastMade;

    /// <summary>
    /// What is made next is another CPU's to write than what was made last: where CPUs are threads they will not lie on one cache
    /// line, as the kernel's would not, whose struct page has a line of its own.
    /// </summary>
    public void LeaveRoom()
    {
        if (IsNative)
        {
            _rooms.Add(new byte[RoomBytes]);
        }
    }

    /// <summary>The words that are made next are its own; a word made for any other lies by itself.</summary>
    internal void Making(TrackedObject made) => _lastMade = made;

    private void LeaveRoomBehindWordOf(TrackedObject owner)
    {
        if (owner != _lastMade)
        {
            LeaveRoom();
        }
    }

    /// <summary>A machine of <paramref name="cpus"/> CPUs that are threads, without checkers.</summary>
    public static Smp OnThreads(int cpus) => new(Checks.None, cpus, costs: null, onThreads: true);
}
