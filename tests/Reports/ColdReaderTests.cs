using System.Text.RegularExpressions;
using Variants.Reports.Commands;
using static Variants.Tests.Reports.Shell;

namespace Variants.Tests.Reports;

/// <summary>
/// Somebody who has read nothing but the README: the command that it gives, the page of the first design that is broken, the
/// replay command copied from that page, and the same text again.
/// </summary>
public sealed partial class ColdReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("variants-reader-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void From_the_readme_to_a_page_and_from_the_page_to_the_same_failure()
    {
        // The first command of the README that runs something in particular; a short run of it, into a folder of our own.
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        string[] check = Words(CheckOfReadme().Match(readme).Groups[1].Value);
        Assert.NotEmpty(check);
        string place = Path.Combine(_folder, "out");
        (int code, string output, _) = Run([.. check, "--histories", "10", "--schedules", "20", "--certify", "0", "--verify", "0", "--out", place]);
        Assert.InRange(code, ExitCode.AsExpected, ExitCode.Unexpected);
        Assert.Contains("open index.html", output, StringComparison.Ordinal);

        // From the overview by the first link to a counterexample, as one would click.
        string family = FirstLink(File.ReadAllText(Path.Combine(place, "index.html")), @"[a-z-]+\.html");
        string link = FirstLink(File.ReadAllText(Path.Combine(place, family)), @"counterexamples/[A-Za-z0-9._-]+\.html");
        string page = File.ReadAllText(Path.Combine(place, link));
        string[] replay = Words(Regex.Match(page, "<pre class=\"command\"[^>]*>variants ([^<]+)</pre>", RegexOptions.CultureInvariant).Groups[1].Value);
        Assert.Equal("replay", replay[0]);

        // The page says where the command belongs: in the folder of the report.
        Assert.Contains("In the folder of the report:", page, StringComparison.Ordinal);
        (int replayed, string told, string problem) = Run([replay[0], Path.Combine(place, replay[1]), .. replay[2..]]);
        Assert.Equal((ExitCode.AsExpected, ""), (replayed, problem));
        Assert.Equal(File.ReadAllBytes(Path.ChangeExtension(Path.Combine(place, link), ".txt")), System.Text.Encoding.UTF8.GetBytes(told));
    }

    private static string FirstLink(string html, string pattern)
    {
        Match link = Regex.Match(html, $"href=\"({pattern})[\"#]", RegexOptions.CultureInvariant);
        Assert.True(link.Success, $"no link to {pattern}");
        return link.Groups[1].Value;
    }

    private static string[] Words(string command) => command.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(@"dotnet run -c Release --project reports -- (check [^\n]+)", RegexOptions.CultureInvariant)]
    private static partial Regex CheckOfReadme();
}
