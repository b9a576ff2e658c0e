namespace Firesteel.Nn;

public static partial class Functional
{
    private static readonly Operation<ValueTuple> s_maxUnpool = new("max_unpool", (Save.Input1, static (in s, g) => g.Gather(g.Ndim - 1, s.Input(1))), (Save.None, static (in s, g) => null));

    /// <summary>Puts maxima back where <see cref="MaxPool1dWithIndices"/> found them, among zeros (<c>torch.nn.functional.max_unpool1d</c>).</summary>
    /// <exception cref="ArgumentException">Shapes or numbers that do not fit.</exception>
    /// <exception cref="IndexOutOfRangeException">An index outside the output.</exception>
    public static Tensor MaxUnpool1d(Tensor input, Tensor indices, Sizes kernelSize, Sizes? stride = null, Sizes padding = default, IReadOnlyList<long>? outputSize = null) =>
        MaxUnpool("max_unpool1d", 1, input, indices, kernelSize, stride, padding, outputSize);

    /// <summary>Puts maxima back where <see cref="MaxPool2dWithIndices"/> found them, among zeros (<c>torch.nn.functional.max_unpool2d</c>).</summary>
    /// <exception cref="ArgumentException">Shapes or numbers that do not fit.</exception>
    /// <exception cref="IndexOutOfRangeException">An index outside the output.</exception>
    public static Tensor MaxUnpool2d(Tensor input, Tensor indices, Sizes kernelSize, Sizes? stride = null, Sizes padding = default, IReadOnlyList<long>? outputSize = null) =>
        MaxUnpool("max_unpool2d", 2, input, indices, kernelSize, stride, padding, outputSize);

    /// <summary>Puts maxima back where <see cref="MaxPool3dWithIndices"/> found them, among zeros (<c>torch.nn.functional.max_unpool3d</c>).</summary>
    /// <exception cref="ArgumentException">Shapes or numbers that do not fit.</exception>
    /// <exception cref="IndexOutOfRangeException">An index outside the output.</exception>
    public static Tensor MaxUnpool3d(Tensor input, Tensor indices, Sizes kernelSize, Sizes? stride = null, Sizes padding = default, IReadOnlyList<long>? outputSize = null) =>
        MaxUnpool("max_unpool3d", 3, input, indices, kernelSize, stride, padding, outputSize);

    private static Tensor MaxUnpool(string name, int rank, Tensor input, Tensor indices, Sizes kernelSize, Sizes? stride, Sizes padding, IReadOnlyList<long>? outputSize)
    {
        PoolGeometry.CheckInput(name, rank, input.Shape);
        if (indices.DType != DType.Int64) throw OperationError.Argument(name, $"elements in indices should be type int64 but got: {indices.DType.Name()}");
        if (indices.Shape != input.Shape) throw OperationError.Argument(name, $"expected shape of indices to be same as that of the input tensor ({OperationError.Text(input.Shape)}) but got indices tensor with shape: {OperationError.Text(indices.Shape)}");
        long[] kernel = kernelSize.For(name, "kernel_size", rank), pads = padding.For(name, "padding", rank, 0);
        long[] steps = stride is { IsEmpty: false } given ? given.For(name, "stride", rank) : kernel;
        int leading = input.Ndim - rank;
        var sizes = input.Shape.ToArray();
        if (outputSize is { Count: > 0 } && outputSize.Count != rank && outputSize.Count != input.Ndim)
            throw OperationError.Argument(name, $"output_size should be a sequence containing {rank} or {input.Ndim} elements, but it has a length of '{outputSize.Count}'");
        for (int d = 0; d < rank; d++)
        {
            long usual = (input.Shape[leading + d] - 1) * steps[d] + kernel[d] - 2 * pads[d];
            sizes[leading + d] = outputSize is { Count: > 0 } ? outputSize[outputSize.Count - rank + d] : usual;
            if (outputSize is { Count: > 0 } && Math.Abs(sizes[leading + d] - usual) >= steps[d])
                throw OperationError.Argument(name, $"invalid output_size [{string.Join(", ", outputSize)}] (dim {d} must be between {usual - steps[d]} and {usual + steps[d]})");
        }
        long[] channels = sizes[..leading];
        var flat = input.Reshape([.. channels, Elements(input.Shape.Sizes[leading..])]);
        var index = indices.Reshape(flat.Shape);
        var result = Tensor.Zeros([.. channels, Elements(sizes[leading..])], dtype: input.DType, device: input.Device);
        // Overlapping windows can name a place twice, with the same value: it is written, not added.
        input.Device.Run(new KernelCall(new ScatterKernel(leading, ScatterOp.Write), [result.Layout], [index.Layout, flat.Layout]));
        return s_maxUnpool.Record(result.Layout, [flat, index], default).Reshape(sizes);
    }

    private static long Elements(long[] sizes)
    {
        long n = 1;
        foreach (long size in sizes) n *= size;
        return n;
    }
}
