using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Firesteel.Io;

/// <summary>The values that were given to <see cref="Checkpoint.Save"/>: integers as <see cref="long"/>, other numbers as <see cref="double"/>, lists as <see cref="List{T}"/> and dictionaries as <see cref="Dictionary{TKey, TValue}"/> of objects.</summary>
public sealed class CheckpointValues : IReadOnlyDictionary<string, object>
{
    private readonly string _path;
    private readonly Dictionary<string, object> _values;

    internal CheckpointValues(string path, Dictionary<string, object> values) => (_path, _values) = (path, values);

    /// <summary>The file that they were in.</summary>
    public string Path => _path;

    /// <summary>A value.</summary>
    /// <exception cref="KeyNotFoundException">There is none of this name.</exception>
    public object this[string key] => _values.TryGetValue(key, out var value)
        ? value
        : throw new KeyNotFoundException($"{_path}: there is no value '{key}'; there are {(Count == 0 ? "none" : string.Join(", ", Keys))}.");

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _values.Keys;

    /// <inheritdoc/>
    public IEnumerable<object> Values => _values.Values;

    /// <inheritdoc/>
    public int Count => _values.Count;

    /// <summary>A value as a number, truth, string, tensor, list or dictionary.</summary>
    /// <exception cref="KeyNotFoundException">There is none of this name.</exception>
    /// <exception cref="InvalidCastException">It is something else, or a number that does not fit.</exception>
    public T Get<T>(string key) => this[key] switch
    {
        T value => value,
        long or double when typeof(T).IsPrimitive && typeof(T) != typeof(bool) => Number<T>(key),
        var other => throw new InvalidCastException($"{_path}: value '{key}' is a {other?.GetType().Name ?? "null"}, not a {typeof(T).Name}."),
    };

    /// <summary>A value, or <paramref name="otherwise"/> if there is none of this name.</summary>
    /// <exception cref="InvalidCastException">It is something else, or a number that does not fit.</exception>
    public T Get<T>(string key, T otherwise) => ContainsKey(key) ? Get<T>(key) : otherwise;

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _values.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object value) => _values.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private T Number<T>(string key)
    {
        object value = this[key];
        bool whole = typeof(T) != typeof(double) && typeof(T) != typeof(float);
        try
        {
            if (!whole || value is long || Math.Floor((double)value) == (double)value) return (T)Convert.ChangeType(value, typeof(T), CultureInfo.InvariantCulture);
        }
        catch (OverflowException)
        {
        }
        throw new InvalidCastException($"{_path}: value '{key}' is {string.Create(CultureInfo.InvariantCulture, $"{value}")}, which is no {typeof(T).Name}.");
    }
}
