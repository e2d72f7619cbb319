using System.Numerics;

namespace Variants.Harness.Engine;

/// <summary>
/// A kind of lock, as lockdep sees it: every instance of <c>mmap_sem</c> is of one class, and the order is between
/// classes.
/// </summary>
/// <param name="Name">As the kernel calls the field.</param>
/// <param name="Index">Number among the classes of one machine.</param>
/// <param name="IsSpinning">Its holder may not sleep.</param>
/// <param name="IsOrdered">False for locks that make no order: the big kernel lock, dropped at every sleep.</param>
public sealed record LockClass(string Name, int Index, bool IsSpinning, bool IsOrdered);

/// <summary>
/// The order in which lock classes have been taken in this execution. An attempt that closes a cycle is reported
/// although nobody is stuck this time.
/// </summary>
/// <remarks>
/// The graph lives for one execution: one that outlived it would report an inversion once, in an execution that
/// alone cannot show it.
/// </remarks>
public sealed class LockDep
{
    /// <summary>How many lock classes one machine may have.</summary>
    public const int MaxClasses = 64;

    private readonly List<LockClass> _classes = [];

    /// <summary>For each class, the classes that have been held while it was taken.</summary>
    private readonly ulong[] _before = new ulong[MaxClasses];

    /// <summary>For each class, the classes that have been taken while it was held.</summary>
    private readonly ulong[] _after = new ulong[MaxClasses];

    internal LockDep()
    {
    }

    /// <summary>The class of this name, made if it is new.</summary>
    public LockClass Class(string name, bool spinning, bool ordered = true)
    {
        // No lambda, which would be an object for each of a hundred thousand locks.
        foreach (LockClass known in _classes)
        {
            if (known.Name == name)
            {
                return known;
            }
        }

        if (_classes.Count == MaxClasses)
        {
            throw new InvalidOperationException($"more than {MaxClasses} lock classes on one machine");
        }

        var added = new LockClass(name, _classes.Count, spinning, ordered);
        _classes.Add(added);
        return added;
    }

    /// <summary>The name of a class, by its number.</summary>
    internal string NameOf(int index) => _classes[index].Name;

    /// <summary>What was waited for each class, by its number, with the classes' names: those that nobody waited for are left out.</summary>
    internal IReadOnlyList<(string Class, long Nanoseconds)> ByClass(long[] waited) =>
        [.. waited.Index().Where(one => one.Item > 0).Select(one => (NameOf(one.Index), one.Item))];

    /// <summary>The classes that have been held while this one was taken.</summary>
    internal ulong HeldBefore(LockClass taken) => _before[taken.Index];

    internal void Forget()
    {
        Array.Clear(_before, 0, _classes.Count);
        Array.Clear(_after, 0, _classes.Count);
    }

    /// <summary>
    /// A CPU that holds the classes <paramref name="held"/> tries for <paramref name="wanted"/>. Null if the order
    /// stays acyclic, otherwise the held class that was taken after the wanted one before.
    /// </summary>
    internal LockClass? Attempt(ulong held, LockClass wanted)
    {
        int index = wanted.Index;
        ulong added = held & ~_before[index];
        if (added == 0)
        {
            return null;
        }

        _before[index] |= added;
        for (ulong left = added; left != 0; left &= left - 1)
        {
            _after[BitOperations.TrailingZeroCount(left)] |= 1ul << index;
        }

        ulong reached = 1ul << index;
        ulong earlier = 0;
        while (reached != earlier)
        {
            earlier = reached;
            for (ulong left = earlier; left != 0; left &= left - 1)
            {
                reached |= _after[BitOperations.TrailingZeroCount(left)];
            }

            if ((reached & added) != 0)
            {
                return _classes[BitOperations.TrailingZeroCount(reached & added)];
            }
        }

        return null;
    }
}
