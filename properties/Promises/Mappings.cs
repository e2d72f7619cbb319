using Variants.Harness.Memory;

namespace Variants.Properties.Promises;

/// <summary>The vmas of an address space as audits read them: no access of the variant's.</summary>
internal static class Mappings
{
    /// <summary>A list that is longer than this goes round in a circle.</summary>
    private const int Longest = 64;

    /// <summary>The vma that an address lies in, null if none.</summary>
    internal static Vma? Find(MmStruct mm, int address)
    {
        int passed = 0;
        for (Vma? vma = mm.RawMmap; vma is not null && passed++ < Longest; vma = vma.RawNext)
        {
            if (vma.RawStart <= address && address < vma.RawEnd)
            {
                return vma;
            }
        }

        return null;
    }
}
