namespace Firesteel.Plots;

/// <summary>Estimates how wide a text will be. Nobody knows the reader's font, so the estimate is on the wide side.</summary>
internal static class TextMetrics
{
    /// <summary>The width in pixels; widths of characters are in units of the font size.</summary>
    public static double Width(string text, double fontSize)
    {
        var sum = 0.0;
        foreach (var c in text)
        {
            sum += c switch
            {
                'i' or 'j' or 'l' or 'I' or '.' or ',' or ':' or ';' or '\'' or '|' or '!' => 0.3,
                ' ' or 'f' or 't' or 'r' or '(' or ')' or '[' or ']' or '-' or '/' => 0.37,
                'm' or 'M' or 'W' or '@' or '%' => 0.92,
                'w' or 'O' or 'Q' or 'G' or 'D' or 'C' or 'N' or 'H' or 'R' or 'U' => 0.76,
                >= 'A' and <= 'Z' => 0.68,
                < '\u0250' => 0.6,
                >= '\u2e80' => 1.0, // ideographs; each half of a surrogate pair counts too
                _ => 0.68,
            };
        }
        return sum * fontSize;
    }

    /// <summary>Breaks a text into lines no wider than <paramref name="width"/> pixels, at its line ends and at spaces.</summary>
    public static List<string> Wrap(string? text, double width, double fontSize)
    {
        var lines = new List<string>();
        if (string.IsNullOrEmpty(text))
            return lines;
        foreach (var paragraph in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var line = "";
            foreach (var word in paragraph.Split(' '))
            {
                var longer = line.Length == 0 ? word : line + " " + word;
                if (line.Length > 0 && Width(longer, fontSize) > width)
                {
                    lines.Add(line);
                    longer = word;
                }
                line = longer;
            }
            lines.Add(line);
        }
        for (var i = 0; i < lines.Count; i++)
            lines[i] = Shorten(lines[i], width, fontSize);
        return lines;
    }

    /// <summary>Cuts a text to a width, with an ellipsis to show it.</summary>
    public static string Shorten(string text, double width, double fontSize)
    {
        if (Width(text, fontSize) <= width)
            return text;
        var length = text.Length;
        while (length > 1 && Width(text[..length], fontSize) + fontSize > width)
            length--;
        if (length > 1 && char.IsHighSurrogate(text[length - 1]))
            length--;
        return text[..length] + "\u2026";
    }
}
