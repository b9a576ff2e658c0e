namespace Firesteel.Nn;

public static partial class Functional
{
    /// <summary>Means over windows that give an output of the wanted length, for an input [n, c, length] or [c, length] (<c>torch.nn.functional.adaptive_avg_pool1d</c>).</summary>
    public static Tensor AdaptiveAvgPool1d(Tensor input, Sizes outputSize) => AdaptiveAvgPool("adaptive_avg_pool1d", 1, input, outputSize);

    /// <summary>Means over windows that give an output of the wanted size (null keeps the input's), for an input [n, c, h, w] or [c, h, w] (<c>torch.nn.functional.adaptive_avg_pool2d</c>).</summary>
    public static Tensor AdaptiveAvgPool2d(Tensor input, Sizes outputSize) => AdaptiveAvgPool("adaptive_avg_pool2d", 2, input, outputSize);

    /// <summary>Means over windows that give an output of the wanted size (null keeps the input's), for an input [n, c, d, h, w] or [c, d, h, w] (<c>torch.nn.functional.adaptive_avg_pool3d</c>).</summary>
    public static Tensor AdaptiveAvgPool3d(Tensor input, Sizes outputSize) => AdaptiveAvgPool("adaptive_avg_pool3d", 3, input, outputSize);

    /// <summary>Maxima over windows that give an output of the wanted length, for an input [n, c, length] or [c, length] (<c>torch.nn.functional.adaptive_max_pool1d</c>).</summary>
    public static Tensor AdaptiveMaxPool1d(Tensor input, Sizes outputSize) => AdaptiveMaxPool("adaptive_max_pool1d", 1, input, outputSize).Output;

    /// <summary>Maxima over windows that give an output of the wanted size (null keeps the input's), for an input [n, c, h, w] or [c, h, w] (<c>torch.nn.functional.adaptive_max_pool2d</c>).</summary>
    public static Tensor AdaptiveMaxPool2d(Tensor input, Sizes outputSize) => AdaptiveMaxPool("adaptive_max_pool2d", 2, input, outputSize).Output;

    /// <summary>Maxima over windows that give an output of the wanted size (null keeps the input's), for an input [n, c, d, h, w] or [c, d, h, w] (<c>torch.nn.functional.adaptive_max_pool3d</c>).</summary>
    public static Tensor AdaptiveMaxPool3d(Tensor input, Sizes outputSize) => AdaptiveMaxPool("adaptive_max_pool3d", 3, input, outputSize).Output;

    /// <summary><see cref="AdaptiveMaxPool1d"/> with the position of each element in its channel (<c>adaptive_max_pool1d</c> with <c>return_indices</c>).</summary>
    public static (Tensor Output, Tensor Indices) AdaptiveMaxPool1dWithIndices(Tensor input, Sizes outputSize) => AdaptiveMaxPool("adaptive_max_pool1d", 1, input, outputSize);

    /// <summary><see cref="AdaptiveMaxPool2d"/> with the position of each element in its channel, in row-major order (<c>adaptive_max_pool2d</c> with <c>return_indices</c>).</summary>
    public static (Tensor Output, Tensor Indices) AdaptiveMaxPool2dWithIndices(Tensor input, Sizes outputSize) => AdaptiveMaxPool("adaptive_max_pool2d", 2, input, outputSize);

    /// <summary><see cref="AdaptiveMaxPool3d"/> with the position of each element in its channel, in row-major order (<c>adaptive_max_pool3d</c> with <c>return_indices</c>).</summary>
    public static (Tensor Output, Tensor Indices) AdaptiveMaxPool3dWithIndices(Tensor input, Sizes outputSize) => AdaptiveMaxPool("adaptive_max_pool3d", 3, input, outputSize);

    private static long[] AdaptiveSizes(string name, int rank, Tensor input, Sizes outputSize)
    {
        PoolGeometry.CheckInput(name, rank, input.Shape);
        long[] sizes = [.. outputSize.For(name, "output_size", rank)];
        for (int d = 0; d < rank; d++)
        {
            if (sizes[d] == Sizes.Keep) sizes[d] = input.Shape[input.Ndim - rank + d];
            if (sizes[d] < 0) throw OperationError.Argument(name, $"elements of output_size must be greater than or equal to 0, got {outputSize}");
        }
        return sizes;
    }

    /// <summary>The first position of window o of several over a length, and the first behind it.</summary>
    private static (long Start, long End) AdaptiveWindow(long o, long windows, long length) => (o * length / windows, ((o + 1) * length + windows - 1) / windows);

    private static Tensor AdaptiveAvgPool(string name, int rank, Tensor input, Sizes outputSize)
    {
        var sizes = AdaptiveSizes(name, rank, input, outputSize);
        int leading = input.Ndim - rank;
        if (!input.DType.IsFloatingPoint()) throw OperationError.NotSupported(name, $"not implemented for '{input.DType.Name()}'; convert with To(DType.Float32)");
        long[] spatial = [.. Enumerable.Range(leading, rank).Select(static d => (long)d)];
        if (Array.TrueForAll(sizes, static size => size == 1)) return input.Mean(spatial, keepdim: true);
        if (Enumerable.Range(0, rank).All(d => sizes[d] > 0 && input.Shape[leading + d] % sizes[d] == 0))
            return AvgPool(name, rank, input, Sizes.Create([.. Enumerable.Range(0, rank).Select(d => input.Shape[leading + d] / sizes[d])]), null, default, false, true, null);
        // Means over rectangles are means along one dimension after the other, each a product with a matrix of weights.
        var result = input;
        for (int d = 0; d < rank; d++)
        {
            long length = input.Shape[leading + d];
            if (sizes[d] == length) continue;
            var weights = new double[length * sizes[d]];
            for (long o = 0; o < sizes[d]; o++)
            {
                var (start, end) = AdaptiveWindow(o, sizes[d], length);
                for (long i = start; i < end; i++) weights[i * sizes[d] + o] = 1.0 / (end - start);
            }
            var matrix = Tensor.From(weights, [length, sizes[d]], input.DType);
            result = result.Transpose(leading + d, -1).Matmul(matrix).Transpose(leading + d, -1);
        }
        return result.Contiguous();
    }

    private static (Tensor Output, Tensor Indices) AdaptiveMaxPool(string name, int rank, Tensor input, Sizes outputSize)
    {
        var sizes = AdaptiveSizes(name, rank, input, outputSize);
        int leading = input.Ndim - rank;
        var coordinates = new Tensor[rank];
        for (int d = 0; d < rank; d++)
        {
            long length = input.Shape[leading + d], widest = 1;
            for (long o = 0; o < sizes[d]; o++) widest = Math.Max(widest, AdaptiveWindow(o, sizes[d], length).End - AdaptiveWindow(o, sizes[d], length).Start);
            // Narrower windows repeat their last position, which does not change the maximum, nor where it is first.
            var positions = new long[sizes[d] * widest];
            for (long o = 0; o < sizes[d]; o++)
            {
                var (start, end) = AdaptiveWindow(o, sizes[d], length);
                for (long i = 0; i < widest; i++) positions[o * widest + i] = Math.Min(start + i, end - 1);
            }
            coordinates[d] = Tensor.From(positions);
        }
        return MaxOverCoordinates(input, sizes, coordinates);
    }

    /// <summary>
    /// Maxima over windows that are given by coordinates along each spatial dimension, [windows * positions] or [.., windows * positions] for each channel:
    /// the elements are gathered so that the windows stand side by side.
    /// </summary>
    private static (Tensor Output, Tensor Indices) MaxOverCoordinates(Tensor input, long[] sizes, Tensor[] coordinates)
    {
        int rank = sizes.Length, leading = input.Ndim - rank;
        var gathered = input;
        var kernel = new long[rank];
        var perChannel = new Tensor[rank];
        for (int d = 0; d < rank; d++)
        {
            long count = coordinates[d].Shape[^1];
            kernel[d] = sizes[d] == 0 ? 1 : count / sizes[d];
            long[] channels = [.. input.Shape.Sizes.AsSpan(0, leading)];
            perChannel[d] = coordinates[d].Expand([.. channels, count]);
            long[] index = new long[input.Ndim], shape = gathered.Shape.ToArray();
            Array.Fill(index, 1);
            channels.CopyTo(index, 0);
            index[leading + d] = shape[leading + d] = count;
            gathered = gathered.Gather(leading + d, perChannel[d].Reshape(index).Expand(shape));
        }
        long[] output = [.. input.Shape.Sizes.AsSpan(0, leading), .. sizes], ones = new long[rank];
        Array.Fill(ones, 1);
        var windows = new Windows(gathered.Shape, kernel, kernel, ones, Shape.Create(output));
        var (values, positions) = windows.Max(gathered);

        Tensor indices = Tensor.Zeros(output, dtype: DType.Int64);
        var steps = input.Shape.ContiguousStrides;
        for (int d = 0; d < rank; d++)
        {
            var within = new long[windows.Count];
            for (int j = 0; j < within.Length; j++) within[j] = windows.Within(j)[d];
            var starts = new long[sizes[d]];
            for (long o = 0; o < starts.Length; o++) starts[o] = o * kernel[d];
            var shape = new long[rank];
            Array.Fill(shape, 1);
            shape[d] = sizes[d];
            var at = (Lookup(within, positions) + Tensor.From(starts).Reshape(shape)).Flatten(leading, -1);
            indices += perChannel[d].Gather(leading, at).Reshape(output) * steps[leading + d];
        }
        return (values, indices);
    }

    /// <summary>
    /// Maxima over windows at pseudo-random places, for an input [n, c, h, w] or [c, h, w] (<c>torch.nn.functional.fractional_max_pool2d</c>). The output's size is given, or
    /// its ratio to the input's.
    /// </summary>
    /// <param name="input">What to pool.</param>
    /// <param name="kernelSize">The size of a window.</param>
    /// <param name="outputSize">The output's size.</param>
    /// <param name="outputRatio">Or its ratio to the input's, between 0 and 1, one number or one for each dimension.</param>
    /// <param name="randomSamples">Numbers in [0, 1) of shape [n, c, 2]; drawn if not given.</param>
    /// <exception cref="ArgumentException">Neither or both of size and ratio, or windows that do not fit.</exception>
    public static Tensor FractionalMaxPool2d(Tensor input, Sizes kernelSize, Sizes? outputSize = null, ScaleFactors? outputRatio = null, Tensor? randomSamples = null) =>
        FractionalMaxPool("fractional_max_pool2d", 2, input, kernelSize, outputSize, outputRatio, randomSamples).Output;

    /// <summary>Maxima over windows at pseudo-random places, for an input [n, c, d, h, w] or [c, d, h, w] (<c>torch.nn.functional.fractional_max_pool3d</c>). See <see cref="FractionalMaxPool2d"/>.</summary>
    public static Tensor FractionalMaxPool3d(Tensor input, Sizes kernelSize, Sizes? outputSize = null, ScaleFactors? outputRatio = null, Tensor? randomSamples = null) =>
        FractionalMaxPool("fractional_max_pool3d", 3, input, kernelSize, outputSize, outputRatio, randomSamples).Output;

    /// <summary><see cref="FractionalMaxPool2d"/> with the position of each element in its channel (<c>return_indices</c>).</summary>
    public static (Tensor Output, Tensor Indices) FractionalMaxPool2dWithIndices(Tensor input, Sizes kernelSize, Sizes? outputSize = null, ScaleFactors? outputRatio = null, Tensor? randomSamples = null) =>
        FractionalMaxPool("fractional_max_pool2d", 2, input, kernelSize, outputSize, outputRatio, randomSamples);

    /// <summary><see cref="FractionalMaxPool3d"/> with the position of each element in its channel (<c>return_indices</c>).</summary>
    public static (Tensor Output, Tensor Indices) FractionalMaxPool3dWithIndices(Tensor input, Sizes kernelSize, Sizes? outputSize = null, ScaleFactors? outputRatio = null, Tensor? randomSamples = null) =>
        FractionalMaxPool("fractional_max_pool3d", 3, input, kernelSize, outputSize, outputRatio, randomSamples);

    private static (Tensor Output, Tensor Indices) FractionalMaxPool(string name, int rank, Tensor input, Sizes kernelSize, Sizes? outputSize, ScaleFactors? outputRatio, Tensor? randomSamples)
    {
        PoolGeometry.CheckInput(name, rank, input.Shape);
        CheckFractionalTarget(name, rank, outputSize, outputRatio);
        int leading = input.Ndim - rank;
        var kernel = kernelSize.For(name, "kernel_size", rank);
        long[] sizes = outputSize?.For(name, "output_size", rank) ?? [.. outputRatio!.Value.For(name, "output_ratio", rank).Select((ratio, d) => (long)(input.Shape[leading + d] * ratio))];
        long n = leading == 2 ? input.Shape[0] : 1, channels = input.Shape[leading - 1];
        var samples = randomSamples ?? Tensor.Rand([n, channels, rank], dtype: input.DType);
        if (!samples.Shape.AsSpan().SequenceEqual([n, channels, rank])) throw OperationError.Argument(name, $"expected _random_samples of size {OperationError.Text([n, channels, rank])}, got {OperationError.Text(samples.Shape)}");
        // The places of the windows are data: they are read here.
        var numbers = samples.ToArray<double>();
        var coordinates = new Tensor[rank];
        for (int d = 0; d < rank; d++)
        {
            long length = input.Shape[leading + d];
            if (sizes[d] < 1 || kernel[d] < 1 || sizes[d] + kernel[d] - 1 > length)
                throw OperationError.Argument(name, $"pool size {kernel[d]} and output size {sizes[d]} do not fit an input of size {length} in dimension {leading + d} of {OperationError.Text(input.Shape)}");
            var positions = new long[n * channels * sizes[d] * kernel[d]];
            for (long c = 0, at = 0; c < n * channels; c++)
            {
                // In two dimensions the first number is for the width.
                double sample = numbers[c * rank + (rank == 2 ? 1 - d : d)];
                for (long o = 0; o < sizes[d]; o++)
                {
                    long start = FractionalStart(o, sample, length, sizes[d], kernel[d], input.DType);
                    for (long i = 0; i < kernel[d]; i++) positions[at++] = start + i;
                }
            }
            coordinates[d] = Tensor.From(positions, leading == 2 ? [n, channels, sizes[d] * kernel[d]] : [channels, sizes[d] * kernel[d]]);
        }
        return MaxOverCoordinates(input, sizes, coordinates);
    }

    /// <summary>Refuses neither or both of size and ratio, and ratios that are not between 0 and 1.</summary>
    internal static void CheckFractionalTarget(string name, int rank, Sizes? outputSize, ScaleFactors? outputRatio)
    {
        if (outputSize is null == outputRatio is null)
            throw OperationError.Argument(name, outputSize is null ? "requires specifying either an output_size or an output_ratio" : "only one of output_size and output_ratio may be specified");
        if (outputRatio is { } ratio && !Array.TrueForAll(ratio.For(name, "output_ratio", rank), static r => r is > 0 and < 1))
            throw OperationError.Argument(name, $"output_ratio must be between 0 and 1 (got {ratio})");
    }

    /// <summary>Where a window starts; computed in the precision of the input, as PyTorch does.</summary>
    private static long FractionalStart(long o, double sample, long length, long windows, long kernel, DType dtype)
    {
        if (o == windows - 1) return length - kernel;
        if (dtype == DType.Float64)
        {
            double alpha = (double)(length - kernel) / (windows - 1);
            return (long)((o + sample) * alpha) - (long)(sample * alpha);
        }
        float step = (float)(length - kernel) / (windows - 1), s = (float)sample;
        return (long)((o + s) * step) - (long)(s * step);
    }
}
