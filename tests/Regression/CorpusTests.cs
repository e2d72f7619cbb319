using System.Collections.Immutable;
using System.Text.Json;
using Variants.Families;
using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Strategies;
using Variants.Properties.Campaigns;
using Variants.Properties.Promises;
using Variants.Reports.Commands;
using Variants.Reports.Diagrams;
using Variants.Reports.Pages;
using static Variants.Tests.Reports.Shell;

namespace Variants.Tests.Regression;

/// <summary>What <c>corpus/</c> keeps, and what a comparison makes of it.</summary>
public sealed class CorpusTests : IDisposable
{
    private static readonly string s_corpus = Path.Combine(Repository.Root, "corpus");
    private readonly string _folder = Directory.CreateTempSubdirectory("variants-corpus-").FullName;

    private string Out => Path.Combine(_folder, "out");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> FamiliesWithCases => [.. FamilyList.All.Select(family => family.Name)];

    [Theory]
    [MemberData(nameof(FamiliesWithCases))]
    public void Every_case_fails_as_it_did_and_its_repair_survives_it(string family)
    {
        string[] files = [.. Directory.EnumerateFiles(s_corpus, $"{family}-*.history").Order(StringComparer.Ordinal)];
        Assert.NotEmpty(files);
        Assert.Empty(files.SelectMany(FaultsOf));
    }

    [Fact]
    public void Every_file_is_a_case_of_a_family() => Assert.Equal(
        FamilyList.All.Sum(family => Directory.EnumerateFiles(s_corpus, $"{family.Name}-*.history").Count()),
        Directory.EnumerateFiles(s_corpus, "*.history").Count());

    [Fact]
    public void A_known_bug_shows_without_a_random_history_that_could_and_one_that_is_cured_does_not()
    {
        // One history under one schedule: it finds nothing in either. What the catalogue expects is no news.
        (int code, _, string error) = Run(
            "compare", "swapoff/2.3.8", "swapoff/kanoj-repaired", "--histories", "1", "--schedules", "1", "--jobs", "1", "--certify", "0", "--verify", "0", "--no-throughput", "--out", Out);
        Assert.Equal(ExitCode.AsExpected, code);
        Assert.DoesNotContain("as is known", error, StringComparison.Ordinal);

        JsonElement results = Results(Out);
        Assert.Equal(Directory.EnumerateFiles(s_corpus, "swapoff-*.history").Count(), results.GetProperty("knownCases").GetInt32());
        JsonElement integrity = VerdictsOf(results, 0).Single(verdict => verdict.GetProperty("property").GetString() == "data-integrity");
        Assert.Equal(("fails", 0), (integrity.GetProperty("verdict").GetString(), integrity.GetProperty("failures").GetInt32()));
        Assert.Contains("swapoff-S0-B1", integrity.GetProperty("known").EnumerateArray().Select(name => name.GetString()));
        Assert.All(VerdictsOf(results, 1), verdict => Assert.Equal("holds", verdict.GetProperty("verdict").GetString()));

        // The page is the case's own: as small as it was, and it can be replayed.
        string page = Path.Combine(Out, integrity.GetProperty("counterexample").GetString()!);
        Assert.Equal(File.ReadAllText(Path.ChangeExtension(page, ".txt")), Run("replay", page).Output);
    }

    [Fact]
    public void What_is_known_joins_the_results_in_the_same_way_whatever_the_jobs()
    {
        string other = Path.Combine(_folder, "other");
        string[] compare = ["compare", "2.3.8", "kanoj-repaired", "--histories", "2", "--schedules", "4", "--certify", "0", "--verify", "0", "--no-throughput"];
        Run([.. compare, "--jobs", "1", "--out", Out]);
        Run([.. compare, "--jobs", "2", "--out", other]);
        Assert.Equal(File.ReadAllText(Path.Combine(Out, "results.json")), File.ReadAllText(Path.Combine(other, "results.json")));
        Assert.Equal(File.ReadAllText(Path.Combine(Out, "report.txt")), File.ReadAllText(Path.Combine(other, "report.txt")));
    }

    [Fact]
    public void A_folder_of_ones_own_is_taken_instead_and_one_without_cases_is_refused()
    {
        string mine = Path.Combine(_folder, "mine");
        Directory.CreateDirectory(mine);
        Assert.Equal(
            (ExitCode.BadInput, "", $"variants: --corpus {mine}: there is no .history file in it\n"), Run("compare", "2.3.8", "--corpus", mine, "--out", Out));
        Assert.Equal(
            (ExitCode.BadInput, "", "variants: --corpus 2.3.8: there is no such folder that can be read\n"),
            Run("compare", "--corpus", "2.3.8", "--out", Out));
        File.Copy(Path.Combine(s_corpus, "swapoff-S0-B1.history"), Path.Combine(mine, "one.history"));
        string[] briefly = ["compare", "2.3.8", "--histories", "1", "--schedules", "1", "--certify", "0", "--verify", "0", "--no-throughput", "--out", Out];
        Run([.. briefly, "--corpus", mine]);
        Assert.Equal(1, Results(Out).GetProperty("knownCases").GetInt32());
        string mail = File.ReadAllText(Path.Combine(Out, "report.txt"));
        Assert.Contains("2.3.8: no random history broke data-integrity; what is known did (one).\n", mail, StringComparison.Ordinal);
        Assert.Contains($" --corpus {mine}", string.Join(' ', mail.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);

        Assert.Equal(
            (ExitCode.BadInput, "", "variants: --corpus says which known counterexamples to try, and --no-corpus none; leave one of them out\n"),
            Run([.. briefly, "--corpus", mine, "--no-corpus"]));
        Run([.. briefly, "--no-corpus"]);
        Assert.False(Results(Out).TryGetProperty("knownCases", out _));
        Assert.DoesNotContain("what is known did", File.ReadAllText(Path.Combine(Out, "report.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public void What_breaks_a_promise_of_which_the_catalogue_does_not_say_so_is_told_before_anything_random()
    {
        // 2.3.8 as somebody's own, of which nothing is expected.
        Variant mine = FamilyList.All[0].Variants[0] with { Name = "swapoff/mine", Expected = ImmutableSortedDictionary<string, Expectation>.Empty };
        const string News = "swapoff/mine: breaks data-integrity, as is known: ";
        (_, _, string error) = Run(["compare", "mine", "--histories", "1", "--schedules", "1", "--certify", "0", "--verify", "0", "--no-throughput", "--out", Out], mine);
        Assert.Contains(News, error, StringComparison.Ordinal);
        Assert.True(error.IndexOf(News, StringComparison.Ordinal) < error.IndexOf(": running", StringComparison.Ordinal));
    }

    private static IEnumerable<string> FaultsOf(string file)
    {
        const int SchedulesOfRepair = 40;
        string name = Path.GetFileName(file);
        string text = File.ReadAllText(file);
        CaseHeader header = CaseHeader.Read(text);
        (History history, ImmutableArray<int> schedule) = HistoryText.Parse(text, name);
        if (ContenderOf(header.Variant) is not { } contender)
            return [$"{name}: no variant is called '{header.Variant}'"];

        List<string> faults = [];
        Scenery scenery = Execution.Record(contender, history, schedule);
        string breaks = scenery.Recording.Failure is { } broken ? PropertyList.NameOfBroken(broken) : "nothing";
        if ((breaks, FailurePages.CauseIn(scenery)) != (header.Breaks, header.Cause))
            faults.Add($"{name}: breaks {header.Breaks} no longer as it says, but {breaks}: {FailurePages.CauseIn(scenery)}");

        // Nobody repaired some bugs in our families; such a case names no one.
        if (header.Compare is null)
            return faults;
        if (ContenderOf(header.Compare) is not { } repair)
            return [.. faults, $"{name}: no variant is called '{header.Compare}'"];
        var bed = new TestBed(repair);
        var random = new RandomWalk();
        for (int i = 0; i <= SchedulesOfRepair; i++)
        {
            Strategy strategy = i == 0 ? new Replay(schedule) : random;
            strategy.Begin((ulong)i, 100);
            if (bed.Run(history, strategy) is { } failure)
                return [.. faults, $"{name}: {repair.Variant.Name} does not survive it: {PropertyList.NameOfBroken(failure)}: {failure.Message}"];
        }

        return faults;
    }

    private static Contender? ContenderOf(string? variant) =>
        Contender.AllOf(FamilyList.All).SingleOrDefault(contender => contender.Variant.Name == variant);

    private static JsonElement Results(string folder) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "results.json"))).RootElement;

    private static IEnumerable<JsonElement> VerdictsOf(JsonElement results, int variant) =>
        results.GetProperty("variants")[variant].GetProperty("verdicts").EnumerateArray();
}
