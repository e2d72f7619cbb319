using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Variants.Tests.Reports;

/// <summary>What the program shows on a terminal, by script(1), which is one of its own.</summary>
public sealed partial class TerminalTests : IDisposable
{
    private const string Reset = "\e[0m";

    private readonly string _folder = Directory.CreateTempSubdirectory("variants-terminal-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [TerminalTheory]
    [InlineData(40, false, false)]
    [InlineData(64, true, false)]
    [InlineData(100, true, true)]
    public void A_line_for_each_variant_fits_whatever_the_width(int width, bool says, bool draws)
    {
        string[] lines = [.. Compare(width, noColor: true).Split('\n').Select(line => Escapes().Replace(line, "").TrimEnd('\r'))];
        Assert.DoesNotContain(lines.TakeWhile(line => !line.EndsWith("swapoff", StringComparison.Ordinal)), line => line.Split('\r').Any(part => part.Length > width));
        string[] shown = [.. lines.Where(line => line.Contains('%', StringComparison.Ordinal))];
        Assert.NotEmpty(shown);
        Assert.All(shown, line => Assert.StartsWith(line.Contains("swapoff/", StringComparison.Ordinal) ? "swapoff/kanoj-page-locked" : line[..1], line, StringComparison.Ordinal));
        Assert.Equal(says, shown.Any(line => line.Contains("/s  ", StringComparison.Ordinal)));
        Assert.Equal(draws, shown.Any(line => line.Contains('\u2501', StringComparison.Ordinal)));
    }

    [TerminalTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Colours_are_for_those_who_want_them(bool noColor) =>
        Assert.Equal(!noColor, Colours().IsMatch(Compare(100, noColor).Replace(Reset, "", StringComparison.Ordinal)));

    private string Compare(int width, bool noColor)
    {
        string program = $"dotnet '{Shell.Program}' compare swapoff/kanoj-page-locked --histories 60 --schedules 24 --certify 0 --out '{_folder}/out'";
        var start = new ProcessStartInfo("script", ["-qec", string.Create(CultureInfo.InvariantCulture, $"stty cols {width}; {program}"), "/dev/null"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        start.Environment["TERM"] = "xterm-256color";
        start.Environment.Remove("NO_COLOR");
        if (noColor)
        {
            start.Environment["NO_COLOR"] = "1";
        }

        using Process terminal = Process.Start(start)!;
        string text = terminal.StandardOutput.ReadToEnd();
        terminal.WaitForExit();
        return text;
    }

    [GeneratedRegex("\e\\[[0-9;?]*[a-zA-Z]|\e[=>]")]
    private static partial Regex Escapes();

    /// <summary>Select Graphic Rendition.</summary>
    [GeneratedRegex("\e\\[[0-9;]+m")]
    private static partial Regex Colours();

    /// <summary>A test that needs a terminal, and is skipped where script(1) cannot make one.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class TerminalTheoryAttribute : TheoryAttribute
    {
        public TerminalTheoryAttribute()
        {
            if (!OperatingSystem.IsLinux() || !File.Exists("/usr/bin/script"))
            {
                Skip = "there is no script(1) of util-linux, which makes a terminal";
            }
        }
    }
}
