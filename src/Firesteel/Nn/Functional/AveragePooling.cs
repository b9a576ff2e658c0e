namespace Firesteel.Nn;

public static partial class Functional
{
    /// <summary>The mean of every window of an input [n, c, length] or [c, length] (<c>torch.nn.functional.avg_pool1d</c>). The stride is the kernel's size unless given.</summary>
    /// <exception cref="ArgumentException">Shapes or numbers that do not fit.</exception>
    public static Tensor AvgPool1d(Tensor input, Sizes kernelSize, Sizes? stride = null, Sizes padding = default, bool ceilMode = false, bool countIncludePad = true) =>
        AvgPool("avg_pool1d", 1, input, kernelSize, stride, padding, ceilMode, countIncludePad, null);

    /// <summary>The mean of every window of an input [n, c, h, w] or [c, h, w] (<c>torch.nn.functional.avg_pool2d</c>). The stride is the kernel's size unless given.</summary>
    /// <exception cref="ArgumentException">Shapes or numbers that do not fit.</exception>
    public static Tensor AvgPool2d(Tensor input, Sizes kernelSize, Sizes? stride = null, Sizes padding = default, bool ceilMode = false, bool countIncludePad = true, long? divisorOverride = null) =>
        AvgPool("avg_pool2d", 2, input, kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride);

    /// <summary>The mean of every window of an input [n, c, d, h, w] or [c, d, h, w] (<c>torch.nn.functional.avg_pool3d</c>). The stride is the kernel's size unless given.</summary>
    /// <exception cref="ArgumentException">Shapes or numbers that do not fit.</exception>
    public static Tensor AvgPool3d(Tensor input, Sizes kernelSize, Sizes? stride = null, Sizes padding = default, bool ceilMode = false, bool countIncludePad = true, long? divisorOverride = null) =>
        AvgPool("avg_pool3d", 3, input, kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride);

    private static Tensor AvgPool(string name, int rank, Tensor input, Sizes kernelSize, Sizes? stride, Sizes padding, bool ceilMode, bool countIncludePad, long? divisorOverride)
    {
        if (divisorOverride == 0) throw OperationError.Argument(name, "divisor must be not zero, but divisor_override is 0");
        var geometry = PoolGeometry.Of(name, rank, input.Shape, kernelSize, stride, padding, default, ceilMode);
        var sum = geometry.Windows.Sum(geometry.Pad(input, 0));
        if (divisorOverride is { } divisor) return Quotient(sum, divisor);
        // How many elements count depends on the window only where padding does not count, or where a window reaches beyond it.
        var counts = new Tensor?[rank];
        long uniform = 1;
        for (int d = 0; d < rank; d++)
        {
            long size = input.Shape[input.Ndim - rank + d], pad = geometry.Padding[d], kernel = geometry.Windows.Kernel[d];
            var along = new long[geometry.Windows.Output[input.Ndim - rank + d]];
            for (int o = 0; o < along.Length; o++)
            {
                long start = o * geometry.Windows.Stride[d] - pad, end = Math.Min(start + kernel, size + pad);
                along[o] = countIncludePad ? end - start : Math.Min(end, size) - Math.Max(start, 0);
            }
            if (Array.TrueForAll(along, count => count == kernel)) uniform *= kernel;
            else
            {
                var shape = new long[rank];
                Array.Fill(shape, 1);
                shape[d] = along.Length;
                counts[d] = Tensor.From(along).Reshape(shape);
            }
        }
        Operand divisors = uniform;
        Tensor? product = null;
        foreach (var count in counts) if (count is not null) product = product is null ? count : product * count;
        if (product is not null) divisors = (product * uniform).To(input.DType);
        return Quotient(sum, divisors);
    }

    private static Tensor Quotient(Tensor sum, Operand divisor) => sum.DType.IsFloatingPoint() ? sum.Div(divisor) : sum.Div(divisor, "trunc");

    /// <summary>The p-norm of every window of an input [n, c, length] or [c, length] (<c>torch.nn.functional.lp_pool1d</c>).</summary>
    public static Tensor LpPool1d(Tensor input, double normType, Sizes kernelSize, Sizes? stride = null, bool ceilMode = false) =>
        LpPool("lp_pool1d", 1, input, normType, kernelSize, stride, ceilMode);

    /// <summary>The p-norm of every window of an input [n, c, h, w] or [c, h, w] (<c>torch.nn.functional.lp_pool2d</c>).</summary>
    public static Tensor LpPool2d(Tensor input, double normType, Sizes kernelSize, Sizes? stride = null, bool ceilMode = false) =>
        LpPool("lp_pool2d", 2, input, normType, kernelSize, stride, ceilMode);

    /// <summary>The p-norm of every window of an input [n, c, d, h, w] or [c, d, h, w] (<c>torch.nn.functional.lp_pool3d</c>).</summary>
    public static Tensor LpPool3d(Tensor input, double normType, Sizes kernelSize, Sizes? stride = null, bool ceilMode = false) =>
        LpPool("lp_pool3d", 3, input, normType, kernelSize, stride, ceilMode);

    private static Tensor LpPool(string name, int rank, Tensor input, double normType, Sizes kernelSize, Sizes? stride, bool ceilMode)
    {
        // A window that reaches over the end counts as if it were full: its mean times the size of the kernel, as in PyTorch.
        var mean = AvgPool(name, rank, input.Pow(normType), kernelSize, stride, default, ceilMode, true, null);
        long size = 1;
        foreach (long k in kernelSize.For(name, "kernel_size", rank)) size *= k;
        return (mean.Sign() * mean.Abs().Relu() * size).Pow(1 / normType);
    }

    /// <summary>
    /// Every element of an input [n, c, length] in the mean over <paramref name="size"/> neighbouring channels: <c>input / (k + alpha * mean of squares)^beta</c>
    /// (<c>torch.nn.functional.local_response_norm</c>).
    /// </summary>
    /// <exception cref="ArgumentException">Fewer than three dimensions.</exception>
    public static Tensor LocalResponseNorm(Tensor input, long size, double alpha = 1e-4, double beta = 0.75, double k = 1)
    {
        if (input.Ndim < 3) throw OperationError.Argument("local_response_norm", $"expected 3D or higher dimensionality input (got {input.Ndim} dimensions): {OperationError.Text(input.Shape)}");
        if (input.NumElements == 0) return input.Clone();
        var squares = (input * input).Transpose(1, -1);
        // Channels stand last now; windows of one row run over them.
        var rows = squares.Reshape(-1, 1, input.Shape[1]).PadAlong(2, size / 2, (size - 1) / 2, 0);
        var mean = AvgPool1d(rows, size, 1);
        long[] turned = input.Shape.ToArray();
        (turned[1], turned[^1]) = (turned[^1], turned[1]);
        return input / (mean.Reshape(turned).Transpose(1, -1) * alpha + k).Pow(beta);
    }
}
