using Variants.Harness.Engine;

namespace Variants.Reports.Benchmarks;

/// <summary>What a benchmark's own cells are words of.</summary>
internal sealed class BenchmarkWords(Smp smp) : TrackedObject(smp, "shared", "shared0");
