namespace Firesteel.Io;

/// <summary>The elements behind tensors, as a pickle names them: they lie elsewhere in the file.</summary>
internal sealed class PickledStorage(string key, DType? dtype, long count)
{
    /// <summary>The name of the record that holds them.</summary>
    public string Key => key;

    /// <summary>Their type; null for bytes of no type (<c>torch.UntypedStorage</c>).</summary>
    public DType? DType => dtype;

    /// <summary>The number of elements, or bytes.</summary>
    public long Count => count;

    public long ByteCount => checked(count * (dtype?.ItemSize() ?? 1));

    /// <summary>The memory, once it is there.</summary>
    public Storage? Memory { get; set; }

    /// <summary>Where these elements begin in <see cref="Memory"/>.</summary>
    public long ByteOffset { get; set; }

    /// <summary>In legacy files: the storage that this one is a part of.</summary>
    public PickledStorage? Root { get; init; }
}
