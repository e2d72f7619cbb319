using System.Runtime.CompilerServices;

namespace Variants.Harness.Engine;

/// <summary>
/// Things of one kind, each found by a number: pages, or what a kernel keeps beside each page. Under the simulated clock, whose
/// machines have many more than a run uses, each is made with its neighbours when somebody asks for it; else all are there from
/// the start.
/// </summary>
/// <typeparam name="T">The kind.</typeparam>
public readonly struct Each<T>
    where T : class
{
    /// <summary>So many lie side by side in the host's memory, as who goes through all of them wants it. A power of two.</summary>
    private const int Neighbours = 16;

    private readonly T?[] _made;
    private readonly Func<int, T> _make;

    /// <summary>So many, each made from its number, as it is before anybody has used it.</summary>
    public Each(Smp smp, int count, Func<int, T> make)
    {
        ArgumentNullException.ThrowIfNull(smp);
        ArgumentNullException.ThrowIfNull(make);
        _made = new T[count];
        _make = make;
        for (int number = 0; number < count && smp.Simulated is null; number++)
        {
            _made[number] = make(number);
        }
    }

    /// <summary>How many there are.</summary>
    public int Length => _made.Length;

    /// <summary>The one of this number.</summary>
    public T this[int number]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _made[number] ?? Make(_made, _make, number);
    }

    /// <summary>The one of this number, null if nobody has asked for it: it is as it was made.</summary>
    public T? Known(int number) => _made[number];

    /// <summary>Those that are there, in the order of their numbers.</summary>
    public Enumerator GetEnumerator() => new(_made);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T Make(T?[] made, Func<int, T> make, int number)
    {
        int first = number & ~(Neighbours - 1);
        for (int neighbour = first; neighbour < Math.Min(first + Neighbours, made.Length); neighbour++)
        {
            made[neighbour] ??= make(neighbour);
        }

        return made[number]!;
    }

    /// <summary>Goes through those that are there.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<T?> _made;
        private int _at;

        internal Enumerator(T?[] made)
        {
            _made = made;
            _at = -1;
        }

        /// <summary>The one at which it is.</summary>
        public readonly T Current => _made[_at]!;

        /// <summary>Goes to the next one; false if there is none.</summary>
        public bool MoveNext()
        {
            do
            {
                _at++;
            }
            while (_at < _made.Length && _made[_at] is null);

            return _at < _made.Length;
        }
    }
}
