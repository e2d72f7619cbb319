using System.Runtime.InteropServices;

namespace Variants.Harness.Native;

/// <summary>
/// What one CPU writes again and again, on cache lines of its own: ____cacheline_aligned_in_smp. Objects that are made one after
/// another lie side by side, and so would what their CPUs write, or what one writes and the array by which the others find
/// theirs.
/// </summary>
/// <remarks>
/// The fields of a derived class come after those of its base. One that is big enough itself needs no more; others end with a
/// <see cref="Padding"/>, which the runtime places behind all fields that are no struct.
/// </remarks>
internal abstract class OwnLines
{
#pragma warning disable CS0169, IDE0051 // It is there to take up room.
    private readonly Padding _before;
#pragma warning restore CS0169, IDE0051

    /// <summary>Two lines, as processors fetch pairs of them.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    internal readonly struct Padding;
}
