using System.Runtime.CompilerServices;

namespace Variants.Harness.Engine;

/// <summary>Used by the compiler to build kernel functions that return <see cref="KTask"/>.</summary>
public struct KTaskBuilder
{
    internal const string ForeignCaller =
        "a kernel function or a primitive was awaited by a function that returns no KTask; make it return one";

    private Frame<Nothing>? _frame;

    /// <summary>The call, as its caller sees it.</summary>
    public readonly KTask Task => new(_frame);

    /// <summary>Called by the compiler.</summary>
    public static KTaskBuilder Create() => default;

    /// <summary>Runs the function to its first suspension.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine => stateMachine.MoveNext();

    /// <summary>Called by the compiler; nothing to do, as the state machine lives in the frame.</summary>
    public readonly void SetStateMachine(IAsyncStateMachine stateMachine)
    {
    }

    /// <summary>The function has returned.</summary>
    public readonly void SetResult() => _frame?.Complete();

    /// <summary>The function has thrown.</summary>
    public void SetException(Exception exception)
    {
        if (_frame is { } frame)
        {
            frame.Error = exception;
            frame.Complete();
        }
        else
        {
            _frame = new FaultedFrame<Nothing>(exception);
        }
    }

    /// <summary>Not supported: see <see cref="ForeignAwait"/>.</summary>
    public readonly void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine => throw ForeignAwait(typeof(TAwaiter));

    /// <summary>The function awaits something that is not done.</summary>
    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(
        ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine => Suspend(ref _frame, ref awaiter, ref stateMachine);

    /// <summary>
    /// Moves the state machine into a frame (the first time) and hangs the frame where what it awaits will find it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Suspend<TAwaiter, TStateMachine, TResult>(
        ref Frame<TResult>? slot, ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine
    {
        // The compiler resolves both tests for each awaiter type; neither boxes.
        if (default(TAwaiter) is not null && awaiter is ICallAwaiter)
        {
            Frame callee = ((ICallAwaiter)awaiter).Callee;
            callee.Parent = FrameOf(ref slot, callee.Smp!, ref stateMachine);
        }
        else if (default(TAwaiter) is not null && awaiter is IOperationAwaiter)
        {
            Smp smp = ((IOperationAwaiter)awaiter).Smp;
            smp.Suspend(FrameOf(ref slot, smp, ref stateMachine));
        }
        else
        {
            throw ForeignAwait(typeof(TAwaiter));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Frame<TStateMachine, TResult> FrameOf<TStateMachine, TResult>(
        ref Frame<TResult>? slot, Smp smp, ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine
    {
        if (slot is not null)
        {
            return Unsafe.As<Frame<TStateMachine, TResult>>(slot);
        }

        var frame = Frame<TStateMachine, TResult>.Rent(smp);

        // The slot is a field of the state machine: it must be set before the state machine is copied.
        slot = frame;
        frame.StateMachine = stateMachine;
        return frame;
    }

    internal static NotSupportedException ForeignAwait(Type awaiter) => new(
        $"a kernel function awaited {awaiter}; it may await only kernel functions (KTask) and primitives of the machine");

}

/// <summary>Used by the compiler to build kernel functions that return <see cref="KTask{TResult}"/>.</summary>
public struct KTaskBuilder<TResult>
{
    private Frame<TResult>? _frame;
    private TResult _value;

    /// <summary>The call, as its caller sees it.</summary>
    public readonly KTask<TResult> Task => _frame is null ? new(_value) : new(_frame);

    /// <summary>Called by the compiler.</summary>
    public static KTaskBuilder<TResult> Create() => default;

    /// <summary>Runs the function to its first suspension.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine => stateMachine.MoveNext();

    /// <summary>Called by the compiler; nothing to do, as the state machine lives in the frame.</summary>
    public readonly void SetStateMachine(IAsyncStateMachine stateMachine)
    {
    }

    /// <summary>The function has returned <paramref name="result"/>.</summary>
    public void SetResult(TResult result)
    {
        if (_frame is { } frame)
        {
            frame.Result = result;
            frame.Complete();
        }
        else
        {
            _value = result;
        }
    }

    /// <summary>The function has thrown.</summary>
    public void SetException(Exception exception)
    {
        if (_frame is { } frame)
        {
            frame.Error = exception;
            frame.Complete();
        }
        else
        {
            _frame = new FaultedFrame<TResult>(exception);
        }
    }

    /// <summary>Not supported: kernel functions await kernel functions and primitives only.</summary>
    public readonly void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine => throw KTaskBuilder.ForeignAwait(typeof(TAwaiter));

    /// <summary>The function awaits something that is not done.</summary>
    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(
        ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine => KTaskBuilder.Suspend(ref _frame, ref awaiter, ref stateMachine);
}

/// <summary>The result of a function that returns none.</summary>
internal readonly struct Nothing;
