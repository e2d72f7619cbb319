using System.Text.Json;
using System.Text.RegularExpressions;
using Variants.Harness.Engine;
using Variants.Reports.Commands;
using Variants.Tests.Reports;

namespace Variants.Tests.Documents;

/// <summary>What documents show is what one gets, and where they point there is something.</summary>
public sealed partial class DocumentTests
{
    private const string Counterexample = "docs/write-beside-swapoff.history";

    private static readonly string[] s_documents =
    [
        "README.md",
        .. new[] { "harness", "variants", "properties", "reports" }.Select(folder => $"{folder}/README.md"),
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md").Select(file => $"docs/{Path.GetFileName(file)}").Order(StringComparer.Ordinal),
    ];

    [Fact]
    public void The_counterexample_of_the_README_is_what_replay_prints()
    {
        string shown = Read("README.md").Split("## What one finds\n\n")[1].Split("\n\nThat is")[0];
        ExpectInOrder(shown.Split('\n').Select(line => line.Length > 4 ? line[4..] : ""), Replayed());
    }

    [Fact]
    public void The_counterexample_that_is_read_line_by_line_is_what_replay_prints_and_is_shown_whole()
    {
        string[] shown = [.. Read("docs/reading-a-counterexample.md").Split('\n')
            .Select(line => line.StartsWith("    ", StringComparison.Ordinal) ? line[4..] : "...")];
        int command = Array.IndexOf(shown, $"variants replay {Counterexample}");
        Assert.True(command > 0);
        int history = Array.IndexOf(shown, "history swapoff");
        ExpectInOrder(shown[(command + 1)..history], Replayed());
        ExpectInOrder(shown[history..], Read(Counterexample));

        // Of what replay prints, only how to see it again is left out.
        string[] lines = [.. shown.Where(line => line != "...").Select(WithoutLineNumbers)];
        Assert.Empty(WithoutLineNumbers(Replayed()).Split("To see it again")[0].Split('\n').Where(line => line.Length > 0).Except(lines));
    }

    [Fact]
    public void The_README_names_every_document_and_every_way_leads_somewhere()
    {
        string readme = Read("README.md");
        Assert.DoesNotContain(
            Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs")).Select(Path.GetFileName),
            file => !readme.Contains($"docs/{file}", StringComparison.Ordinal));
        Assert.Empty(
            from document in s_documents
            let folder = Path.GetDirectoryName(Path.Combine(Repository.Root, document))!
            from way in Links().Matches(Read(document)).Select(link => (From: folder, To: link.Groups[1].Value))
                .Concat(Paths().Matches(Read(document)).Select(path => (From: Repository.Root, To: path.Groups[1].Value)))
            where !Path.Exists(Path.Combine(way.From, way.To))
            select $"{document}: there is no {way.To}");
    }

    [Fact]
    public void Every_cost_of_a_simulated_machine_is_in_the_cost_model()
    {
        string model = Read("docs/cost-model.md");
        Assert.Empty(
            from machine in CostModel.Names
            from cost in JsonDocument.Parse(Read($"harness/Machines/{machine}.json")).RootElement.EnumerateObject()
            where cost.Value.ValueKind == JsonValueKind.Object && !model.Contains($"`{cost.Name}`", StringComparison.Ordinal)
            select $"docs/cost-model.md does not say what `{cost.Name}` of {machine} is charged for");
    }

    /// <summary>The lines follow each other in the text, but where <c>...</c> stands between them.</summary>
    private static void ExpectInOrder(IEnumerable<string> lines, string text)
    {
        string left = WithoutLineNumbers(text);
        foreach (string piece in string.Join('\n', lines.Select(WithoutLineNumbers)).Split("...").Select(piece => piece.Trim('\n')).Where(piece => piece.Length > 0))
        {
            int at = left.IndexOf(piece + "\n", StringComparison.Ordinal);
            Assert.True(at >= 0, $"not there, or not in this order:\n{piece}\nin\n{left}");
            left = left[(at + piece.Length)..];
        }
    }

    /// <summary>Where in a kernel's C# a function stands is not what a document is about.</summary>
    private static string WithoutLineNumbers(string text) => LineNumber().Replace(text, ":");

    private static string Replayed()
    {
        (int code, string output, string error) = Shell.Run("replay", Path.Combine(Repository.Root, Counterexample));
        Assert.Equal((ExitCode.AsExpected, ""), (code, error));
        return output;
    }

    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    [GeneratedRegex(@"\]\(([^):#]+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Links();

    [GeneratedRegex(@"`((?:docs|harness|variants|properties|reports|tests)/[\w./-]+\.\w+)`", RegexOptions.CultureInvariant)]
    private static partial Regex Paths();

    [GeneratedRegex(@"(?<=at: \w+):\d+", RegexOptions.CultureInvariant)]
    private static partial Regex LineNumber();
}
