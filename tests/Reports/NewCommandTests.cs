using System.Reflection;
using Variants.Harness.Families;
using Variants.Properties.Campaigns;
using Variants.Reports.Commands;
using static Variants.Tests.Reports.Shell;

namespace Variants.Tests.Reports;

/// <summary>Whoever asks for a file to begin with gets one that compiles, and a variant that does what its parent does.</summary>
public sealed class NewCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("variants-new-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("swapoff", "mine", "swapoff/2.3.8")]
    [InlineData("swapoff/kanoj-repaired", "my-own.2", "swapoff/kanoj-repaired")]
    [InlineData("swap-cache/2.6.32", "2.6.33", "swap-cache/2.6.32")]
    [InlineData("faults/spf", "mine", "faults/spf")]
    public void The_file_compiles_and_its_variant_does_what_its_parent_does(string parent, string name, string parentName)
    {
        (int code, string output, string error) = Run("new", parent, name, "--into", _folder);
        Assert.Equal((ExitCode.AsExpected, ""), (code, error));
        string full = $"{parentName.Split('/')[0]}/{name}";
        Assert.StartsWith($"{Path.Combine(_folder, $"{name}.cs")} is {full}, which does what {parentName} does.", output, StringComparison.Ordinal);

        Variant mine = Compile(File.ReadAllText(Path.Combine(_folder, $"{name}.cs")));
        Assert.Equal(full, mine.Name);
        Contender other = Repertoire.Of([]).One(parentName);
        var options = new CampaignOptions(3, 30, 30, ["random", "pct3"], 1, ShrinkExecutions: 1);
        VariantResult theirs = Campaign.Run([other], options).Variants[0];
        VariantResult own = Campaign.Run([new Contender(other.Family, mine)], options).Variants[0];
        Assert.Equal(
            (theirs.Executions, theirs.Steps, string.Join(' ', theirs.Verdicts.Select(verdict => verdict.Failures))),
            (own.Executions, own.Steps, string.Join(' ', own.Verdicts.Select(verdict => verdict.Failures))));
    }

    [Fact]
    public void The_file_names_the_functions_that_can_be_done_otherwise()
    {
        Run("new", "swapoff/2.3.8", "mine", "--into", _folder);
        string text = File.ReadAllText(Path.Combine(_folder, "mine.cs"));
        Assert.Contains("#:property PublishAot=false\n", text, StringComparison.Ordinal);
        Assert.Contains("public sealed class Mine : Linux2_3_8\n", text, StringComparison.Ordinal);
        Assert.Contains("    //   protected override async KTask<int> TryToUnuse(TaskStruct current, SwapArea area)\n", text, StringComparison.Ordinal);
        Assert.Contains("    //   protected override bool RechecksPte\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_design_can_be_begun_with() => Assert.All(
        Contender.AllOf(Repertoire.Of([]).Families),
        contender => Assert.Contains($"\"{contender.Family.Name}/mine\"", NewCommand.Text(contender, "mine", null), StringComparison.Ordinal));

    [Fact]
    public void What_cannot_be_written_is_said_and_nothing_is()
    {
        File.WriteAllText(Path.Combine(_folder, "taken.cs"), "mine");
        Assert.Equal((ExitCode.BadInput, $"variants: {Path.Combine(_folder, "taken.cs")} exists already\n"), Refused("swapoff", "taken", _folder));
        Assert.Equal((ExitCode.BadInput, "variants: there is a variant swapoff/6.9 already\n"), Refused("swapoff", "6.9", _folder));
        Assert.Equal(
            (ExitCode.BadInput, "variants: 'My Own' cannot be the name of a variant: give lower-case letters, digits, dots and hyphens, such as my-swapoff\n"),
            Refused("swapoff", "My Own", _folder));
        Assert.StartsWith("variants: no variant is called 'swapof/2.3.8'; did you mean swapoff/2.3.8", Refused("swapof/2.3.8", "mine", _folder).Error, StringComparison.Ordinal);
        Assert.StartsWith($"variants: {Path.Combine(_folder, "gone", "mine.cs")} cannot be written: ", Refused("swapoff", "mine", Path.Combine(_folder, "gone")).Error, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(Assert.Single(Directory.EnumerateFiles(_folder))));
    }

    private static (int Code, string Error) Refused(string parent, string name, string folder)
    {
        (int code, _, string error) = Run("new", parent, name, "--into", folder);
        return (code, error);
    }

    private static Variant Compile(string text) => (Variant)Assembly.Load(Compiled.Program(text))
        .GetExportedTypes().Single(type => type.GetProperty("Variant") is not null).GetProperty("Variant")!.GetValue(null)!;
}
