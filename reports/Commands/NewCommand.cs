using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Variants.Harness.Engine;
using Variants.Harness.Memory;
using Variants.Properties.Campaigns;

namespace Variants.Reports.Commands;

/// <summary>
/// <c>new</c>: writes a program of one file with a variant of the user's own. It derives from the kernel of a design that
/// exists, does what that does, and names every function that it can do otherwise.
/// </summary>
internal static partial class NewCommand
{
    public static int Run(Repertoire everybody, string parent, string name, string folder, TextWriter output)
    {
        Contender from = Parent(everybody, parent);
        string full = $"{from.Family.Name}/{name}";
        if (!ShortName().IsMatch(name))
            throw new BadInputException($"'{name}' cannot be the name of a variant: give lower-case letters, digits, dots and hyphens, such as my-swapoff");
        if (from.Family.Variants.Any(variant => variant.Name == full))
            throw new BadInputException($"there is a variant {full} already");

        if (!OutOption.IsPath(folder))
            throw new BadInputException("--into: name a folder");
        string file = Path.Combine(folder, $"{name}.cs");
        if (File.Exists(file))
            throw new BadInputException($"{file} exists already");
        try
        {
            File.WriteAllText(file, Text(from, name, ProjectSeenFrom(folder)));
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{file} cannot be written: {unwritable.Message}", unwritable);
        }

        string command = $"dotnet run -c Release {name}.cs --";
        output.Write($"{file} is {full}, which does what {from.Variant.Name} does. To see that:\n\n");
        output.Write($"    {command} check {full}\n    {command} compare {from.Variant.Name} {full}\n");
        return ExitCode.AsExpected;
    }

    /// <summary>The program. <paramref name="project"/> is where the project of the command line lies; null if nobody knows.</summary>
    internal static string Text(Contender from, string name, string? project)
    {
        Type kernel = KernelOf(from);
        string type = TypeName(name);
        var text = new StringBuilder();
        text.Append(project is null
            ? "// Say here where your clone of Variants is.\n#:project ../variants/reports/Variants.Reports.csproj\n"
            : $"#:project {project}\n");
        text.Append("#:property PublishAot=false\n#:property NoWarn=$(NoWarn);NU1603\n");
        text.Append($$"""

            using System.Collections.Immutable;
            using {{kernel.Namespace}};
            using Variants.Harness.Engine;
            using Variants.Harness.Families;
            using Variants.Harness.Memory;
            using Variants.Reports.Commands;

            return VariantsCommand.Run(args, Console.Out, Console.Error, {{type}}.Variant);

            /// <summary>Begins as {{from.Variant.Name}}. Say here what is different, and why.</summary>
            public sealed class {{type}} : {{kernel.Name}}
            {
                public {{type}}(Machine machine)
                    : base(machine)
                {
                    // Locks and fields that the design adds are made here, on machine.Smp.
                }

                // What is expected of it is for you to say; what is left out is open, and the campaign finds out.
                public static Variant Variant { get; } = new(
                    "{{from.Family.Name}}/{{name}}",
                    "own",
                    "as {{from.Variant.ShortName}}, so far",
                    "nobody yet",
                    machine => new {{type}}(machine),
                    ImmutableSortedDictionary<string, Expectation>.Empty.Add(PropertyNames.DataIntegrity, Expectation.Holds));

                // Called when the machine is switched on, before every execution: bring your own fields to their first state.
                public override void Boot() => base.Boot();

                // Every await is a point at which another CPU may run; between two awaits a CPU has the machine to itself.
                // What can be done otherwise:
                //

            """.ReplaceLineEndings("\n"));
        foreach (MethodInfo method in Overridable(kernel))
            text.Append(CultureInfo.InvariantCulture, $"    //   {Signature(method)}\n");
        text.Append("}\n");
        return text.ToString();
    }

    private static Contender Parent(Repertoire everybody, string name) =>
        everybody.Families.FirstOrDefault(family => family.Name == name) is { } family
            ? new Contender(family, family.Variants[0])
            : everybody.One(name);

    /// <summary>The class of the design, which another program must be able to derive from with nothing but a machine.</summary>
    private static Type KernelOf(Contender from)
    {
        Type type = new TestBed(from).Machine.Kernel.GetType();
        return type is { IsSealed: false, IsVisible: true } && type.GetConstructor([typeof(Machine)]) is not null
            ? type
            : throw new BadInputException(
                $"{from.Variant.Name} is {type.Name} with a switch, or sealed: no class that another design could derive from; begin with another of {from.Family.Name}");
    }

    private static IEnumerable<MethodInfo> Overridable(Type kernel) => kernel
        .GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        .Where(method => method is { IsVirtual: true, IsFinal: false } && (method.IsPublic || method.IsFamily)
            && method.DeclaringType != typeof(object) && method.Name != "Boot")
        .OrderBy(method => method.Name, StringComparer.Ordinal)
        .ThenBy(method => method.GetParameters().Length);

    private static string Signature(MethodInfo method)
    {
        string access = method.IsPublic ? "public" : "protected";
        if (method.IsSpecialName && method.Name.StartsWith("get_", StringComparison.Ordinal))
            return $"{access} override {NameOf(method.ReturnType)} {method.Name[4..]}";
        IEnumerable<string> parameters = method.GetParameters().Select(parameter => $"{NameOf(parameter.ParameterType)} {parameter.Name}");
        string asynchronous = method.ReturnType.Name.StartsWith(nameof(KTask), StringComparison.Ordinal) ? "async " : "";
        return $"{access} override {asynchronous}{NameOf(method.ReturnType)} {method.Name}({string.Join(", ", parameters)})";
    }

    private static string NameOf(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } value)
            return $"{NameOf(value)}?";
        if (type.IsGenericType)
        {
            string[] arguments = [.. type.GetGenericArguments().Select(NameOf)];
            return type.Name.StartsWith("ValueTuple", StringComparison.Ordinal)
                ? $"({string.Join(", ", arguments)})"
                : $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", arguments)}>";
        }

        return type == typeof(void) ? "void" : type == typeof(int) ? "int" : type == typeof(bool) ? "bool" : type.Name;
    }

    /// <summary><c>my-swapoff.2</c> is class <c>MySwapoff2</c>.</summary>
    private static string TypeName(string name)
    {
        string joined = string.Concat(name.Split('-', '.').Where(part => part.Length > 0).Select(part => char.ToUpperInvariant(part[0]) + part[1..]));
        return char.IsDigit(joined[0]) ? $"Linux{joined}" : joined;
    }

    /// <summary>The way from a folder to the project, if the program runs within a clone.</summary>
    private static string? ProjectSeenFrom(string folder)
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string project = Path.Combine(at.FullName, "reports", "Variants.Reports.csproj");
            if (File.Exists(project))
                return Path.GetRelativePath(Path.GetFullPath(folder), project).Replace('\\', '/');
        }

        return null;
    }

    [GeneratedRegex("^[a-z0-9]+([.-][a-z0-9]+)*$", RegexOptions.CultureInvariant)]
    private static partial Regex ShortName();
}
