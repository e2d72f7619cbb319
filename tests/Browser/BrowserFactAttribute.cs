namespace Variants.Tests.Browser;

/// <summary>A test that opens pages in a browser, and is skipped where none is installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute()
    {
        if (Chromium.Path is null)
            Skip = $"no Chromium is installed: install the package chromium, or name a browser in {Chromium.Variable}";
    }
}
