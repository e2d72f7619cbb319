using Variants.Harness.Histories;
using Variants.Harness.Memory;

namespace Variants.Tests.Promises;

public sealed class NoLivelockTests
{
    [Fact]
    public void A_swapoff_that_gives_up_needs_a_reason()
    {
        Assert.Equal(
            "WrongResult swapoff gave up: A: swapoff gave up with -EBUSY although nothing was wrong",
            Scene.Answering("A: swapoff", Verbs.SwapOff, Errno.Busy));
        Assert.Equal(
            "WrongResult swapoff gave up: A: swapoff gave up with -ENOMEM although no allocation failed",
            Scene.Answering("A: swapoff", Verbs.SwapOff, Errno.NoMem));
        Assert.Equal(
            "WrongResult swapoff gave up: A: swapoff gave up with -EINVAL although the area was on and nobody else was changing it",
            Scene.Answering("A: swapoff", Verbs.SwapOff, Errno.Inval));
    }

    [Fact]
    public void Memory_that_ran_out_is_a_reason()
    {
        Assert.Equal("kept", Scene.Run("A: write 0; reclaim 1; failalloc 1; swapoff"));
    }

    [Fact]
    public void An_area_that_is_off_or_that_somebody_else_is_changing_is_a_reason()
    {
        Assert.Equal("kept", Scene.Run("A: swapoff; swapoff"));
        Assert.Equal("kept", Scene.Run("A: write 0; reclaim 1; swapoff\nB: exec; exec; exec; swapoff\nC: exec; exec; exec; swapoff"));
    }
}
