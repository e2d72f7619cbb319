using System.Globalization;

namespace Variants.Reports.Charts;

/// <summary>The few ways in which a chart writes a number, each the same on every machine.</summary>
internal static class Numbers
{
    private const string Superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    /// <summary>A coordinate: at most two decimals, and never "-0", so that equal pictures are equal texts.</summary>
    public static string Coordinate(double value)
    {
        double rounded = Math.Round(value, 2, MidpointRounding.AwayFromZero);
        return (rounded == 0 ? 0 : rounded).ToString("0.##", CultureInfo.InvariantCulture);
    }

    /// <summary>A value for the reader, to three digits: "0", "0.0123", "12,345", "1.2e-7". It gives more digits where three
    /// would round a share up to 1: "0.9999998 survived" and "all survived" are different news.</summary>
    public static string Value(double value)
    {
        double size = Math.Abs(value);
        if (size == 0)
            return "0";
        if (size is >= 0.999995e6 or < 0.000999995)
            return value.ToString("0.##e0", CultureInfo.InvariantCulture);
        if (size >= 999.5)
            return value.ToString("#,0", CultureInfo.InvariantCulture);

        for (int digits = 3; digits <= 8; digits++)
        {
            string text = value.ToString($"G{digits}", CultureInfo.InvariantCulture);
            if (size >= 1 || Math.Abs(double.Parse(text, CultureInfo.InvariantCulture)) < 1)
                return text;
        }

        return value > 0 ? ">0.99999999" : "<-0.99999999";
    }

    /// <summary>A power of ten: "1" and "10" plain, 1000 as 10³, so that a row of them reads as a log axis.</summary>
    public static string Decade(int exponent) => exponent switch
    {
        0 => "1",
        1 => "10",
        _ => "10" + Superscript(exponent),
    };

    /// <summary>A tick of a log axis so short that 2 and 5 are labelled too.</summary>
    public static string LogTick(int digit, int exponent) => exponent is >= -3 and < 7
        ? (digit * Math.Pow(10, exponent)).ToString("#,0.###", CultureInfo.InvariantCulture)
        : digit == 1 ? Decade(exponent)
        : $"{(char)('0' + digit)}×10{Superscript(exponent)}";

    /// <summary>A tick of a linear axis whose ticks are <paramref name="step"/> apart: as many decimals as the step has, or a
    /// power of ten where plain digits would be long.</summary>
    public static string LinearTick(double value, double step, double largest)
    {
        if (value == 0)
            return "0";
        if (largest is >= 1e7 or < 1e-3)
        {
            int exponent = (int)Math.Floor(Math.Log10(largest) + 1e-9);
            double scaled = value / Math.Pow(10, exponent);
            string format = "0." + new string('0', Decimals(step / Math.Pow(10, exponent)));
            return scaled.ToString(format, CultureInfo.InvariantCulture) + "×10" + Superscript(exponent);
        }

        return value.ToString("#,0." + new string('0', Decimals(step)), CultureInfo.InvariantCulture);
    }

    private static int Decimals(double step) => Math.Clamp(-(int)Math.Floor(Math.Log10(step) + 1e-9), 0, 12);

    private static string Superscript(int exponent) =>
        (exponent < 0 ? "⁻" : "")
        + string.Concat(Math.Abs(exponent).ToString(CultureInfo.InvariantCulture).Select(digit => Superscripts[digit - '0']));
}
