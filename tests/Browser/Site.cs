using Microsoft.Playwright;
using Variants.Reports.Commands;
using Variants.Tests.Reports;

namespace Variants.Tests.Browser;

/// <summary>A short but real report, and a browser to read it with; both are made once for all tests.</summary>
public sealed class Site : IAsyncLifetime
{
    /// <summary>A phone.</summary>
    internal const int NarrowestPx = 380;

    private readonly string _folder = Directory.CreateTempSubdirectory("variants-site-").FullName;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>The pages, by their paths within the report, the overview first.</summary>
    internal IReadOnlyList<string> Pages { get; private set; } = [];

    /// <summary>What the browser complained of, with the page it was on.</summary>
    internal List<string> Complaints { get; } = [];

    internal string Out => Path.Combine(_folder, "out");

    public async Task InitializeAsync()
    {
        if (Chromium.Path is null)
            return;

        (int code, _, _) = Shell.Run(
            ["compare", "swapoff/2.3.8", "swapoff/kanoj-page-locked", "swapoff/kanoj-repaired", "swapout/early-write",
                "--histories", "40", "--schedules", "12", "--certify", "100", "--jobs", "2", "--out", Out]);
        Assert.InRange(code, ExitCode.AsExpected, ExitCode.Unexpected);
        Pages = [.. Directory.EnumerateFiles(Out, "*.html", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Out, file).Replace('\\', '/'))
            .OrderBy(page => page != "index.html").ThenBy(page => page, StringComparer.Ordinal)];

        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium.Path,
            Headless = true,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
            ],
        });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.CloseAsync();
        _playwright?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A window in which a page can be opened.</summary>
    internal async Task<IPage> Window(ColorScheme scheme = ColorScheme.Light, int widthPx = 1280, int heightPx = 900)
    {
        IPage page = await _browser!.NewPageAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = widthPx, Height = heightPx } });
        page.SetDefaultTimeout(10_000);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                Complaints.Add($"{page.Url}: {message.Text}");
        };
        page.PageError += (_, message) => Complaints.Add($"{page.Url}: {message}");
        page.RequestFailed += (_, request) => Complaints.Add($"{page.Url}: {request.Url}: {request.Failure}");
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith("file:", StringComparison.Ordinal))
                Complaints.Add($"{page.Url}: refers to {request.Url}");
        };
        return page;
    }

    internal string AddressOf(string page) => new Uri(Path.Combine(Out, page)).AbsoluteUri;
}
