using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Variants.Tests.Documents;

/// <summary>
/// As much of JSON Schema (2020-12) as the schemas of this repository use. A keyword that it does not know is an error, so
/// that no rule is skipped unseen.
/// </summary>
/// <remarks>No validator that is still kept is in the registry together with all that it needs.</remarks>
internal sealed class JsonSchema(JsonElement root)
{
    private static readonly string[] s_remarks = ["$schema", "$id", "$defs", "title", "description"];

    /// <summary>What is wrong with a value, each with its place; empty if it is as the schema says.</summary>
    public IReadOnlyList<string> Faults(JsonElement value) => [.. Faults(value, root, "$")];

    private IEnumerable<string> Faults(JsonElement value, JsonElement schema, string place)
    {
        if (schema.ValueKind == JsonValueKind.False)
            return [$"{place} should not be there"];
        return schema.ValueKind == JsonValueKind.True
            ? []
            : schema.EnumerateObject().Where(rule => !s_remarks.Contains(rule.Name)).SelectMany(rule => Faults(value, schema, rule, place));
    }

    private IEnumerable<string> Faults(JsonElement value, JsonElement schema, JsonProperty rule, string place)
    {
        JsonElement wanted = rule.Value;
        return rule.Name switch
        {
            "$ref" => Faults(value, Definition(wanted.GetString()!), place),
            "anyOf" => wanted.EnumerateArray().Any(one => !Faults(value, one, place).Any()) ? [] : [$"{place} is nothing that it may be: {value}"],
            "type" => Unless(Alternatives(wanted).Any(type => IsOf(value, type.GetString()!)), $"{place} is no {wanted}: {value}"),
            "const" => Unless(JsonElement.DeepEquals(value, wanted), $"{place} is not {wanted}: {value}"),
            "enum" => Unless(wanted.EnumerateArray().Any(one => JsonElement.DeepEquals(value, one)), $"{place} is none of {wanted}: {value}"),
            "minimum" => Unless(value.ValueKind != JsonValueKind.Number || value.GetDouble() >= wanted.GetDouble(), $"{place} is less than {wanted}: {value}"),
            "maximum" => Unless(value.ValueKind != JsonValueKind.Number || value.GetDouble() <= wanted.GetDouble(), $"{place} is more than {wanted}: {value}"),
            "pattern" => Unless(value.ValueKind != JsonValueKind.String || Regex.IsMatch(value.GetString()!, wanted.GetString()!, RegexOptions.CultureInvariant), $"{place} is not as {wanted}: {value}"),
            "required" => wanted.EnumerateArray().Where(name => IsObject(value) && !value.TryGetProperty(name.GetString()!, out _)).Select(name => $"{place} has no {name}"),
            "properties" => Members(value).Where(member => wanted.TryGetProperty(member.Name, out _))
                .SelectMany(member => Faults(member.Value, wanted.GetProperty(member.Name), $"{place}.{member.Name}")),
            "additionalProperties" => Members(value).Where(member => !schema.TryGetProperty("properties", out JsonElement known) || !known.TryGetProperty(member.Name, out _))
                .SelectMany(member => Faults(member.Value, wanted, $"{place}.{member.Name}")),
            "prefixItems" => Items(value).Zip(wanted.EnumerateArray()).SelectMany((pair, i) => Faults(pair.First, pair.Second, At(place, i))),
            "items" => Items(value).Index().Skip(schema.TryGetProperty("prefixItems", out JsonElement first) ? first.GetArrayLength() : 0)
                .SelectMany(item => Faults(item.Item, wanted, At(place, item.Index))),
            "minItems" => Unless(value.ValueKind != JsonValueKind.Array || value.GetArrayLength() >= wanted.GetInt32(), $"{place} has fewer than {wanted} items"),
            _ => throw new NotSupportedException($"{rule.Name}: a keyword that this validator does not know"),
        };
    }

    private JsonElement Definition(string reference) =>
        reference.StartsWith("#/$defs/", StringComparison.Ordinal)
            ? root.GetProperty("$defs").GetProperty(reference["#/$defs/".Length..])
            : throw new NotSupportedException($"{reference}: only #/$defs/ can be referred to");

    private static bool IsOf(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && double.IsInteger(value.GetDouble()),
        _ => throw new NotSupportedException($"{type}: no type of JSON"),
    };

    private static bool IsObject(JsonElement value) => value.ValueKind == JsonValueKind.Object;

    private static IEnumerable<JsonElement> Alternatives(JsonElement one) => one.ValueKind == JsonValueKind.Array ? one.EnumerateArray() : [one];

    private static IEnumerable<JsonProperty> Members(JsonElement value) => IsObject(value) ? value.EnumerateObject() : [];

    private static IEnumerable<JsonElement> Items(JsonElement value) => value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];

    private static string At(string place, int index) => string.Create(CultureInfo.InvariantCulture, $"{place}[{index}]");

    private static IEnumerable<string> Unless(bool isRight, string fault) => isRight ? [] : [fault];
}
