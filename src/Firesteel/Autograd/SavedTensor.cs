namespace Firesteel;

/// <summary>A tensor that an operation keeps for backward, with the version that it had: reading it after it was overwritten is an error, not a wrong gradient.</summary>
internal struct SavedTensor(Tensor tensor)
{
    private Tensor? _tensor = tensor;
    private readonly int _version = tensor.Layout.Storage.Version;

    /// <exception cref="InvalidOperationException">The graph was freed, or the tensor was overwritten.</exception>
    public readonly Tensor Unpack(Node node) => Unpack(_tensor, _version, node);

    /// <summary>The same for a tensor and its version kept elsewhere.</summary>
    public static Tensor Unpack(Tensor? saved, int version, Node node)
    {
        if (saved is not { } tensor)
            throw new InvalidOperationException(
                $"{node.Name}: trying to backward through the graph a second time, but its saved tensors have been freed. Call Backward(retainGraph: true) the first time if you need to.");
        var storage = tensor.Layout.Storage;
        if (storage.Version != version)
            throw new InvalidOperationException(
                $"{node.Name}: one of the tensors needed for gradient computation has been modified by an inplace operation ({storage.LastWriter}): " +
                $"{tensor.DType.Name()} [{string.Join(", ", tensor.Shape)}] is at version {storage.Version}; expected version {version} instead. " +
                "Use the form of the operation that makes a new tensor, or Clone() before writing.");
        return tensor;
    }

    public void Release() => _tensor = null;
}
