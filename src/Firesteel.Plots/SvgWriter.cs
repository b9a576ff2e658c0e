using System.Globalization;
using System.Text;

namespace Firesteel.Plots;

/// <summary>Appends SVG elements to a text. Every number and every string of the user goes through here.</summary>
internal sealed class SvgWriter
{
    public const double ExponentScale = 0.75;
    public const string Ink = "#333a45";

    private const long MostPixels = 4_000_000;

    private readonly StringBuilder text = new();

    public override string ToString() => text.ToString();

    /// <summary>A number with at most two decimals, the same in every culture.</summary>
    public static string Number(double value)
    {
        var rounded = Math.Round(value, 2) + 0.0; // + 0.0 makes -0 a plain 0
        return rounded.ToString("0.##", CultureInfo.InvariantCulture);
    }

    /// <summary>Makes a string safe inside text and attributes; what XML cannot hold becomes a replacement mark.</summary>
    public static string Escape(string value)
    {
        var result = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (char.IsHighSurrogate(c) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]))
            {
                result.Append(c).Append(value[++i]);
                continue;
            }
            _ = c switch
            {
                '&' => result.Append("&amp;"),
                '<' => result.Append("&lt;"),
                '>' => result.Append("&gt;"),
                '"' => result.Append("&quot;"),
                '\t' or '\n' or '\r' => result.Append(' '),
                < ' ' or '\ufffe' or '\uffff' => result.Append('\ufffd'),
                _ when char.IsSurrogate(c) => result.Append('\ufffd'),
                _ => result.Append(c),
            };
        }
        return result.ToString();
    }

    /// <summary>Appends an element without content. Attribute values are escaped.</summary>
    public void Element(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Start(name, attributes);
        text.Append("/>\n");
    }

    public void Open(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Start(name, attributes);
        text.Append(">\n");
    }

    public void Close(string name) => text.Append("</").Append(name).Append(">\n");

    public void Line(double x1, double y1, double x2, double y2, string color, double width, string? dash = null) =>
        Element("line", ("x1", Number(x1)), ("y1", Number(y1)), ("x2", Number(x2)), ("y2", Number(y2)),
            ("stroke", color), ("stroke-width", Number(width)), ("stroke-dasharray", dash));

    public void Rectangle(Box box, string fill, string? stroke = null, string? radius = null, double opacity = 1, bool crisp = false) =>
        Element("rect", ("x", Number(box.Left)), ("y", Number(box.Top)), ("width", Number(box.Width)), ("height", Number(box.Height)),
            ("rx", radius), ("fill", fill), ("stroke", stroke), ("opacity", opacity < 1 ? Number(opacity) : null),
            ("shape-rendering", crisp ? "crispEdges" : null));

    /// <summary>Appends pixels as a picture stretched over a box, each pixel with hard edges unless <paramref name="smooth"/>.</summary>
    public void Image(byte[] rgba, int width, int height, Box box, double opacity = 1, bool smooth = false)
    {
        // Browsers keep the edges of pixels hard when asked, some viewers do not: large pixels are sent as blocks of small ones.
        var (across, down) = smooth ? (1, 1) : (Repeats(box.Width / width), Repeats(box.Height / height));
        if ((long)width * across * height * down > MostPixels)
            (across, down) = (1, 1);
        var png = Png.Encode(Enlarge(rgba, width, height, across, down), width * across, height * down);
        Element("image", ("x", Number(box.Left)), ("y", Number(box.Top)), ("width", Number(box.Width)), ("height", Number(box.Height)),
            ("preserveAspectRatio", "none"), ("style", smooth ? null : "image-rendering:pixelated"),
            ("opacity", opacity < 1 ? Number(opacity) : null), ("href", "data:image/png;base64," + Convert.ToBase64String(png)));
    }

    private static int Repeats(double pixelSize) => pixelSize < 3 ? 1 : (int)Math.Clamp(Math.Ceiling(pixelSize), 1, 200);

    private static byte[] Enlarge(byte[] rgba, int width, int height, int across, int down)
    {
        if (across == 1 && down == 1)
            return rgba;
        var result = new byte[width * across * height * down * 4];
        var at = 0;
        for (var row = 0; row < height * down; row++)
            for (var column = 0; column < width * across; column++, at += 4)
                rgba.AsSpan(((row / down * width) + (column / across)) * 4, 4).CopyTo(result.AsSpan(at));
        return result;
    }

    /// <summary>Appends a text whose <paramref name="anchor"/> (start, middle or end) lies at x, its baseline at y.</summary>
    public void Text(double x, double y, string value, double size, string anchor = "middle", string color = Ink,
        bool bold = false, double rotate = 0, string exponent = "")
    {
        Start("text", ("x", Number(x)), ("y", Number(y)), ("font-size", Number(size)), ("text-anchor", anchor), ("fill", color),
            ("font-weight", bold ? "600" : null),
            ("transform", rotate != 0 ? $"rotate({Number(rotate)} {Number(x)} {Number(y)})" : null));
        text.Append('>').Append(Escape(value));
        if (exponent.Length > 0)
            text.Append("<tspan dy=\"").Append(Number(-size * 0.4)).Append("\" font-size=\"").Append(Number(size * ExponentScale))
                .Append("\">").Append(Escape(exponent)).Append("</tspan>");
        text.Append("</text>\n");
    }

    private void Start(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        text.Append('<').Append(name);
        foreach (var (key, value) in attributes)
            if (value is not null)
                text.Append(' ').Append(key).Append("=\"").Append(Escape(value)).Append('"');
    }
}
