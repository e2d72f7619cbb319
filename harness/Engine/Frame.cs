using System.Runtime.CompilerServices;

namespace Variants.Harness.Engine;

/// <summary>
/// The heap half of one suspended call of an async kernel function: what a stack frame is to a real kernel. The
/// suspended frames of one CPU form a chain from the innermost (which waits for an operation) to the root.
/// </summary>
/// <remarks>
/// Frames are pooled for each thread and each function, so that an execution allocates nothing once warm. A frame
/// belongs to the thread that rented it: a machine is built and run on one thread.
/// </remarks>
public abstract class Frame
{
    [ThreadStatic]
    private static int s_neverAwaited;

    internal Frame? Parent;
    internal Exception? Error;
    internal bool Completed;
    internal bool IsRoot;

    internal abstract void Resume();

    internal abstract void Recycle();

    /// <summary>A call is over that nobody has awaited so far.</summary>
    private protected static void NoteNeverAwaited() => s_neverAwaited++;

    private protected static void NoteAwaited() => s_neverAwaited--;

    /// <summary>How many calls have completed on this thread, since last asked, that nobody awaited.</summary>
    internal static int TakeNeverAwaited()
    {
        int count = s_neverAwaited;
        s_neverAwaited = 0;
        return count;
    }

    /// <summary>The call has returned: its caller, which awaits it, goes on at once on the same CPU.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Complete()
    {
        Completed = true;
        if (Parent is { } parent)
        {
            parent.Resume();
        }
        else if (!IsRoot)
        {
            NoteNeverAwaited();
        }
    }

    /// <summary>Recycles this frame and its callers, without running them: the end of a failed execution.</summary>
    internal void AbandonChain()
    {
        Frame? frame = this;
        while (frame is not null)
        {
            Frame? parent = frame.Parent;
            frame.Recycle();
            frame = parent;
        }
    }
}

internal abstract class Frame<TResult> : Frame
{
    internal TResult Result = default!;
}

/// <summary>A call that threw before its first suspension: it needs a place for the exception, and no state.</summary>
internal sealed class FaultedFrame<TResult> : Frame<TResult>
{
    internal FaultedFrame(Exception error)
    {
        Error = error;
        Completed = true;
        NoteNeverAwaited();
    }

    internal override void Resume() => throw new InvalidOperationException("a faulted call cannot be resumed");

    /// <summary>Awaited after all: the exception has reached the caller.</summary>
    internal override void Recycle() => NoteAwaited();
}

internal sealed class Frame<TStateMachine, TResult> : Frame<TResult>
    where TStateMachine : IAsyncStateMachine
{
    [ThreadStatic]
    private static Frame<TStateMachine, TResult>? s_pool;

    internal TStateMachine StateMachine = default!;
    private Frame<TStateMachine, TResult>? _nextInPool;

    internal static Frame<TStateMachine, TResult> Rent()
    {
        Frame<TStateMachine, TResult>? frame = s_pool;
        if (frame is null)
        {
            return new Frame<TStateMachine, TResult>();
        }

        s_pool = frame._nextInPool;
        frame.Completed = false;
        return frame;
    }

    internal override void Resume() => StateMachine.MoveNext();

    internal override void Recycle()
    {
        StateMachine = default!;
        Result = default!;
        Parent = null;
        Error = null;
        IsRoot = false;
        _nextInPool = s_pool;
        s_pool = this;
    }
}
