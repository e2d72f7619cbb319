using System.Collections.Immutable;
using System.Text.Json;
using Variants.Harness.Engine;

namespace Variants.Properties.Verification;

/// <summary>What a search of a program has found so far, in one line of JSON: it stands before the frontier.</summary>
internal sealed record ProofNotes(string Program, ImmutableArray<FoundInProgram> Failures, ImmutableSortedDictionary<string, long> States)
{
    /// <summary>The line, without its end.</summary>
    internal string Line => JsonSerializer.Serialize(this);

    /// <summary>Reads the line.</summary>
    /// <exception cref="InvalidDataException">It is no such line.</exception>
    internal static ProofNotes Parse(string? line)
    {
        try
        {
            return JsonSerializer.Deserialize<ProofNotes>(line ?? "") is { Program: not null, Failures.IsDefault: false, States: not null } notes
                ? notes
                : throw new InvalidDataException("its first line says nothing");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"its first line is not what was written: {error.Message}", error);
        }
    }
}

/// <summary>A failure of a program, and the CPUs of the execution that showed it, step by step.</summary>
internal sealed record FoundInProgram(Failure Failure, ImmutableArray<int> Cpus);
