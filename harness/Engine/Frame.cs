using System.Runtime.CompilerServices;

namespace Variants.Harness.Engine;

/// <summary>
/// The heap half of one suspended call of an async kernel function: what a stack frame is to a real kernel. The
/// suspended frames of one CPU form a chain from the innermost (which waits for an operation) to the root.
/// </summary>
/// <remarks>
/// Frames are pooled for each machine and each function, so that an execution allocates nothing once warm.
/// </remarks>
public abstract class Frame
{
    [ThreadStatic]
    private static int s_neverAwaited;

    /// <summary>The machine on which it is suspended; null if it cannot be.</summary>
    internal readonly Smp? Smp;

    internal Frame? Parent;
    internal Exception? Error;

    /// <summary>What happens in the moment in which the call returns: see <see cref="KTask{TResult}.OnReturn"/>.</summary>
    internal Action? Returning;
    internal bool Completed;
    internal bool IsRoot;

    private protected Frame(Smp? smp) => Smp = smp;

    internal abstract void Resume();

    /// <summary>Where the call is and what its locals hold, in one number.</summary>
    internal abstract ulong Fingerprint();

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
        if (Returning is { } returning && Error is null)
        {
            returning();
        }

        if (Parent is { } parent)
        {
            parent.Resume();

            // No tail call: a recording reads from the stack what has returned, and optimized code must tell it the same.
            GC.KeepAlive(parent);
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
    private protected Frame(Smp? smp)
        : base(smp)
    {
    }

    internal TResult Result = default!;
}

/// <summary>A call that threw before its first suspension: it needs a place for the exception, and no state.</summary>
internal sealed class FaultedFrame<TResult> : Frame<TResult>
{
    internal FaultedFrame(Exception error)
        : base(smp: null)
    {
        Error = error;
        Completed = true;
        NoteNeverAwaited();
    }

    internal override void Resume() => throw new InvalidOperationException("a faulted call cannot be resumed");

    /// <summary>Awaited after all: the exception has reached the caller.</summary>
    internal override void Recycle() => NoteAwaited();

    internal override ulong Fingerprint() => 0;
}

internal sealed class Frame<TStateMachine, TResult> : Frame<TResult>
    where TStateMachine : IAsyncStateMachine
{
    internal TStateMachine StateMachine = default!;

    private Frame(Smp smp)
        : base(smp)
    {
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Frame<TStateMachine, TResult> Rent(Smp smp)
    {
        if (smp.Frames.Take(FrameKind<TStateMachine>.Number) is not { } frame)
        {
            return new Frame<TStateMachine, TResult>(smp);
        }

        frame.Completed = false;
        return Unsafe.As<Frame<TStateMachine, TResult>>(frame);
    }

    internal override void Resume() => StateMachine.MoveNext();

    internal override ulong Fingerprint() => LocalsOf<TStateMachine>.Fingerprint(ref StateMachine);

    /// <summary>
    /// The state machine is left as it is: the next call overwrites it, and nothing that it refers to outlives the
    /// machine, to which the pool belongs.
    /// </summary>
    internal override void Recycle()
    {
        Parent = null;
        Error = null;
        Returning = null;
        IsRoot = false;
        Smp!.Frames.Give(FrameKind<TStateMachine>.Number, this);
    }
}

/// <summary>The frames of one machine that no call is using, by function.</summary>
internal sealed class FramePools
{
    private Pool[] _pools = [];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Frame? Take(int kind)
    {
        Pool[] pools = _pools;
        if ((uint)kind >= (uint)pools.Length)
        {
            return null;
        }

        ref Pool pool = ref pools[kind];
        return pool.Count > 0 ? pool.Free[--pool.Count].Frame : null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Give(int kind, Frame frame)
    {
        Pool[] pools = _pools;
        if ((uint)kind < (uint)pools.Length && pools[kind].Free is { } free)
        {
            int count = pools[kind].Count;
            if ((uint)count < (uint)free.Length)
            {
                free[count].Frame = frame;
                pools[kind].Count = count + 1;
                return;
            }
        }

        Grow(kind, frame);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int kind, Frame frame)
    {
        if (kind >= _pools.Length)
        {
            Array.Resize(ref _pools, kind + 64);
        }

        ref Pool pool = ref _pools[kind];
        Array.Resize(ref pool.Free, Math.Max(4, 2 * pool.Count));
        pool.Free[pool.Count++].Frame = frame;
    }

    private struct Pool
    {
        internal Slot[] Free;
        internal int Count;
    }

    /// <summary>A struct, because storing into an array of structs checks no type.</summary>
    private struct Slot
    {
        internal Frame Frame;
    }
}

/// <summary>Numbers the async functions of the process, in the order in which they first suspend.</summary>
internal static class FrameKind<TStateMachine>
{
    internal static readonly int Number = FrameKinds.Next();
}

internal static class FrameKinds
{
    private static int s_last = -1;

    internal static int Next() => Interlocked.Increment(ref s_last);
}
