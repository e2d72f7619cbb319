using System.Globalization;
using Variants.Harness.Engine;
using Variants.Harness.Primitives;
using Variants.Harness.Programs;

namespace Variants.Families.Classics;

/// <summary>One writer of a word and some readers: each reader comes before or after.</summary>
public static class Readers
{
    /// <summary>With so many readers.</summary>
    public static ConcurrentProgram Of(int readers) => new(
        string.Create(CultureInfo.InvariantCulture, $"classics/readers-{readers}"),
        string.Create(CultureInfo.InvariantCulture, $"One CPU writes a word that {readers} others read."),
        ClassicPrograms.Abdulla,
        readers + 1,
        machine =>
        {
            AtomicInt word = machine.Word("x");
            machine.On(async _ => await word.Set(42));
            for (int reader = 0; reader < readers; reader++)
            {
                machine.On(async _ => await word.Read());
            }
        })
    {
        Checks = Checks.None,
        Traces = 1L << readers,
    };
}
