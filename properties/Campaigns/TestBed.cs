using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Properties.Promises;

namespace Variants.Properties.Campaigns;

/// <summary>
/// A machine with one variant on it, watched for the promises of its family. It belongs to the thread that builds it,
/// because suspended frames do.
/// </summary>
public sealed class TestBed
{
    private readonly Runner _runner;

    /// <summary>Builds the machine, with every checker on.</summary>
    /// <exception cref="VariantException">The variant could not be built.</exception>
    public TestBed(Contender contender)
    {
        Contender = contender;
        try
        {
            Machine = new Machine(Checks.All, contender.Variant.Build);
            _runner = new Runner(Machine, PropertyList.Watch(Machine, contender.Family.Properties));
        }
        catch (Exception error)
        {
            throw new VariantException(
                contender.Variant.Name, $"its kernel could not be built: {error.GetType().Name}: {error.Message}", error);
        }
    }

    /// <summary>Whose kernel runs on it.</summary>
    public Contender Contender { get; }

    /// <summary>The machine.</summary>
    public Machine Machine { get; }

    /// <summary>Steps that the last execution took, setup included.</summary>
    public int Steps => _runner.Steps;

    /// <summary>Steps that its actors took: what a strategy is told to expect.</summary>
    public int ActorSteps => _runner.ActorSteps;

    /// <summary>
    /// Runs one execution as <paramref name="strategy"/>, which has begun, chooses: what went wrong first, or null.
    /// </summary>
    /// <exception cref="VariantException">The variant threw where no CPU was running it, as in Boot().</exception>
    public Failure? Run(History history, Strategy strategy)
    {
        try
        {
            return _runner.Run(history, strategy);
        }
        catch (Exception error)
        {
            throw new VariantException(
                Contender.Variant.Name,
                $"{error.GetType().Name} outside of any system call, as in Boot(): {error.Message}",
                error);
        }
    }
}
