using System.Collections.Immutable;
using System.Text.Json;
using Variants.Properties.Verification;
using Variants.Reports.Pages;

namespace Variants.Reports.Commands;

/// <summary>
/// The folder of <c>verify --table</c>: what reports show (<c>--proofs</c>), and what a table that was stopped goes on with.
/// </summary>
internal sealed class ProofsFolder : IDisposable
{
    private const string File = "proofs.json";
    private const int Version = 1;

    private readonly string _place;

    private ProofsFolder(string place) => _place = place;

    /// <summary>Makes sure, before anything is run, that the folder can be written to.</summary>
    /// <exception cref="BadInputException">It cannot, or holds something else.</exception>
    public static ProofsFolder Prepare(string path)
    {
        string place = OutOption.Check(path, "table of proofs", File);
        OutOption.Create(place, path);
        return new ProofsFolder(place);
    }

    /// <summary>The table in a folder.</summary>
    /// <exception cref="BadInputException">There is none, or none that can be read.</exception>
    public static ProofSurveyed Read(string folder)
    {
        Saved saved = ReadFrom(folder, "--proofs", "name the folder that verify --table --out wrote");
        return new ProofSurveyed(folder, saved.By, saved.Scope.Actors, saved.Seconds, saved.Lines);
    }

    /// <summary>The lines of an earlier table of the same scope, time and version.</summary>
    /// <exception cref="BadInputException">There is none, or it was of something else.</exception>
    public ImmutableArray<ProofLine> Lines(Scope most, TimeSpan budget)
    {
        Saved saved = ReadFrom(_place, "--resume", "leave --resume out to begin");
        return (saved.By, saved.Scope, saved.Seconds) == (OwnVersion.Text, most, budget.TotalSeconds)
            ? saved.Lines
            : throw new BadInputException($"--resume: {Path.Combine(_place, File)} is of another scope, time or version; give the same ones, or leave --resume out");
    }

    /// <summary>Writes the lines that there are.</summary>
    public void Write(Scope most, TimeSpan budget, IEnumerable<ProofLine> lines) => WholeFile.Replace(
        _place,
        File,
        JsonSerializer.SerializeToUtf8Bytes(new Saved(Version, OwnVersion.Text, most, budget.TotalSeconds, [.. lines]), WholeFile.Json));

    /// <summary>Leaves nothing behind if nothing was written.</summary>
    public void Dispose() => WholeFile.DeleteIfEmpty(_place);

    private static Saved ReadFrom(string folder, string option, string remedy)
    {
        string path = Path.Combine(folder, File);
        try
        {
            if (JsonSerializer.Deserialize<Saved>(System.IO.File.ReadAllBytes(path), WholeFile.Json)
                is { Version: Version, Scope: not null, Lines.IsDefault: false } saved
                && saved.Lines.All(line => line is { Variant: not null, Machine: not null, Broken.IsDefault: false, Bugs.IsDefault: false }))
            {
                return saved;
            }

            throw new BadInputException($"{option}: {path} is not what this version of verify writes; {remedy}");
        }
        catch (JsonException error)
        {
            throw new BadInputException($"{option}: {path} is not what verify writes: {error.Message}; {remedy}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new BadInputException($"{option}: there is no {path} that can be read; {remedy}", error);
        }
    }

    private sealed record Saved(int Version, string By, Scope Scope, double Seconds, ImmutableArray<ProofLine> Lines);
}
