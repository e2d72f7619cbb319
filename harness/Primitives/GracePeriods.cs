using Variants.Harness.Engine;

namespace Variants.Harness.Primitives;

/// <summary>
/// Who reads under RCU, for any number of CPUs: two counters, as those of an srcu_struct. Readers come in under one while
/// those of the other leave; what was freed before the counters changed places is freed when the last of them has left, for
/// the CPU that asked for it, as its callback runs there.
/// </summary>
internal sealed class GracePeriods(int cpus)
{
    private readonly int[] _sideOf = new int[cpus];
    private readonly int[] _readers = new int[2];
    private List<(TrackedObject Garbage, int Cpu)> _waiting = [];
    private List<(TrackedObject Garbage, int Cpu)> _next = [];
    private int _side;

    internal void Enter(int cpu)
    {
        _sideOf[cpu] = _side;
        _readers[_side]++;
    }

    internal void Leave(int cpu)
    {
        _readers[_sideOf[cpu]]--;
        Advance();
    }

    internal void Free(TrackedObject garbage, int cpu)
    {
        _next.Add((garbage, cpu));
        Advance();
    }

    internal void Forget()
    {
        Array.Clear(_readers);
        _waiting.Clear();
        _next.Clear();
        _side = 0;
    }

    private void Advance()
    {
        while (_readers[1 - _side] == 0 && _waiting.Count + _next.Count > 0)
        {
            foreach ((TrackedObject garbage, int cpu) in _waiting)
            {
                garbage.FreeFor(cpu);
            }

            _waiting.Clear();
            if (_next.Count == 0)
            {
                return;
            }

            (_waiting, _next) = (_next, _waiting);
            _side = 1 - _side;
        }
    }
}
