namespace Firesteel.Io;

/// <summary>The storages that a pickle has named so far, by key.</summary>
internal sealed class PickledStorages
{
    private readonly OrderedDictionary<string, PickledStorage> _byKey = [];

    /// <summary>Storages that are parts of others (legacy files only).</summary>
    private readonly Dictionary<(string Root, string Key), PickledStorage> _parts = [];

    /// <summary>All that have memory of their own, in the order of their first use.</summary>
    public IReadOnlyDictionary<string, PickledStorage> ByKey => _byKey;

    /// <summary>The storage of a persistent id: <c>('storage', class, key, location, count)</c>, in legacy files with a sixth entry, None or <c>(key, offset, count)</c> of a part.</summary>
    public PickledStorage Named(object? id, bool legacy)
    {
        if (id is not object?[] parts || parts.Length != (legacy ? 6 : 5) || Text(parts[0]) != "storage")
            throw new PickleError($"a persistent id has to be ('storage', class, key, location, count{(legacy ? ", view" : "")})");
        if (parts[1] is not PickleGlobal { IsStorage: true } type) throw new PickleError($"a persistent id names {PickleKinds.Describe(parts[1])} where a storage class has to be");
        if (type.Refusal is { } refusal) throw new PickleError(refusal);
        if (Text(parts[2]) is not { } key) throw new PickleError("the key of a storage has to be a string");
        if (Text(parts[3]) is null) throw new PickleError("the location of a storage has to be a string");
        long count = Count(parts[4]);

        if (_byKey.TryGetValue(key, out var known))
        {
            if (known.DType != type.DType) throw new PickleError($"storage '{key}' is read as two types, {Name(known.DType)} and {Name(type.DType)}");
            if (known.Count != count) throw new PickleError($"storage '{key}' has two sizes, {known.Count} and {count}");
        }
        else _byKey[key] = known = new PickledStorage(key, type.DType, Checked(count, type.DType));
        return legacy && parts[5] is not null ? Part(known, parts[5]) : known;
    }

    private PickledStorage Part(PickledStorage root, object? view)
    {
        if (view is not object?[] { Length: 3 } parts || Text(parts[0]) is not { } key) throw new PickleError("the view of a storage has to be (key, offset, count)");
        long offset = Count(parts[1]), count = Count(parts[2]);
        if (offset > root.Count || count > root.Count - offset) throw new PickleError($"a view of {count} elements from {offset} on goes beyond its storage '{root.Key}' of {root.Count}");
        if (_parts.TryGetValue((root.Key, key), out var known))
        {
            if (known.Count != count || known.ByteOffset != offset * ItemSize(root)) throw new PickleError($"view '{key}' of storage '{root.Key}' is described in two ways");
            return known;
        }
        return _parts[(root.Key, key)] = new PickledStorage(key, root.DType, count) { Root = root, ByteOffset = offset * ItemSize(root) };
    }

    private static long ItemSize(PickledStorage storage) => storage.DType?.ItemSize() ?? 1;

    private static long Count(object? value) => value is long and >= 0 ? (long)value : throw new PickleError("a size or offset of a storage has to be an integer that is not negative");

    private static long Checked(long count, DType? dtype) => count <= long.MaxValue / (dtype?.ItemSize() ?? 1) ? count : throw new PickleError($"a storage of {count} elements is larger than any memory");

    private static string? Text(object? value) => value switch { string text => text, Python2String text => text.ToString(), _ => null };

    private static string Name(DType? dtype) => dtype?.Name() ?? "bytes";
}
