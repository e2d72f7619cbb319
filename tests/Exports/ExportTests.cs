using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Variants.Families;
using Variants.Harness.Histories;
using Variants.Properties.Campaigns;
using Variants.Reports.Diagrams;
using Variants.Reports.Pages;
using Variants.Reports.Pages.Exports;
using Variants.Tests.Documents;

namespace Variants.Tests.Exports;

/// <summary>Executions as other tools are given them: what those tools rely on holds.</summary>
public sealed partial class ExportTests
{
    private const string WaitsForPage = """
        history swapoff
        machine pages 16, low 0, slots 4, readahead 1, file 2
        setup
          A: write 0
          A: reclaim 2
        actors
          A: write 0
          B: swapoff
        schedule 0*8 1
        """;

    private const string Deadlock = """
        history swapoff
        setup
          A: write 0
          A: reclaim 1
        actors
          A: fork { read 0 }; write 0
          B: swapoff
          C: read 0
        schedule 0*3 1 0*6 1 0*4 2
        """;

    /// <summary>A failure in a kernel, one that others survive, three actors with a child, and a kernel that sleeps in semaphores.</summary>
    public static TheoryData<string, string> Executions { get; } = new()
    {
        { "swapoff/2.3.8", WaitsForPage },
        { "swapoff/kanoj-repaired", WaitsForPage },
        { "swapoff/kanoj-page-locked", Deadlock },
        { "swapoff/2.6.7", Deadlock },
        { "swapoff/6.9", Deadlock },
    };

    [Theory]
    [MemberData(nameof(Executions))]
    public void Slices_of_the_chrome_trace_nest_on_every_track_and_every_arrow_has_two_ends_within_slices(string variant, string history)
    {
        (Scenery scenery, Case found) = Record(variant, history);
        JsonElement[] events = [.. Parse("chrome", scenery, found).GetProperty("traceEvents").EnumerateArray()];
        Dictionary<int, List<(double Start, double End)>> functions = [];
        Dictionary<int, (int Cpu, double Time)> arrows = [];
        int ends = 0;
        foreach (IGrouping<int, JsonElement> track in events.Where(one => Phase(one) != "M").GroupBy(one => one.GetProperty("tid").GetInt32()))
        {
            Stack<double> open = new();
            double last = 0;
            foreach (JsonElement one in track.Where(one => Phase(one) is "B" or "E"))
            {
                Assert.True(Time(one) >= last, $"{one} comes after {last}");
                last = Time(one);
                if (Phase(one) == "B")
                    open.Push(last);
                else
                    Assert.True(last >= open.Pop());
            }

            Assert.Empty(open);
            functions[track.Key] = [.. track.Where(one => Phase(one) == "X").Select(one => (Time(one), Time(one) + one.GetProperty("dur").GetDouble()))];
            Assert.Equal(functions[track.Key].OrderBy(slice => slice.Start), functions[track.Key]);
            Assert.All(functions[track.Key].Zip(functions[track.Key].Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.Start));
        }

        foreach (JsonElement one in events.Where(one => Phase(one) is "s" or "f"))
        {
            int cpu = one.GetProperty("tid").GetInt32();
            Assert.Contains(functions[cpu], slice => slice.Start <= Time(one) && Time(one) < slice.End);
            if (Phase(one) == "s")
            {
                arrows.Add(one.GetProperty("id").GetInt32(), (cpu, Time(one)));
                continue;
            }

            (int from, double start) = arrows[one.GetProperty("id").GetInt32()];
            Assert.True(from != cpu && start < Time(one));
            ends++;
        }

        Assert.Equal(arrows.Count, ends);
        Assert.Equal(scenery.Recording.Failure is null ? 0 : 1, events.Count(one => one.TryGetProperty("cat", out JsonElement category) && category.GetString() == "failure"));
    }

    [Fact]
    public void An_arrow_goes_from_the_disk_to_those_who_wait_for_a_page()
    {
        (Scenery scenery, Case found) = Record("swapoff/2.3.8", WaitsForPage);
        string[] arrows = [.. Parse("chrome", scenery, found).GetProperty("traceEvents").EnumerateArray()
            .Where(one => Phase(one) is "s" or "f")
            .Select(one => $"{Phase(one)} {one.GetProperty("id")} CPU{one.GetProperty("tid")} {one.GetProperty("name")}")];
        Assert.Contains("s 1 CPU2 page0.PG_locked", arrows);
        Assert.Contains("f 1 CPU1 page0.PG_locked", arrows);
    }

    [Theory]
    [MemberData(nameof(Executions))]
    public void Every_line_of_the_ftrace_text_is_an_event_of_the_kernels_format_in_order_of_time(string variant, string history)
    {
        (Scenery scenery, Case found) = Record(variant, history);
        string[] lines = Text("ftrace", scenery, found).TrimEnd('\n').Split('\n');
        string[] body = [.. lines.SkipWhile(line => line.StartsWith('#'))];
        Assert.Equal("# tracer: nop", lines[0]);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"# entries-in-buffer/entries-written: {body.Length}/{body.Length}   #P:{body.Select(line => Line().Match(line).Groups["cpu"].Value).Distinct().Count()}"), lines);
        double last = 0;
        Dictionary<string, string> running = [];
        foreach (string line in body)
        {
            Match match = Line().Match(line);
            Assert.True(match.Success, line);
            double time = double.Parse(match.Groups["time"].Value, CultureInfo.InvariantCulture);
            Assert.True(time >= last, line);
            last = time;
            string task = $"{match.Groups["comm"].Value}-{match.Groups["pid"].Value}";
            string cpu = match.Groups["cpu"].Value;

            // Who writes a line is who the CPU was last switched to.
            Assert.Equal(running.GetValueOrDefault(cpu, task), task);
            running[cpu] = task;
            Match formatted = Formats().Match(match.Groups["event"].Value);
            Assert.True(formatted.Success, line);
            if (formatted.Groups["next"].Success)
                running[cpu] = $"{formatted.Groups["next"].Value}-{formatted.Groups["nextpid"].Value}";
        }

        Assert.Equal(scenery.Recording.Failure is not null, body.Any(line => line.EndsWith("console: [ SIMULATED ]", StringComparison.Ordinal)));
    }

    [Fact]
    public void Lines_that_are_no_events_are_told_from_such_that_are()
    {
        Assert.DoesNotMatch(Line(), "A-101 [000] 0.000001: lock_acquire: 1 x");
        Assert.DoesNotMatch(Formats(), "lock_acquire: page0.PG_locked");
        Assert.DoesNotMatch(Formats(), "sched_switch: prev_comm=A prev_pid=101 ==> next_comm=B next_pid=102");
        Assert.Matches(Formats(), "lock_acquire: 00000000456040a4 read tasklist_lock");
    }

    [Theory]
    [MemberData(nameof(Executions))]
    public void The_trace_for_programs_is_as_its_schema_says(string variant, string history)
    {
        (Scenery scenery, Case found) = Record(variant, history);
        var schema = new JsonSchema(JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "docs", "trace.schema.json"))).RootElement);
        string text = Text("json", scenery, found);
        Assert.Empty(Faults(text));
        Assert.Equal(["$.version is not 1: 2"], Faults(text.Replace("\"version\":1", "\"version\":2", StringComparison.Ordinal)));
        Assert.Contains("is nothing that it may be", Faults(text.Replace("\"type\":\"began\"", "\"type\":\"begun\"", StringComparison.Ordinal))[0], StringComparison.Ordinal);
        JsonElement trace = JsonDocument.Parse(text).RootElement;
        Assert.Equal(scenery.Recording.Steps.Count, trace.GetProperty("steps").GetArrayLength());
        (History same, ImmutableArray<int> schedule) = HistoryText.Parse(trace.GetProperty("history").GetString()!);
        Assert.Equal(HistoryText.Print(found.History, found.Schedule), HistoryText.Print(same, schedule));

        IReadOnlyList<string> Faults(string json) => schema.Faults(JsonDocument.Parse(json).RootElement);
    }

    [Fact]
    public void The_litmus_listing_has_what_was_first_who_did_what_and_the_outcome()
    {
        (Scenery scenery, Case found) = Record("swapoff/2.3.8", """
            history swapoff
            setup
              A: write 0
              A: reclaim 1
            actors
              A: fork
              B: swapoff
            schedule 0*4 1
            """);
        Assert.Equal(
            """
            Variants name
            "SIMULATED. fork (A) beside swapoff (B): A.1 would find E0 at page 0 at
            rest, and swap0 is off; it could hold 1."
            {
             global.nr_swap_pages=3;
             mm0.pte[0]=E0;
             mm0.rss=0;
             mm2.map_count=0;
             mm2.mmap=none;
             mm2.pte[0]=none;
             page0.count=1;
             page0.entry=E0;
             swap0.SWP_USED=1;
             swap0.SWP_WRITEOK=1;
             swap0.cache[0]=page0;
             swap_map[0]=2;
             task1.next_task=none;
             task2.mm=none;
             task2.swappable=1;
             vma4.vm_end=0;
             vma4.vm_next=none;
             vma5.vm_end=0;
             vma5.vm_start=0;
            }
             P0 (A)                     | P1 (B)                         ;
             1 (* fork *)               | 2 (* swapoff *)                ;
             3 lock mm0.mmap_sem        | 18 lock kernel_flag            ;
             4 lock kernel_flag         | 19 unlock kernel_flag          ;
             5 task2.swappable = 0      | 20 lock kernel_flag            ;
             6 unlock kernel_flag       | 21 swap0.SWP_WRITEOK = 0       ;
             7 lock kernel_flag         | 22 swap_map[0] = 4             ;
             8 lock mm2.mmap_sem        | 23 page0.count = 2             ;
             9 task2.mm = mm2           | 24 swap_map[0] = 3             ;
             10 unlock kernel_flag      | 25 read_lock tasklist_lock     ;
             11 lock kernel_flag        | 26 mm0.pte[0] = page0 ro dirty ;
             12 vma4.vm_end = 1         | 27 swap_map[0] = 2             ;
             13 mm2.map_count = 1       | 28 page0.count = 3             ;
             14 swap_map[0] = 3         | 29 mm0.rss = 1                 ;
             15 mm2.pte[0] = E0         | 30 unlock tasklist_lock        ;
             16 mm2.mmap = vma4         | 31 lock page0.PG_locked        ;
             17 unlock kernel_flag      | 32 swap0.cache[0] = none       ;
             44 lock kernel_flag        | 33 page0.entry = none          ;
             45 vma5.vm_start = 1       | 34 swap_map[0] = 1             ;
             46 vma5.vm_end = 2         | 35 unlock page0.PG_locked      ;
             47 mm2.map_count = 2       | 36 page0.count = 2             ;
             48 vma4.vm_next = vma5     | 37 page0.count = 1             ;
             49 unlock mm2.mmap_sem     | 38 swap_map[0] = 0             ;
             50 task2.swappable = 1     | 39 global.nr_swap_pages = 4    ;
             51 lock tasklist_lock      | 40 global.nr_swap_pages = 0    ;
             52 task1.next_task = task2 | 41 free swap_map               ;
             53 unlock tasklist_lock    | 42 swap0.SWP_USED = 0          ;
             54 unlock kernel_flag      | 43 unlock kernel_flag          ;
             55 unlock mm0.mmap_sem     |                                ;
            exists (A.1 would find E0 at page 0 at rest, and swap0 is off; it could
              hold 1)

            """.ReplaceLineEndings("\n"),
            Text("litmus", scenery, found));
    }

    private static string Phase(JsonElement one) => one.GetProperty("ph").GetString()!;

    private static double Time(JsonElement one) => one.GetProperty("ts").GetDouble();

    private static JsonElement Parse(string form, Scenery scenery, Case found) => JsonDocument.Parse(Text(form, scenery, found)).RootElement;

    private static string Text(string form, Scenery scenery, Case found) =>
        Encoding.UTF8.GetString(Export.All.Single(export => export.Name == form).Render(scenery, found));

    private static (Scenery Scenery, Case Found) Record(string variant, string text)
    {
        (History history, ImmutableArray<int> schedule) = HistoryText.Parse(text);
        Contender contender = FamilyList.All
            .SelectMany(family => family.Variants.Select(one => new Contender(family, one)))
            .Single(contender => contender.Variant.Name == variant);
        return (Execution.Record(contender, history, schedule), new Case("name", contender, history, schedule, null, null));
    }

    [GeneratedRegex(@"^ *(?<comm>[A-Za-z0-9./]{1,16})-(?<pid>\d+) +\[(?<cpu>\d{3})\] [.a-zA-Z0-9]{5} +(?<time>\d+\.\d{6}): (?<event>.+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Line();

    /// <summary>As include/trace/events prints them; the last is a trace_printk() of a function.</summary>
    [GeneratedRegex(
        @"^(sched_switch: prev_comm=\S+ prev_pid=\d+ prev_prio=\d+ prev_state=[RSDX] ==> next_comm=(?<next>\S+) next_pid=(?<nextpid>\d+) next_prio=\d+"
        + @"|sched_wakeup: comm=\S+ pid=\d+ prio=\d+ target_cpu=\d{3}"
        + @"|lock_acquire: [0-9a-f]{16} (try )?(read )?\S+"
        + @"|lock_(release|contended|acquired): [0-9a-f]{16} \S+"
        + @"|mm_page_free: page=[0-9a-f]{16} pfn=0x[0-9a-f]+ order=0"
        + @"|kmem_cache_free: call_site=\S+ ptr=[0-9a-f]{16} name=\S+"
        + @"|sys_enter: NR \d+ \([0-9a-f]+(, [0-9a-f]+){5}\)"
        + @"|sys_exit: NR \d+ = -?\d+"
        + @"|tracing_mark_write: (B\|\d+\|.+|E\|\d+|\S.*)"
        + @"|console: .*"
        + @"|(?!sched_|lock_|mm_page|kmem_|sys_enter|sys_exit|tracing_|console)[a-z_][a-z0-9_]*: \S.*)$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Formats();
}
