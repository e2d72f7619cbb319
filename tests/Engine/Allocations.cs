namespace Variants.Tests;

/// <summary>What executions allocate, once the code that they run is warm.</summary>
internal static class Allocations
{
#if DEBUG
    /// <summary>False in Debug builds, where the compiler makes every state machine a class.</summary>
    internal const bool AreCounted = false;
#else
    /// <summary>True in Release builds; in Debug ones the compiler makes every state machine a class.</summary>
    internal const bool AreCounted = true;
#endif

    private const int Rounds = 1_000;

    /// <summary>
    /// Bytes that <paramref name="executions"/> allocate. Code that the runtime has not optimised yet boxes awaiters, and it
    /// takes its time where cores are few: hence rounds, until one allocates what it should.
    /// </summary>
    internal static long Of(Action executions, long expected = 0)
    {
        long allocated = -1;
        for (int round = 0; round < (AreCounted ? Rounds : 1) && allocated != expected; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            executions();
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        return AreCounted ? allocated : expected;
    }
}
