using Variants.Harness.Families;
using Variants.Harness.Programs;
using Variants.Reports.Diagrams;

namespace Variants.Reports.Commands;

/// <summary><c>list</c>: who can be compared, and what is expected of them.</summary>
internal static class ListCommand
{
    public static int Run(Repertoire everybody, bool asJson, TextWriter output)
    {
        if (asJson)
        {
            output.Write(ListJson.Render(everybody));
            return ExitCode.AsExpected;
        }

        foreach (Family family in everybody.Families)
        {
            Write(output, $"{family.Name}: {family.Question}", 0, 2);
            Write(output, $"from: {family.Seed}", 2, 2);
            foreach (Variant variant in family.Variants)
            {
                output.Write('\n');
                Write(output, $"{variant.Name} ({variant.Label}): {variant.Summary}", 2, 2);
                Write(output, $"from: {variant.Citation}", 4, 2);
                Write(output, Expected(family, variant), 4, 2);
            }

            output.Write('\n');
        }

        Write(output, "Programs that are no kernels, for verify and check:", 0, 2);
        foreach (ConcurrentProgram program in everybody.Programs)
        {
            output.Write('\n');
            Write(output, $"{program.Name}: {program.Summary}", 2, 2);
            Write(output, $"from: {program.Citation}", 4, 2);
            Write(output, Expected(program), 4, 2);
        }

        return ExitCode.AsExpected;
    }

    private static string Expected(ConcurrentProgram program)
    {
        string fails = program.Fails.IsEmpty ? "nothing is known to go wrong" : $"expected to fail: {Wording.List([.. program.Fails.Select(kind => kind.ToString())])}";
        return program.Traces is { } traces ? $"{fails}; {Wording.Count(traces, "trace")}" : fails;
    }

    private static string Expected(Family family, Variant variant)
    {
        string[] fails = Those(Expectation.Fails);
        string[] unknown = Those(Expectation.Unknown);
        string text = fails.Length == 0 ? "expected to keep every promise" : $"expected to break {Wording.List(fails)}";
        if (unknown.Length == family.Properties.Length)
            return "nothing is expected: find out";
        return unknown.Length == 0 ? text : $"{text}; open: {Wording.List(unknown)}";

        string[] Those(Expectation expectation) => [.. family.Properties.Where(property => variant.ExpectedOf(property) == expectation)];
    }

    private static void Write(TextWriter output, string text, int indent, int hanging)
    {
        foreach (string line in TextLines.Wrap(text, TextLines.Columns - indent, hanging))
            output.Write($"{new string(' ', indent)}{line}\n");
    }
}
