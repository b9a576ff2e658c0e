using System.Globalization;

namespace Firesteel.Io;

/// <summary>
/// Reads the Python literal that is the header of a .npy file: a dictionary of <c>descr</c>, <c>fortran_order</c> and <c>shape</c>, each once and in any order.
/// Nothing is evaluated; whatever else could stand there is refused.
/// </summary>
internal sealed class NpyHeaderParser(ByteSource source, long start, string text)
{
    private int _at;

    /// <summary>The header; elements begin at <paramref name="dataOffset"/>.</summary>
    public NpyHeader Parse(long dataOffset)
    {
        string? descr = null;
        bool? fortranOrder = null;
        List<long>? sizes = null;
        Expect('{');
        while (!Accept('}'))
        {
            int place = _at;
            string key = Text();
            Expect(':');
            switch (key)
            {
                case "descr" when descr is null: descr = Descr(); break;
                case "fortran_order" when fortranOrder is null: fortranOrder = Truth(); break;
                case "shape" when sizes is null: sizes = Sizes(); break;
                case "descr" or "fortran_order" or "shape": throw Error(place, $"the header has '{key}' twice");
                default: throw Error(place, $"the header has a key '{key}', which the format does not know");
            }
            if (Accept(',')) continue;
            Expect('}');
            break;
        }
        if (Peek() != '\0' || _at < text.Length) throw Error(_at, "data follows the dictionary of the header");
        if (descr is null || fortranOrder is null || sizes is null) throw Error(0, $"the header has no '{(descr is null ? "descr" : fortranOrder is null ? "fortran_order" : "shape")}'");
        return new NpyHeader(descr, fortranOrder.Value, sizes, dataOffset);
    }

    /// <summary>An error at a character of the header.</summary>
    private CheckpointFormatException Error(int at, string reason) => source.Error(start + at, reason);

    private string Descr()
    {
        if (Peek() == '[') throw Error(_at, "structured arrays are not supported");
        return Text();
    }

    private bool Truth()
    {
        Peek();
        foreach (var (word, value) in new[] { ("True", true), ("False", false) })
        {
            if (string.CompareOrdinal(text, _at, word, 0, word.Length) != 0) continue;
            _at += word.Length;
            return value;
        }
        throw Error(_at, "'fortran_order' is neither True nor False");
    }

    private List<long> Sizes()
    {
        if (!Accept('(')) throw Error(_at, "'shape' is no tuple");
        var sizes = new List<long>();
        bool comma = true;
        while (!Accept(')'))
        {
            if (!comma) throw Error(_at, "'shape' is no tuple of integers");
            Peek();
            int first = _at;
            while (_at < text.Length && char.IsAsciiDigit(text[_at])) _at++;
            if (!long.TryParse(text.AsSpan(first, _at - first), NumberStyles.None, CultureInfo.InvariantCulture, out long size)) throw Error(first, "'shape' is no tuple of non-negative 64-bit integers");
            if (_at < text.Length && text[_at] == 'L') _at++; // as Python 2 wrote them
            sizes.Add(size);
            comma = Accept(',');
        }
        if (sizes.Count == 1 && !comma) throw Error(_at, "'shape' is a number in brackets and no tuple");
        return sizes;
    }

    private string Text()
    {
        char quote = Peek();
        if (quote is not ('\'' or '"')) throw Error(_at, "the header is not a dictionary of text and values");
        int end = text.IndexOf(quote, _at + 1);
        if (end < 0 || text.AsSpan(_at, end - _at).ContainsAny('\\', '\n')) throw Error(_at, "a text in the header has no end, or an escape in it");
        string value = text[(_at + 1)..end];
        _at = end + 1;
        return value;
    }

    private bool Accept(char wanted)
    {
        if (Peek() != wanted) return false;
        _at++;
        return true;
    }

    private void Expect(char wanted)
    {
        if (!Accept(wanted)) throw Error(_at, $"'{wanted}' is missing in the header");
    }

    /// <summary>The next character that is no white space; NUL at the end.</summary>
    private char Peek()
    {
        while (_at < text.Length && text[_at] is ' ' or '\n' or '\t' or '\r') _at++;
        return _at < text.Length ? text[_at] : '\0';
    }
}
