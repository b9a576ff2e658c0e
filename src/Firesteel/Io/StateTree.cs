using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Firesteel.Io;

/// <summary>
/// Numbers, truths, strings, null, tensors, and lists and dictionaries of these as JSON, so that what is read is what was written: integers stay integers,
/// doubles keep every bit, NaN and infinity are allowed. Tensors are kept apart, and the text has their names.
/// </summary>
/// <remarks>An object <c>{"$tensor": name}</c> is a tensor and <c>{"$number": text}</c> a number that JSON lacks; names in dictionaries that begin with $ get another one.</remarks>
internal static class StateTree
{
    private const int MaxDepth = 50;
    private const string TensorKey = "$tensor", NumberKey = "$number";

    /// <summary>The text for a dictionary; its tensors are added to <paramref name="tensors"/>, under names made of the path to them.</summary>
    /// <exception cref="ArgumentException">There is something in it that is none of these kinds.</exception>
    public static string Write(IReadOnlyDictionary<string, object> root, OrderedDictionary<string, Tensor> tensors)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            new Writer(json, tensors).Write("", root, 0);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>What was written; <paramref name="tensor"/> finds a tensor of an entry of the root by its name.</summary>
    /// <exception cref="FormatException">The text is not one that <see cref="Write"/> makes.</exception>
    public static Dictionary<string, object> Read(string text, Func<string, string, Tensor> tensor)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = MaxDepth + 2 });
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new FormatException("it is not a JSON object");
            return document.RootElement.EnumerateObject().ToDictionary(static e => Key(e.Name), e => Read(e.Value, name => tensor(Key(e.Name), name)));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException(e.Message, e);
        }
    }

    private static object Read(JsonElement json, Func<string, Tensor> tensor)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Null: return null!;
            case JsonValueKind.True: return true;
            case JsonValueKind.False: return false;
            case JsonValueKind.String: return json.GetString()!;
            case JsonValueKind.Number: return Number(json.GetRawText());
            case JsonValueKind.Array: return json.EnumerateArray().Select(item => Read(item, tensor)).ToList();
        }
        var dictionary = new Dictionary<string, object>();
        foreach (var entry in json.EnumerateObject())
        {
            string name = entry.Name;
            if (name == TensorKey) return tensor(entry.Value.GetString()!);
            if (name == NumberKey) return double.Parse(entry.Value.GetString()!, CultureInfo.InvariantCulture);
            dictionary.Add(Key(name), Read(entry.Value, tensor));
        }
        return dictionary;
    }

    private static string Key(string name) => name.StartsWith('$') ? name[1..] : name;

    private static object Number(string text)
    {
        if (text.AsSpan().ContainsAny(".eE")) return double.Parse(text, CultureInfo.InvariantCulture);
        return long.TryParse(text, CultureInfo.InvariantCulture, out long value) ? value : throw new FormatException($"the integer {text} is too large");
    }

    private readonly struct Writer(Utf8JsonWriter json, OrderedDictionary<string, Tensor> tensors)
    {
        public void Write(string path, object? value, int depth)
        {
            if (depth > MaxDepth) throw new ArgumentException($"'{path}' cannot be saved: lists and dictionaries are nested more than {MaxDepth} deep.");
            switch (value)
            {
                case null: json.WriteNullValue(); break;
                case bool truth: json.WriteBooleanValue(truth); break;
                case string text: json.WriteStringValue(Whole(path, text)); break;
                case double or float: Write(((IConvertible)value).ToDouble(null)); break;
                case ulong and > long.MaxValue: throw new ArgumentException($"'{path}' cannot be saved: {value} does not fit in 64 bits with a sign.");
                case long or int or short or sbyte or byte or ushort or uint or ulong: json.WriteRawValue(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture)); break;
                case Tensor tensor: Write(path, tensor); break;
                case ITuple tuple: WriteList(path, Enumerable.Range(0, tuple.Length).Select(i => tuple[i]), depth); break;
                case IDictionary dictionary: WriteDictionary(path, dictionary.Keys.Cast<object>().Select(key => (key, dictionary[key])), depth); break;
                case IEnumerable<KeyValuePair<string, object>> dictionary: WriteDictionary(path, dictionary.Select(static e => ((object)e.Key, (object?)e.Value)), depth); break;
                case IEnumerable<KeyValuePair<string, Tensor>> dictionary: WriteDictionary(path, dictionary.Select(static e => ((object)e.Key, (object?)e.Value)), depth); break;
                case IEnumerable list: WriteList(path, list.Cast<object?>(), depth); break;
                default: throw Unknown(path, value);
            }
        }

        private void Write(double number)
        {
            if (!double.IsFinite(number))
            {
                json.WriteStartObject();
                json.WriteString(NumberKey, number.ToString(CultureInfo.InvariantCulture));
                json.WriteEndObject();
                return;
            }
            string text = number.ToString("R", CultureInfo.InvariantCulture);
            json.WriteRawValue(text.AsSpan().ContainsAny(".eE") ? text : text + ".0");
        }

        private void Write(string path, Tensor tensor)
        {
            string name = path;
            for (int i = 2; !tensors.TryAdd(name, tensor); i++) name = $"{path}#{i}";
            json.WriteStartObject();
            json.WriteString(TensorKey, name);
            json.WriteEndObject();
        }

        private void WriteDictionary(string path, IEnumerable<(object Key, object? Value)> entries, int depth)
        {
            json.WriteStartObject();
            foreach (var (key, value) in entries)
            {
                string name = key switch
                {
                    string text => Whole(path, text),
                    long or int => ((IFormattable)key).ToString(null, CultureInfo.InvariantCulture),
                    _ => throw new ArgumentException($"'{path}' cannot be saved: it is a dictionary with keys of type {key.GetType().Name}; they can be strings and integers."),
                };
                json.WritePropertyName(name.StartsWith('$') ? "$" + name : name);
                Write(Join(path, name), value, depth + 1);
            }
            json.WriteEndObject();
        }

        private void WriteList(string path, IEnumerable<object?> items, int depth)
        {
            json.WriteStartArray();
            int i = 0;
            foreach (object? item in items) Write(Join(path, (i++).ToString(CultureInfo.InvariantCulture)), item, depth + 1);
            json.WriteEndArray();
        }

        /// <summary>A text that JSON can keep: the writer would put another character in the place of half a pair.</summary>
        private static string Whole(string path, string text)
        {
            for (int i = 0; i < text.Length; i++)
                if (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[++i]))) throw new ArgumentException($"'{path}' cannot be saved: the text has half of a surrogate pair.");
            return text;
        }

        private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

        private static ArgumentException Unknown(string path, object value) =>
            new($"'{path}' cannot be saved: it is a {value.GetType().Name}. Numbers, truths, strings, tensors, and lists and dictionaries of these can.");
    }
}
