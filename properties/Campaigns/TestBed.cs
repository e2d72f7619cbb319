using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Properties.Promises;

namespace Variants.Properties.Campaigns;

/// <summary>
/// A machine with one variant on it, watched for the promises of its family. It belongs to the thread that builds it,
/// because suspended frames do. A variant that a user brought is looked after by a <see cref="Watchdog"/>.
/// </summary>
public sealed class TestBed
{
    /// <summary>What the runtime throws where code names something that the harness no longer has, or has not yet.</summary>
    private static readonly string[] s_ofAnotherVersion =
    [
        nameof(MissingMethodException), nameof(MissingFieldException), nameof(MissingMemberException), nameof(TypeLoadException),
        nameof(FileNotFoundException), nameof(FileLoadException), nameof(BadImageFormatException), nameof(MethodAccessException),
        nameof(EntryPointNotFoundException),
    ];

    private readonly Watchdog? _watchdog;
    private BroughtWitness[] _brought = [];
    private readonly Action? _runWatched;
    private Runner _runner = null!;
    private History? _history;
    private Strategy? _strategy;
    private Failure? _failure;

    /// <summary>Builds the machine, with every checker on.</summary>
    /// <exception cref="VariantException">The variant could not be built.</exception>
    public TestBed(Contender contender)
    {
        Contender = contender;
        Machine = null!;
        if (contender.Variant.IsBrought || !contender.Family.OwnProperties.IsEmpty)
        {
            _watchdog = new Watchdog(contender.Variant.Name, () => Machine is { } machine ? machine.Smp.Progress : 0);
            _runWatched = () => _failure = _runner.Run(_history!, _strategy);
        }

        try
        {
            Do(() =>
            {
                Machine = new Machine(Checks.All, contender.Variant.Build);
                IWitness[] witnesses = PropertyList.Watch(Machine, contender.Family);
                _brought = [.. witnesses.OfType<BroughtWitness>()];
                _runner = new Runner(Machine, witnesses);
            });
        }
        catch (Exception error) when (error is not (VariantException or PropertyException))
        {
            throw new VariantException(
                contender.Variant.Name, $"its kernel could not be built: {(contender.Variant.IsBrought ? Told(error) : $"{error.GetType().Name}: {error.Message}")}", error);
        }
    }

    /// <summary>Whose kernel runs on it.</summary>
    public Contender Contender { get; }

    /// <summary>The machine.</summary>
    public Machine Machine { get; private set; }

    /// <summary>Steps that the last execution took, setup included.</summary>
    public int Steps => _runner.Steps;

    /// <summary>Steps that its actors took: what a strategy is told to expect.</summary>
    public int ActorSteps => _runner.ActorSteps;

    /// <summary>
    /// Runs one execution as <paramref name="strategy"/>, which has begun, chooses: what went wrong first, or null.
    /// </summary>
    /// <exception cref="VariantException">
    /// The variant threw where no CPU was running it, as in Boot(), did not come back, or does not follow from history and schedule.
    /// </exception>
    public Failure? Run(History history, Strategy strategy)
    {
        Failure? failure;
        try
        {
            failure = _watchdog is null ? _runner.Run(history, strategy) : RunWatched(history, strategy);
        }
        catch (Exception error) when (error is not (VariantException or PropertyException))
        {
            throw Outside(error);
        }

        return strategy.HasStrayed
            ? throw VariantException.Strayed(Contender.Variant.Name, "took a step once")
            : failure;
    }

    /// <summary>As <see cref="Run"/>, and writes down what happens.</summary>
    /// <exception cref="VariantException">As for <see cref="Run"/>.</exception>
    public Recorder Record(History history, Strategy strategy)
    {
        try
        {
            Recorder? recording = null;
            Do(() => (_failure, recording) = _runner.Record(history, strategy));
            Blame(_failure);
            return recording!;
        }
        catch (Exception error) when (error is not (VariantException or PropertyException))
        {
            throw Outside(error);
        }
    }

    private Failure? RunWatched(History history, Strategy strategy)
    {
        _history = history;
        _strategy = strategy;
        Do(_runWatched!);
        Blame(_failure);
        return _failure;
    }

    private void Do(Action action)
    {
        if (_watchdog is null)
        {
            action();
        }
        else
        {
            try
            {
                _watchdog.Run(action);
            }
            catch (VariantException ended) when (_brought.FirstOrDefault(witness => witness.IsInside) is { } guilty)
            {
                throw new PropertyException(guilty.Name, ended.Message[(Contender.Variant.Name.Length + 2)..], ended);
            }
        }
    }

    /// <summary>What is none of the kernel's: a witness of the user's that threw, or code that does not fit.</summary>
    private void Blame(Failure? failure)
    {
        foreach (BroughtWitness witness in _brought)
        {
            if (witness.Error is { } error)
            {
                throw new PropertyException(witness.Name, Told(error), error);
            }
        }

        BlameVersion(failure);
    }

    /// <summary>An oops that is none of the kernel's: the assembly does not fit this harness, or memory ran out.</summary>
    private void BlameVersion(Failure? failure)
    {
        if (Contender.Variant.IsBrought && failure is { Kind: FailureKind.Oops })
        {
            if (s_ofAnotherVersion.Contains(failure.Subject))
            {
                throw new VariantException(Contender.Variant.Name, $"it was built for another version of Variants; build it again ({failure.Message})");
            }

            if (failure.Subject == nameof(OutOfMemoryException))
            {
                throw new VariantException(Contender.Variant.Name, $"it asked for more memory than there is ({failure.Message})");
            }
        }
    }

    private VariantException Outside(Exception error) =>
        new(Contender.Variant.Name, $"{error.GetType().Name} outside of any system call, as in Boot(): {error.Message}", error);

    private static string Told(Exception error) => s_ofAnotherVersion.Contains(error.GetType().Name)
        ? $"it was built for another version of Variants; build it again ({error.Message})"
        : $"{error.GetType().Name}: {error.Message}";
}
