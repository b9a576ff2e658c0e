using Firesteel.Nn;

namespace Firesteel.Io;

/// <summary>A tensor while its file is being read: where it looks at a storage whose elements may not be there yet.</summary>
internal sealed class PickledTensor
{
    /// <summary>As many dimensions as PyTorch allows.</summary>
    private const int MostDimensions = 64;

    private readonly PickledStorage _storage;
    private readonly long _offset;
    private readonly Shape _shape;
    private readonly long[] _strides;
    private readonly DType _dtype;
    private readonly bool _requiresGrad, _isParameter;
    private Tensor? _tensor;

    private PickledTensor(PickledStorage storage, long offset, Shape shape, long[] strides, DType dtype, bool requiresGrad, bool isParameter) =>
        (_storage, _offset, _shape, _strides, _dtype, _requiresGrad, _isParameter) = (storage, offset, shape, strides, dtype, requiresGrad, isParameter);

    /// <summary>The arguments of PyTorch's rebuilding functions, checked: every element lies inside the storage.</summary>
    public static PickledTensor Of(object? storage, object? offset, object? sizes, object? strides, object? requiresGrad, DType? dtype = null)
    {
        if (storage is not PickledStorage from) throw new PickleError($"a tensor is made from {PickleKinds.Describe(storage)} instead of a storage");
        if (offset is not long first || first < 0) throw new PickleError("the offset of a tensor has to be an integer that is not negative");
        if (requiresGrad is not bool requires) throw new PickleError("requires_grad has to be True or False");
        long[] size = Integers(sizes, "sizes"), stride = Integers(strides, "strides");
        if (size.Length > MostDimensions) throw new PickleError($"a tensor of {size.Length} dimensions; {MostDimensions} are the most");
        if (size.Length != stride.Length) throw new PickleError($"a tensor of {size.Length} dimensions has {stride.Length} strides");
        if ((dtype ?? from.DType) is not { } type) throw new PickleError("a tensor on a storage of bytes has to say its dtype");
        if (requires && !type.IsFloatingPoint()) throw new PickleError($"a tensor of {type.Name()} cannot require a gradient");

        long available = from.DType is null ? from.Count / type.ItemSize() : from.Count;
        if (from.DType is { } own && own != type) throw new PickleError($"a tensor of {type.Name()} on a storage of {own.Name()}");
        Shape shape;
        try
        {
            shape = Shape.Create(size);
            long last = first;
            for (int d = 0; d < size.Length; d++) if (size[d] > 0) last = checked(last + checked((size[d] - 1) * stride[d]));
            if (first > available || (shape.NumElements > 0 && last >= available))
                throw new PickleError($"a tensor of sizes [{string.Join(", ", size)}], strides [{string.Join(", ", stride)}] and offset {first} goes beyond its storage of {available} elements");
        }
        catch (OverflowException)
        {
            throw new PickleError($"a tensor of sizes [{string.Join(", ", size)}] and strides [{string.Join(", ", stride)}] is larger than any memory");
        }
        return new PickledTensor(from, first, shape, stride, type, requires, isParameter: false);
    }

    /// <summary>The parameter that shares the elements of this tensor (<c>torch.nn.Parameter</c>).</summary>
    public PickledTensor AsParameter(object? requiresGrad)
    {
        if (requiresGrad is not bool requires) throw new PickleError("requires_grad has to be True or False");
        if (requires && !_dtype.IsFloatingPoint()) throw new PickleError($"a parameter of {_dtype.Name()} cannot require a gradient");
        return new PickledTensor(_storage, _offset, _shape, _strides, _dtype, requires, isParameter: true);
    }

    /// <summary>Whether the elements are those of a storage or of a part of it.</summary>
    public bool IsOn(PickledStorage storage) => ReferenceEquals(_storage.Root ?? _storage, storage);

    /// <summary>The tensor, once the storages have their memory; the same object each time.</summary>
    public Tensor ToTensor()
    {
        if (_tensor is not null) return _tensor;
        var root = _storage.Root ?? _storage;
        long offset = (_storage.Root is null ? root.ByteOffset : root.ByteOffset + _storage.ByteOffset) / _dtype.ItemSize() + _offset;
        var tensor = new Tensor(new View(root.Memory!, offset, _shape, _strides, _dtype)) { RequiresGrad = _requiresGrad && !_isParameter };
        return _tensor = _isParameter ? new Parameter(tensor, _requiresGrad) : tensor;
    }

    private static long[] Integers(object? value, string name)
    {
        object?[] items = value switch
        {
            object?[] tuple => tuple,
            List<object?> list => [.. list],
            Shape shape => [.. shape.ToArray().Select(static n => (object?)n)],
            _ => throw new PickleError($"the {name} of a tensor have to be a tuple of integers"),
        };
        var numbers = new long[items.Length];
        for (int i = 0; i < items.Length; i++)
            numbers[i] = items[i] is long and >= 0 ? (long)items[i]! : throw new PickleError($"the {name} of a tensor have to be integers that are not negative");
        return numbers;
    }
}
