namespace Variants.Harness.Engine;

/// <summary>Something that orders the CPUs that use it, and so keeps a vector clock.</summary>
internal interface ISynchronizes
{
    void ForgetTimes();
}
