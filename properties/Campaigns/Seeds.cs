namespace Variants.Properties.Campaigns;

/// <summary>
/// Independent seeds from one: splitmix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators",
/// OOPSLA'14). A seed depends on its numbers only, never on how many were drawn before it or by which worker.
/// </summary>
internal static class Seeds
{
    internal static ulong Of(ulong seed, ulong first, ulong second) => Mix(Mix(Mix(seed) ^ first) ^ second);

    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
