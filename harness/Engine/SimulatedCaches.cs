using System.Runtime.CompilerServices;

namespace Variants.Harness.Engine;

/// <content>The caches of the CPUs: what touching a word or a lock costs.</content>
public sealed partial class SimulatedClock
{
    /// <summary>The name of a line that has none: whose owner keeps no other line with it.</summary>
    private const int Nameless = int.MinValue;

    /// <summary>In an epoch, the generation of the CPU's first cache is above the number of the CPU.</summary>
    private const int GenerationShift = 32;

    private CacheLine[] _lines = [];
    private CacheLine[] _words = [];

    /// <summary>Who shares each line.</summary>
    private readonly CpuSets _sharers;

    /// <summary>What <see cref="Smp.Budget"/> was when the accesses of this step, as far as it has come, were last paid for.</summary>
    private int _paid;

    /// <summary>What cells compare with, of CPU 0: another number each time the machine is switched on, when no CPU has any line.</summary>
    private int _firstEpoch;

    /// <summary>What all CPUs together have spent fetching the cache lines that others had, in nanoseconds.</summary>
    public long Fetching { get; private set; }

    /// <summary>
    /// What <see cref="Cell"/>s compare with: one whose last read is at the epoch of a CPU lies in a line that this CPU has, in its
    /// first cache, and one whose last write is too in a line that it has alone. Such an access is only counted, by
    /// <see cref="Smp.Budget"/>, and paid for by <see cref="Pay"/>.
    /// </summary>
    internal long EpochOf(int cpu) => ((long)_accounts[cpu].Generation << GenerationShift) | (uint)(_firstEpoch + cpu);

    /// <summary>
    /// The current CPU touches a plain word, within a step, of which it is not known that it has it. As all accesses do, it counts
    /// after this, and is paid for here.
    /// </summary>
    internal void Touch(Cell cell, long lastRead, bool isWrite, out bool hasIt, out bool hasItAlone)
    {
        int cpu = _smp.Current.Id;
        ref CacheLine line = ref CacheLineOf(cell);
        if (!line.IsAt(_sharers, cpu, isWrite))
        {
            Fetch(ref line, ~cell.Number, isWrite);
            _paid--;
        }

        if (Costs.FirstCacheWords > 0)
        {
            EnterFirstCache(cpu, cell.Number, lastRead);
        }

        hasItAlone = line.IsOwnedBy(cpu, isWrite: true);
        hasIt = line.IsAt(_sharers, cpu, isWrite: false);
    }

    /// <summary>The current CPU touches an atomic word, within a step.</summary>
    internal void Touch(SharedObject word, bool isWrite)
    {
        Fetch(word, isWrite);
        if (isWrite)
        {
            Charge(Costs.AtomicNs);
        }
    }

    /// <summary>The current CPU stores to a plain word beside <paramref name="target"/>, in the same line, within a step.</summary>
    internal void TouchLineOf(SharedObject target) => Fetch(target, isWrite: true);

    /// <summary>The current CPU touches a plain word in a line that nobody else knows of, within a step.</summary>
    internal void Touch(ref CacheLine line, bool isWrite) => FetchOrCount(ref line, Nameless, isWrite);

    /// <summary>The current CPU changes a word atomically in a line that nobody else knows of, within a step.</summary>
    internal void TouchAtomic(ref CacheLine line)
    {
        FetchOrCount(ref line, Nameless, isWrite: true);
        Charge(Costs.AtomicNs);
    }

    /// <summary>As when the machine is switched on.</summary>
    private void EmptyCaches()
    {
        Fetching = 0;
        Array.Clear(_lines);
        Array.Clear(_words);
        _sharers.Forget();
        _paid = _smp.Checks.StepBudget;
        _firstEpoch += Math.Max(1, _accounts.Length);
    }

    /// <summary>The account of the CPU that runs, after all that it has done.</summary>
    private ref CpuAccount Own
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            int cpu = _smp.Current.Id;
            Pay(cpu);
            return ref _accounts[cpu];
        }
    }

    /// <summary>The CPU pays for what it has touched since it last paid, all of it in lines that it has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Pay(int cpu)
    {
        int accesses = _paid - _smp.Budget;
        if (accesses != 0)
        {
            _paid -= accesses;
            _accounts[cpu].Now += (long)accesses * Costs.LocalNs;
            _accounts[cpu].Charged += (long)accesses * Costs.LocalNs;
        }
    }

    /// <summary>
    /// The word comes into the CPU's first cache. It had left it, for the one behind, if it was last read two generations ago: each is
    /// half of what there is room for, so that those touched last are there. The word behind the last that came is fetched ahead.
    /// </summary>
    private void EnterFirstCache(int cpu, int word, long lastRead)
    {
        long epoch = EpochOf(cpu);
        if (lastRead == epoch)
        {
            return;
        }

        ref CpuAccount own = ref _accounts[cpu];
        bool hadLeft = (int)lastRead == (int)epoch && lastRead < epoch - (1L << GenerationShift);
        if (hadLeft && word != own.LastEntered + 1)
        {
            Charge(Costs.SecondCacheNs - Costs.LocalNs);
        }

        own.LastEntered = word;
        if (++own.Entered >= Costs.FirstCacheWords / 2)
        {
            own.Entered = 0;
            own.Generation++;
            _smp.RenewCellEpoch();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Fetch(SharedObject target, bool isWrite) => FetchOrCount(ref CacheLineOf(target), target.MeetsAt, isWrite);

    /// <summary>The current CPU touches a line: one that it has is only counted, as cells are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void FetchOrCount(ref CacheLine line, int name, bool isWrite)
    {
        if (line.IsAt(_sharers, _smp.Current.Id, isWrite))
        {
            _paid++;
        }
        else
        {
            Fetch(ref line, name, isWrite);
        }
    }

    /// <summary>A line that the current CPU does not have.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Fetch(ref CacheLine line, int name, bool isWrite)
    {
        int cpu = _smp.Current.Id;
        ref CpuAccount own = ref Own;
        long now = own.Now;
        long there;
        if (own.Kept == name && now < own.KeptUntil)
        {
            there = now + Costs.LocalNs;
        }
        else
        {
            there = line.Fetch(Costs, _sharers, cpu, now, isWrite);
            Fetching += there - now - Costs.LocalNs;
            if (isWrite)
            {
                Keep(ref own, name, there);
            }
        }

        own.Charged += there - now;
        own.Now = there;
    }

    /// <summary>
    /// A line that another CPU asks for stays until the request is there, half of what fetching it takes, however long others
    /// have been waiting for it. So whoever touches it twice within that time fetches it once.
    /// </summary>
    private void Keep(ref CpuAccount own, int name, long since)
    {
        if (name != Nameless)
        {
            own.Kept = name;
            own.KeptUntil = since + (Costs.SameSocketNs / 2);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref CacheLine CacheLineOf(Cell cell)
    {
        CacheLine[] words = _words;
        return ref (uint)cell.Number < (uint)words.Length ? ref words[cell.Number] : ref MakeRoom(ref _words, cell.Number, _smp.WordCount);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref CacheLine CacheLineOf(SharedObject target)
    {
        CacheLine[] lines = _lines;
        int number = target.MeetsAt;
        return ref (uint)number < (uint)lines.Length ? ref lines[number] : ref MakeRoom(ref _lines, number, _smp.AllObjects.Length);
    }

    /// <summary>For all that have a number by now, at once, as there may be a million; some get theirs later. The line of this number.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ref CacheLine MakeRoom(ref CacheLine[] lines, int number, int count)
    {
        Array.Resize(ref lines, Math.Max(count, 2 * number));
        return ref lines[number];
    }
}
