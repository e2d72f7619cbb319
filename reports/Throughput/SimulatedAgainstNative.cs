using System.Globalization;
using System.Text;
using Variants.Harness.Workloads;
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

    /// <summary>Every pair of designs whose real difference is significant, at every size.</summary>
    private static void AppendPairs(StringBuilder text, int[] sizes, string[] names, IReadOnlyList<Measurement> native, IReadOnlyList<Measurement> simulated)
    {
        int agreeing = 0;
        int undecided = 0;
        var opposed = new List<string>();
        foreach (int size in sizes)
        {
            for (int left = 0; left < names.Length; left++)
            {
                for (int right = left + 1; right < names.Length; right++)
                {
                    (Measurement one, Measurement other) = (Of(native, names[left], size), Of(native, names[right], size));
                    if (one.Failure is not null || other.Failure is not null || !one.DiffersFrom(other))
                        continue;
                    double real = Gain(one, other);
                    (Measurement modelled, Measurement against) = (Of(simulated, names[left], size), Of(simulated, names[right], size));
                    double model = Gain(modelled, against);
                    if (Math.Abs(model) < Alike || !modelled.DiffersFrom(against))
                        undecided++;
                    else if (real > 0 == model > 0)
                        agreeing++;
                    else
                        opposed.Add($"{names[left]} against {names[right]} at {size} ({Percent(real)}, simulated {Percent(model)})");
                }
            }
        }

        text.Append(CultureInfo.InvariantCulture, $"pairs that differ on threads: {agreeing + undecided + opposed.Count}; ");
        text.Append(CultureInfo.InvariantCulture, $"simulated so {agreeing}, alike {undecided}, otherwise {opposed.Count}\n");
        foreach (string pair in opposed)
        {
            foreach (string line in TextLines.Wrap(pair, TextLines.Columns - 2, hanging: 2))
                text.Append($"  {line}\n");
        }
    }

    private static string Cell(IReadOnlyList<Measurement> measurements, string name, string baseline, int size)
    {
        (Measurement one, Measurement other) = (Of(measurements, name, size), Of(measurements, baseline, size));
        if (one.Failure is not null)
            return "broken";
        return other.Failure is not null ? "-" : (one.DiffersFrom(other) ? "*" : "") + Percent(Gain(one, other));
    }

    private static Measurement Of(IReadOnlyList<Measurement> measurements, string name, int size) =>
        measurements.First(one => one.Size == size && NameOf(one) == name);

    private static double Gain(Measurement one, Measurement other) => (one.PerSecond / other.PerSecond) - 1;

    private static string NameOf(Measurement one) => one.Contender.Variant.ShortName;

    /// <summary>In percent, as far as that is easy to read; beyond, how many times as much.</summary>
    private static string Percent(double share) => share < EasyToRead
        ? (100 * share).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture) + "%"
        : "x" + (share + 1).ToString("0", CultureInfo.InvariantCulture);
}
