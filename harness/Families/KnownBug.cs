namespace Variants.Harness.Families;

/// <summary>A bug that a design is known to have: what random histories are measured by.</summary>
/// <param name="Name">As the catalogue calls it: <c>S0-B1</c>.</param>
/// <param name="Variant">A design that has it, without the family: <c>2.3.8</c>.</param>
/// <param name="Property">The promise that it breaks.</param>
/// <param name="Symptom">What one sees, in a sentence.</param>
/// <param name="History">
/// The smallest history that is known to show it, in the text of histories, with the schedule if that is hard to find; null
/// if none has been found, and then <paramref name="Symptom"/> says why.
/// </param>
public sealed record KnownBug(string Name, string Variant, string Property, string Symptom, string? History);
