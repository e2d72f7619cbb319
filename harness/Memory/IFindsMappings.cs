namespace Variants.Harness.Memory;

/// <summary>
/// A kernel that finds the ptes of an anonymous page through the vmas that it may be mapped in. Audits ask it whether it
/// would find every one.
/// </summary>
public interface IFindsMappings
{
    /// <summary>True if whoever looks for the mappings of <paramref name="page"/> looks into <paramref name="vma"/>.</summary>
    bool RawFinds(Page page, Vma vma);
}
