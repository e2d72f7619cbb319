namespace Variants.Tests.Native;

/// <summary>
/// Tests whose threads must run side by side: one collection, beside which no other test runs, as on two cores there is
/// room for no more.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RealThreads
{
    internal const string Name = "real threads";
}
