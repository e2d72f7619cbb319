
namespace Variants.Tests;

/// <summary>
/// What no source file of the layers that make results may contain, because a result would then depend on the
/// machine, the time or chance.
/// </summary>
public sealed class TidyTests
{
    private static readonly (string Banned, string Instead)[] s_everywhere =
    [
        ("Random.Shared", "a seed that follows from the campaign's"),
        ("new Random(", "RandomNumbers or Seeds"),
        ("Guid.NewGuid", "a number that counts"),
        ("DateTime.Now", "no clock at all"),
        ("DateTime.UtcNow", "no clock at all"),
        ("Task.Run(", "a Thread of a campaign's worker"),
        ("Task.Delay(", "Smp.Sleep"),
        ("Parallel.For", "a Thread of a campaign's worker"),
        ("async void", "async KTask"),
    ];

    private static readonly (string Banned, string Instead)[] s_belowProperties =
    [
        ("Stopwatch", "steps"),
        ("Environment.Tick", "steps"),
        ("Thread.Sleep", "Smp.Sleep"),
        ("new Dictionary<", "an array: enumeration of a hash table has no order"),
        ("new HashSet<", "a bit mask or an array: enumeration of a hash table has no order"),
    ];

    [Fact]
    public void Nothing_below_the_reports_depends_on_time_or_chance()
    {
        Assert.Empty(Offences(["harness", "variants", "properties"], s_everywhere));
    }

    [Fact]
    public void Nothing_in_the_harness_or_a_variant_measures_time_or_hashes()
    {
        string realTime = Path.Combine("harness", "Native", "NativeClock.cs");
        Assert.All(Offences(["harness", "variants"], s_belowProperties), one => Assert.StartsWith(realTime, one, StringComparison.Ordinal));
    }

    [Fact]
    public void No_source_file_is_longer_than_its_story()
    {
        const int LinesMax = 700;
        Assert.Empty(
            from file in Sources(["harness", "variants", "properties", "reports", "tests"])
            let lines = File.ReadAllLines(file).Length
            where lines > LinesMax
            select $"{Path.GetRelativePath(Repository.Root, file)} has {lines} lines; split it");
    }

    private static IEnumerable<string> Offences(string[] folders, (string Banned, string Instead)[] rules) =>
        from file in Sources(folders)
        from numbered in File.ReadAllLines(file).Select((text, index) => (Text: text, Number: index + 1))
        from rule in rules
        where numbered.Text.Contains(rule.Banned, StringComparison.Ordinal)
            && !numbered.Text.TrimStart().StartsWith("//", StringComparison.Ordinal)
        select $"{Path.GetRelativePath(Repository.Root, file)}:{numbered.Number}: {rule.Banned}; use {rule.Instead}";

    private static IEnumerable<string> Sources(string[] folders) =>
        from folder in folders
        from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
        where !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            && !file.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
        orderby file
        select file;
}
