namespace Firesteel.Nn;

/// <summary>Layer norm and RMS norm of float32 by their kernels.</summary>
internal static class LayerNormKernels
{
    private readonly record struct State(int Dim, bool HasWeight, double Eps);

    private static readonly FusedOperation<State> s_layerNorm = new("native_layer_norm", Save.None,
        static (x, s) => [Normalization.Run("native_layer_norm", x[0], Dims(x[0], s.Dim), s.HasWeight ? x[1] : null, x.Length > 2 ? x[2] : null, s.Eps).Output],
        static (in s, g, results) => Gradients(FusedOp.LayerNormBackward, s, g, results));

    private static readonly FusedOperation<State> s_rmsNorm = new("rms_norm", Save.None,
        static (x, s) => [Functional.RmsNormOf(x[0], Dims(x[0], s.Dim), s.HasWeight ? x[1] : null, s.Eps)],
        static (in s, g, results) => Gradients(FusedOp.RmsNormBackward, s, g, results));

    /// <summary>Whether the kernels do these.</summary>
    public static bool Apply(Tensor input, Tensor? weight, Tensor? bias) =>
        input is { DType: DType.Float32, NumElements: > 0 } && weight is null or { DType: DType.Float32 } && (bias is null || (weight is not null && bias.DType == DType.Float32));

    /// <summary>Layer norm over the dimensions from <paramref name="dim"/> on.</summary>
    public static Tensor Layer(Tensor input, int dim, Tensor? weight, Tensor? bias, double eps) => Run(FusedOp.LayerNorm, s_layerNorm, input, dim, weight, bias, eps);

    /// <summary>RMS norm over the dimensions from <paramref name="dim"/> on.</summary>
    public static Tensor Rms(Tensor input, int dim, Tensor? weight, double eps) => Run(FusedOp.RmsNorm, s_rmsNorm, input, dim, weight, null, eps);

    private static long[] Dims(Tensor input, int first)
    {
        var dims = new long[input.Ndim - first];
        for (int i = 0; i < dims.Length; i++) dims[i] = first + i;
        return dims;
    }

    private static Tensor Run(FusedOp op, FusedOperation<State> operation, Tensor input, int dim, Tensor? weight, Tensor? bias, double eps)
    {
        var device = input.Device;
        var output = Tensor.Allocate(input.Shape, DType.Float32, device);
        var rows = Shape.Create([.. input.Shape.AsSpan()[..dim]]);
        View mean = Tensor.Allocate(rows, DType.Float32, device), rstd = Tensor.Allocate(rows, DType.Float32, device);
        device.Run(new KernelCall(new FusedKernel(op, dim), [output, mean, rstd], [Contiguous(input), Contiguous(weight, 1), Contiguous(bias, 0), (Scalar)eps]));
        ReadOnlySpan<Tensor> inputs = weight is null ? [input] : bias is null ? [input, weight] : [input, weight, bias];
        return operation.Record(output, [mean, rstd], inputs, new(dim, weight is not null, eps));
    }

    private static void Gradients(FusedOp op, in Saved<State> s, Tensor g, Span<Tensor?> results)
    {
        var input = s.Input(0);
        var weight = s.State.HasWeight ? s.Input(1) : null;
        bool ofBias = s.InputCount > 2 && s.Needs(2), ofWeight = weight is not null && (s.Needs(1) || ofBias);
        View Like(Tensor t) => Tensor.Allocate(t.Shape, DType.Float32, t.Device);
        ReadOnlySpan<View> outputs = ofBias ? [Like(input), Like(weight!), Like(weight!)] : ofWeight ? [Like(input), Like(weight!)] : [Like(input)];
        input.Device.Run(new KernelCall(new FusedKernel(op, s.State.Dim), outputs, [Contiguous(input), Contiguous(g), Contiguous(weight, 1), s.Output(1).Layout, s.Output(2).Layout]));
        for (int i = 0; i < outputs.Length; i++) results[i] = new Tensor(outputs[i]);
    }

    private static KernelInput Contiguous(Tensor? tensor, int otherwise = 0) => tensor is null ? (Scalar)otherwise : new Tensor(tensor.Layout).Contiguous().Layout;
}
