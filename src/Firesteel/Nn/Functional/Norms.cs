namespace Firesteel.Nn;

public static partial class Functional
{
    private static readonly Pointwise s_shift = new("native_batch_norm", static (bias, mean, scale) => bias - mean * scale);
    private static readonly Pointwise s_rstd = new("rsqrt", static (v, eps) => 1 / Expr.Sqrt(v + eps));

    /// <summary>
    /// Normalizes every channel of an input [n, c, ...] (<c>torch.nn.functional.batch_norm</c>): in training by the batch's own mean and variance, which
    /// also move the running ones in place, else by the running ones.
    /// </summary>
    /// <exception cref="ArgumentException">Sizes that do not fit, one value per channel in training, no running statistics outside of it.</exception>
    public static Tensor BatchNorm(Tensor input, Tensor? runningMean, Tensor? runningVar, Tensor? weight = null, Tensor? bias = null, bool training = false, double momentum = 0.1, double eps = 1e-5) =>
        BatchNormMoving(input, runningMean, runningVar, weight, bias, training, momentum, eps);

    /// <summary>The same where the weight of the batch may be a tensor.</summary>
    internal static Tensor BatchNormMoving(Tensor input, Tensor? runningMean, Tensor? runningVar, Tensor? weight, Tensor? bias, bool training, Operand momentum, double eps)
    {
        if (training && input.Ndim >= 2 && input.Shape[1] > 0 && input.NumElements / input.Shape[1] == 1)
            throw OperationError.Argument("batch_norm", $"expected more than 1 value per channel when training, got input size {OperationError.Text(input.Shape)}");
        return NativeBatchNorm("batch_norm", input, weight, bias, runningMean, runningVar, training, momentum, eps).Output;
    }

    internal static (Tensor Output, Tensor Mean, Tensor Rstd) NativeBatchNorm(string name, Tensor input, Tensor? weight, Tensor? bias, Tensor? runningMean, Tensor? runningVar, bool training, Operand momentum, double eps)
    {
        if (!input.DType.IsFloatingPoint()) throw OperationError.NotSupported(name, $"not implemented for '{input.DType.Name()}'; convert with To(DType.Float32)");
        if (input.Ndim == 0) throw OperationError.Argument(name, "expected an input with a batch and channels, got a 0-d tensor");
        long channels = input.Shape[Math.Min(1, input.Ndim - 1)];
        Span<(Tensor? Tensor, string Name)> perChannel = [(weight, "weight"), (bias, "bias"), (runningMean, "running_mean"), (runningVar, "running_var")];
        foreach (var (tensor, argument) in perChannel)
            if (tensor is not null && tensor.NumElements != channels)
                throw OperationError.Argument(name, $"{argument} should contain {channels} elements not {tensor.NumElements}: input {OperationError.Text(input.Shape)}, {argument} {OperationError.Text(tensor.Shape)}");
        var shape = new long[input.Ndim];
        Array.Fill(shape, 1);
        shape[Math.Min(1, input.Ndim - 1)] = channels;
        if (!training)
        {
            if (runningMean is null || runningVar is null) throw OperationError.Argument(name, "expected running_mean and running_var to be defined when training=False");
            var rstd = s_rstd.Apply(runningVar, eps);
            // Numbers of a channel first: what is left for every element is one multiplication and one addition.
            var scale = weight is null ? rstd : rstd * weight.Reshape(rstd.Shape);
            var shift = s_shift.Run([bias is null ? 0 : bias.Reshape(rstd.Shape), runningMean.Reshape(rstd.Shape), scale]);
            return (BatchNormKernels.ScaleAndShift(input, scale, shift),
                Tensor.Empty([0], dtype: input.DType), Tensor.Empty([0], dtype: input.DType));
        }
        var result = BatchNormKernels.Apply(input, weight, bias) ? BatchNormKernels.Run(input, weight, bias, eps)
            : Normalized("native_batch_norm", input, AllButChannels(input.Ndim), weight?.Reshape(shape), bias?.Reshape(shape), eps);
        double count = channels == 0 ? 0 : (double)input.NumElements / channels;
        MoveRunning(runningMean, result.Mean, momentum);
        MoveRunning(runningVar, result.Var * (count / (count - 1)), momentum);
        return (result.Output, result.Mean.Detach().Reshape(channels), result.Rstd.Detach().Reshape(channels));
    }

    /// <summary>Moves a running statistic towards one of the batch, in place and unrecorded.</summary>
    private static void MoveRunning(Tensor? running, Tensor batch, Operand momentum)
    {
        if (running is null) return;
        using var _ = Autograd.NoGrad();
        var (old, now) = momentum.Tensor is { } weight ? (running * (1 - weight), batch.Detach().Reshape(running.Shape) * weight)
            : (running * (1 - momentum.Scalar.AsDouble), batch.Detach().Reshape(running.Shape) * momentum.Scalar.AsDouble);
        running.CopyInPlace(old + now);
    }

    internal static (Tensor Output, Tensor Mean, Tensor Rstd, Tensor Var) Normalized(string name, Tensor input, long[] dims, Tensor? weight, Tensor? bias, double eps)
    {
        if (bias is not null && weight is null)
        {
            var result = Normalization.Run(name, input, dims, null, null, eps);
            return (result.Output + bias, result.Mean, result.Rstd, result.Var);
        }
        return Normalization.Run(name, input, dims, weight, bias, eps);
    }

    /// <summary>Normalizes over the last dimensions, of shape <paramref name="normalizedShape"/>, which is also that of weight and bias (<c>torch.nn.functional.layer_norm</c>).</summary>
    /// <exception cref="ArgumentException">The input does not end in that shape, or weight or bias has another.</exception>
    public static Tensor LayerNorm(Tensor input, ReadOnlySpan<long> normalizedShape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5)
    {
        if (!LayerNormKernels.Apply(input, weight, bias)) return NativeLayerNorm("layer_norm", input, normalizedShape, weight, bias, eps).Output;
        var dims = NormalizedDims("layer_norm", input, normalizedShape, weight, bias);
        return LayerNormKernels.Layer(input, (int)dims[0], weight, bias, eps);
    }

    internal static (Tensor Output, Tensor Mean, Tensor Rstd) NativeLayerNorm(string name, Tensor input, ReadOnlySpan<long> normalizedShape, Tensor? weight, Tensor? bias, double eps)
    {
        var dims = NormalizedDims(name, input, normalizedShape, weight, bias);
        var result = Normalized("native_layer_norm", input, dims, weight, bias, eps);
        return (result.Output, result.Mean.Detach(), result.Rstd.Detach());
    }

    private static long[] NormalizedDims(string name, Tensor input, ReadOnlySpan<long> normalizedShape, Tensor? weight, Tensor? bias)
    {
        if (!input.DType.IsFloatingPoint()) throw OperationError.NotSupported(name, $"not implemented for '{input.DType.Name()}'; convert with To(DType.Float32)");
        if (normalizedShape.IsEmpty) throw OperationError.Argument(name, "expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element");
        int leading = input.Ndim - normalizedShape.Length;
        if (leading < 0 || !input.Shape.AsSpan()[leading..].SequenceEqual(normalizedShape))
            throw OperationError.Argument(name, $"given normalized_shape={OperationError.Text(normalizedShape)}, expected input with shape [*, {string.Join(", ", normalizedShape.ToArray())}], but got input of size {OperationError.Text(input.Shape)}");
        Span<(Tensor? Tensor, string Name)> affine = [(weight, "weight"), (bias, "bias")];
        foreach (var (tensor, argument) in affine)
            if (tensor is not null && !tensor.Shape.AsSpan().SequenceEqual(normalizedShape))
                throw OperationError.Argument(name, $"expected {argument} to be of same shape as normalized_shape, but got {argument} of shape {OperationError.Text(tensor.Shape)} and normalized_shape = {OperationError.Text(normalizedShape)}");
        return [.. Enumerable.Range(leading, normalizedShape.Length).Select(static d => (long)d)];
    }

    /// <summary>Divides by the root of the mean square over the last dimensions, of shape <paramref name="normalizedShape"/> (<c>torch.nn.functional.rms_norm</c>); <paramref name="eps"/> is the dtype's epsilon unless given.</summary>
    /// <exception cref="ArgumentException">The input does not end in that shape, or the weight has another.</exception>
    public static Tensor RmsNorm(Tensor input, ReadOnlySpan<long> normalizedShape, Tensor? weight = null, double? eps = null)
    {
        var dims = NormalizedDims("rms_norm", input, normalizedShape, weight, null);
        return LayerNormKernels.Apply(input, weight, null) ? LayerNormKernels.Rms(input, (int)dims[0], weight, eps ?? input.DType.Epsilon()) : RmsNormOf(input, dims, weight, eps);
    }

    internal static Tensor RmsNormOf(Tensor input, long[] dims, Tensor? weight, double? eps)
    {
        var wide = input.DType is DType.Float16 or DType.BFloat16 ? input.To(DType.Float32) : input;
        var scaled = (wide * s_rstd.Apply((wide * wide).Mean(dims, keepdim: true), eps ?? input.DType.Epsilon())).To(input.DType);
        return weight is null ? scaled : scaled * weight;
    }

    /// <summary>Normalizes each of <paramref name="numGroups"/> groups of channels of an input [n, c, ...]; weight and bias [c] (<c>torch.nn.functional.group_norm</c>).</summary>
    /// <exception cref="ArgumentException">The number of channels is no multiple of the number of groups, or sizes do not fit.</exception>
    public static Tensor GroupNorm(Tensor input, long numGroups, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5)
    {
        if (input.Ndim < 2) throw OperationError.Argument("group_norm", $"expected at least 2 dimensions for input tensor but received {input.Ndim}: {OperationError.Text(input.Shape)}");
        if (!input.DType.IsFloatingPoint()) throw OperationError.NotSupported("group_norm", $"not implemented for '{input.DType.Name()}'; convert with To(DType.Float32)");
        long channels = input.Shape[1];
        if (numGroups <= 0 || channels % numGroups != 0)
            throw OperationError.Argument("group_norm", $"expected number of channels in input to be divisible by num_groups, but got input of shape {OperationError.Text(input.Shape)} and num_groups={numGroups}");
        Span<(Tensor? Tensor, string Name)> affine = [(weight, "weight"), (bias, "bias")];
        foreach (var (tensor, argument) in affine)
            if (tensor is not null && (tensor.Ndim != 1 || tensor.Shape[0] != channels))
                throw OperationError.Argument("group_norm", $"expected {argument} to be a vector of size equal to the number of channels in input, but got {argument} of shape {OperationError.Text(tensor.Shape)} and input of shape {OperationError.Text(input.Shape)}");
        return GroupNormKernels.Apply(input, weight, bias) ? GroupNormKernels.Run(input, numGroups, weight, bias, eps).Output : GroupNormKernels.Combination(input, numGroups, weight, bias, eps);
    }

    /// <summary>
    /// Normalizes every channel of every sample of an input [n, c, ...] (<c>torch.nn.functional.instance_norm</c>) by its own statistics, which also move the running
    /// ones, or by the running ones if <paramref name="useInputStats"/> is false.
    /// </summary>
    /// <exception cref="ArgumentException">Sizes that do not fit, or one value per channel.</exception>
    public static Tensor InstanceNorm(Tensor input, Tensor? runningMean = null, Tensor? runningVar = null, Tensor? weight = null, Tensor? bias = null, bool useInputStats = true, double momentum = 0.1, double eps = 1e-5)
    {
        if (!useInputStats) return NativeBatchNorm("instance_norm", input, weight, bias, runningMean, runningVar, false, momentum, eps).Output;
        if (input.Ndim < 3) throw OperationError.Argument("instance_norm", $"expected an input [n, c, ...] with at least 3 dimensions, got {OperationError.Text(input.Shape)}");
        if (!input.DType.IsFloatingPoint()) throw OperationError.NotSupported("instance_norm", $"not implemented for '{input.DType.Name()}'; convert with To(DType.Float32)");
        long channels = input.Shape[1], count = Elements(input.Shape.Sizes[2..]);
        if (count == 1) throw OperationError.Argument("instance_norm", $"expected more than 1 spatial element when training, got input size {OperationError.Text(input.Shape)}");
        Tensor output, mean, variance;
        if (weight is null or { Ndim: 1 } && bias is null or { Ndim: 1 } && FitsChannels(weight) && FitsChannels(bias) && GroupNormKernels.Apply(input, weight, bias))
            (output, mean, variance) = GroupNormKernels.Run(input, channels, weight, bias, eps, instance: true);
        else
        {
            var shape = new long[input.Ndim];
            Array.Fill(shape, 1);
            shape[1] = channels;
            long[] dims = [.. Enumerable.Range(2, input.Ndim - 2).Select(static d => (long)d)];
            (output, mean, _, variance) = Normalized("native_batch_norm", input, dims, weight?.Reshape(shape), bias?.Reshape(shape), eps);
        }
        // The running statistics are those of a channel: the mean over the samples.
        MoveRunning(runningMean, mean.Detach().Mean(0), momentum);
        MoveRunning(runningVar, variance.Mean(0) * ((double)count / (count - 1)), momentum);
        return output;

        bool FitsChannels(Tensor? perChannel) => perChannel is null || perChannel.NumElements == channels;
    }
}
