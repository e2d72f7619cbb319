using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Variants.Properties.Promises;

/// <summary>
/// Everything comes to an end, and to its own: a swapoff that gives up without a reason has not come to one. The
/// engine sees what never ends; the witness sees who gave up.
/// </summary>
public sealed class NoLivelock : Property
{
    /// <summary>The subject of a swapoff that failed although it could have gone on.</summary>
    internal const string GaveUp = "swapoff gave up";

    /// <inheritdoc/>
    public override string Name => PropertyNames.NoLivelock;

    /// <inheritdoc/>
    public override string Promise => "Scheduled fairly, every operation ends, and swapoff does not give up without a reason.";

    /// <inheritdoc/>
    public override bool IsBrokenBy(Failure failure) =>
        failure.Kind is FailureKind.Livelock or FailureKind.RunawayStep
        || (failure.Kind == FailureKind.WrongResult && failure.Subject == GaveUp);

    /// <inheritdoc/>
    internal override IWitness Watch(Machine machine, ShadowMemory shadow) => new Swapoffs(machine);

    /// <summary>Who removes or adds the area, and whether somebody else does so at the same time.</summary>
    private sealed class Swapoffs(Machine machine) : IWitness
    {
        private readonly bool[] _running = new bool[Machine.MaxMms];
        private readonly bool[] _mayBeRefused = new bool[Machine.MaxMms];
        private readonly SharedFact _order = new(machine.Smp);
        private int _changing;

        public void Booted(Machine machine)
        {
            Array.Clear(_running);
            _changing = 0;
        }

        public void Began(TaskStruct task, Operation operation)
        {
            if (!ChangesTheArea(operation))
            {
                return;
            }

            _order.Changed();
            if (_changing++ > 0)
            {
                Array.Fill(_mayBeRefused, true);
            }
            else
            {
                _mayBeRefused[task.Index] = !machine.Areas[0].RawUsed;
            }

            _running[task.Index] = true;
        }

        public void Ended(TaskStruct task, Operation operation, int result)
        {
            if (!ChangesTheArea(operation) || !_running[task.Index])
            {
                return;
            }

            _order.Changed();
            _changing--;
            _running[task.Index] = false;
            if (operation.Verb.Code != VerbCode.SwapOff || result >= 0)
            {
                return;
            }

            // Memory that ran out is a reason, and so is an area that is not on or that somebody else is changing.
            bool hasReason = result switch
            {
                Errno.NoMem => task.SawAllocationFail,
                Errno.Inval => _mayBeRefused[task.Index],
                _ => false,
            };
            if (!hasReason)
            {
                machine.Smp.Fail(FailureKind.WrongResult, GaveUp, $"{task.Comm}: swapoff gave up with {Errno.Name(result)}{Although(result)}");
            }
        }

        private static bool ChangesTheArea(Operation operation) => operation.Verb.Code is VerbCode.SwapOff or VerbCode.SwapOn;

        private static string Although(int result) => result switch
        {
            Errno.NoMem => " although no allocation failed",
            Errno.Inval => " although the area was on and nobody else was changing it",
            _ => " although nothing was wrong",
        };
    }
}
