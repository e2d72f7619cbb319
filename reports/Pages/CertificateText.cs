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
    private const string Limit = ", limit reached";

    /// <summary>The words: of one that is no proof, why not.</summary>
    public static string Of(Certificate? certificate) => certificate switch
    {
        null => "Nobody asked whether it is minimal (--certify 0)",
        { IsProved: true } => $"Minimal: {Proved} ({Wording.Count(certificate.Executions, "execution")})",
        { HitLimit: true } => $"Minimal {Searched} ({Wording.Count(certificate.Executions, "execution")}, all that --certify allows)",
        _ => $"Minimal {Searched} ({Wording.Count(certificate.Executions, "execution")}; a loop tried again too often to be explored)",
    };

    /// <summary>The value in the header of a file.</summary>
    public static string Value(Certificate certificate) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(certificate.IsProved ? Proved : Searched)} in {certificate.Executions} executions{(certificate.HitLimit ? Limit : "")}");

    /// <summary>The certificate that a header has; null if it is none.</summary>
    public static Certificate? Read(string value) => Parts().Match(value) is { Success: true } match
        && long.TryParse(match.Groups[2].Value, NumberStyles.None, CultureInfo.InvariantCulture, out long executions)
            ? new Certificate(match.Groups[1].Value == Proved, executions, match.Groups[3].Success)
            : null;

    [GeneratedRegex($"^({Proved}|{Searched}) in ([0-9]+) executions({Limit})?$", RegexOptions.CultureInvariant)]
    private static partial Regex Parts();
}
