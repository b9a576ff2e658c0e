namespace Firesteel.Plots;

/// <summary>Turns a number from 0 to 1 into a colour by interpolating between a few control points.</summary>
internal sealed class Colormap
{
    private static readonly Dictionary<string, Colormap> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["viridis"] = new([0x440154, 0x482878, 0x3e4989, 0x31688e, 0x26828e, 0x1f9e89, 0x35b779, 0x6ece58, 0xb5de2b, 0xfde725]),
        ["magma"] = new([0x000004, 0x180f3d, 0x440f76, 0x721f81, 0x9e2f7f, 0xcd4071, 0xf1605d, 0xfd9668, 0xfeca8d, 0xfcfdbf]),
        ["gray"] = new([0x000000, 0xffffff]),
        ["Blues"] = new([0xf7fbff, 0xdeebf7, 0xc6dbef, 0x9ecae1, 0x6baed6, 0x4292c6, 0x2171b5, 0x08519c, 0x08306b]),
        ["RdBu"] = new([0x67001f, 0xb2182b, 0xd6604d, 0xf4a582, 0xfddbc7, 0xf7f7f7, 0xd1e5f0, 0x92c5de, 0x4393c3, 0x2166ac, 0x053061]),
        ["coolwarm"] = new([0x3b4cc0, 0x8db0fe, 0xdddddd, 0xf4987a, 0xb40426]),
        ["tab10"] = new([.. Enumerable.Range(0, Rgb.CycleLength).Select(i => Rgb.Cycle(i))], stepped: true),
    };

    private readonly Rgb[] points;
    private readonly bool stepped;

    private Colormap(int[] points)
        : this([.. points.Select(Rgb.Hex)], stepped: false)
    {
    }

    private Colormap(Rgb[] points, bool stepped)
    {
        this.points = points;
        this.stepped = stepped;
    }

    /// <summary>The colormap of that name; <c>_r</c> at its end turns it round.</summary>
    public static Colormap Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var text = name.Replace("grey", "gray", StringComparison.OrdinalIgnoreCase);
        if (Known.TryGetValue(text, out var map))
            return map;
        if (text.EndsWith("_r", StringComparison.Ordinal) && Known.TryGetValue(text[..^2], out map))
            return new Colormap([.. map.points.Reverse()], map.stepped);
        throw new ArgumentException(
            $"Unknown colormap '{name}'. Known are {string.Join(", ", Known.Keys)}; '_r' at the end, as in '{Known.Keys.First()}_r', turns one round.",
            nameof(name));
    }

    /// <summary>The colour at <paramref name="t"/>, which is held to 0 to 1.</summary>
    public Rgb At(double t)
    {
        t = Math.Clamp(t, 0, 1);
        if (stepped)
            return points[Math.Min((int)(t * points.Length), points.Length - 1)];
        var position = t * (points.Length - 1);
        var index = Math.Min((int)position, points.Length - 2);
        var (a, b, f) = (points[index], points[index + 1], position - index);
        return new Rgb(Mix(a.R, b.R, f), Mix(a.G, b.G, f), Mix(a.B, b.B, f));
    }

    private static byte Mix(byte a, byte b, double f) => (byte)Math.Round(a + ((b - a) * f));
}
