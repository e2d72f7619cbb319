using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Variants.Tests.Reports;

/// <summary>Ctrl-C in the middle of a comparison, sent to the program as a terminal sends it.</summary>
public sealed class InterruptTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("variants-interrupt-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Ctrl_C_writes_what_was_found_until_then()
    {
        if (OperatingSystem.IsWindows())
        {
            // There is no signal that one process could send another's console there.
            return;
        }

        string output = Path.Combine(_folder, "out");
        using Process program = Process.Start(new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                Path.Combine(AppContext.BaseDirectory, "variants.dll"), "compare", "swapoff/kanoj-as-posted",
                "swapoff/kanoj-repaired", "--histories", "10000000", "--schedules", "10", "--jobs", "1", "--out", output,
            },
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> written = program.StandardOutput.ReadToEndAsync();
        Assert.Equal("swapoff/kanoj-as-posted: running", await program.StandardError.ReadLineAsync());
        Task<string> told = program.StandardError.ReadToEndAsync();
        await Task.Delay(TimeSpan.FromSeconds(1));
        using (Process kill = Process.Start("kill", ["-INT", program.Id.ToString(CultureInfo.InvariantCulture)]))
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
