using Variants.Harness.Engine;
using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Variants.Tests.Swapout;

public sealed class VmStatTests
{
    [Fact]
    public void Writes_to_slots_that_follow_one_another_are_one_run() =>
        Assert.Equal((4, 0, 1, 1), After(Write(3), Write(4), Write(5), Write(6)));

    [Fact]
    public void A_write_anywhere_else_begins_a_run() =>
        Assert.Equal((4, 0, 4, 4), After(Write(3), Write(5), Write(4), Write(4)));

    [Fact]
    public void A_read_between_two_writes_moves_the_head() =>
        Assert.Equal((2, 1, 3, 2), After(Write(0), Read(5), Write(1)));

    [Fact]
    public void Reads_that_follow_one_another_need_one_seek_and_begin_no_run() =>
        Assert.Equal((0, 3, 1, 0), After(Read(0), Read(1), Read(2)));

    [Fact]
    public void A_file_lies_somewhere_else() =>
        Assert.Equal((2, 0, 3, 2), After(Write(0), new DiskRequest(null!, default, IsWrite: false), Write(1)));

    [Fact]
    public void Counts_begin_anew_when_the_machine_is_switched_on()
    {
        var machine = new Machine(Checks.None, _ => new NothingDoes());
        machine.VmStat.Submitted(Write(0));
        machine.VmStat.PagesScanned++;
        machine.VmStat.PagesFreed++;
        machine.PowerOn(new MachineSize());

        Assert.Equal((0, 0, 0, 0), Of(machine.VmStat));
        Assert.Equal((0, 0, 0), (machine.VmStat.PagesScanned, machine.VmStat.PagesFreed, machine.VmStat.AllocationsFailed));
    }

    private static (int Written, int Read, int Seeks, int Runs) After(params DiskRequest[] requests)
    {
        var machine = new Machine(Checks.None, _ => new NothingDoes());
        machine.PowerOn(new MachineSize());
        foreach (DiskRequest request in requests)
        {
            machine.VmStat.Submitted(request);
        }

        return Of(machine.VmStat);
    }

    private static (int Written, int Read, int Seeks, int Runs) Of(VmStat counts) =>
        (counts.SlotsWritten, counts.SlotsRead, counts.Seeks, counts.RunsWritten);

    private static DiskRequest Write(int slot) => new(null!, new SwapEntry(0, slot, 0), IsWrite: true);

    private static DiskRequest Read(int slot) => new(null!, new SwapEntry(0, slot, 0), IsWrite: false);

    /// <summary>A kernel that is never asked anything.</summary>
    private sealed class NothingDoes : IKernel
    {
        public void Boot()
        {
        }

        public KTask<int> Call(TaskStruct current, Operation operation) => throw new NotSupportedException();

        public KTask<Fault> PageFault(TaskStruct current, int address, bool write) => throw new NotSupportedException();

        public void EndIo(DiskRequest request)
        {
        }
    }
}
