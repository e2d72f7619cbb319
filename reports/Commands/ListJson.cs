using System.Text.Json;
using Variants.Harness.Families;
using Variants.Properties.Promises;

namespace Variants.Reports.Commands;

/// <summary><c>list --json</c>: what there is to compare, for programs. reports/README.md describes the fields.</summary>
internal static class ListJson
{
    public static string Render(Repertoire everybody) => JsonSerializer.Serialize(
        new
        {
            Version = 1,
            Families = everybody.Families.Select(family => new
            {
                family.Name,
                family.Question,
                family.Seed,
                Operations = family.Verbs.Select(verb => verb.Verb.Name),
                Properties = family.Properties.Select(name => new { Name = name, PropertyList.Of(family, name).Promise }),
                Variants = family.Variants.Select(variant => new
                {
                    variant.Name,
                    variant.Label,
                    variant.Summary,
                    variant.Citation,
                    Plugin = everybody.PluginOf(variant),
                    Expected = family.Properties.Select(name => new { Property = name, Verdict = Word(variant.ExpectedOf(name)) }),
                }),
                Bugs = family.Bugs.Select(bug => new { bug.Name, Variant = $"{family.Name}/{bug.Variant}", bug.Property, bug.Symptom, bug.History }),
            }),
        },
        WholeFile.Json) + "\n";

    private static string Word(Expectation expected) => expected switch
    {
        Expectation.Holds => "holds",
        Expectation.Fails => "fails",
        _ => "unknown",
    };
}
