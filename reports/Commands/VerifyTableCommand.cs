using Variants.Harness.Families;
using Variants.Properties.Campaigns;
using Variants.Properties.Verification;
using Variants.Reports.Pages;

namespace Variants.Reports.Commands;

/// <summary><c>verify --table</c>: how far each variant is explored in a time, one after another, as Markdown.</summary>
internal sealed class VerifyTableCommand(Repertoire everybody, TextWriter output, TextWriter error)
{
    /// <summary>Prints the lines of each variant, one for each machine, as soon as they are known; nothing is written anywhere else.</summary>
    public int Run(IReadOnlyList<Contender> contenders, Scope most, int jobs, TimeSpan budget)
    {
        using var interruption = new Interruption();
        bool asExpected = true;
        output.Write(ProofTable.Head);
        foreach (Contender contender in contenders.TakeWhile(_ => !interruption.HasCome))
        {
            try
            {
                asExpected &= Rows(contender, most, jobs, budget, interruption);
            }
            catch (VariantException brought) when (everybody.IsBrought(brought.Variant))
            {
                everybody.SetAside(brought.Variant, brought.Message);
            }
        }

        return asExpected && !interruption.HasCome ? ExitCode.AsExpected : ExitCode.Unexpected;
    }

    private bool Rows(Contender contender, Scope most, int jobs, TimeSpan budget, Interruption interruption)
    {
        var pace = new VerifyPace(error, new VerifyState { Variant = contender.Variant.Name }, all: null, budget);
        bool asExpected = true;
        foreach (ProofReach reached in new ProofSurvey(contender, most, jobs, budget, pace.Tell, interruption.Token).Run())
        {
            if (interruption.HasCome)
                return false;
            output.Write(ProofTable.Row(reached, ProofTable.Smallest(contender, reached.State)));
            asExpected &= reached.State.Failures.All(failure => contender.Variant.ExpectedOf(failure.Property) != Expectation.Holds);
        }

        return asExpected;
    }
}
