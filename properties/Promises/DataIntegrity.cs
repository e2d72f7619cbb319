using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Variants.Properties.Promises;

/// <summary>Memory holds what was stored there: see <see cref="ShadowMemory"/> for what that allows.</summary>
public sealed class DataIntegrity : Property
{
    /// <inheritdoc/>
    public override string Name => PropertyNames.DataIntegrity;

    /// <inheritdoc/>
    public override string Promise => "A read returns what the address could hold, and an address that holds nothing cannot be used.";

    /// <inheritdoc/>
    public override bool IsBrokenBy(Failure failure) => failure.Kind is FailureKind.WrongData or FailureKind.MissingSignal;

    /// <inheritdoc/>
    internal override bool NeedsShadow => true;

    /// <inheritdoc/>
    internal override IWitness Watch(Machine machine, ShadowMemory shadow) => new Reader(machine, shadow);

    /// <summary>Compares every value that a program gets with those it could get, and reads all that is left at the end.</summary>
    private sealed class Reader(Machine machine, ShadowMemory shadow) : IWitness
    {
        private readonly MemoryAtRest _rest = new(machine, shadow);

        public void Read(TaskStruct task, int address, int value)
        {
            if (shadow.CouldRead(task, address, value))
            {
                return;
            }

            if (shadow.CouldAccess(task, address))
            {
                string message = $"{task.Comm} read {Values.Text(value)} at page {address}; it could hold {shadow.Describe(task, address)}";
                WrongData(message, shadow.ConcernsDevice(task, address, value));
            }
            else
            {
                NoSignal($"{task.Comm} read {Values.Text(value)} at page {address}, which was not mapped");
            }
        }

        public void Wrote(TaskStruct task, int address, int value)
        {
            if (!shadow.CouldAccess(task, address))
            {
                NoSignal($"{task.Comm} wrote {Values.Text(value)} at page {address}, which was not mapped");
            }
            else if (!shadow.CouldStore(task, address))
            {
                machine.Smp.Fail(
                    FailureKind.MissingSignal,
                    MemoryAtRest.ReadOnlyPage,
                    $"{task.Comm} wrote {Values.Text(value)} at page {address}, which mprotect had made read-only");
            }
        }

        public void Ended(TaskStruct task, Operation operation, int result)
        {
            if (operation.Verb.Code == VerbCode.FileRead && result >= 0 && !shadow.CouldReadFile(task, operation.Number, task.UserBuffer))
            {
                machine.Smp.Fail(
                    FailureKind.WrongData,
                    MemoryAtRest.FileData,
                    $"{task.Comm} read {Values.Text(task.UserBuffer)} from file page {operation.Number}; it could hold {shadow.DescribeFile(operation.Number)}");
            }

            if (operation.Verb.Code != VerbCode.Peek || task.Peeked is not { } value || shadow.CouldPeek(task, value))
            {
                return;
            }

            string what = $"{task.Comm} peeked {Values.Text(value)} at page {operation.Number} of {machine.Task(operation.Actor).Comm}";
            if (shadow.CouldPeek(task))
            {
                WrongData($"{what}; it could hold {shadow.DescribePeeked(task)}", shadow.PeekConcernsDevice(task, value));
            }
            else
            {
                NoSignal($"{what}, which was not mapped");
            }
        }

        public void Quiet() => _rest.Check();

        /// <summary>A value that a device has written, or that is there instead of one, is <see cref="PinCoherence"/>'s.</summary>
        private void WrongData(string message, bool isOfDevice) => machine.Smp.Fail(
            isOfDevice ? FailureKind.Incoherent : FailureKind.WrongData,
            isOfDevice ? PinCoherence.Process : MemoryAtRest.UserData,
            message);

        private void NoSignal(string message) => machine.Smp.Fail(FailureKind.MissingSignal, MemoryAtRest.UnmappedPage, message);
    }
}
