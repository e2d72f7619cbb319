using Variants.Harness.Engine;
using Variants.Harness.Primitives;

namespace Variants.Tests.Memory;

/// <summary>A reader of a seqcount believes what it read exactly if no writer was at work meanwhile.</summary>
public sealed class SeqCountTests
{
    [Fact]
    public void Every_reader_that_believes_has_read_one_state_and_every_torn_read_is_noticed()
    {
        TestProgram program = new();
        SeqCount count = new(program.Thing, "vm_sequence");
        Cell<int> second = new(program.Thing, "second", 0, marked: true);
        Cell<int> first = new(program.Thing, "first", 0, marked: true);
        string read = "";
        program.Before = () => (count.Raw, first.Raw, second.Raw, read) = (0, 0, 0, "");
        program.On("writer", async () =>
        {
            await program.Smp.Point();
            count.Advance();
            first.Value = 1;
            await program.Smp.Point();
            second.Value = 1;
            count.Advance();
        });
        program.On("reader", async () =>
        {
            await program.Smp.Point();
            int start = count.Read();
            int one = first.Value;
            await program.Smp.Point();
            int two = second.Value;
            bool believes = (start & 1) == 0 && !count.HasMoved(start);
            read = $"{(believes ? "believes" : "retries")} {one}{two}";
        });

        // All orders of the two: torn reads come, and none of them is believed.
        Assert.Equal(["believes 00", "believes 11", "retries 00", "retries 01", "retries 10", "retries 11"], program.Everything(() => read).Keys);
    }
}
