using Variants.Harness.Engine;

namespace Variants.Harness.Primitives;

/// <summary>
/// seqcount_t: odd while what it guards is being changed. Its writers exclude each other by a lock of their own; a
/// reader believes what it read if the count is even and has not moved. Each use is part of the step it is in.
/// </summary>
public sealed class SeqCount
{
    private readonly Cell<int> _sequence;

    /// <summary>A field of <paramref name="owner"/>.</summary>
    public SeqCount(TrackedObject owner, string field) => _sequence = new Cell<int>(owner, field, 0, marked: true);

    /// <summary>The count, for its allocation and for audits.</summary>
    public int Raw
    {
        get => _sequence.Raw;
        set => _sequence.Raw = value;
    }

    /// <summary>write_seqcount_begin() and write_seqcount_end().</summary>
    public void Advance() => _sequence.Value++;

    /// <summary>raw_read_seqcount(): odd if a writer is at work.</summary>
    public int Read() => _sequence.Value;

    /// <summary>read_seqcount_retry(): true if what was read since <paramref name="start"/> is not to be believed.</summary>
    public bool HasMoved(int start) => _sequence.Value != start;
}
