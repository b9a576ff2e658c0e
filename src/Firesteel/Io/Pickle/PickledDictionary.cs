namespace Firesteel.Io;

/// <summary>A dictionary while its file is being read: the types of its keys are not known yet.</summary>
internal sealed class PickledDictionary
{
    private OrderedDictionary<object, object?>? _entries;

    public int Count => _entries?.Count ?? 0;

    public IEnumerable<KeyValuePair<object, object?>> Entries => _entries ?? [];

    public void Set(object? key, object? value)
    {
        key = key is Python2String text ? text.ToString() : key;
        if (key is not (string or long or bool or double or System.Numerics.BigInteger or object?[] or byte[]))
            throw new PickleError(key is null ? "a dictionary has None among its keys, which is not supported" : $"a dictionary has {PickleKinds.Describe(key)} among its keys");
        (_entries ??= new(SeededComparer<object>.Instance))[key] = value;
    }
}
