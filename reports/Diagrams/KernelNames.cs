using System.Text;

namespace Variants.Reports.Diagrams;

/// <summary>Functions as the kernel spells them: <c>TryToUnuse</c> is <c>try_to_unuse</c> to everybody who reads the report.</summary>
public static class KernelNames
{
    /// <summary>The kernel's spelling of a C# function name.</summary>
    public static string Of(string function)
    {
        StringBuilder name = new();
        for (int i = 0; i < function.Length; i++)
        {
            char c = function[i];
            if (char.IsUpper(c) && i > 0 && !char.IsUpper(function[i - 1]) && function[i - 1] != '_')
                name.Append('_');
            name.Append(char.ToLowerInvariant(c));
        }

        return name.ToString();
    }

    /// <summary>A word as the kernel writes it: <c>swap_map[0]</c> for the field <c>[0]</c> of swap_map.</summary>
    public static string Word(string name) => name.Replace(".[", "[", StringComparison.Ordinal);
}
