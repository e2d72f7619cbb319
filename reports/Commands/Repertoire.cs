using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Variants.Families;
using Variants.Families.Classics;
using Variants.Harness.Families;
using Variants.Harness.Programs;
using Variants.Properties.Campaigns;
using Variants.Properties.Promises;

namespace Variants.Reports.Commands;

/// <summary>
/// Every family and variant that can be asked for by name: those that come with Variants, and those that the user brings.
/// </summary>
public sealed partial class Repertoire
{
    private readonly Dictionary<string, string> _pluginOf = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];

    private Repertoire(ImmutableArray<Family> families, ImmutableArray<ConcurrentProgram> programs)
    {
        Families = families;
        Programs = programs;
    }

    /// <summary>What was set aside, and why: a line for each.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>The families, each with all its variants.</summary>
    public ImmutableArray<Family> Families { get; private set; }

    /// <summary>Programs that are no kernels: they can be listed, verified and checked, and are compared with nobody.</summary>
    public ImmutableArray<ConcurrentProgram> Programs { get; private set; }

    /// <summary>
    /// What comes with Variants, what this program brings of its <paramref name="own"/>, and what
    /// <paramref name="plugins"/> bring: every public static property of a public type that is an <see cref="IContribution"/>.
    /// A variant joins the family that its name begins with. What does not fit in a plug-in is set aside.
    /// </summary>
    /// <exception cref="BadInputException">A path names no plug-in, or a variant of this program does not fit.</exception>
    public static Repertoire Of(IEnumerable<string> plugins, params ReadOnlySpan<IContribution> own)
    {
        var repertoire = new Repertoire(FamilyList.All, ClassicPrograms.All);
        foreach (IContribution contribution in own)
            repertoire.JoinOrRefuse(contribution, "this program");
        foreach (string plugin in plugins)
        {
            try
            {
                foreach (IContribution brought in Plugin.Load(plugin))
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

    /// <summary>
    /// The programs whom <paramref name="names"/> name, all those that begin alike (<c>classics</c>) included; null if they
    /// name none.
    /// </summary>
    /// <exception cref="BadInputException">Some of them are programs, and others are not.</exception>
    public IReadOnlyList<ConcurrentProgram>? ProgramsNamed(IReadOnlyList<string> names)
    {
        string[] others = [.. names.Where(name => !Programs.Any(program => IsCalled(program, name)))];
        if (others.Length == names.Count)
            return null;
        return others.Length == 0
            ? [.. Programs.Where(program => names.Any(name => IsCalled(program, name)))]
            : throw new BadInputException($"{others[0]} is no program, and {names.Except(others).First()} is one; give them one after the other");
    }

    /// <summary>The file a variant came from, as replay commands name it; null if it comes with Variants.</summary>
    public string? PluginOf(Variant variant) => _pluginOf.GetValueOrDefault(variant.Name);

    /// <summary>True if the user brought it: a variant, a promise or a workload.</summary>
    public bool IsBrought(string name) => _pluginOf.ContainsKey(name);

    /// <summary>Everybody whom <paramref name="names"/> name, in the order of the families; everybody if there are none.</summary>
    /// <exception cref="BadInputException">A name is unknown.</exception>
    public IReadOnlyList<Contender> Named(IReadOnlyList<string> names)
    {
        IReadOnlyList<Contender> all = Contender.AllOf(Families);
        if (names.Count == 0)
            return all;
        foreach (string name in names.Where(name => !all.Any(contender => IsCalled(contender, name))))
        {
            if (Programs.Any(program => IsCalled(program, name)))
                throw new BadInputException($"{name} is a program, and nothing to be compared: verify it, or check it");
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

    private static bool IsCalled(ConcurrentProgram program, string name) =>
        program.Name == name || program.Name.StartsWith($"{name}/", StringComparison.Ordinal);

    private static bool IsCalled(Contender contender, string name) =>
        contender.Family.Name == name || contender.Variant.Name == name || contender.Variant.ShortName == name;

    /// <summary>A promise that the user brought could not be relied on: from here on nobody is held to it.</summary>
    public void SetAside(PropertyException problem)
    {
        _problems.Add($"{_pluginOf[problem.Property]}: {problem.Message}");
        Families = [.. Families.Select(family => family with
        {
            Properties = family.Properties.Remove(problem.Property),
            OwnProperties = family.OwnProperties.RemoveAll(own => own.Name == problem.Property),
        })];
    }

    private void Join(IContribution brought, string file)
    {
        try
        {
            JoinOrRefuse(brought, file);
        }
        catch (BadInputException unfit)
        {
            // The rest of the plug-in may fit.
            _problems.Add(unfit.Message);
        }
    }

    private void JoinOrRefuse(IContribution brought, string file)
    {
        switch (brought)
        {
            case Variant variant:
                Join(variant, file);
                break;
            case Family family:
                Join(family, file);
                break;
            case OwnProperty property:
                Join(property, file);
                break;
            case OwnWorkload workload:
                Join(workload, file);
                break;
            case ConcurrentProgram program:
                Join(program, file);
                break;
            default:
                throw new BadInputException($"{file} brings {brought.Name}, a {brought.GetType().Name}, of which nobody knows what to do with it");
        }
    }

    private void Join(OwnProperty property, string file)
    {
        if (!PropertyName().IsMatch(property.Name))
            throw new BadInputException($"{file} brings the promise '{property.Name}'; give it lower-case words with hyphens, such as no-lost-page");
        if (PropertyNames.All.Contains(property.Name) || _pluginOf.ContainsKey(property.Name))
            throw new BadInputException($"{file} brings the promise {property.Name}, which exists already; give it another name");
        string[] names = [.. Families.Select(family => family.Name)];
        if (property.Families.FirstOrDefault(name => !names.Contains(name)) is { } unknown)
            throw new BadInputException($"{file}: the promise {property.Name} is for a family '{unknown}'{NearMatches.Hint(unknown, names)}");
        Families = [.. Families.Select(family => property.Families.IsEmpty || property.Families.Contains(family.Name)
            ? family with { Properties = family.Properties.Add(property.Name), OwnProperties = family.OwnProperties.Add(property) }
            : family)];
        _pluginOf[property.Name] = file;
    }

    private void Join(OwnWorkload workload, string file)
    {
        if (Families.Any(family => family.Workloads.Any(known => known.Id == workload.Name)))
            throw new BadInputException($"{file} brings the workload {workload.Name}, which exists already; give it another name");
        string[] names = [.. Families.Select(family => family.Name)];
        if (workload.Families.FirstOrDefault(name => !names.Contains(name)) is { } unknown)
            throw new BadInputException($"{file}: the workload {workload.Name} is for a family '{unknown}'{NearMatches.Hint(unknown, names)}");
        Families = [.. Families.Select(family => workload.Families.IsEmpty || workload.Families.Contains(family.Name)
            ? family with { Workloads = family.Workloads.Add(workload.Workload) }
            : family)];
        _pluginOf[workload.Name] = file;
    }

    private void Join(ConcurrentProgram program, string file)
    {
        if (Programs.Any(known => known.Name == program.Name) || Families.Any(family => family.Name == program.Name.Split('/')[0]))
            throw new BadInputException($"{file} brings the program {program.Name}, and something is called so already; give it another name");
        Programs = Programs.Add(program);
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

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$", RegexOptions.CultureInvariant)]
    private static partial Regex PropertyName();
}
