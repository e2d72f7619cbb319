using System.Collections.Immutable;

namespace Variants.Harness.Histories;

/// <summary>What an operation of a history does, by name. Families choose theirs from <see cref="Verbs"/>.</summary>
/// <param name="Code">Unique among verbs: what kernels switch on.</param>
/// <param name="Name">As histories write it.</param>
/// <param name="Argument">What its number is, if it takes one.</param>
/// <param name="Least">The least number it takes.</param>
/// <param name="Most">The greatest number it takes.</param>
/// <param name="TakesActor">It names an actor before its number.</param>
/// <param name="HasChild">A list of operations in braces follows, which a child or thread of its own runs.</param>
/// <param name="Sentence">What it does, for the help text.</param>
public sealed record Verb(
    VerbCode Code,
    string Name,
    string? Argument,
    int Least,
    int Most,
    bool TakesActor,
    bool HasChild,
    string Sentence)
{
    /// <summary>True if it takes a number.</summary>
    public bool TakesNumber => Argument is not null;
}

/// <summary>One thing that an actor of a history does.</summary>
/// <param name="Verb">What.</param>
/// <param name="Number">With which number, 0 if it takes none.</param>
/// <param name="Actor">To which actor, by its place in the history; 0 if it names none.</param>
/// <param name="Child">What the child that it makes does.</param>
public sealed record Operation(Verb Verb, int Number, int Actor, ImmutableArray<Operation> Child)
{
    /// <summary>An operation without a child.</summary>
    public Operation(Verb verb, int number = 0, int actor = 0)
        : this(verb, number, actor, [])
    {
    }

    /// <summary>An operation whose child does <paramref name="child"/>.</summary>
    public Operation(Verb verb, ImmutableArray<Operation> child)
        : this(verb, 0, 0, child)
    {
    }

    /// <summary>This operation and all that its children do.</summary>
    public int Count
    {
        get
        {
            int count = 1;
            foreach (Operation operation in Child)
            {
                count += operation.Count;
            }

            return count;
        }
    }

    /// <summary>By value, children included.</summary>
    public bool Equals(Operation? other) =>
        other is not null && Verb == other.Verb && Number == other.Number && Actor == other.Actor
        && Child.AsSpan().SequenceEqual(other.Child.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Verb.Code, Number, Actor, Child.Length);

    /// <summary>As histories write it, on one line.</summary>
    public override string ToString() => HistoryText.Print(this);
}
