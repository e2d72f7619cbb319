using Variants.Harness.Engine;

namespace Variants.Tests;

/// <summary>CPUs that do nothing but write their names down at every step: the schedule itself, as text.</summary>
internal sealed class Track
{
    private readonly List<char> _steps = [];

    /// <summary>A CPU for each count, named A, B, ..., of so many steps.</summary>
    internal Track(params int[] steps)
    {
        Program.Before = _steps.Clear;
        Program.ExpectedSteps = steps.Sum();
        for (int cpu = 0; cpu < steps.Length; cpu++)
        {
            char name = (char)('A' + cpu);
            int count = steps[cpu];
            Program.On($"{name}", async () =>
            {
                for (int i = 0; i < count; i++)
                {
                    await Program.Smp.Point();
                    _steps.Add(name);
                }
            });
        }
    }

    internal TestProgram Program { get; } = new();

    /// <summary>Who made the steps of the last execution: <c>ABBA</c>.</summary>
    internal string Text => string.Concat(_steps);

    internal string Run(Strategy strategy, ulong seed = 1)
    {
        Assert.Null(Program.Run(strategy, seed));
        return Text;
    }
}
