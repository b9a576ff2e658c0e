namespace Firesteel;

public partial class Tensor
{
    /// <summary>Zeros of the dtype and on the device of this tensor (<c>Tensor.new_zeros</c>).</summary>
    public Tensor NewZeros(params ReadOnlySpan<long> size) => Zeros(size, DType, Device);

    /// <summary>Zeros, of the dtype and on the device of this tensor unless given (<c>Tensor.new_zeros</c>).</summary>
    public Tensor NewZeros(ReadOnlySpan<long> size, DType? dtype, Device? device = null, bool requiresGrad = false) => Zeros(size, dtype ?? DType, device ?? Device, requiresGrad);

    /// <summary>Ones of the dtype and on the device of this tensor (<c>Tensor.new_ones</c>).</summary>
    public Tensor NewOnes(params ReadOnlySpan<long> size) => Ones(size, DType, Device);

    /// <summary>Ones, of the dtype and on the device of this tensor unless given (<c>Tensor.new_ones</c>).</summary>
    public Tensor NewOnes(ReadOnlySpan<long> size, DType? dtype, Device? device = null, bool requiresGrad = false) => Ones(size, dtype ?? DType, device ?? Device, requiresGrad);

    /// <summary>One value, in the dtype and on the device of this tensor unless given (<c>Tensor.new_full</c>).</summary>
    public Tensor NewFull(ReadOnlySpan<long> size, Scalar fillValue, DType? dtype = null, Device? device = null, bool requiresGrad = false) => Full(size, fillValue, dtype ?? DType, device ?? Device, requiresGrad);

    /// <summary>A tensor whose elements hold anything, of the dtype and on the device of this tensor (<c>Tensor.new_empty</c>).</summary>
    public Tensor NewEmpty(params ReadOnlySpan<long> size) => Empty(size, DType, Device);

    /// <summary>A tensor whose elements hold anything, of the dtype and on the device of this tensor unless given (<c>Tensor.new_empty</c>).</summary>
    public Tensor NewEmpty(ReadOnlySpan<long> size, DType? dtype, Device? device = null, bool requiresGrad = false) => Empty(size, dtype ?? DType, device ?? Device, requiresGrad);

    /// <summary>A tensor with given strides whose elements hold anything, of the dtype and on the device of this tensor unless given (<c>Tensor.new_empty_strided</c>).</summary>
    /// <exception cref="ArgumentException">Another number of strides than of sizes, or a negative one.</exception>
    public Tensor NewEmptyStrided(ReadOnlySpan<long> size, ReadOnlySpan<long> stride, DType? dtype = null, Device? device = null, bool requiresGrad = false) =>
        EmptyStrided(size, stride, dtype ?? DType, device ?? Device, requiresGrad);

    /// <summary>A tensor with given strides whose elements hold anything (<c>torch.empty_strided</c>).</summary>
    /// <exception cref="ArgumentException">Another number of strides than of sizes, or a negative one.</exception>
    public static Tensor EmptyStrided(ReadOnlySpan<long> size, ReadOnlySpan<long> stride, DType dtype = DType.Float32, Device? device = null, bool requiresGrad = false)
    {
        if (size.Length != stride.Length) throw OperationError.Argument("empty_strided", $"mismatch in length of strides {OperationError.Text(stride)} and shape {OperationError.Text(size)}");
        foreach (long s in stride) if (s < 0) throw OperationError.Argument("empty_strided", $"negative strides are not supported, got {OperationError.Text(stride)}");
        var shape = Shape.Create(size);
        long reach = shape.NumElements == 0 ? 0 : 1;
        for (int d = 0; d < size.Length && reach > 0; d++) reach += (size[d] - 1) * stride[d];
        var memory = Allocate(Shape.Create([reach]), dtype, device);
        return new Tensor(memory.With(shape, stride.ToArray(), 0)) { RequiresGrad = requiresGrad };
    }

    /// <summary>One value in the shape of this tensor; the gradient ends here (<c>torch.fill</c>).</summary>
    public Tensor Fill(Scalar value) => Clone().FillInPlace(value);

    /// <summary>The value of a 0-d tensor in the shape of this tensor (<c>torch.fill</c>).</summary>
    /// <exception cref="ArgumentException">The value has dimensions.</exception>
    public Tensor Fill(Tensor value) => Clone().FillInPlace(value);

    /// <summary>Gives this tensor another shape; elements stay in memory order, new ones hold anything (<c>resize_</c>).</summary>
    /// <exception cref="InvalidOperationException">The tensor requires a gradient.</exception>
    public Tensor ResizeInPlace(params ReadOnlySpan<long> size)
    {
        if (RequiresGrad) throw OperationError.Invalid("resize", "cannot resize variables that require grad");
        var shape = Shape.Create(size);
        if (shape == Shape) return this;
        if ((Layout.Offset + shape.NumElements) * DType.ItemSize() <= Layout.Storage.ByteCount)
        {
            Layout = new View(Layout.Storage, Layout.Offset, shape, DType);
            return this;
        }
        long kept = Math.Min(Layout.Storage.ByteCount / DType.ItemSize() - Layout.Offset, shape.NumElements);
        var larger = Allocate(shape, DType, Device);
        var prefix = Shape.Create([Math.Max(kept, 0)]);
        if (kept > 0) Device.Run(new KernelCall(CopyKernel(DType), [larger.With(prefix)], [new View(Layout.Storage, Layout.Offset, prefix, DType)]));
        Layout = larger;
        return this;
    }

    /// <summary>Gives this tensor the shape of another, see <see cref="ResizeInPlace"/> (<c>resize_as_</c>).</summary>
    /// <exception cref="InvalidOperationException">The tensor requires a gradient.</exception>
    public Tensor ResizeAsInPlace(Tensor other) => ResizeInPlace(other.Shape);

    /// <summary>This tensor in uint8 (<c>Tensor.byte</c>).</summary>
    public Tensor Byte() => To(DType.UInt8);

    /// <summary>This tensor in int8 (<c>Tensor.char</c>).</summary>
    public Tensor Char() => To(DType.Int8);

    /// <summary>This tensor in int16 (<c>Tensor.short</c>).</summary>
    public Tensor Short() => To(DType.Int16);

    /// <summary>This tensor in bfloat16 (<c>Tensor.bfloat16</c>).</summary>
    public Tensor Bfloat16() => To(DType.BFloat16);
}
