namespace Variants.Tests.Reports;

/// <summary>
/// Tests of code that does not come back or takes all memory run one after another, and no other test beside them: of several in
/// one process the watchdog blames whoever has been at it for longest, and it counts the memory of all.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class NeverEnding
{
    /// <summary>The collection's name.</summary>
    internal const string Name = "code that does not come back";
}
