using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Variants.Tests.Browser;

/// <summary>A real report, read as readers do: in a browser, on a phone, in the dark, by keyboard, on paper.</summary>
public sealed partial class SiteTests(Site site) : IClassFixture<Site>
{
    private const int HeaviestBytes = 1_000_000;

    [BrowserFact]
    public async Task Every_page_opens_without_complaint_fits_a_phone_and_is_light()
    {
        Assert.True(site.Pages.Count >= 6, string.Join(", ", site.Pages));
        Assert.Contains("throughput-swapoff.html", site.Pages);
        IPage window = await site.Window(widthPx: Site.NarrowestPx, heightPx: 700);
        foreach (string page in site.Pages)
        {
            await window.GotoAsync(site.AddressOf(page));
            int[] widths = await window.EvaluateAsync<int[]>("() => [document.scrollingElement.scrollWidth, document.scrollingElement.clientWidth]");
            Assert.True(widths[0] <= widths[1], $"{page} is {widths[0]} px wide on {widths[1]}");
            string[] parts = await window.EvaluateAsync<string[]>("() => [location.href, ...[...document.querySelectorAll('link[rel=stylesheet], script[src]')].map(one => one.href ?? one.src)]");
            long bytes = parts.Sum(part => new FileInfo(new Uri(part).LocalPath).Length);
            Assert.True(bytes <= HeaviestBytes, $"{page} weighs {bytes} bytes");
        }

        await window.CloseAsync();
        Assert.Empty(site.Complaints);
    }

    [BrowserFact]
    public async Task All_text_stands_out_from_what_is_behind_it_by_day_and_by_night()
    {
        foreach (ColorScheme scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            IPage window = await site.Window(scheme);
            foreach (string page in site.Pages)
            {
                await window.GotoAsync(site.AddressOf(page));
                await Look(window, page);
                if (await window.Locator("figure.steps").CountAsync() == 0)
                    continue;

                // The row that is shown, rows that come later and what changed have colours of their own.
                await window.Locator("summary").ClickAsync();
                await window.Locator("figure.steps >> nth=0 >> button").First.FocusAsync();
                foreach (string key in new[] { "Home", "j", "m" })
                {
                    await window.Keyboard.PressAsync(key);
                    await Look(window, $"{page} after {key}");
                }
            }

            await window.CloseAsync();
        }

        static async Task Look(IPage window, string page)
        {
            (string[] faint, int texts) = await Contrast.Of(window);
            Assert.True(faint.Length == 0, $"{page}: {string.Join("\n", faint.Distinct())}");
            Assert.True(texts >= 15, $"{page} has {texts} texts");
        }
    }

    [BrowserFact]
    public async Task Faint_text_is_found()
    {
        IPage window = await site.Window();
        await window.SetContentAsync("""
            <body style="background:#fff"><p style="color:#777">4.48</p><p style="color:#767676">4.54</p>
            <p style="color:#767676;opacity:.9">less</p><p style="background:#000;color:#111">1.1</p>
            <svg><rect width="99" height="99" fill="#000"/><text x="9" y="30" fill="#222">1.3</text></svg></body>
            """);
        (string[] faint, int texts) = await Contrast.Of(window);
        Assert.Equal((4, 5), (faint.Length, texts));
        await window.CloseAsync();
    }

    [BrowserFact]
    public async Task A_counterexample_is_stepped_through_by_keyboard_and_tells_what_changed_and_who_holds_which_locks()
    {
        IPage window = await site.Window();
        await window.GotoAsync(site.AddressOf("counterexamples/swapoff-2.3.8-swap-accounting.html"));
        ILocator figure = window.Locator("figure.steps").First;
        ILocator said = figure.Locator(".said");
        ILocator spoken = figure.Locator(".spoken");
        int rows = await figure.Locator("tbody tr").CountAsync();
        Assert.Equal($"Before the first of {rows} rows", await said.TextContentAsync());

        // The panel that sticks to the window's lower edge hides no row that is shown.
        await window.SetViewportSizeAsync(800, 500);

        // By the tab key alone one comes to the diagram, and from there every key works.
        for (int i = 0; i < 30 && !await figure.EvaluateAsync<bool>("figure => figure.contains(document.activeElement)"); i++)
            await window.Keyboard.PressAsync("Tab");
        Assert.Equal("region", await window.EvaluateAsync<string>("() => document.activeElement.getAttribute('role')"));

        string lane = "";
        for (int row = 1; row <= rows; row++)
        {
            await window.Keyboard.PressAsync(row % 2 == 0 ? "j" : "ArrowRight");
            Assert.Equal($"Row {row} of {rows}", await said.TextContentAsync());
            ILocator now = figure.Locator("tr[aria-current=step]");
            Assert.Equal(row - 1, await now.EvaluateAsync<int>("row => row.sectionRowIndex"));
            Assert.StartsWith($"Row {row} of {rows}. ", await spoken.TextContentAsync(), StringComparison.Ordinal);
            await ExpectChangesOf(figure, await now.InnerTextAsync());
            LocatorBoundingBoxResult shown = (await now.BoundingBoxAsync())!;
            Assert.True(shown.Y + shown.Height <= (await figure.Locator(".panel").BoundingBoxAsync())!.Y + 1, $"row {row} is hidden");
            lane = await now.GetAttributeAsync("data-lane") ?? lane;
        }

        // At the end stands what conflicts; the locks are those that the kernel's own message lists.
        Assert.Contains(" conflicts", await spoken.TextContentAsync(), StringComparison.Ordinal);
        string splat = await window.Locator("pre.splat").InnerTextAsync();
        string[] held = [.. HeldLock().Matches(splat).Select(one => one.Groups[1].Value.Replace("kernel_flag", "the BKL", StringComparison.Ordinal))];
        Assert.NotEmpty(held);
        Assert.Contains($"A {string.Join(", ", held)}", await figure.Locator(".state").InnerTextAsync(), StringComparison.Ordinal);

        await window.Keyboard.PressAsync("j");
        Assert.Equal($"Row {rows} of {rows}", await said.TextContentAsync());
        await window.Keyboard.PressAsync("Escape");
        Assert.Equal($"Before the first of {rows} rows", await said.TextContentAsync());

        // n goes from CPU to CPU; p goes back the same way.
        List<string?> forth = await Walk("n");
        Assert.True(forth.Count >= 3, string.Join(", ", forth));
        Assert.DoesNotContain(forth.Zip(forth.Skip(1)), pair => pair.First == pair.Second);
        await window.Keyboard.PressAsync("End");
        await window.Keyboard.PressAsync("k");
        Assert.Equal($"Row {rows - 1} of {rows}", await said.TextContentAsync());
        await window.Keyboard.PressAsync("p");
        Assert.NotEqual(lane, await figure.Locator("tr[aria-current=step]").GetAttributeAsync("data-lane"));
        await window.Keyboard.PressAsync("m");
        Assert.Equal(1, await figure.Locator("tr[aria-current=step] .marked").CountAsync());

        // Buttons keep the focus when there is nothing more to do, so that keys go on working.
        await window.Keyboard.PressAsync("Home");
        await figure.GetByRole(AriaRole.Button, new() { Name = "next →" }).ClickAsync();
        Assert.Equal($"Row 2 of {rows}", await said.TextContentAsync());
        await window.Keyboard.PressAsync("End");
        Assert.Equal("true", await figure.GetByRole(AriaRole.Button, new() { Name = "next →" }).GetAttributeAsync("aria-disabled"));
        await window.Keyboard.PressAsync("Home");
        Assert.Equal($"Row 1 of {rows}", await said.TextContentAsync());
        await window.CloseAsync();
        Assert.Empty(site.Complaints);

        async Task<List<string?>> Walk(string key)
        {
            List<string?> lanes = [];
            string? before;
            do
            {
                before = await said.TextContentAsync();
                await window.Keyboard.PressAsync(key);
                if (await said.TextContentAsync() != before)
                    lanes.Add(await figure.Locator("tr[aria-current=step]").GetAttributeAsync("data-lane"));
            }
            while (await said.TextContentAsync() != before && lanes.Count < 100);
            return lanes;
        }
    }

    [BrowserFact]
    public async Task Every_page_has_one_heading_one_main_part_labels_for_what_can_be_reached_and_no_name_twice()
    {
        IPage window = await site.Window();
        foreach (string page in site.Pages)
        {
            await window.GotoAsync(site.AddressOf(page));
            string[] faults = await window.EvaluateAsync<string[]>("""
                () => {
                  const faults = [];
                  const all = selector => [...document.querySelectorAll(selector)];
                  const label = element => element.getAttribute('aria-label') ?? document.getElementById(element.getAttribute('aria-labelledby')?.split(' ')[0] ?? '')?.textContent;
                  if (!document.documentElement.lang) faults.push('no language');
                  if (all('h1').length !== 1) faults.push(`${all('h1').length} h1`);
                  if (all('main').length !== 1) faults.push(`${all('main').length} main`);
                  const ids = all('[id]').map(element => element.id);
                  faults.push(...ids.filter((id, i) => ids.indexOf(id) !== i).map(id => `${id} twice`));
                  for (const element of all('[role=region], [role=group], [role=img], nav'))
                    if (!label(element)) faults.push(`no label: ${element.outerHTML.slice(0, 80)}`);
                  for (const table of all('table'))
                    if (!table.caption || !table.querySelector('th[scope]')) faults.push('a table without caption or heads');
                  let level = 1;
                  for (const heading of all('h1, h2, h3, h4')) {
                    const own = Number(heading.tagName[1]);
                    if (own > level + 1) faults.push(`${heading.tagName} after H${level}`);
                    level = own;
                  }
                  return faults;
                }
                """);
            Assert.True(faults.Length == 0, $"{page}: {string.Join("; ", faults)}");
        }

        await window.CloseAsync();
    }

    [BrowserFact]
    public async Task On_paper_there_are_no_buttons_and_the_history_is_not_folded()
    {
        IPage window = await site.Window(widthPx: 700);
        await window.GotoAsync(site.AddressOf("counterexamples/swapoff-2.3.8-swap-accounting.html"));
        ILocator history = window.Locator("details pre");
        Assert.False(await history.IsVisibleAsync());
        await window.EmulateMediaAsync(new() { Media = Media.Print });
        Assert.Equal(0, await window.Locator("button:visible").CountAsync());
        Assert.True((await history.BoundingBoxAsync())!.Height > 50);
        await window.CloseAsync();
    }

    /// <summary>What a row says it changed, <c>swap_map[0] 1 → 3</c>, is marked below with what it was and is.</summary>
    private static async Task ExpectChangesOf(ILocator figure, string row)
    {
        IReadOnlyList<string> marked = await figure.Locator(".state .changed").AllInnerTextsAsync();
        foreach (Match change in Change().Matches(row.Replace('\n', ' ')))
        {
            string expected = $"{change.Groups[1].Value} {change.Groups[3].Value} was {change.Groups[2].Value}";
            Assert.Contains(marked, text => text.Replace('\n', ' ') == expected);
        }
    }

    [GeneratedRegex(@"([\w.]+(?:\[\d+\])?) (\w+(?: ro| dirty)*) → (\w+(?: ro| dirty)*)", RegexOptions.CultureInvariant)]
    private static partial Regex Change();

    [GeneratedRegex(@"#\d+: \(([^)]+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex HeldLock();
}
