using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Harness.Strategies;
using Variants.Properties.Campaigns;
using Variants.Reports.Commands;

namespace Variants.Tests.Reports;

/// <summary>
/// Whatever a plug-in does, it is named in one line, and whoever it is compared with gets the results, byte for byte, that
/// they get without it.
/// </summary>
[Collection(NeverEnding.Name)]
public sealed class PluginTests : IDisposable
{
    private static readonly string[] s_short = ["--histories", "2", "--schedules", "3", "--certify", "0", "--verify", "0", "--no-throughput", "--jobs", "1"];

    private readonly string _folder = Directory.CreateTempSubdirectory("variants-plugin-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Plug_ins_of_all_kinds_are_set_aside_and_change_nothing_for_the_others()
    {
        (string Name, string Text, string Told)[] bad =
        [
            ("throws", Design("throws", constructor: "throw new InvalidOperationException(\"not today\");"),
                "throws.dll: swapoff/throws: its kernel could not be built: InvalidOperationException: not today"),
            ("boots", Design("boots", "public override void Boot() => throw new InvalidOperationException(\"no boot\");"),
                "boots.dll: swapoff/boots: InvalidOperationException outside of any system call, as in Boot(): no boot"),
            ("property", "public static class P { public static Variants.Harness.Families.Variant Mine => throw new InvalidOperationException(\"no property\"); }",
                "property.dll cannot be loaded: InvalidOperationException: no property"),
            ("nothing", "public static class P { public static Variants.Harness.Families.Variant Mine => null; }", "nothing.dll: P.Mine is null"),
            ("loops", Design("loops", $"{Fault} {{ while (true) {{ }} }}"),
                "loops.dll: swapoff/loops: it did not come back within 3 s, and never awaited in Loops.PageFault"),
            ("waits", Design("waits", constructor: "System.Threading.Thread.Sleep(-1);"),
                "waits.dll: swapoff/waits: it did not come back within 3 s, and never awaited in Waits..ctor"),
            ("grows", Design("grows", $"static readonly List<byte[]> s_kept = new(); {Fault} {{ while (true) s_kept.Add(new byte[1 << 20]); }}"),
                "grows.dll: swapoff/grows: it keeps more and more memory: over 1024 MB in Grows.PageFault"),
            ("clash", Design("2.6.7"), "clash.dll brings the variant swapoff/2.6.7, which exists already; give it another name"),
            ("family", Design("mine", family: "swapof"),
                "family.dll brings the variant 'swapof/mine'; its name must be a family, a slash and a name of its own; did you mean swapoff or swapout?"),
        ];
        List<string> plugins = [];
        foreach ((string name, string text, _) in bad)
            plugins.AddRange(["--plugin", Write(name, Compiled.Library(name, text))]);
        plugins.AddRange(["--plugin", Write("older", OfAnotherVersion())]);
        plugins.AddRange(["--plugin", Write("newer", OfLaterCode())]);
        string[] asked = ["compare", "swapoff/2.3.8", "throws", "boots", "loops", "waits", "grows", "newer"];

        string without = Path.Combine(_folder, "without");
        string with = Path.Combine(_folder, "with");
        (int code, string output, _) = Shell.Run(["compare", "swapoff/2.3.8", .. s_short, "--out", without]);
        Assert.InRange(code, ExitCode.AsExpected, ExitCode.Unexpected);
        (int codeWith, string outputWith, string error) = Shell.Run([.. asked, .. s_short, .. plugins, "--out", with]);

        Assert.Equal(ExitCode.SetAside, codeWith);
        string[] told = [.. error.Split('\n').Where(line => line.StartsWith("variants: ", StringComparison.Ordinal))];
        foreach ((_, _, string line) in bad)
            Assert.Contains($"variants: set aside: {line}", told);
        Assert.Contains("variants: set aside: older.dll was built for version 0.0.9 of Variants, and this is " + Own + "; build it again", told);
        Assert.Contains(told, line => line.StartsWith(
            "variants: set aside: newer.dll: swapoff/newer: it was built for another version of Variants; build it again (", StringComparison.Ordinal));
        Assert.Equal(bad.Length + 2, told.Length);
        Assert.Equal(output.Replace(without, with, StringComparison.Ordinal), outputWith);
        Assert.Equal(Contents(without), Contents(with));
    }

    [Fact]
    public void What_a_kernel_can_do_wrong_is_a_finding()
    {
        string oops = Write("oops", Compiled.Library("oops", Design("oops", $"{Fault} {{ throw new InvalidOperationException(\"oops\"); }}")));
        string spins = Write("spins", Compiled.Library("spins", Design("spins", $"{Fault} {{ while (true) await Smp.Relax(); }}")));
        (int code, _, string error) = Shell.Run(
            ["compare", "oops", "spins", "--histories", "1", "--schedules", "1", "--certify", "0", "--verify", "0", "--no-throughput", "--plugin", oops, "--plugin", spins, "--out", Path.Combine(_folder, "out")]);
        Assert.DoesNotContain("variants: ", error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.AsExpected, code);
        Assert.Equal(
            ["swapoff-oops-no-use-after-free", "swapoff-spins-no-livelock"],
            Directory.EnumerateFiles(Path.Combine(_folder, "out", "counterexamples"), "*.history")
                .Select(file => Path.GetFileNameWithoutExtension(file).Replace("-2", "", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_loop_over_words_without_an_await_is_a_finding_too()
    {
        string never = Write("never", Compiled.Library("never", Design("never", $"{Fault} {{ while (current.Mm is not null) {{ }} return await base.PageFault(current, address, write); }}")));
        (History history, _) = HistoryText.Parse("history swapoff\nactors\n  A: write 0\n");
        var strategy = new RandomWalk();
        strategy.Begin(1, 10);
        Assert.Equal(FailureKind.RunawayStep, new TestBed(Repertoire.Of([never]).One("never")).Run(history, strategy)?.Kind);
    }

    [Fact]
    public void Where_nothing_is_left_nothing_is_written()
    {
        string throws = Write("throws2", Compiled.Library("throws2", Design("throws2", constructor: "throw new InvalidOperationException(\"not today\");")));
        foreach (string[] command in new string[][] { ["check", "throws2"], ["verify", "throws2", "--operations", "1"] })
        {
            Assert.Equal(
                (ExitCode.BadInput, "", "variants: swapoff/throws2: its kernel could not be built: InvalidOperationException: not today\n"),
                Shell.Run([.. command, "--plugin", throws, "--out", Path.Combine(_folder, "none")]));
            Assert.False(Directory.Exists(Path.Combine(_folder, "none")));
        }
    }

    [Fact]
    public void Verify_proves_the_others_and_can_be_gone_on_with()
    {
        string throws = Write("throws3", Compiled.Library("throws3", Design("throws3", "public override void Boot() => throw new InvalidOperationException(\"no\");")));
        string without = Path.Combine(_folder, "without");
        string with = Path.Combine(_folder, "with");
        string[] scope = ["--operations", "1", "--jobs", "1"];
        string alone = Shell.Run(["verify", "swapoff/2.3.8", .. scope, "--out", without]).Output;
        string[] both = ["verify", "swapoff/2.3.8", "throws3", .. scope, "--plugin", throws, "--out", with];
        foreach (string[] args in new string[][] { both, [.. both, "--resume"] })
        {
            (int code, string output, string error) = Shell.Run(args);
            Assert.Equal((ExitCode.SetAside, alone.Replace(without, with, StringComparison.Ordinal)), (code, output));
            Assert.EndsWith("variants: set aside: throws3.dll: swapoff/throws3: InvalidOperationException outside of any system call, as in Boot(): no\n", error, StringComparison.Ordinal);
            Assert.Equal(Contents(without), Contents(with));
        }
    }

    private const string Fault = "public override async KTask<Fault> PageFault(TaskStruct current, int address, bool write)";

    private static string Own => typeof(Variants.Harness.Families.Variant).Assembly.GetName().Version!.ToString(3);

    private static string Design(string name, string body = "", string constructor = "", string family = "swapoff")
    {
        string type = name[..1].ToUpperInvariant() + name[1..].Replace('.', '_');
        type = char.IsDigit(type[0]) ? $"Linux{type}" : type;
        return $$"""
            using System.Collections.Immutable;
            using Variants.Families.Kernels;
            using Variants.Harness.Engine;
            using Variants.Harness.Families;
            using Variants.Harness.Memory;

            #pragma warning disable CS1998
            public sealed class {{type}} : Linux2_3_8
            {
                public {{type}}(Machine machine)
                    : base(machine)
                {
                    {{constructor}}
                }

                public static Variant Variant { get; } = new(
                    "{{family}}/{{name}}", "own", "a plug-in", "nobody", machine => new {{type}}(machine), ImmutableSortedDictionary<string, Expectation>.Empty);

                {{body}}
            }
            """;
    }

    /// <summary>A plug-in that was built when the harness had another version.</summary>
    private static byte[] OfAnotherVersion()
    {
        byte[] harness = Compiled.Library("Variants.Harness", """
            [assembly: System.Reflection.AssemblyVersion("0.0.9.0")]
            namespace Variants.Harness.Families { public sealed class Variant { } }
            """);
        return Compiled.Library("older", "public static class P { public static Variants.Harness.Families.Variant Mine => null; }", ("Variants.Harness", harness));
    }

    /// <summary>A plug-in whose kernel calls what this version of the harness does not have.</summary>
    private static byte[] OfLaterCode()
    {
        byte[] later = Compiled.Library("Later", "public static class Later { public static void Call() { } }");
        return Compiled.Library("newer", Design("newer", $"{Fault} {{ Later.Call(); return await base.PageFault(current, address, write); }}"), ("Later", later));
    }

    private string Write(string name, byte[] image)
    {
        string file = Path.Combine(_folder, $"{name}.dll");
        File.WriteAllBytes(file, image);
        return file;
    }

    private static SortedDictionary<string, string> Contents(string folder) => new(
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) != "timing.json")
            .ToDictionary(file => Path.GetRelativePath(folder, file), file => File.ReadAllText(file).Replace(folder, "", StringComparison.Ordinal)),
        StringComparer.Ordinal);
}
