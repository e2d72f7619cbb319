using System.Collections.Immutable;
using Variants.Harness.Families;
using Variants.Properties.Campaigns;
using Variants.Properties.Verification;
using Variants.Reports.Pages;

namespace Variants.Reports.Commands;

/// <summary><c>verify --table</c>: how far each variant is explored in a time, one after another, as Markdown.</summary>
internal sealed class VerifyTableCommand(Repertoire everybody, TextWriter output, TextWriter error)
{
    /// <summary>
    /// Prints the lines of each variant, one for each machine, as soon as they are known, and keeps them in the folder, if there
    /// is one. To resume, the lines there are printed, and only those that are missing made.
    /// </summary>
    public int Run(IReadOnlyList<Contender> contenders, Scope most, int jobs, TimeSpan budget, string? folder, bool resume)
    {
        using ProofsFolder? place = folder is null ? null : ProofsFolder.Prepare(folder);
        ILookup<string, ProofLine> known = (resume ? place!.Lines(most, budget) : []).ToLookup(line => line.Variant);
        using var interruption = new Interruption();
        var told = new List<ProofLine>();
        output.Write(ProofTable.Head);
        foreach (Contender contender in contenders.TakeWhile(_ => !interruption.HasCome))
        {
            try
            {
                foreach (ProofLine line in known[contender.Variant.Name] is var lines && lines.Any() ? lines : Explore(contender, most, jobs, budget, interruption))
                {
                    output.Write(ProofTable.Row(line));
                    told.Add(line);
                }

                // Lines of others, whom nobody has asked for this time, stay.
                place?.Write(most, budget, [.. told, .. known.Where(lines => told.TrueForAll(line => line.Variant != lines.Key)).SelectMany(lines => lines)]);
            }
            catch (VariantException brought) when (everybody.IsBrought(brought.Variant))
            {
                everybody.SetAside(brought.Variant, brought.Message);
            }
        }

        bool asExpected = told.TrueForAll(line => line.FindsWhatIsKnown && line.Broken.All(broken => !IsPromised(contenders, line, broken)));
        return asExpected && !interruption.HasCome ? ExitCode.AsExpected : ExitCode.Unexpected;
    }

    private ImmutableArray<ProofLine> Explore(Contender contender, Scope most, int jobs, TimeSpan budget, Interruption interruption)
    {
        var pace = new VerifyPace(error, new VerifyState { Variant = contender.Variant.Name }, all: null, budget);
        ImmutableArray<ProofReach> reached = new ProofSurvey(contender, most, jobs, budget, pace.Tell, interruption.Token).Run();
        if (interruption.HasCome)
            return [];
        ImmutableArray<(KnownBug Bug, Counterexample Smallest)> known = BugHunt.SmallestOf(contender);
        return [.. reached.Select(one => ProofLine.Of(contender, one, known, most.Actors))];
    }

    private static bool IsPromised(IReadOnlyList<Contender> contenders, ProofLine line, BrokenPromise broken) =>
        contenders.Single(one => one.Variant.Name == line.Variant).Variant.ExpectedOf(broken.Property) == Expectation.Holds;
}
