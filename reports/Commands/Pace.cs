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

    /// <summary>True if it is time to tell: to be asked where finding out what costs something.</summary>
    public bool IsDue
    {
        get
        {
            long toldAt = Volatile.Read(ref _toldAt);
            return Elapsed >= s_first && (toldAt == 0 || Stopwatch.GetElapsedTime(toldAt) >= s_every);
        }
    }

    /// <summary>
    /// Tells, if it is time to, what has been done and, from the share of it, when it may end; null if nobody knows.
    /// </summary>
    public void Tell(double? share, Func<string> what)
    {
        lock (_gate)
        {
            if (!IsDue)
                return;
            Volatile.Write(ref _toldAt, Stopwatch.GetTimestamp());
            writer.Write($"{what()}{(share is { } known ? $"; {Left(known, Elapsed)}" : "")}\n");
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
