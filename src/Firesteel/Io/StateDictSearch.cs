using System.Collections;
using System.Globalization;

namespace Firesteel.Io;

/// <summary>Finds a state dictionary in what a file held.</summary>
internal static class StateDictSearch
{
    /// <summary>The dictionary of tensors under a key, or the whole.</summary>
    public static OrderedDictionary<string, Tensor> Find(object? root, string? key, ByteSource source)
    {
        object? found = root;
        if (key is not null)
        {
            // A key may itself contain dots.
            if (!(root is OrderedDictionary<string, object?> top && top.TryGetValue(key, out found)))
            {
                found = root;
                foreach (string part in key.Split('.'))
                    found = found is OrderedDictionary<string, object?> inner && inner.TryGetValue(part, out object? next) ? next : throw source.Error(0, $"there is no '{key}' in the file, which is {Summary(root)}");
            }
        }
        if (found is not OrderedDictionary<string, object?> dictionary) throw source.Error(0, $"{Place(key)} is no state dictionary but {Summary(found)}");
        var state = new OrderedDictionary<string, Tensor>(dictionary.Count);
        foreach (var (name, value) in dictionary)
            state[name] = value as Tensor ?? throw source.Error(0, $"{Place(key)} is no state dictionary: it is {Summary(found)}{Advice(dictionary, key)}");
        return state;
    }

    private static string Place(string? key) => key is null ? "the file" : $"'{key}'";

    private static string Advice(OrderedDictionary<string, object?> dictionary, string? key) =>
        dictionary.FirstOrDefault(static e => IsStateDict(e.Value)) is { Key: { } inner } ? $". Pass key: \"{(key is null ? inner : $"{key}.{inner}")}\"" : "";

    private static bool IsStateDict(object? value) => value is OrderedDictionary<string, object?> { Count: > 0 } inner && inner.Values.All(static v => v is Tensor);

    private static string Summary(object? value) => value switch
    {
        OrderedDictionary<string, object?> { Count: > 0 } dictionary =>
            "a dictionary with " + string.Join(", ", dictionary.Take(8).Select(static e => $"'{e.Key}' ({Kind(e.Value)})")) + (dictionary.Count > 8 ? $" and {dictionary.Count - 8} more" : ""),
        _ => Kind(value),
    };

    private static string Kind(object? value) => value switch
    {
        Tensor tensor => $"a tensor of {tensor.DType.Name()} [{string.Join(", ", tensor.Shape)}]",
        IDictionary dictionary when IsStateDict(dictionary) => $"a state dictionary of {dictionary.Count} tensors",
        IDictionary dictionary => $"a dictionary of {dictionary.Count} entries",
        ICollection list => $"a list of {list.Count}",
        string => "a string",
        null => "None",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => PickleKinds.Describe(value),
    };
}
