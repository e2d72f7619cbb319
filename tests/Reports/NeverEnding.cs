namespace Variants.Tests.Reports;

/// <summary>
/// Tests of code that does not come back or takes all memory run one after another: of several in one process the watchdog
/// blames whoever has been at it for longest.
/// </summary>
internal static class NeverEnding
{
    /// <summary>The collection's name.</summary>
    internal const string Name = "code that does not come back";
}
