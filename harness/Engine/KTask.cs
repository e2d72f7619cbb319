using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Variants.Harness.Engine;

/// <summary>
/// What an async kernel function returns: a call that may be suspended at each of its awaits while other CPUs run.
/// Await it at once and exactly once; it may not be stored.
/// </summary>
/// <remarks>
/// A task type of our own, because the runtime's costs 10 to 100 times as much a step: here a call that never
/// suspends allocates nothing, one that does rents a pooled <see cref="Frame"/>, and the innermost suspended frame
/// is resumed directly.
/// </remarks>
[AsyncMethodBuilder(typeof(KTaskBuilder))]
public readonly struct KTask
{
    internal readonly Frame? Frame;

    internal KTask(Frame? frame) => Frame = frame;

    /// <summary>A call that has returned already.</summary>
    public static KTask Completed => default;

    /// <summary>Called by the compiler for <c>await</c>.</summary>
    public KTaskAwaiter GetAwaiter() => new(Frame);
}

/// <summary>A <see cref="KTask"/> that returns a value.</summary>
[AsyncMethodBuilder(typeof(KTaskBuilder<>))]
public readonly struct KTask<TResult>
{
    internal readonly Frame<TResult>? Frame;
    private readonly TResult _value;

    internal KTask(Frame<TResult> frame)
    {
        Frame = frame;
        _value = default!;
    }

    /// <summary>A call that has returned <paramref name="value"/> already.</summary>
    public KTask(TResult value)
    {
        Frame = null;
        _value = value;
    }

    /// <summary>
    /// Has <paramref name="action"/> done in the moment in which the call returns, ahead of its caller; at once if it has
    /// returned. Not if it throws. For a function that only passes a call on, and would otherwise be one more frame under it.
    /// </summary>
    public KTask<TResult> OnReturn(Action action)
    {
        if (Frame is null)
        {
            action();
        }
        else if (!Frame.Completed)
        {
            Frame.Returning += action;
        }

        return this;
    }

    /// <summary>Called by the compiler for <c>await</c>.</summary>
    public KTaskAwaiter<TResult> GetAwaiter() => new(Frame, _value);
}

/// <summary>An awaiter of a call: suspending the caller links its frame above the callee's.</summary>
internal interface ICallAwaiter
{
    Frame Callee { get; }
}

/// <summary>An awaiter of an operation: suspending hands the frame to the CPU that announced the operation.</summary>
internal interface IOperationAwaiter
{
    Smp Smp { get; }
}

/// <summary>Used by the compiler.</summary>
public readonly struct KTaskAwaiter : ICriticalNotifyCompletion, ICallAwaiter
{
    private readonly Frame? _callee;

    internal KTaskAwaiter(Frame? callee) => _callee = callee;

    /// <summary>True when the call has returned without, or after, suspending.</summary>
    public bool IsCompleted => _callee is null || _callee.Completed;

    Frame ICallAwaiter.Callee => _callee!;

    /// <summary>Ends the call: rethrows what it threw.</summary>
    public void GetResult()
    {
        if (_callee is { } callee)
        {
            Finish(callee);
        }
    }

    /// <summary>Not supported: only kernel functions await kernel functions. <see cref="GetResult"/> says so.</summary>
    public void OnCompleted(Action continuation) => continuation();

    /// <summary>Not supported: only kernel functions await kernel functions. <see cref="GetResult"/> says so.</summary>
    public void UnsafeOnCompleted(Action continuation) => continuation();

    private static void Finish(Frame callee)
    {
        if (!callee.Completed)
        {
            throw new NotSupportedException(KTaskBuilder.ForeignCaller);
        }

        Exception? error = callee.Error;
        callee.Recycle();
        if (error is not null)
        {
            ExceptionDispatchInfo.Throw(error);
        }
    }
}

/// <summary>Used by the compiler.</summary>
public readonly struct KTaskAwaiter<TResult> : ICriticalNotifyCompletion, ICallAwaiter
{
    private readonly Frame<TResult>? _callee;
    private readonly TResult _value;

    internal KTaskAwaiter(Frame<TResult>? callee, TResult value)
    {
        _callee = callee;
        _value = value;
    }

    /// <summary>True when the call has returned without, or after, suspending.</summary>
    public bool IsCompleted => _callee is null || _callee.Completed;

    Frame ICallAwaiter.Callee => _callee!;

    /// <summary>Ends the call: its value, or rethrows what it threw.</summary>
    public TResult GetResult() => _callee is { } callee ? Finish(callee) : _value;

    /// <summary>Not supported: only kernel functions await kernel functions. <see cref="GetResult"/> says so.</summary>
    public void OnCompleted(Action continuation) => continuation();

    /// <summary>Not supported: only kernel functions await kernel functions. <see cref="GetResult"/> says so.</summary>
    public void UnsafeOnCompleted(Action continuation) => continuation();

    private static TResult Finish(Frame<TResult> callee)
    {
        if (!callee.Completed)
        {
            throw new NotSupportedException(KTaskBuilder.ForeignCaller);
        }

        Exception? error = callee.Error;
        TResult result = callee.Result;
        callee.Recycle();
        if (error is not null)
        {
            ExceptionDispatchInfo.Throw(error);
        }

        return result;
    }
}
