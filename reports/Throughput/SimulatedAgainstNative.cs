using System.Globalization;
using System.Text;
using Variants.Harness.Workloads;
using Variants.Reports.Charts;
using Variants.Reports.Diagrams;

namespace Variants.Reports.Throughput;

/// <summary>
/// What the model says beside what this machine's threads do: each design's rate against the baseline's, at the same numbers
/// of CPUs. The numbers need not agree, as the machines differ; the sign must, wherever the real difference is more than
/// chance. Pure.
/// </summary>
public static class SimulatedAgainstNative
{
    private const int NameWidth = 19;
    private const int CellWidth = 10;

    /// <summary>Simulated rates that differ by less, or by no more than their seeds do, say nothing about which is faster.</summary>
    private const double Alike = 0.005;

    /// <summary>How likely it may be that any pair of a workload is said to differ and does not.</summary>
    private const double Error = 0.05;

    /// <summary>A thousand percent.</summary>
    private const double EasyToRead = 10;

    /// <summary>The table of one workload, within 75 columns, and what does not agree. Both have the same sizes and designs.</summary>
    public static string Render(Workload workload, string machine, IReadOnlyList<Measurement> native, IReadOnlyList<Measurement> simulated)
    {
        int[] sizes = [.. native.Select(one => one.Size).Distinct().Order()];
        string[] names = [.. native.Select(NameOf).Distinct()];
        StringBuilder text = new();
        text.Append($"{workload.Title}\nagainst {names[0]}, on real threads and simulated ({machine})\n");
        foreach (int[] block in sizes.Chunk((TextLines.Columns - NameWidth) / (2 * CellWidth)))
        {
            text.Append($"{workload.Axis,-NameWidth}{string.Concat(block.Select(size => $"{size,CellWidth}{"simulated",CellWidth}"))}\n");
            foreach (string name in names.Skip(1))
            {
                string cells = string.Concat(block.Select(size =>
                    $"{Cell(native, name, names[0], size),CellWidth}{Cell(simulated, name, names[0], size),CellWidth}"));
                text.Append($"{name,-NameWidth}{cells}".TrimEnd()).Append('\n');
            }
        }

        AppendPairs(text, sizes, names, native, simulated);
        return text.ToString();
    }

    /// <summary>The same as a chart: of each design, by how much its rate differs from the baseline's, on threads and simulated.</summary>
    public static Chart ChartOf(WorkloadTable native, string machine, IReadOnlyList<Measurement> simulated)
    {
        string[] names = [.. native.Rows.Select(row => row.Key)];
        bool inTimes = native.Sizes.Any(size => new[] { native.Measurements, simulated }.Any(
            measurements => Gains(measurements, size).Any(one => one.Gain >= EasyToRead)));
        return new Chart(
            $"{ThroughputCharts.IdOf(native)}-simulated",
            $"Against {names[0]}, on real threads and simulated",
            $"By how much each design is faster than {names[0]}, on real threads and simulated: {native.Workload.Title}. The same numbers stand in the table.",
            ChartKind.Dots,
            Axis.Of("", names[1..]),
            inTimes ? new Axis($"times the {native.Workload.Unit} a second of {names[0]}", Scale.Log) : new Axis($"% more {native.Workload.Unit} a second than {names[0]}"),
            [
                .. native.Sizes.SelectMany(size => new[]
                {
                    Differences($"{native.Workload.Axis} {size}", native.Measurements, size),
                    Differences($"{native.Workload.Axis} {size}, simulated", simulated, size),
                }),
            ],
            $"Simulated: {machine}. Left of {(inTimes ? 1 : 0)} a design is slower than {names[0]}.");

        Series Differences(string name, IReadOnlyList<Measurement> measurements, int size) => new(
            name,
            [.. Gains(measurements, size).Select(one => new Point(one.Place, inTimes ? Math.Round(1 + one.Gain, 3) : Math.Round(100 * one.Gain, 1)))]);

        IEnumerable<(int Place, double Gain)> Gains(IReadOnlyList<Measurement> measurements, int size) =>
            from place in Enumerable.Range(0, names.Length - 1)
            let one = Of(measurements, names[place + 1], size)
            let other = Of(measurements, names[0], size)
            where one.Failure is null && other.Failure is null && other.PerSecond > 0
            select (place, Gain(one, other));
    }

    /// <summary>
    /// Every pair of designs that differ on threads, at every size. That so many are compared makes no difference seem to be one,
    /// more often than with a probability of 5 % for all of them together: Holm, 1979.
    /// </summary>
    private static void AppendPairs(StringBuilder text, int[] sizes, string[] names, IReadOnlyList<Measurement> native, IReadOnlyList<Measurement> simulated)
    {
        int agreeing = 0;
        int undecided = 0;
        var opposed = new List<string>();
        (Pair Pair, double Chance)[] pairs =
        [
            .. from pair in Pairs(sizes, names)
               let one = Of(native, pair.One, pair.Size)
               let other = Of(native, pair.Other, pair.Size)
               where one.Failure is null && other.Failure is null
               select (pair, one.ChanceOfDifferenceFrom(other)),
        ];
        double[] chances = [.. pairs.Select(pair => pair.Chance).Order()];
        int differing = chances.TakeWhile((chance, index) => chance < Error / (chances.Length - index)).Count();
        foreach ((Pair pair, double chance) in pairs)
        {
            if (differing == 0 || chance > chances[differing - 1])
                continue;
            double real = Gain(Of(native, pair.One, pair.Size), Of(native, pair.Other, pair.Size));
            (Measurement modelled, Measurement against) = (Of(simulated, pair.One, pair.Size), Of(simulated, pair.Other, pair.Size));
            double model = Gain(modelled, against);
            if (Math.Abs(model) < Alike || !modelled.DiffersFrom(against))
                undecided++;
            else if (real > 0 == model > 0)
                agreeing++;
            else
                opposed.Add($"{pair.One} against {pair.Other} at {pair.Size} ({Percent(real)}, simulated {Percent(model)})");
        }

        text.Append(CultureInfo.InvariantCulture, $"pairs that differ on threads: {differing} of {pairs.Length}; ");
        text.Append(CultureInfo.InvariantCulture, $"simulated so {agreeing}, alike {undecided}, otherwise {opposed.Count}\n");
        foreach (string pair in opposed)
        {
            foreach (string line in TextLines.Wrap(pair, TextLines.Columns - 2, hanging: 2))
                text.Append($"  {line}\n");
        }
    }

    private static IEnumerable<Pair> Pairs(int[] sizes, string[] names) =>
        from size in sizes
        from left in Enumerable.Range(0, names.Length)
        from right in Enumerable.Range(left + 1, names.Length - left - 1)
        select new Pair(names[left], names[right], size);

    private static string Cell(IReadOnlyList<Measurement> measurements, string name, string baseline, int size)
    {
        (Measurement one, Measurement other) = (Of(measurements, name, size), Of(measurements, baseline, size));
        if (one.Failure is not null)
            return "broken";
        return other.Failure is not null || other.PerSecond == 0 ? "-" : (one.DiffersFrom(other) ? "*" : "") + Percent(Gain(one, other));
    }

    private static Measurement Of(IReadOnlyList<Measurement> measurements, string name, int size) =>
        measurements.First(one => one.Size == size && NameOf(one) == name);

    private static double Gain(Measurement one, Measurement other) => (one.PerSecond / other.PerSecond) - 1;

    private static string NameOf(Measurement one) => one.Contender.Variant.ShortName;

    /// <summary>In percent, as far as that is easy to read; beyond, how many times as much.</summary>
    private static string Percent(double share) => share switch
    {
        < EasyToRead => (100 * share).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture) + "%",
        _ when double.IsFinite(share) => "x" + (share + 1).ToString("0", CultureInfo.InvariantCulture),
        _ => "from 0",
    };

    /// <summary>Two designs, at one size.</summary>
    private readonly record struct Pair(string One, string Other, int Size);
}
