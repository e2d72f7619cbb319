using System.Collections.Immutable;
using Variants.Families;
using Variants.Harness.Families;
using Variants.Properties.Campaigns;

namespace Variants.Reports.Commands;

/// <summary>
/// Every family and variant that can be asked for by name: those that come with Variants, and those that the user brings.
/// </summary>
public sealed class Repertoire
{
    private readonly Dictionary<string, string> _pluginOf = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];

    private Repertoire(ImmutableArray<Family> families) => Families = families;

    /// <summary>What was set aside, and why: a line for each.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>The families, each with all its variants.</summary>
    public ImmutableArray<Family> Families { get; private set; }

    /// <summary>
    /// What comes with Variants, <paramref name="own"/> variants, and those of <paramref name="plugins"/>: every public
    /// static property of type <see cref="Variant"/> or <see cref="Family"/> of a public type. A variant joins the
    /// family that its name begins with. A plug-in that does not fit is set aside.
    /// </summary>
    /// <exception cref="BadInputException">A path names no plug-in, or a variant of this program does not fit.</exception>
    public static Repertoire Of(IEnumerable<string> plugins, params ReadOnlySpan<Variant> own)
    {
        var repertoire = new Repertoire(FamilyList.All);
        foreach (Variant variant in own)
            repertoire.Join(variant, "this program");
        foreach (string plugin in plugins)
        {
            try
            {
                foreach (object brought in Plugin.Load(plugin))
                    repertoire.Join(brought, Path.GetFileName(plugin));
            }
            catch (PluginException unfit)
            {
                repertoire._problems.Add(unfit.Message);
            }
        }

        return repertoire;
    }

    /// <summary>A variant that the user brought could not be relied on when it ran.</summary>
    public void SetAside(string variant, string problem) => _problems.Add($"{_pluginOf[variant]}: {problem}");

    /// <summary>The file a variant came from, as replay commands name it; null if it comes with Variants.</summary>
    public string? PluginOf(Variant variant) => _pluginOf.GetValueOrDefault(variant.Name);

    /// <summary>True if the user brought it.</summary>
    public bool IsBrought(string variant) => _pluginOf.ContainsKey(variant);

    /// <summary>Everybody whom <paramref name="names"/> name, in the order of the families; everybody if there are none.</summary>
    /// <exception cref="BadInputException">A name is unknown.</exception>
    public IReadOnlyList<Contender> Named(IReadOnlyList<string> names)
    {
        IReadOnlyList<Contender> all = Contender.AllOf(Families);
        if (names.Count == 0)
            return all;
        foreach (string name in names.Where(name => !all.Any(contender => IsCalled(contender, name))))
        {
            IEnumerable<string> known = Families.Select(family => family.Name).Concat(all.Select(contender => contender.Variant.Name));
            throw new BadInputException($"no family or variant is called '{name}'{NearMatches.Hint(name, known)}");
        }

        return [.. all.Where(contender => names.Any(name => IsCalled(contender, name)))];
    }

    /// <summary>The variant of this name.</summary>
    /// <exception cref="BadInputException">The name is unknown, or several go by it.</exception>
    public Contender One(string name)
    {
        Contender[] called = [.. Contender.AllOf(Families)
            .Where(contender => contender.Variant.Name == name || contender.Variant.ShortName == name)];
        return called.Length switch
        {
            1 => called[0],
            0 => throw new BadInputException(
                $"no variant is called '{name}'{NearMatches.Hint(name, Contender.AllOf(Families).Select(contender => contender.Variant.Name))}"),
            _ => throw new BadInputException(
                $"'{name}' names several variants: {string.Join(", ", called.Select(contender => contender.Variant.Name))}; give the family too"),
        };
    }

    private static bool IsCalled(Contender contender, string name) =>
        contender.Family.Name == name || contender.Variant.Name == name || contender.Variant.ShortName == name;

    private void Join(object brought, string file)
    {
        try
        {
            if (brought is Family family)
                Join(family, file);
            else
                Join((Variant)brought, file);
        }
        catch (BadInputException unfit)
        {
            // The rest of the plug-in may fit.
            _problems.Add(unfit.Message);
        }
    }

    private void Join(Family family, string file)
    {
        if (Families.Any(known => known.Name == family.Name))
            throw new BadInputException($"{file} brings the family {family.Name}, which exists already; give it another name");
        Families = Families.Add(family with { Variants = [.. family.Variants.Select(variant => variant with { IsBrought = true })] });
        foreach (Variant variant in family.Variants)
            _pluginOf[variant.Name] = file;
    }

    private void Join(Variant variant, string file)
    {
        string prefix = variant.Name.Split('/')[0];
        Family? family = Families.FirstOrDefault(known => known.Name == prefix);
        if (family is null || variant.ShortName == variant.Name || variant.ShortName.Length == 0)
        {
            throw new BadInputException(
                $"{file} brings the variant '{variant.Name}'; its name must be a family, a slash and a name of its own"
                + NearMatches.Hint(prefix, Families.Select(known => known.Name)));
        }

        if (family.Variants.Any(known => known.Name == variant.Name))
            throw new BadInputException($"{file} brings the variant {variant.Name}, which exists already; give it another name");
        Families = Families.Replace(family, family with { Variants = family.Variants.Add(variant with { IsBrought = true }) });
        _pluginOf[variant.Name] = file;
    }
}
