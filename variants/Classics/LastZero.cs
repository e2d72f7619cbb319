using System.Globalization;
using Variants.Harness.Engine;
using Variants.Harness.Primitives;
using Variants.Harness.Programs;

namespace Variants.Families.Classics;

/// <summary>Where searches without wakeup trees give up most of what they begin.</summary>
public static class LastZero
{
    /// <summary>With so many CPUs beside the one that looks.</summary>
    public static ConcurrentProgram Of(int n) => new(
        string.Create(CultureInfo.InvariantCulture, $"classics/lastzero-{n}"),
        string.Create(
            CultureInfo.InvariantCulture,
            $"CPU0 looks for the last zero among {n + 1} words, from the end; CPU j sets word j to one more than word j - 1."),
        ClassicPrograms.Abdulla,
        n + 1,
        machine =>
        {
            AtomicInt[] words = [.. Enumerable.Range(0, n + 1).Select(i => machine.Word(string.Create(CultureInfo.InvariantCulture, $"array[{i}]")))];
            machine.On(async _ =>
            {
                int i = n;
                while (await words[i].Read() != 0)
                {
                    i--;
                }
            });
            for (int cpu = 1; cpu <= n; cpu++)
            {
                int j = cpu;
                machine.On(async _ =>
                {
                    int before = await words[j - 1].Read();
                    await words[j].Set(before + 1);
                });
            }
        })
    {
        Checks = Checks.None,

        // A formula that the published 64 (n = 5), 3,328 (10) and 147,456 (15) all fit.
        Traces = (n + 3) * (1L << (n - 2)),
    };
}
