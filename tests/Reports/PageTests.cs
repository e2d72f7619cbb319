using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Variants.Properties.Campaigns;
using Variants.Reports.Diagrams;
using Variants.Reports.Pages;
using Variants.Reports.Pages.Site;

namespace Variants.Tests.Reports;

public sealed partial class PageTests
{
    [Fact]
    public void A_failure_page_tells_cause_promise_splat_diagram_survivor_shrinking_and_command() => Assert.Equal(
        """
        toy/first (V0) breaks swap-accounting
        =====================================

        fork (A) beside swapoff (B): swapoff returned 0, but mm2 holds E0 at page
        0.

        The promise: Every count equals what it counts.

        [ SIMULATED ]
        swap_free: Bad swap file entry
        swapoff returned 0, but mm2 holds E0 at page 0

        First, one after another: A: write 0, A: reclaim 1, so that swap_map[0] is
        2.
        mm0 is A's and mm2 is A.1's.

        CPU0 fork(A)                         | CPU1 swapoff(B)
        -------------------------------------|-------------------------------------
        dup_mmap: swap_map[0] 2 -> 3,        |
          mm2.pte[0] none -> E0 <--          |
        sleeps in alloc_vma, without the BKL |
                                             | unuse_everywhere:
                                             |   mm0.pte[0] E0 -> page0 ro dirty,
                                             |   swap_map[0] 3 -> 2
        [disk: page0.data garbage -> 1]
                                             | try_to_unuse: swap_map[0] 1 -> 0
                                             | returns 0 <--

        The same schedule on toy/second: nothing goes wrong; every promise is kept.

        Shrunk from 14 operations and 9 preemptions to 4 and 1 in 1,234 executions.
        To see it again, in the folder of the report:

            variants replay counterexamples/toy-first-swap-accounting.history

        """.ReplaceLineEndings("\n"),
        FailurePageText.Render(SampleReport.Page));

    [Fact]
    public void A_command_too_long_for_a_mail_goes_on_in_the_next_line_as_a_shell_reads_it()
    {
        string command = $"variants replay counterexamples/{new string('x', 50)}.history --plugin mine.dll";
        string text = FailurePageText.Render(SampleReport.Page with { Replay = command });
        Assert.EndsWith(
            $"    variants replay \\\n      counterexamples/{new string('x', 50)}.history \\\n      --plugin mine.dll\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void No_line_of_a_report_in_text_is_longer_than_75_columns() =>
        Assert.DoesNotContain(MailReport.Render(SampleReport.Report()).Split('\n'), line => line.Length > 75);

    [Fact]
    public void The_verdict_table_marks_what_the_catalogue_did_not_expect() => Assert.Equal(
        """
        toy

                   DI     SA
        V0 first   holds  fails
        V1 second  holds !holds

        DI   data-integrity
        SA   swap-accounting
        !    not what the catalogue expects

        """.ReplaceLineEndings("\n"),
        VerdictTable.Render(SampleReport.Report().Result.Variants[0].Family, SampleReport.Report().Result.Variants));

    [Theory]
    [InlineData(0, "0 %")]
    [InlineData(0.5117, "51 %")]
    [InlineData(0.0073, "0.73 %")]
    [InlineData(0.000123, "0.012 %")]
    [InlineData(1, "100 %")]
    public void Rates_have_two_digits_that_say_something(double rate, string text) => Assert.Equal(text, VerdictTable.Rate(rate));

    [Fact]
    public void Results_for_programs_are_exactly_these() => Assert.Equal(
        """
        {
          "version": 1,
          "seed": 1,
          "histories": 10,
          "schedules": 200,
          "strategies": [
            "random",
            "pct3"
          ],
          "interrupted": false,
          "variants": [
            {
              "name": "toy/first",
              "family": "toy",
              "label": "V0",
              "histories": 10,
              "executions": 2000,
              "steps": 123456,
              "verdicts": [
                {
                  "property": "data-integrity",
                  "verdict": "holds",
                  "expected": "holds",
                  "executions": 2000,
                  "failures": 0,
                  "firstFailure": null,
                  "lowerBound95": 0,
                  "upperBound95": 0.0018,
                  "operations": null,
                  "preemptions": null,
                  "minimal": null,
                  "minimalExecutions": null,
                  "counterexample": null,
                  "alsoCounterexamples": []
                },
                {
                  "property": "swap-accounting",
                  "verdict": "fails",
                  "expected": "fails",
                  "executions": 2000,
                  "failures": 20,
                  "firstFailure": 57,
                  "lowerBound95": 0.006,
                  "upperBound95": 0.015,
                  "operations": 4,
                  "preemptions": 1,
                  "minimal": null,
                  "minimalExecutions": null,
                  "counterexample": "counterexamples/toy-first-swap-accounting.history",
                  "alsoCounterexamples": []
                }
              ],
              "survival": [
                [
                  1,
                  1
                ],
                [
                  200,
                  0.9
                ]
              ]
            },
            {
              "name": "toy/second",
              "family": "toy",
              "label": "V1",
              "histories": 10,
              "executions": 2000,
              "steps": 123456,
              "verdicts": [
                {
                  "property": "data-integrity",
                  "verdict": "holds",
                  "expected": "unknown",
                  "executions": 2000,
                  "failures": 0,
                  "firstFailure": null,
                  "lowerBound95": 0,
                  "upperBound95": 0.0018,
                  "operations": null,
                  "preemptions": null,
                  "minimal": null,
                  "minimalExecutions": null,
                  "counterexample": null,
                  "alsoCounterexamples": []
                },
                {
                  "property": "swap-accounting",
                  "verdict": "holds",
                  "expected": "fails",
                  "executions": 2000,
                  "failures": 0,
                  "firstFailure": null,
                  "lowerBound95": 0,
                  "upperBound95": 0.0018,
                  "operations": null,
                  "preemptions": null,
                  "minimal": null,
                  "minimalExecutions": null,
                  "counterexample": null,
                  "alsoCounterexamples": []
                }
              ],
              "survival": [
                [
                  1,
                  1
                ],
                [
                  200,
                  1
                ]
              ]
            }
          ]
        }

        """.ReplaceLineEndings("\n"),
        Encoding.UTF8.GetString(ResultsJson.Render(SampleReport.Report())));

    [Fact]
    public void Every_page_escapes_what_variants_say_and_refers_to_nothing_outside_the_report()
    {
        Dictionary<string, string> site = Site(SampleReport.Report());
        foreach ((string path, string html) in site.Where(file => file.Key.EndsWith(".html", StringComparison.Ordinal)))
        {
            Assert.DoesNotContain("<toy>", html, StringComparison.Ordinal);
            Assert.DoesNotContain("http://", html.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal), StringComparison.Ordinal);
            foreach (string reference in Links().Matches(html).Select(link => link.Groups[1].Value))
            {
                string target = new Uri(new Uri($"file:///{path}"), reference).AbsolutePath[1..];
                Assert.True(site.ContainsKey(target), $"{path} refers to {reference}");
            }
        }
    }

    [Fact]
    public void From_the_overview_a_reader_comes_to_the_family_and_to_the_counterexample_and_back()
    {
        Dictionary<string, string> site = Site(SampleReport.Report());
        Assert.Contains("Does a &lt;toy&gt; report escape &amp; wrap?", site["index.html"], StringComparison.Ordinal);
        Assert.Contains("<a href=\"counterexamples/toy-first-swap-accounting.html\">swap-accounting</a>", site["index.html"], StringComparison.Ordinal);
        Assert.Contains("<a href=\"toy.html#first\">first</a>", site["index.html"], StringComparison.Ordinal);
        Assert.Contains("<a href=\"counterexamples/toy-first-swap-accounting.html\">fails</a>", site["toy.html"], StringComparison.Ordinal);
        Assert.Contains("<h2 id=\"toy\"><a href=\"toy.html\">toy</a></h2>", site["index.html"], StringComparison.Ordinal);
        Assert.Contains(
            "<li><a href=\"counterexamples/toy-first-swap-accounting.html\">swap-accounting</a>: fork (A) beside swapoff (B): swapoff returned 0, but mm2 holds E0 at page 0.</li>",
            site["toy.html"],
            StringComparison.Ordinal);
        Assert.Contains(
            "<a href=\"../index.html\">All questions</a> / <a href=\"../toy.html\">toy</a> / <a href=\"../toy.html#first\">first</a>",
            site["counterexamples/toy-first-swap-accounting.html"],
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_counterexample_can_be_stepped_through_with_the_words_as_they_stand_after_each_row()
    {
        LaneTable diagram = new(
            ["CPU0", "CPU1"],
            [
                new LaneRow(0, ["dup_mmap:", "swap_map[0] 2 -> 3"]) { State = State("3", "E0"), Held = Held("mm0.mmap_sem, the BKL") },
                new LaneRow(1, ["sleeps"]) { State = State("3", "E0"), Held = Held("mm0.mmap_sem") },
                new LaneRow(1, ["unuse_pte:", "mm0.pte[0] E0 -> page0"], IsMarked: true) { State = State("3", "page0"), Held = Held("mm0.mmap_sem") },
            ])
        { StateAtFirst = State("2", "E0") };
        ReportedFailure failure = SampleReport.Report().Failures[0];
        string html = CounterexamplePage.Render(failure with { Page = failure.Page with { Diagram = diagram } }, null, null);
        Assert.Equal(
            [
                "<figure class=\"steps\" data-state=\"{'mm0.pte[0]':'E0','swap_map[0]':'2'}\" data-held=\"{}\">",
                "<tr data-lane=\"0\" data-changes=\"{'swap_map[0]':'3'}\" data-held=\"{'A':'mm0.mmap_sem, the BKL'}\"><td><span>dup_mmap:</span> <span>swap_map[0] 2 &rarr; 3</span></td><td></td></tr>",
                "<tr data-lane=\"1\" data-held=\"{'A':'mm0.mmap_sem'}\"><td></td><td><span>sleeps</span></td></tr>",
                "<tr data-lane=\"1\" data-changes=\"{'mm0.pte[0]':'page0'}\"><td></td><td class=\"marked\"><span>unuse_pte:</span> <span>mm0.pte[0] E0 &rarr; page0</span> <span class=\"arrow\" role=\"img\" aria-label=\"conflicts\">&#9668;</span></td></tr>",
            ],
            html.Split('\n').Where(line => line.Contains("data-", StringComparison.Ordinal)).Select(line => line.Replace("&quot;", "'", StringComparison.Ordinal)));

        static ImmutableSortedDictionary<string, string> State(string count, string pte) =>
            LaneRow.NoWords.Add("swap_map[0]", count).Add("mm0.pte[0]", pte);

        static ImmutableSortedDictionary<string, string> Held(string locks) => LaneRow.NoWords.Add("A", locks);
    }

    [Fact]
    public void An_interrupted_report_says_so_everywhere()
    {
        Report report = SampleReport.Report(interrupted: true);
        Assert.Contains("Interrupted", OverviewPage.Render(report), StringComparison.Ordinal);
        Assert.Contains("interrupted", MailReport.Render(report), StringComparison.Ordinal);
        Assert.Contains("\"interrupted\": true", Encoding.UTF8.GetString(ResultsJson.Render(report)), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_timing_file_could_differ_from_run_to_run()
    {
        (string Path, byte[] Content)[] once = [.. ReportFiles.Of(SampleReport.Report())];
        (string Path, byte[] Content)[] again = [.. ReportFiles.Of(SampleReport.Report())];
        Assert.Equal(
            [
                "index.html", "style.css", "steps.js", "toy.html", "report.txt", "results.json", "timing.json",
                "counterexamples/toy-first-swap-accounting.history", "counterexamples/toy-first-swap-accounting.txt", "counterexamples/toy-first-swap-accounting.html",
            ],
            once.Select(file => file.Path));
        foreach (((string path, byte[] content), byte[] other) in once.Zip(again.Select(file => file.Content)))
            Assert.True(path == ReportFiles.Timing || content.AsSpan().SequenceEqual(other), path);
    }

    [Theory]
    [InlineData(true, false, "# minimal: proved in 5678 executions\n", "Minimal: proved (5,678 executions)")]
    [InlineData(
        false,
        true,
        "# minimal: as far as searched in 5678 executions, limit reached\n",
        "Minimal as far as searched (5,678 executions, all that --certify allows)")]
    [InlineData(
        false,
        false,
        "# minimal: as far as searched in 5678 executions\n",
        "Minimal as far as searched (5,678 executions; a loop tried again too often to be explored)")]
    public void A_certificate_is_in_the_file_and_in_words(bool proved, bool hitLimit, string line, string sentence)
    {
        Case sample = SampleReport.Report().Failures[0].Case;
        Case found = sample with { Shrinking = (new ShrinkStatistics(14, 9, 1234, false, new Certificate(proved, 5_678, hitLimit)), 4, 1) };

        string text = found.HistoryText("swap-accounting");

        Assert.Contains(line, text, StringComparison.Ordinal);
        Assert.Equal(found.Shrinking, CaseHeader.Read(text).Shrinking);
        Assert.Equal(sentence, CertificateText.Of(found.Shrinking!.Value.Statistics.Certificate!));
    }

    [Fact]
    public void A_counterexample_says_of_itself_what_its_page_needs()
    {
        Case found = SampleReport.Report().Failures[0].Case;
        const string Cause = "read 0 (A) beside truncate 0; swapoff (B): find_get_page of swapper_space by A after it was freed.";
        string text = found.HistoryText("swap-accounting", Cause);
        Assert.StartsWith(
            """
            # toy/first breaks swap-accounting
            # variant: toy/first
            # cause: read 0 (A) beside truncate 0; swapoff (B): find_get_page of
            #   swapper_space by A after it was freed.
            # compare: toy/second
            # shrunk: from 14 operations and 9 preemptions to 4 and 1 in 1234 executions
            history toy

            """.ReplaceLineEndings("\n"),
            text,
            StringComparison.Ordinal);
        Assert.Equal(
            new CaseHeader("toy/first", "toy/second", (new ShrinkStatistics(14, 9, 1234, false), 4, 1)) { Breaks = "swap-accounting", Cause = Cause },
            CaseHeader.Read(text));
        Assert.Equal(CaseHeader.None, CaseHeader.Read("# written by hand\nhistory toy\n# variant: too late\n"));
    }

    [Fact]
    public void A_long_story_keeps_its_beginning_its_end_what_is_marked_and_what_speaks_of_the_same()
    {
        ImmutableArray<LaneRow> rows =
        [
            .. Enumerable.Range(0, 100).Select(i => i switch
            {
                50 => new LaneRow(0, ["page0.entry none -> E1"], IsMarked: true),
                49 => new LaneRow(0, ["swap_map[1] 0 -> 1"]),
                30 => new LaneRow(1, ["page2.entry none -> E1"]),
                20 => new LaneRow(1, ["page2.entry none -> E0"]),
                _ => new LaneRow(0, [$"row {i}"]),
            }),
        ];
        LaneTable table = new LaneTable(["CPU0"], rows).Shortened();
        Assert.Equal(
            [
                .. Enumerable.Range(0, 6).Select(i => $"row {i}"),
                "... 24 rows left out ...",
                "page2.entry none -> E1",
                "... 18 rows left out ...",
                "swap_map[1] 0 -> 1",
                "page0.entry none -> E1",
                "... 39 rows left out ...",
                .. Enumerable.Range(90, 10).Select(i => $"row {i}"),
            ],
            table.Rows.Select(row => row.Text));
    }

    [Fact]
    public void Five_lanes_fit_a_mail_and_break_no_function_name()
    {
        LaneTable table = new(
            [.. Enumerable.Range(0, 5).Select(cpu => $"CPU{cpu} fork(A.{cpu})")],
            [.. Enumerable.Range(0, 5).Select(cpu => new LaneRow(cpu, ["zap_pages:", "swap_map[0] 2 -> 1"], IsMarked: true))]);
        string text = LaneText.Render(table);
        Assert.DoesNotContain(text.Split('\n'), line => line.Length > 75);
        Assert.Equal(5, text.Split("zap_pages:").Length - 1);
    }

    [Theory]
    [InlineData("TryToUnuse", "try_to_unuse")]
    [InlineData("ReadSwapCacheAsync", "read_swap_cache_async")]
    [InlineData("MmPut", "mm_put")]
    [InlineData("", "")]
    public void Functions_are_spelt_as_the_kernel_spells_them(string function, string name) => Assert.Equal(name, KernelNames.Of(function));

    private static Dictionary<string, string> Site(Report report) =>
        ReportFiles.Of(report).ToDictionary(file => file.Path, file => Encoding.UTF8.GetString(file.Content), StringComparer.Ordinal);

    [GeneratedRegex("(?:href|src)=\"([^\"#]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Links();
}
