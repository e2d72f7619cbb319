using System.Reflection;
using Variants.Harness.Families;
using Variants.Properties.Campaigns;

namespace Variants.Reports.Commands;

/// <summary>An assembly with variants, families or promises of somebody's own.</summary>
internal static class Plugin
{
    private const string Ours = "Variants.";

    /// <summary>What every public static property of a public type brings, in the order of the types' names.</summary>
    /// <exception cref="BadInputException">The path names no plug-in.</exception>
    /// <exception cref="PluginException">It is a plug-in, but cannot be used.</exception>
    public static IReadOnlyList<IContribution> Load(string path)
    {
        string file = Path.GetFileName(path);
        if (!File.Exists(path))
            throw new BadInputException($"there is no plug-in {path}");
        List<IContribution> brought = [];
        try
        {
            // Properties are code, which may not come back either.
            new Watchdog(file).Run(() => brought = [.. Brought(LoadFrom(path))]);
        }
        catch (Exception error) when (error is not (BadInputException or PluginException))
        {
            throw Unfit(file, error is TargetInvocationException { InnerException: { } inner } ? inner : error);
        }

        return brought.Count > 0
            ? brought
            : throw new BadInputException(
                $"plug-in {file} brings nothing; give a public class a public static property of type Variant, Family, OwnProperty or ConcurrentProgram");
    }

    private static Assembly LoadFrom(string path)
    {
        string file = Path.GetFileName(path);
        Assembly assembly;
        try
        {
            assembly = Assembly.LoadFrom(Path.GetFullPath(path));
        }
        catch (Exception error) when (error is BadImageFormatException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new BadInputException($"plug-in {file} cannot be loaded: {error.GetType().Name}: {error.Message}", error);
        }

        Version own = typeof(Variant).Assembly.GetName().Version!;
        foreach (AssemblyName needed in assembly.GetReferencedAssemblies())
        {
            if (needed.Name!.StartsWith(Ours, StringComparison.Ordinal) && needed.Version is { } version && version != own)
                throw new PluginException($"{file} was built for version {version.ToString(3)} of Variants, and this is {own.ToString(3)}; build it again");
        }

        return assembly;
    }

    private static IEnumerable<IContribution> Brought(Assembly assembly) => assembly.GetExportedTypes()
        .OrderBy(type => type.FullName, StringComparer.Ordinal)
        .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Static))
        .Where(property => property.PropertyType.IsAssignableTo(typeof(IContribution)))
        .Select(property => (IContribution?)property.GetValue(null)
            ?? throw new PluginException($"{Path.GetFileName(assembly.Location)}: {property.DeclaringType?.Name}.{property.Name} is null"));

    private static PluginException Unfit(string file, Exception error) => error switch
    {
        VariantException late => new PluginException(late.Message, late),
        TypeLoadException or MissingMemberException or FileNotFoundException or FileLoadException => new PluginException(
            $"{file} was built for another version of Variants; build it again ({error.GetType().Name}: {error.Message})", error),
        TypeInitializationException { InnerException: { } inner } => Unfit(file, inner),
        _ => new PluginException($"{file} cannot be loaded: {error.GetType().Name}: {error.Message}", error),
    };
}

/// <summary>A plug-in that cannot be used and is set aside; the message begins with its file.</summary>
internal sealed class PluginException(string message, Exception? inner = null) : Exception(message, inner);
