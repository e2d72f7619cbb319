using Variants.Reports.Charts;

namespace Variants.Tests.Charts;

/// <summary>Small charts, one of each kind, and the two large ones that reports are made of.</summary>
internal static class SampleCharts
{
    public static readonly string[] ThirteenNames =
    [
        "2.3.8 (as released)", "2.3.9-pre1", "lock mmlist, walk by mm", "hold swap_lock across the scan", "retry on count", "RCU walk",
        "mmlist cursor", "per-mm generation counter", "big kernel lock everywhere", "mmap_sem for reading", "SRCU, call_srcu free",
        "two passes, then kill the stragglers that do not answer", "swapoff_by_inode-v4-with-a-name-too-long-for-one-line",
    ];

    private static readonly string[] s_sevenProperties =
    [
        "no lost write", "no use after free", "swapoff terminates", "swap_map audit is clean", "no deadlock", "no spurious SIGBUS",
        "no sleeping in atomic context",
    ];

    public static Chart Dots { get; } = new(
        "dots", "Broken promises of two designs", "2.3.8 loses writes and deadlocks; the patched design does neither.", ChartKind.Dots,
        Axis.Of("", ["2.3.8", "patched"]),
        new("Share of executions that fail", Scale.Log, 1e-6, 1),
        [
            new("no lost write", [new(0, 0.012, 0.010, 0.014), new(1, 0, 0, 3.7e-6)]),
            new("no deadlock", [new(0, 3e-5, 1e-5, 7e-5), new(1, 0, 0, 3.7e-6)]),
        ],
        "1,000,000 executions of each; whiskers are 95 % intervals.");

    public static Chart Bars { get; } = new(
        "bars", "Executions per second", "Two workers do nearly twice as much as one.", ChartKind.Bars,
        Axis.Of("Clock", ["explored", "native"]),
        new("Executions per second"),
        [
            new("one worker", [new(0, 276_000, 270_000, 281_000), new(1, 310_000)]),
            new("two workers", [new(0, 540_000, 500_000, 560_000), new(1, 0)]),
        ]);

    public static Chart LyingBars { get; } = new(
        "lying-bars", "Change against the baseline", "One design is slower, one is faster.", ChartKind.Bars,
        Axis.Of("Design", [.. ThirteenNames.Skip(6)]),
        new("Change of throughput, %"),
        [new("", [new(0, -12, -14, -9), new(1, 5, 3, 8), new(2, 0), new(4, 7.5), new(5, 1), new(6, -3)])]);

    public static Chart StackedBars { get; } = new(
        "stacked-bars", "Where the time goes", "2.3.8 waits most of the time.", ChartKind.StackedBars,
        Axis.Of("", ["2.3.8", "patched"]),
        new("Share of CPU time, %", Max: 100),
        [new("work", [new(0, 20), new(1, 70)]), new("waiting", [new(0, 75), new(1, 10)]), new("I/O", [new(0, 5), new(1, 20)])]);

    public static Chart Lines { get; } = new(
        "lines", "Faults per second against CPUs", "The patched design scales to four CPUs.", ChartKind.Lines,
        new("CPUs", Scale.Log),
        new("Faults per second", Scale.Log),
        [
            new("2.3.8",
                [new(1, 200_000, 190_000, 220_000), new(2, 210_000, 190_000, 230_000), new(4, 190_000, 150_000, 230_000)],
                Interval.Band),
            new("patched", [new(1, 180_000, 170_000, 190_000), new(2, 350_000, 330_000, 380_000), new(4, 700_000, 600_000, 800_000)]),
            new("not measured", []),
        ]);

    public static Chart Steps { get; } = new(
        "steps", "How soon each design breaks", "2.3.8 breaks within 100 schedules.", ChartKind.Steps,
        new("Schedules run", Scale.Log, 1, 1000),
        new("Share of histories unbroken", Min: 0, Max: 1),
        [
            new("2.3.8", [new(1, 1), new(5, 0.6), new(40, 0.1), new(90, 0), new(1000, 0)]),
            new("patched", [new(1, 1), new(1000, 1)]),
        ]);

    public static Chart Scatter { get; } = new(
        "scatter", "Safety against speed", "The patched design is the safer and the faster one.", ChartKind.Scatter,
        new("Faults per second"),
        new("Share of executions that fail", Scale.Log),
        [new("2.3.8", [new(190_000, 0.012, 0.010, 0.014)]), new("patched", [new(700_000, 0, 0, 3.7e-6)])],
        "Down and to the right is better.");

    public static Chart Empty { get; } = Lines with { Id = "empty", Series = [new("2.3.8", []), new("patched", [])] };

    public static Chart OnePoint { get; } = Steps with { Id = "one-point", Series = [new("2.3.8", [new(7, 0.5)])] };

    /// <summary>13 designs by 7 properties: every sort of value, and some properties that do not apply.</summary>
    public static Chart Failures { get; } = new(
        "failures", "Failures by property", "Which of 13 designs breaks which of 7 properties.", ChartKind.Dots,
        Axis.Of("Design", ThirteenNames),
        new("Share of executions that fail", Scale.Log, 1e-7, 1),
        [.. s_sevenProperties.Select((name, property) => new Series(name, FailuresOf(property)))]);

    public static Chart Survival { get; } = Steps with
    {
        Id = "survival",
        X = new("Schedules run", Scale.Log, 1, 1e6),
        Series = [.. ThirteenNames.Select((name, design) => new Series(name, SurvivalOf(design)))],
    };

    public static Chart ThirteenLines { get; } = Lines with
    {
        Id = "thirteen-lines",
        Series =
        [
            .. ThirteenNames.Select((name, design) => new Series(name,
                [.. Enumerable.Range(0, 11).Select(k => new Point(1 << k, 1e5 * Math.Pow(1 << k, 1 - (design * 0.09))))])),
        ],
    };

    public static Chart ThirteenPoints { get; } = Scatter with
    {
        Id = "thirteen-points",
        Series = [.. ThirteenNames.Select((name, design) => new Series(name, [new(1000 * (design + 1), design % 4 * 0.01)]))],
    };

    public static Chart ThirteenBars { get; } = Failures with { Id = "thirteen-bars", Kind = ChartKind.Bars };

    public static Chart ThirteenKeys { get; } = StackedBars with
    {
        Id = "thirteen-keys",
        Series = [.. ThirteenNames.Select((name, design) => new Series(name, [new(0, design), new(1, 13 - design)]))],
    };

    /// <summary>Names that are markup, break XML or end in half a character.</summary>
    public static Chart Hostile { get; } = Dots with
    {
        Id = "hostile",
        Title = "a < b && \"c\" > 'd' </title><script>",
        Description = "]]> <!-- \u0001 \uD800",
        Series = [new("<b>&amp;\u0000\uDC00", [new(0, 1)]), new("\U0001F600 grin", [new(1, 1)])],
        Note = "<g>",
    };

    public static IReadOnlyList<Chart> Small { get; } = [Dots, Bars, LyingBars, StackedBars, Lines, Steps, Scatter, Empty, OnePoint];

    public static IReadOnlyList<Chart> Thirteen { get; } =
        [Failures, Survival, ThirteenLines, ThirteenPoints, ThirteenBars, ThirteenKeys];

    public static IReadOnlyList<Chart> All { get; } = [.. Small, .. Thirteen, Hostile];

    private static List<Point> FailuresOf(int property)
    {
        List<Point> points = [];
        for (int design = 0; design < ThirteenNames.Length; design++)
        {
            int kind = ((design * 5) + (property * 3)) % 8;
            double share = Math.Pow(10, -kind);
            if (kind < 4)
                points.Add(new(design, 0, 0, 3.7e-6));
            else if (kind < 7)
                points.Add(new(design, share, share / 2, share * 2));
        }

        return points;
    }

    private static List<Point> SurvivalOf(int design)
    {
        List<Point> points = [new(1, 1)];
        double breaks = Math.Pow(10, design * 0.6);
        for (int k = 1; k <= 20; k++)
        {
            double x = breaks * k / 10;
            if (x is > 1 and < 1e6)
                points.Add(new(x, 1 - (k / 20.0)));
        }

        points.Add(new(1e6, points[^1].Y));
        return points;
    }
}
