using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Variants.Tests.Reports;

/// <summary>Ctrl-C in the middle of a comparison, sent to the program as a terminal sends it.</summary>
public sealed class InterruptTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("variants-interrupt-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Ctrl_C_and_timeout_write_what_was_found_until_then(string signal)
    {
        if (!OperatingSystem.IsLinux())
        {
            // Elsewhere no command sends another process a signal, or none undoes that one is ignored.
            return;
        }

        string output = Path.Combine(_folder, "out");

        // A shell that runs the tests in the background has them ignore SIGINT, and so would the program.
        using Process program = Process.Start(new ProcessStartInfo("env")
        {
            ArgumentList =
            {
                "--default-signal=INT", "dotnet",
                Shell.Program, "compare", "swapoff/kanoj-as-posted",
                "swapoff/kanoj-repaired", "--histories", "10000000", "--schedules", "10", "--jobs", "1", "--no-corpus", "--out", output,
            },
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            await Interrupt(program, signal, output);
        }
        finally
        {
            program.Kill();
        }
    }

    private static async Task Interrupt(Process program, string signal, string output)
    {
        Task<string> written = program.StandardOutput.ReadToEndAsync();
        Assert.Equal("swapoff/kanoj-as-posted: running", await program.StandardError.ReadLineAsync());
        Task<string> told = program.StandardError.ReadToEndAsync();
        await Task.Delay(TimeSpan.FromSeconds(1));
        using (Process kill = Process.Start("kill", [$"-{signal}", program.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await program.WaitForExitAsync(patience.Token);
        Assert.Contains("Interrupted: what had been found by then was written.", await written, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", await told, StringComparison.Ordinal);
        using var results = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(output, "results.json")));
        JsonElement root = results.RootElement;
        Assert.True(root.GetProperty("interrupted").GetBoolean());
        JsonElement first = root.GetProperty("variants")[0];
        Assert.Equal("swapoff/kanoj-as-posted", first.GetProperty("name").GetString());
        Assert.True(first.GetProperty("executions").GetInt64() > 0);
        Assert.True(File.Exists(Path.Combine(output, "index.html")));
    }
}
