using Variants.Harness.Engine;

namespace Variants.Harness.Memory;

/// <summary>
/// A slab cache: all objects of one kind that a machine has. The one freed longest ago is given out first, so that
/// whoever uses one after it was freed is seen for as long as can be; but where time is measured: see <see cref="PerCpuSlab{T}"/>.
/// </summary>
/// <typeparam name="T">The kind.</typeparam>
public sealed class Slab<T>
    where T : TrackedObject
{
    private readonly Each<T> _objects;
    private readonly PerCpuSlab<T>? _perCpu;
    private readonly SharedFact _order;
    private int _next;

    /// <summary>So many objects, each made from its number, none in use.</summary>
    public Slab(Smp smp, int objects, Func<int, T> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        _order = new SharedFact(smp);
        _perCpu = smp.MeasuresTime ? new PerCpuSlab<T>(smp, objects, MakeAlone) : null;
        _objects = _perCpu?.Objects ?? new Each<T>(smp, objects, MakeAlone);

        T MakeAlone(int number)
        {
            T made = make(number);
            smp.LeaveRoom();
            return made;
        }
    }

    /// <summary>As audits see it: every object, in use or not.</summary>
    public Each<T> Raw => _objects;

    /// <summary>kmem_cache_alloc(): the values of its words are the caller's business, and so is what a history wants to fail.</summary>
    /// <exception cref="InvalidOperationException">All are in use.</exception>
    public T Take() => TakeFree() ?? _objects[0].Smp.Native?.OnceReadersLeave(TakeFree)
        ?? throw new InvalidOperationException($"all {_objects.Length} {_objects[0].Kind}s are in use");

    private T? TakeFree()
    {
        if (_perCpu is not null)
        {
            return _perCpu.Take();
        }

        // Which one it is depends on how many have been taken before.
        using SharedFact.Moment moment = _order.Change();
        for (int tried = 0; tried < _objects.Length; tried++)
        {
            T candidate = _objects[_next++ % _objects.Length];
            if (!candidate.IsAllocated)
            {
                candidate.Allocate();
                return candidate;
            }
        }

        return null;
    }

    /// <summary>As when the machine is switched on: none is in use.</summary>
    public void PowerOn()
    {
        if (_perCpu is not null)
        {
            _perCpu.PowerOn();
            return;
        }

        _next = 0;
        TrackedObject.FreeAll(_objects);
    }
}
