using System.Runtime.CompilerServices;

namespace Variants.Harness.Engine;

/// <summary>What a primitive does when its CPU is chosen.</summary>
public interface IOperation
{
    /// <summary>The CPUs on which it happens.</summary>
    Smp Smp { get; }

    /// <summary>Does it, at once and undisturbed.</summary>
    void Perform();

    /// <summary>Does it on a thread among others, which do what they do at the same time: waits as long as it takes.</summary>
    void PerformNatively();
}

/// <summary>What a primitive that answers does when its CPU is chosen.</summary>
public interface IOperation<TResult>
{
    /// <summary>The CPUs on which it happens.</summary>
    Smp Smp { get; }

    /// <summary>Does it, at once and undisturbed.</summary>
    TResult Perform();

    /// <summary>Does it on a thread among others, which do what they do at the same time.</summary>
    TResult PerformNatively();
}

/// <summary>
/// An announced operation, to be awaited: the point at which another CPU may run. The operation is performed when
/// its CPU is chosen, together with all the code up to that CPU's next await.
/// </summary>
public readonly struct Step<TOperation> : ICriticalNotifyCompletion, IOperationAwaiter
    where TOperation : struct, IOperation
{
    private readonly TOperation _operation;

    internal Step(TOperation operation) => _operation = operation;

    /// <summary>True if the same CPU goes on: it need not be suspended.</summary>
    public bool IsCompleted
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _operation.Smp.Arrive();
    }

    /// <summary>Called by the compiler for <c>await</c>.</summary>
    public Step<TOperation> GetAwaiter() => this;

    /// <summary>Performs the operation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void GetResult()
    {
        if (_operation.Smp.BeginsNatively())
        {
            _operation.PerformNatively();
        }
        else
        {
            _operation.Perform();
        }
    }

    Smp IOperationAwaiter.Smp => _operation.Smp;

    /// <summary>Reported: only kernel functions await primitives.</summary>
    public void OnCompleted(Action continuation) => _operation.Smp.AwaitedByForeigner();

    /// <summary>Reported: only kernel functions await primitives.</summary>
    public void UnsafeOnCompleted(Action continuation) => _operation.Smp.AwaitedByForeigner();
}

/// <summary>An announced operation that answers; see <see cref="Step{TOperation}"/>.</summary>
public readonly struct Step<TOperation, TResult> : ICriticalNotifyCompletion, IOperationAwaiter
    where TOperation : struct, IOperation<TResult>
{
    private readonly TOperation _operation;

    internal Step(TOperation operation) => _operation = operation;

    /// <summary>True if the same CPU goes on: it need not be suspended.</summary>
    public bool IsCompleted
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _operation.Smp.Arrive();
    }

    /// <summary>Called by the compiler for <c>await</c>.</summary>
    public Step<TOperation, TResult> GetAwaiter() => this;

    /// <summary>Performs the operation and answers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TResult GetResult()
    {
        return _operation.Smp.BeginsNatively() ? _operation.PerformNatively() : _operation.Perform();
    }

    Smp IOperationAwaiter.Smp => _operation.Smp;

    /// <summary>Reported: only kernel functions await primitives.</summary>
    public void OnCompleted(Action continuation) => _operation.Smp.AwaitedByForeigner();

    /// <summary>Reported: only kernel functions await primitives.</summary>
    public void UnsafeOnCompleted(Action continuation) => _operation.Smp.AwaitedByForeigner();
}
