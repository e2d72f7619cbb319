namespace Variants.Harness.Engine;

/// <summary>Where objects of one kind come from, and is told of each that is freed.</summary>
internal abstract class ObjectCache
{
    /// <summary>The object of this number is freed, and near a CPU: see <see cref="TrackedObject.Join"/>.</summary>
    internal abstract void Put(int number, int cpu);
}
