using System.Globalization;
using Variants.Harness.Memory;

namespace Variants.Harness.Histories;

/// <summary>The contents of pages, in words.</summary>
public static class Values
{
    /// <summary>What a fresh anonymous page holds.</summary>
    public const int Zero = 0;

    /// <summary>As reports show it: programs store 1, 2, 3 …; all else has a name.</summary>
    public static string Text(int value) => value switch
    {
        Page.Poison => "garbage",
        SwapArea.Garbage => "foreign data",
        <= -1000 => $"file page {-1000 - value}",
        _ => value.ToString(CultureInfo.InvariantCulture),
    };
}
