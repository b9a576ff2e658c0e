namespace Firesteel.Nn;

public static partial class Functional
{
    /// <summary>The largest element of every window of an input [n, c, length] or [c, length] (<c>torch.nn.functional.max_pool1d</c>). The stride is the kernel's size unless given.</summary>
    /// <exception cref="ArgumentException">Shapes or numbers that do not fit.</exception>
    public static Tensor MaxPool1d(Tensor input, Sizes kernelSize, Sizes? stride = null, Sizes padding = default, Sizes dilation = default, bool ceilMode = false) =>
        MaxPool("max_pool1d", 1, input, kernelSize, stride, padding, dilation, ceilMode, out _).Values;

    /// <summary>The largest element of every window of an input [n, c, h, w] or [c, h, w] (<c>torch.nn.functional.max_pool2d</c>). The stride is the kernel's size unless given.</summary>
    /// <exception cref="ArgumentException">Shapes or numbers that do not fit.</exception>
    public static Tensor MaxPool2d(Tensor input, Sizes kernelSize, Sizes? stride = null, Sizes padding = default, Sizes dilation = default, bool ceilMode = false) =>
        MaxPool("max_pool2d", 2, input, kernelSize, stride, padding, dilation, ceilMode, out _).Values;

    /// <summary>The largest element of every window of an input [n, c, d, h, w] or [c, d, h, w] (<c>torch.nn.functional.max_pool3d</c>). The stride is the kernel's size unless given.</summary>
    /// <exception cref="ArgumentException">Shapes or numbers that do not fit.</exception>
    public static Tensor MaxPool3d(Tensor input, Sizes kernelSize, Sizes? stride = null, Sizes padding = default, Sizes dilation = default, bool ceilMode = false) =>
        MaxPool("max_pool3d", 3, input, kernelSize, stride, padding, dilation, ceilMode, out _).Values;

    /// <summary><see cref="MaxPool1d"/> with the position of each element in its channel (<c>max_pool1d</c> with <c>return_indices</c>).</summary>
    public static (Tensor Output, Tensor Indices) MaxPool1dWithIndices(Tensor input, Sizes kernelSize, Sizes? stride = null, Sizes padding = default, Sizes dilation = default, bool ceilMode = false) =>
        MaxPoolWithIndices("max_pool1d", 1, input, kernelSize, stride, padding, dilation, ceilMode);

    /// <summary><see cref="MaxPool2d"/> with the position of each element in its channel, counted in row-major order (<c>max_pool2d</c> with <c>return_indices</c>).</summary>
    public static (Tensor Output, Tensor Indices) MaxPool2dWithIndices(Tensor input, Sizes kernelSize, Sizes? stride = null, Sizes padding = default, Sizes dilation = default, bool ceilMode = false) =>
        MaxPoolWithIndices("max_pool2d", 2, input, kernelSize, stride, padding, dilation, ceilMode);

    /// <summary><see cref="MaxPool3d"/> with the position of each element in its channel, counted in row-major order (<c>max_pool3d</c> with <c>return_indices</c>).</summary>
    public static (Tensor Output, Tensor Indices) MaxPool3dWithIndices(Tensor input, Sizes kernelSize, Sizes? stride = null, Sizes padding = default, Sizes dilation = default, bool ceilMode = false) =>
        MaxPoolWithIndices("max_pool3d", 3, input, kernelSize, stride, padding, dilation, ceilMode);

    private static (Tensor Values, Tensor Positions) MaxPool(string name, int rank, Tensor input, Sizes kernelSize, Sizes? stride, Sizes padding, Sizes dilation, bool ceilMode, out PoolGeometry geometry)
    {
        geometry = PoolGeometry.Of(name, rank, input.Shape, kernelSize, stride, padding, dilation, ceilMode);
        Scalar lowest = input.DType.IsFloatingPoint() ? double.NegativeInfinity : input.DType.IntegerRange().Min;
        return geometry.Windows.Max(geometry.Pad(input, lowest));
    }

    private static (Tensor, Tensor) MaxPoolWithIndices(string name, int rank, Tensor input, Sizes kernelSize, Sizes? stride, Sizes padding, Sizes dilation, bool ceilMode)
    {
        var (values, positions) = MaxPool(name, rank, input, kernelSize, stride, padding, dilation, ceilMode, out var geometry);
        // Where a window starts, and how far a position is from the start, both in elements of the unpadded input.
        var windows = geometry.Windows;
        int leading = input.Ndim - rank;
        var steps = input.Shape.ContiguousStrides.AsSpan(leading).ToArray();
        var within = new long[windows.Count];
        for (int j = 0; j < within.Length; j++)
        {
            var coordinates = windows.Within(j);
            for (int d = 0; d < rank; d++) within[j] += coordinates[d] * windows.Dilation[d] * steps[d];
        }
        Tensor? starts = null;
        for (int d = 0; d < rank; d++)
        {
            var along = new long[windows.Output.Sizes[leading + d]];
            for (int o = 0; o < along.Length; o++) along[o] = (o * windows.Stride[d] - geometry.Padding[d]) * steps[d];
            var shape = new long[rank];
            Array.Fill(shape, 1);
            shape[d] = along.Length;
            var part = Tensor.From(along).Reshape(shape);
            starts = starts is null ? part : starts + part;
        }
        return (values, Lookup(within, positions) + starts!);
    }

    /// <summary>Numbers of a table at positions of any shape.</summary>
    private static Tensor Lookup(long[] table, Tensor positions) =>
        Tensor.From(table).Gather(0, positions.Detach().To(DType.Int64).Reshape(positions.NumElements)).Reshape(positions.Shape);
}
