using System.Collections.Immutable;
using System.Reflection;
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

    private Repertoire(ImmutableArray<Family> families) => Families = families;

    /// <summary>The families, each with all its variants.</summary>
    public ImmutableArray<Family> Families { get; private set; }

    /// <summary>
    /// What comes with Variants, <paramref name="own"/> variants, and those of <paramref name="plugins"/>: every public
    /// static property of type <see cref="Variant"/> or <see cref="Family"/> of a public type. A variant joins the
    /// family that its name begins with.
    /// </summary>
    /// <exception cref="BadInputException">A plug-in cannot be used.</exception>
    public static Repertoire Of(IEnumerable<string> plugins, params ReadOnlySpan<Variant> own)
    {
        var repertoire = new Repertoire(FamilyList.All);
        foreach (Variant variant in own)
            repertoire.Join(variant, "this program");
        foreach (string plugin in plugins)
            repertoire.Load(plugin);
        return repertoire;
    }

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

    private void Load(string path)
    {
        string file = Path.GetFileName(path);
        if (!File.Exists(path))
            throw new BadInputException($"there is no plug-in {path}");

        List<(string Property, object Value)> brought;
        try
        {
            brought = [.. Assembly.LoadFrom(Path.GetFullPath(path)).GetExportedTypes()
                .OrderBy(type => type.FullName, StringComparer.Ordinal)
                .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Static))
                .Where(property => property.PropertyType == typeof(Variant) || property.PropertyType == typeof(Family))
                .Select(property => ($"{property.DeclaringType?.Name}.{property.Name}", property.GetValue(null)!))];
        }
        catch (Exception error)
        {
            Exception cause = error is TargetInvocationException { InnerException: { } inner } ? inner : error;
            throw new BadInputException($"plug-in {file} cannot be loaded: {cause.GetType().Name}: {cause.Message}", error);
        }

        if (brought.Count == 0)
        {
            throw new BadInputException(
                $"plug-in {file} brings nothing; give a public class a public static property of type Variant (or Family)");
        }

        foreach ((string property, object value) in brought)
        {
            switch (value)
            {
                case Family family:
                    Join(family, file);
                    break;
                case Variant variant:
                    Join(variant, file);
                    break;
                default:
                    throw new BadInputException($"plug-in {file}: {property} is null");
            }
        }
    }

    private void Join(Family family, string file)
    {
        if (Families.Any(known => known.Name == family.Name))
            throw new BadInputException($"{file} brings the family {family.Name}, which exists already");
        Families = Families.Add(family);
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
            throw new BadInputException($"{file} brings the variant {variant.Name}, which exists already");
        Families = Families.Replace(family, family with { Variants = family.Variants.Add(variant) });
        _pluginOf[variant.Name] = file;
    }
}
