namespace Firesteel.Nn;

/// <summary>Batch norm of float32 by the statistics of the batch, by its kernels.</summary>
internal static class BatchNormKernels
{
    private readonly record struct State(bool HasWeight, double Eps);

    private static readonly FusedOperation<State> s_batchNorm = new("native_batch_norm", Save.None,
        static (x, s) => [Combination(x[0], s.HasWeight ? x[1] : null, x.Length > 2 ? x[2] : null, s.Eps)], Gradients);

    /// <summary>Whether the kernels do these: runs of a channel that fill vectors.</summary>
    public static bool Apply(Tensor input, Tensor? weight, Tensor? bias) =>
        input is { DType: DType.Float32, NumElements: > 0, Ndim: > 2 } && input.NumElements / (input.Shape[0] * input.Shape[1]) >= 8
        && weight is null or { DType: DType.Float32 } && (bias is null || (weight is not null && bias.DType == DType.Float32));

    /// <summary>The result, and mean, 1/deviation and variance of every channel [c].</summary>
    public static (Tensor Output, Tensor Mean, Tensor Rstd, Tensor Var) Run(Tensor input, Tensor? weight, Tensor? bias, double eps)
    {
        var device = input.Device;
        View output = Tensor.Allocate(input.Shape, DType.Float32, device), mean = Channels(input), rstd = Channels(input), variance = Channels(input);
        device.Run(new KernelCall(new FusedKernel(FusedOp.BatchNorm), [output, mean, rstd, variance], [Contiguous(input), Contiguous(weight, 1), Contiguous(bias, 0), (Scalar)eps]));
        ReadOnlySpan<Tensor> inputs = weight is null ? [input] : bias is null ? [input, weight] : [input, weight, bias];
        // The caller gets copies of the statistics: what backward reads must stay as it is.
        return (s_batchNorm.Record(output, [mean, rstd], inputs, new(weight is not null, eps)), new Tensor(mean).Clone(), new Tensor(rstd).Clone(), new Tensor(variance));
    }

    private static readonly Pointwise s_scaleAndShift = new("native_batch_norm", static (x, scale, shift) => x * scale + shift);

    private static readonly FusedOperation<bool> s_evaluated = new("native_batch_norm", Save.None, static (x, _) => [ScaledAndShifted(x[0], x[1], x[2])],
        static (in s, g, results) =>
        {
            Tensor input = s.Input(0), scale = s.Input(1);
            long[] perChannel = PerChannel(input), dims = AllButChannels(input.Ndim);
            if (s.Needs(0)) results[0] = g * scale.Reshape(perChannel);
            if (s.Needs(1)) results[1] = (g * input).Sum(dims);
            if (s.Needs(2)) results[2] = g.Sum(dims);
        });

    /// <summary>x scale + shift with numbers [c] for each channel.</summary>
    public static Tensor ScaleAndShift(Tensor input, Tensor scale, Tensor shift)
    {
        if (!Apply(input, scale, shift)) return ScaledAndShifted(input, scale, shift);
        var output = Tensor.Allocate(input.Shape, DType.Float32, input.Device);
        input.Device.Run(new KernelCall(new FusedKernel(FusedOp.ScaleAndShift), [output], [Contiguous(input), Contiguous(scale), Contiguous(shift)]));
        return s_evaluated.Record(output, [], [input, scale, shift], false);
    }

    private static Tensor ScaledAndShifted(Tensor input, Tensor scale, Tensor shift) => s_scaleAndShift.Apply(input, scale.Reshape(PerChannel(input)), shift.Reshape(PerChannel(input)));

    private static long[] PerChannel(Tensor input)
    {
        var sizes = new long[input.Ndim];
        Array.Fill(sizes, 1);
        int channels = Math.Min(1, input.Ndim - 1);
        sizes[channels] = input.Shape[channels];
        return sizes;
    }

    private static long[] AllButChannels(int rank) => [0, .. Enumerable.Range(2, rank - 2).Select(static d => (long)d)];

    private static Tensor Combination(Tensor input, Tensor? weight, Tensor? bias, double eps)
    {
        long[] perChannel = PerChannel(input);
        return Normalization.Run("native_batch_norm", input, AllButChannels(input.Ndim), weight?.Reshape(perChannel), bias?.Reshape(perChannel), eps).Output;
    }

    private static void Gradients(in Saved<State> s, Tensor g, Span<Tensor?> results)
    {
        var input = s.Input(0);
        View dx = Tensor.Allocate(input.Shape, DType.Float32, input.Device), ofWeight = Channels(input), ofBias = Channels(input);
        var weight = s.State.HasWeight ? s.Input(1) : null;
        input.Device.Run(new KernelCall(new FusedKernel(FusedOp.BatchNormBackward), [dx, ofWeight, ofBias], [Contiguous(input), Contiguous(g), Contiguous(weight, 1), s.Output(1).Layout, s.Output(2).Layout]));
        results[0] = new Tensor(dx);
        if (weight is null) return;
        results[1] = new Tensor(ofWeight).Reshape(weight.Shape);
        if (results.Length > 2) results[2] = new Tensor(ofBias);
    }

    private static View Channels(Tensor input) => Tensor.Allocate(Shape.Create([input.Shape[1]]), DType.Float32, input.Device);

    private static KernelInput Contiguous(Tensor? tensor, int otherwise = 0) => tensor is null ? (Scalar)otherwise : new Tensor(tensor.Layout).Contiguous().Layout;
}
