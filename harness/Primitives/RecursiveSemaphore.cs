using System.Runtime.CompilerServices;
using Variants.Harness.Engine;

namespace Variants.Harness.Primitives;

/// <summary>
/// A semaphore that its holder may take again, as struct semaphore was for three weeks in January 1999: it is free once
/// it has been given back as often. It waits for nobody, and makes no lock order, when it is taken again.
/// </summary>
/// <param name="semaphore">The semaphore that it is made of.</param>
public sealed class RecursiveSemaphore(Semaphore semaphore)
{
    private int _depth;

    /// <summary>down(): may sleep, unless the current CPU holds it already.</summary>
    public async KTask Down([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        if (semaphore.IsHeld)
        {
            _depth++;
            return;
        }

        await semaphore.Down(where, line);
        _depth = 0;
    }

    /// <summary>up().</summary>
    public async KTask Up([CallerMemberName] string where = "", [CallerLineNumber] int line = 0)
    {
        if (semaphore.IsHeld && _depth > 0)
        {
            _depth--;
            return;
        }

        await semaphore.Up(where, line);
    }
}
