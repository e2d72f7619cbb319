namespace Variants.Harness.Strategies;

/// <summary>
/// The tree of the schedules of one program, walked depth first in the order of their choices: what a stateless search
/// remembers from one execution to the next.
/// </summary>
/// <param name="search">Whose tree it is, as its errors say.</param>
internal sealed class ScheduleTree(string search)
{
    private readonly List<Fork> _path = [];
    private bool _begun;
    private string? _strayed;

    /// <summary>Choices made in this execution.</summary>
    internal int Depth { get; private set; }

    /// <summary>The choices made in this execution.</summary>
    internal IEnumerable<int> Choices => _path.Take(Depth).Select(fork => fork.Choice);

    /// <summary>True if a choice was among more or fewer after the same choices: nobody chooses any more.</summary>
    internal bool HasStrayed => _strayed is not null;

    /// <summary>Forgets everything, for another program.</summary>
    internal void Clear()
    {
        _path.Clear();
        _strayed = null;
        _begun = false;
    }

    /// <summary>Turns to the next schedule. False, and ready to begin anew, when every schedule has run.</summary>
    /// <exception cref="InvalidOperationException">The program has strayed: see <see cref="HasStrayed"/>.</exception>
    internal bool Begin()
    {
        // Not where it was noticed: a kernel's code is on the stack there, and would be blamed.
        if (_strayed is not null)
        {
            throw new InvalidOperationException(_strayed);
        }

        if (_begun && !Advance())
        {
            _begun = false;
            return false;
        }

        _begun = true;
        Depth = 0;
        return true;
    }

    /// <summary>The next choice, of <paramref name="among"/>.</summary>
    internal int Choose(int among)
    {
        if (_strayed is not null)
        {
            return 0;
        }

        if (Depth == _path.Count)
        {
            _path.Add(new Fork(0, among));
        }

        Fork fork = _path[Depth++];
        if (fork.Among == among)
        {
            return fork.Choice;
        }

        _strayed = $"{search}: choice {Depth} was among {fork.Among} CPUs, and is now among {among} after the same choices; "
            + "the program does not follow from its schedule alone";
        return 0;
    }

    private bool Advance()
    {
        // An execution that somebody else has ended may have been shorter than the one before it.
        _path.RemoveRange(Depth, _path.Count - Depth);
        while (_path.Count > 0)
        {
            Fork last = _path[^1];
            if (last.Choice + 1 < last.Among)
            {
                _path[^1] = last with { Choice = last.Choice + 1 };
                return true;
            }

            _path.RemoveAt(_path.Count - 1);
        }

        return false;
    }

    private readonly record struct Fork(int Choice, int Among);
}
