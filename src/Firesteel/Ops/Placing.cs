namespace Firesteel;

public partial class Tensor
{
    // The gradient of everything that selects elements by position: max along a dimension, sort, median, ...
    private static readonly Operation<int> s_place = new("value_selecting_reduction_backward",
        (Save.Input1, static (in s, g) => g.Gather(s.State, s.Input(1))),
        (Save.None, static (in s, g) => null));

    private static readonly Operation<(int Dim, long Start, long Length)> s_padAlong = new("constant_pad_nd",
        (Save.None, static (in s, g) => g.Slice(s.State.Dim, s.State.Start, s.State.Start + s.State.Length)));

    /// <summary>Zeros of a shape to which the elements of this tensor are added at positions along a dimension.</summary>
    internal Tensor PlaceAt(int dim, Tensor index, Shape shape)
    {
        var result = Zeros(shape, dtype: DType, device: Device);
        if (Ndim == 0) Device.Run(new KernelCall(new ScatterKernel(0, ScatterOp.Add), [result.Layout.With([1])], [index.Layout.With([1]), Layout.With([1])]));
        else Device.Run(new KernelCall(new ScatterKernel(dim, ScatterOp.Add), [result.Layout], [index.Layout, Layout]));
        return s_place.Record(result.Layout, [this, index], dim);
    }

    /// <summary>This tensor with more positions of one value before and after those of a dimension.</summary>
    internal Tensor PadAlong(int dim, long before, long after, Scalar value)
    {
        long length = Shape.Sizes[dim];
        var sizes = Shape.ToArray();
        sizes[dim] += before + after;
        var result = Full(sizes, value, dtype: DType, device: Device);
        var inner = result.Layout.With(Shape, result.Layout.Strides, result.Layout.Offset + before * result.Layout.Strides[dim]);
        Device.Run(new KernelCall(CopyKernel(DType), [inner], [Layout]));
        return s_padAlong.Record(result.Layout, [this], (dim, before, length));
    }

    /// <summary>The same elements without history: what the forward pass of an operation computes with.</summary>
    private Tensor Plain() => new(Layout);

    /// <summary>Without history, and in float32 if the dtype has 16 bits: intermediate results keep their precision.</summary>
    private Tensor Wide() => DType is DType.Float16 or DType.BFloat16 ? Plain().To(DType.Float32) : Plain();

    /// <summary>The input of a function to the real numbers: integers and bool become float32.</summary>
    private Tensor Floating() => DType.IsFloatingPoint() ? this : To(DType.Float32);
}
