using FsCheck;
using Microsoft.FSharp.Core;

namespace Variants.Tests.Generation;

/// <summary>FsCheck with the same numbers every time: a test that fails today fails tomorrow.</summary>
internal static class Fixed
{
    /// <summary>Throws, with FsCheck's smallest counterexample, if <paramref name="property"/> does not hold.</summary>
    internal static void Check(Property property, int tests = 500) =>
        FsCheck.Check.One(
            Config.QuickThrowOnFailure
                .WithMaxTest(tests)
                .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(42), FSharpOption<int>.None))),
            property);
}
