using Variants.Harness.Engine;

namespace Variants.Harness.Native;

/// <summary>
/// Objects of a slab cache where CPUs are threads. Each CPU has a part of them for its own, of which it takes the first that is
/// free, so that it finds in its cache what it freed lately: the array_cache of mm/slab.c. Only a CPU whose part is used up looks
/// at the others'. No lock is taken.
/// </summary>
internal static class NativeSlab
{
    /// <summary>One that was free, and is allocated now; null if there is none.</summary>
    internal static T? Take<T>(Smp smp, T[] objects)
        where T : TrackedObject
    {
        int first = (int)((long)smp.ProcessorId * objects.Length / smp.CpuLimit);
        for (int tried = 0; tried < objects.Length; tried++)
        {
            int index = first + tried;
            T candidate = objects[index < objects.Length ? index : index - objects.Length];
            if (candidate.TryAllocate())
            {
                return candidate;
            }
        }

        return null;
    }
}
