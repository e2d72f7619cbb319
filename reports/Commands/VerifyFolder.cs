using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Variants.Harness.Memory;
using Variants.Harness.Programs;
using Variants.Properties.Verification;

namespace Variants.Reports.Commands;

/// <summary>
/// The folder of a verification. <c>verify.json</c> is both its result and how far it is: it is written beside its place
/// and moved there, so that whoever kills the program finds the last one whole, and can go on from it. <c>verify.txt</c>
/// is written last and taken away first: where it is, all the rest is there and belongs to it.
/// </summary>
internal sealed class VerifyFolder : IDisposable
{
    private const string Results = "verify.json";
    private const int Version = 2;
    private const string Text = "verify.txt";
    private const string Histories = "counterexamples";
    private const string Frontiers = "frontiers";

    private readonly string _place;

    private VerifyFolder(string place) => _place = place;

    /// <summary>Makes sure, before anything is run, that the folder can be written to.</summary>
    /// <exception cref="BadInputException">It cannot, or holds something else.</exception>
    public static VerifyFolder Prepare(string path)
    {
        string place = OutOption.Check(path, "verification", Results);
        OutOption.Create(place, path);
        return new VerifyFolder(place);
    }

    /// <summary>
    /// How far an earlier run of the same scope and variants is, on each machine. A variant that <paramref name="mayLack"/> may be missing there,
    /// because it was set aside, and begins anew.
    /// </summary>
    /// <exception cref="BadInputException">There is none, or it was of something else.</exception>
    public IEnumerable<VerifyState> Read(Scope scope, IReadOnlyList<VerifyState> begun, Func<string, bool> mayLack)
    {
        string path = Path.Combine(_place, Results);
        if (!File.Exists(path))
            throw new BadInputException($"--resume: there is no {path}; leave --resume out to begin");
        SavedStates? saved;
        try
        {
            saved = JsonSerializer.Deserialize<SavedStates>(File.ReadAllBytes(path), WholeFile.Json);
        }
        catch (JsonException error)
        {
            throw new BadInputException($"--resume: {path} is not what verify wrote: {error.Message}", error);
        }

        if (saved is { Version: not Version })
            throw new BadInputException($"--resume: {path} was written by another version of Variants; leave --resume out to begin");
        if (saved is null || saved.Scope != scope || saved.Variants.IsDefault
            || !saved.Variants.Select(Place).SequenceEqual(begun.Where(one => Saved(one) is not null || !mayLack(one.Variant)).Select(Place)))
        {
            throw new BadInputException($"--resume: {path} is of another scope or of other variants; give the same ones, or leave --resume out");
        }

        return begun.Select(one => Saved(one) ?? one);

        VerifyState? Saved(VerifyState one) => saved.Variants.FirstOrDefault(state => Place(state) == Place(one));

        static (string, MachineSize) Place(VerifyState state) => (state.Variant, state.Machine);
    }

    /// <summary>Writes how far it is.</summary>
    public void Write(Scope scope, IEnumerable<VerifyState> states)
    {
        File.Delete(Path.Combine(_place, Text));
        Replace(Results, JsonSerializer.SerializeToUtf8Bytes(new SavedStates(Version, scope, [.. states]), WholeFile.Json));
    }

    /// <summary>How far an earlier exploration of a program is; a new one if there is none.</summary>
    /// <exception cref="BadInputException">What is there cannot be gone on with.</exception>
    public ProgramProof Read(ConcurrentProgram program)
    {
        string path = FrontierOf(program);
        if (!File.Exists(path))
            return new ProgramProof(program);
        try
        {
            using StreamReader text = File.OpenText(path);
            return ProgramProof.Read(program, text);
        }
        catch (InvalidDataException wrong)
        {
            throw new BadInputException($"--resume: {path} is not what verify wrote: {wrong.Message}; leave --resume out to begin", wrong);
        }
    }

    /// <summary>Writes how far the exploration of a program is.</summary>
    public void Write(ConcurrentProgram program, ProgramProof proof)
    {
        Directory.CreateDirectory(Path.Combine(_place, Frontiers));
        var text = new StringWriter { NewLine = "\n" };
        proof.Write(text);
        Replace(Path.GetRelativePath(_place, FrontierOf(program)), Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>Nothing is to be gone on with.</summary>
    public void ForgetPrograms()
    {
        string folder = Path.Combine(_place, Frontiers);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Write([], "");
    }

    /// <summary>Writes what came of programs, as text and for programs.</summary>
    public void Write(IReadOnlyList<ProgramResult> results, string text)
    {
        Replace(Results, JsonSerializer.SerializeToUtf8Bytes(new SavedPrograms(1, results), WholeFile.Json));
        Replace(Text, Encoding.UTF8.GetBytes(text));
    }

    private string FrontierOf(ConcurrentProgram program) =>
        Path.Combine(_place, Frontiers, $"{program.Name.Replace('/', '-')}.frontier");

    /// <summary>Writes the text and the counterexamples, in place of older ones.</summary>
    public void Write(string text, IEnumerable<(string Name, string Content)> histories)
    {
        string folder = Path.Combine(_place, Histories);
        string draft = Path.Combine(_place, $".{Histories}.draft");
        foreach (string older in new[] { folder, draft }.Where(Directory.Exists))
            Directory.Delete(older, recursive: true);
        foreach ((string name, string content) in histories)
        {
            Directory.CreateDirectory(draft);
            File.WriteAllText(Path.Combine(draft, name), content);
        }

        if (Directory.Exists(draft))
            Directory.Move(draft, folder);
        Replace(Text, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Leaves nothing behind if nothing was written.</summary>
    public void Dispose() => WholeFile.DeleteIfEmpty(_place);

    private void Replace(string name, byte[] content) => WholeFile.Replace(_place, name, content);

    private sealed record SavedPrograms(int Version, IReadOnlyList<ProgramResult> Programs);

    private sealed record SavedStates(int Version, Scope Scope, ImmutableArray<VerifyState> Variants);
}
