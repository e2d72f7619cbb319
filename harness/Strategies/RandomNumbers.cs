using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Variants.Harness.Strategies;

/// <summary>
/// The numbers that strategies draw: xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift
/// generators, scrambled", 2016), seeded through splitmix64 so that seeds 1, 2, 3 have nothing in common. The same
/// seed gives the same numbers on every machine.
/// </summary>
internal struct RandomNumbers
{
    private ulong _state;

    internal RandomNumbers(ulong seed)
    {
        ulong mixed = seed + 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        mixed ^= mixed >> 31;

        // Zero is the one state from which xorshift never leaves.
        _state = mixed == 0 ? 1 : mixed;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal uint Next()
    {
        ulong state = _state;
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        _state = state;

        // The low bits are the weak ones.
        return (uint)((state * 0x2545F4914F6CDD1D) >> 32);
    }

    /// <summary>A number from 0 to <paramref name="count"/> - 1, without the division that a remainder costs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Below(int count) => (int)(((ulong)Next() * (uint)count) >> 32);

    /// <summary>The number of one of the set bits, each as likely.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int BitOf(uint set) => SetBit(set, Below(BitOperations.PopCount(set)));

    /// <summary>The number of the set bit that has <paramref name="rank"/> set bits below it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int SetBit(uint set, int rank) => Bmi2.IsSupported
        ? BitOperations.TrailingZeroCount(Bmi2.ParallelBitDeposit(1u << rank, set))
        : SetBitPortably(set, rank);

    internal static int SetBitPortably(uint set, int rank)
    {
        for (; rank > 0; rank--)
        {
            set &= set - 1;
        }

        return BitOperations.TrailingZeroCount(set);
    }
}
