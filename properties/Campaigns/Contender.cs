using Variants.Harness.Families;

namespace Variants.Properties.Campaigns;

/// <summary>A variant that takes part in a campaign.</summary>
/// <param name="Family">Its family, whose histories it runs and whose promises it is held to.</param>
/// <param name="Variant">The variant.</param>
public sealed record Contender(Family Family, Variant Variant)
{
    /// <summary>Every variant of every family, in their order.</summary>
    public static IReadOnlyList<Contender> AllOf(IEnumerable<Family> families) =>
        [.. families.SelectMany(family => family.Variants, (family, variant) => new Contender(family, variant))];
}

/// <summary>
/// A variant's code failed outside of an execution, or does not follow from its history and schedule: nothing that
/// was found of it can be relied on.
/// </summary>
public class VariantException : Exception
{
    /// <summary>What went wrong with <paramref name="variant"/>, and what to do.</summary>
    public VariantException(string variant, string problem, Exception? inner = null)
        : base($"{variant}: {problem}", inner)
    {
        Variant = variant;
    }

    /// <summary>The variant, by name.</summary>
    public string Variant { get; }

    /// <summary>What <paramref name="variant"/> did once, it did not do when the same history and schedule were run again.</summary>
    internal static VariantException Strayed(string variant, string once) => new(
        variant,
        $"{once} and not when the same history and schedule were run again; "
        + "Boot() must set everything that the kernel keeps, and nothing may depend on time, chance or threads");
}

/// <summary>
/// CPUs of a variant share something that an exploration cannot see. What it was held to in single executions stands;
/// nothing can be proved of it.
/// </summary>
public sealed class UnseenSharingException(string variant, string problem) : VariantException(variant, problem);
