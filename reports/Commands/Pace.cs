using System.Diagnostics;
using System.Globalization;

namespace Variants.Reports.Commands;

/// <summary>
/// How far something is that takes long, on a stream that is no terminal: nothing in the first two seconds, then a line
/// every five. Any thread may tell it.
/// </summary>
internal sealed class Pace(TextWriter writer)
{
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(5);

    private readonly System.Threading.Lock _gate = new();
    private readonly long _beganAt = Stopwatch.GetTimestamp();
    private long _toldAt;

    /// <summary>Since it began.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_beganAt);

    /// <summary>Tells, if it is time to, what has been done and, from the share of it, when it may end.</summary>
    public void Tell(double share, Func<string> what)
    {
        lock (_gate)
        {
            TimeSpan elapsed = Elapsed;
            if (elapsed < s_first || (_toldAt != 0 && Stopwatch.GetElapsedTime(_toldAt) < s_every))
                return;
            _toldAt = Stopwatch.GetTimestamp();
            writer.Write($"{what()}; {Left(share, elapsed)}\n");
        }
    }

    /// <summary><c>35 %, 40 s left</c>.</summary>
    internal static string Left(double share, TimeSpan elapsed)
    {
        double done = Math.Clamp(share, 0, 1);
        string percent = string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(100 * done):0} %");
        return done <= 0
            ? percent
            : string.Create(CultureInfo.InvariantCulture, $"{percent}, {Math.Ceiling(elapsed.TotalSeconds * (1 - done) / done):N0} s left");
    }
}
