using System.Globalization;
using System.Text.RegularExpressions;
using Variants.Properties.Campaigns;
using Variants.Reports.Diagrams;

namespace Variants.Reports.Pages;

/// <summary>A certificate in words, and back: <c>Minimal: proved (1,234 executions)</c>.</summary>
internal static partial class CertificateText
{
    private const string Proved = "proved";
    private const string Searched = "as far as searched";

    /// <summary>The words.</summary>
    public static string Of(Certificate certificate) => certificate.IsProved
        ? $"Minimal: {Proved} ({Wording.Count(certificate.Executions, "execution")})"
        : $"Minimal {Searched} ({Wording.Count(certificate.Executions, "execution")})";

    /// <summary>The value in the header of a file.</summary>
    public static string Value(Certificate certificate) =>
        string.Create(CultureInfo.InvariantCulture, $"{(certificate.IsProved ? Proved : Searched)} in {certificate.Executions} executions");

    /// <summary>The certificate that a header has; null if it is none.</summary>
    public static Certificate? Read(string value) => Parts().Match(value) is { Success: true } match
        && long.TryParse(match.Groups[2].Value, NumberStyles.None, CultureInfo.InvariantCulture, out long executions)
            ? new Certificate(match.Groups[1].Value == Proved, executions)
            : null;

    [GeneratedRegex($"^({Proved}|{Searched}) in ([0-9]+) executions$", RegexOptions.CultureInvariant)]
    private static partial Regex Parts();
}
