using System.Text.Json;
using System.Text.Unicode;

namespace Firesteel.Io;

/// <summary>
/// A JSON text of a file, token by token. Invalid UTF-8, lone surrogates, comments, deep nesting and data behind the end are errors with their
/// place in the file. Duplicate names are left to the caller, who collects them.
/// </summary>
internal ref struct StrictJson
{
    private const int MaxDepth = 64;

    private readonly ByteSource _source;
    private readonly long _start;
    private Utf8JsonReader _reader;

    /// <summary>A text that starts at a byte of a source.</summary>
    public StrictJson(ByteSource source, long start, ReadOnlySpan<byte> text)
    {
        (_source, _start) = (source, start);
        if (!Utf8.IsValid(text)) throw source.Error(start, "the JSON text is not valid UTF-8");
        _reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MaxDepth });
    }

    /// <summary>The token at which the reader stands.</summary>
    public readonly JsonTokenType Token => _reader.TokenType;

    /// <summary>An error at the present token.</summary>
    public readonly CheckpointFormatException Error(string reason, Exception? inner = null) => _source.Error(_start + _reader.TokenStartIndex, reason, inner);

    /// <summary>Goes to the next token; false at the end.</summary>
    public bool Next()
    {
        try
        {
            return _reader.Read();
        }
        catch (JsonException e)
        {
            throw _source.Error(_start + _reader.BytesConsumed, $"the JSON text is malformed: {e.Message.Split(" LineNumber", 2)[0].TrimEnd('.')}", e);
        }
    }

    /// <summary>Goes to the next token, which has to be the start of an object.</summary>
    public void StartObject(string what)
    {
        if (!Next() || Token != JsonTokenType.StartObject) throw Error($"{what} is not a JSON object");
    }

    /// <summary>Goes to the next name in an object and reads it; false where the object ends.</summary>
    public bool Name(out string name)
    {
        Next();
        name = Token == JsonTokenType.PropertyName ? Text() : "";
        return Token == JsonTokenType.PropertyName;
    }

    /// <summary>Goes to the next token, which has to be a string.</summary>
    public string String(string what)
    {
        Next();
        return Token == JsonTokenType.String ? Text() : throw Error($"{what} is not a string");
    }

    /// <summary>Goes to the next token, which has to be an array of integers from 0 to 2^63 - 1.</summary>
    public List<long> Integers(string what)
    {
        Next();
        if (Token != JsonTokenType.StartArray) throw Error($"{what} is not a list of non-negative integers");
        var values = new List<long>();
        while (Next() && Token != JsonTokenType.EndArray)
        {
            if (Token != JsonTokenType.Number || _reader.ValueSpan.ContainsAnyExceptInRange((byte)'0', (byte)'9') || !_reader.TryGetInt64(out long value))
                throw Error($"{what} is not a list of non-negative integers");
            values.Add(value);
        }
        return values;
    }

    /// <summary>Passes over the value that comes next, whatever it is.</summary>
    public void Skip()
    {
        Next();
        int depth = _reader.CurrentDepth;
        if (Token is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            do
            {
                if (Token is JsonTokenType.PropertyName or JsonTokenType.String) Text();
                Next();
            }
            while (_reader.CurrentDepth > depth);
        }
        else if (Token == JsonTokenType.String) Text();
    }

    /// <summary>Makes sure that nothing but white space follows.</summary>
    public void End()
    {
        if (Next()) throw Error("data follows the JSON text");
    }

    private readonly string Text()
    {
        try
        {
            return _reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw Error("a string contains half of a surrogate pair", e);
        }
    }
}
