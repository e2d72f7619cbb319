using System.Collections.Immutable;
using Variants.Harness.Families;
using Variants.Harness.Memory;

namespace Variants.Families;

/// <summary>How a family's variants are written down: one line each.</summary>
/// <param name="family">The name of the family, which begins the names of its variants.</param>
/// <param name="properties">The promises it is judged by, in the order of the verdicts.</param>
internal sealed class VariantList(string family, ImmutableArray<string> properties)
{
    /// <summary>One variant. Verdicts are a letter for each promise: H holds, F fails, ? nobody knows.</summary>
    internal Variant Of(
        string shortName, string label, string summary, string citation, Func<Machine, IKernel> build, string verdicts)
    {
        if (verdicts.Length != properties.Length)
        {
            throw new ArgumentException($"{family}/{shortName} has {verdicts.Length} verdicts for {properties.Length} promises", nameof(verdicts));
        }

        ImmutableSortedDictionary<string, Expectation>.Builder expected = ImmutableSortedDictionary.CreateBuilder<string, Expectation>(StringComparer.Ordinal);
        for (int i = 0; i < verdicts.Length; i++)
        {
            expected[properties[i]] = verdicts[i] switch
            {
                'H' => Expectation.Holds,
                'F' => Expectation.Fails,
                '?' => Expectation.Unknown,
                _ => throw new ArgumentException($"{family}/{shortName}: '{verdicts[i]}' is none of H, F and ?", nameof(verdicts)),
            };
        }

        return new Variant($"{family}/{shortName}", label, summary, citation, build, expected.ToImmutable());
    }
}
