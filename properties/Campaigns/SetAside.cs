using Variants.Harness.Families;

namespace Variants.Properties.Campaigns;

/// <summary>A variant that a user brought and that cannot be relied on: no result speaks of it, and no other depends on it.</summary>
/// <param name="Variant">The variant.</param>
/// <param name="Problem">Why, in a sentence that begins with its name.</param>
public sealed record SetAsideVariant(Variant Variant, string Problem);

/// <summary>
/// The contenders of a campaign that have been set aside, by place. Of several workers that complain of one, the
/// complaint about what comes first is kept, so that it does not depend on who was faster.
/// </summary>
internal sealed class SetAside(IReadOnlyList<Contender> contenders)
{
    private readonly System.Threading.Lock _gate = new();
    private readonly (long At, VariantException Problem)?[] _problems = new (long, VariantException)?[contenders.Count];

    /// <summary>All of them, in the order of the contenders.</summary>
    internal IEnumerable<SetAsideVariant> All => contenders.Zip(_problems)
        .Where(one => one.Second is not null)
        .Select(one => new SetAsideVariant(one.First.Variant, one.Second!.Value.Problem.Message));

    internal bool Contains(int contender)
    {
        lock (_gate)
        {
            return _problems[contender] is not null;
        }
    }

    /// <summary>False if the contender is not a user's: then the mistake is ours.</summary>
    internal bool Add(int contender, long at, VariantException problem)
    {
        if (!contenders[contender].Variant.IsBrought)
        {
            return false;
        }

        lock (_gate)
        {
            if (_problems[contender] is not { } known || at < known.At)
            {
                _problems[contender] = (at, problem);
            }
        }

        return true;
    }
}
