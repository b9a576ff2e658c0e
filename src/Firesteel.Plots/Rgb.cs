using System.Drawing;
using System.Globalization;

namespace Firesteel.Plots;

/// <summary>An opaque colour, and the ways of naming one that matplotlib understands.</summary>
internal readonly record struct Rgb(byte R, byte G, byte B)
{
    private static readonly (string Name, Rgb Color)[] Letters =
    [
        ("b", new(0, 0, 255)), ("g", new(0, 128, 0)), ("r", new(255, 0, 0)), ("c", new(0, 191, 191)),
        ("m", new(191, 0, 191)), ("y", new(191, 191, 0)), ("k", new(0, 0, 0)), ("w", new(255, 255, 255)),
    ];

    private static readonly string[] TabNames =
        ["blue", "orange", "green", "red", "purple", "brown", "pink", "gray", "olive", "cyan"];

    /// <summary>The ten colours that consecutive curves and classes take.</summary>
    private static readonly Rgb[] Tab10 =
    [
        Hex(0x1f77b4), Hex(0xff7f0e), Hex(0x2ca02c), Hex(0xd62728), Hex(0x9467bd),
        Hex(0x8c564b), Hex(0xe377c2), Hex(0x7f7f7f), Hex(0xbcbd22), Hex(0x17becf),
    ];

    public static int CycleLength => Tab10.Length;

    public static Rgb Cycle(long index) => Tab10[(int)(((index % Tab10.Length) + Tab10.Length) % Tab10.Length)];

    public static Rgb Hex(int rgb) => new((byte)(rgb >> 16), (byte)(rgb >> 8), (byte)rgb);

    /// <summary>Perceived brightness from 0 (black) to 1 (white), to choose the colour of text on top.</summary>
    public double Luminance => ((0.299 * R) + (0.587 * G) + (0.114 * B)) / 255;

    public override string ToString() => $"#{R:x2}{G:x2}{B:x2}";

    /// <summary>Reads a letter, a CSS name, a hexadecimal code, <c>C0</c> to <c>C9</c>, <c>tab:blue</c>, or a grey level such as <c>0.7</c>.</summary>
    public static Rgb Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var text = name.Trim();
        foreach (var (letter, color) in Letters)
            if (text == letter)
                return color;
        if (text.Length == 2 && text[0] == 'C' && char.IsAsciiDigit(text[1]))
            return Tab10[text[1] - '0'];
        if (text.StartsWith('#') && TryHex(text.AsSpan(1), out var hex))
            return hex;
        if (text.StartsWith("tab:", StringComparison.OrdinalIgnoreCase))
        {
            var index = Array.IndexOf(TabNames, text[4..].ToLowerInvariant().Replace("grey", "gray", StringComparison.Ordinal));
            if (index >= 0)
                return Tab10[index];
        }
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var level) && level is >= 0 and <= 1)
        {
            var grey = (byte)Math.Round(level * 255);
            return new Rgb(grey, grey, grey);
        }
        // .NET's known colours are the CSS names, spelt with "gray", plus the colours of the desktop, which are not wanted.
        var known = Color.FromName(text.Replace("grey", "gray", StringComparison.OrdinalIgnoreCase));
        if (known.IsKnownColor && !known.IsSystemColor && known.A == 255)
            return new Rgb(known.R, known.G, known.B);
        throw new ArgumentException(
            $"Unknown colour '{name}'. Known are the letters {string.Join(", ", Letters.Select(l => l.Name))}; C0 to C9; "
            + $"tab:{string.Join(", tab:", TabNames)}; hexadecimal codes (#1f77b4, #17b); grey levels from 0 to 1 (0.7); "
            + $"and the CSS names {string.Join(", ", CssNames())}.", nameof(name));
    }

    private static IEnumerable<string> CssNames() =>
        Enum.GetValues<KnownColor>().Select(Color.FromKnownColor).Where(c => !c.IsSystemColor && c.A == 255)
            .Select(c => c.Name.ToLowerInvariant()).Distinct().Order(StringComparer.Ordinal);

    private static bool TryHex(ReadOnlySpan<char> digits, out Rgb color)
    {
        color = default;
        if (digits.Length is not (3 or 6) || !int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            return false;
        color = digits.Length == 6
            ? Hex(value)
            : new Rgb((byte)(((value >> 8) & 15) * 17), (byte)(((value >> 4) & 15) * 17), (byte)((value & 15) * 17));
        return true;
    }
}
