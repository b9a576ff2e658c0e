using System.Globalization;
using System.Text;

namespace Firesteel.Io;

/// <summary>The strings of protocol 0, which are text with escapes.</summary>
internal static class PickleText
{
    /// <summary>Latin-1 with <c>\uXXXX</c> and <c>\UXXXXXXXX</c>.</summary>
    public static string Unicode(ReadOnlySpan<byte> line)
    {
        string text = Encoding.Latin1.GetString(line);
        if (!text.Contains('\\')) return text;
        var result = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            int digits = text[i] == '\\' && i + 1 < text.Length ? text[i + 1] switch { 'u' => 4, 'U' => 8, _ => 0 } : 0;
            if (digits == 0) result.Append(text[i]);
            else
            {
                int code = Hexadecimal(text, i + 2, digits);
                if (digits == 4) result.Append((char)code);
                else if (Rune.IsValid(code)) result.Append(new Rune(code).ToString());
                else throw new PickleError("a string holds a character that does not exist");
                i += 1 + digits;
            }
        }
        try
        {
            Python2String.Utf8.GetByteCount(result.ToString());
        }
        catch (EncoderFallbackException)
        {
            throw new PickleError("a string holds half of a surrogate pair");
        }
        return result.ToString();
    }

    /// <summary>A string as Python 2 writes it in a program: in quotes, with escapes.</summary>
    public static Python2String String(ReadOnlySpan<byte> line)
    {
        if (line is not [(byte)'\'' or (byte)'"', .., _] || line[^1] != line[0]) throw new PickleError("a string is not in quotes");
        string text = Encoding.Latin1.GetString(line[1..^1]);
        var result = new List<byte>(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                result.Add((byte)text[i]);
                continue;
            }
            if (++i == text.Length) throw new PickleError("a string ends in the middle of an escape");
            switch (text[i])
            {
                case '\\' or '\'' or '"': result.Add((byte)text[i]); break;
                case 'n': result.Add((byte)'\n'); break;
                case 'r': result.Add((byte)'\r'); break;
                case 't': result.Add((byte)'\t'); break;
                case 'x':
                    result.Add((byte)Hexadecimal(text, i + 1, 2));
                    i += 2;
                    break;
                default: throw new PickleError("a string has an unknown escape");
            }
        }
        return new Python2String([.. result]);
    }

    private static int Hexadecimal(string text, int start, int digits) =>
        start + digits <= text.Length && int.TryParse(text.AsSpan(start, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value) ? value : throw new PickleError("a string has an unknown escape");
}
