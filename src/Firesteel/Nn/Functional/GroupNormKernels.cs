namespace Firesteel.Nn;

/// <summary>Group norm of float32 by its kernels; instance norm is the same with a group for every channel.</summary>
internal static class GroupNormKernels
{
    private readonly record struct State(long Groups, bool HasWeight, double Eps);

    private static readonly FusedOperation<State> s_groupNorm = Operation("native_group_norm"), s_instanceNorm = Operation("native_batch_norm");

    private static FusedOperation<State> Operation(string name) => new(name, Save.None,
        static (x, s) => [Combination(x[0], s.Groups, s.HasWeight ? x[1] : null, x.Length > 2 ? x[2] : null, s.Eps)], Gradients);

    /// <summary>Whether the kernels do these.</summary>
    public static bool Apply(Tensor input, Tensor? weight, Tensor? bias) =>
        input is { DType: DType.Float32, NumElements: > 0 } && weight is null or { DType: DType.Float32 } && (bias is null || (weight is not null && bias.DType == DType.Float32));

    /// <summary>The result, and mean and variance of every sample's groups, [n, groups].</summary>
    public static (Tensor Output, Tensor Mean, Tensor Var) Run(Tensor input, long groups, Tensor? weight, Tensor? bias, double eps, bool instance = false)
    {
        var device = input.Device;
        View Statistic() => Tensor.Allocate(Shape.Create([input.Shape[0], groups]), DType.Float32, device);
        View output = Tensor.Allocate(input.Shape, DType.Float32, device), mean = Statistic(), rstd = Statistic(), variance = Statistic();
        device.Run(new KernelCall(new FusedKernel(FusedOp.GroupNorm), [output, mean, rstd, variance], [Contiguous(input), Contiguous(weight, 1), Contiguous(bias, 0), (Scalar)eps]));
        ReadOnlySpan<Tensor> inputs = weight is null ? [input] : bias is null ? [input, weight] : [input, weight, bias];
        return ((instance ? s_instanceNorm : s_groupNorm).Record(output, [mean, rstd], inputs, new(groups, weight is not null, eps)), new Tensor(mean), new Tensor(variance));
    }

    /// <summary>The same by operations.</summary>
    public static Tensor Combination(Tensor input, long groups, Tensor? weight, Tensor? bias, double eps)
    {
        long n = input.Shape[0], channels = input.Shape[1], run = 1;
        foreach (long size in input.Shape.AsSpan()[2..]) run *= size;
        long[] perGroup = [1, groups, channels / groups, 1];
        return Functional.Normalized("native_group_norm", input.Reshape(n, groups, channels / groups, run), [2, 3], weight?.Reshape(perGroup), bias?.Reshape(perGroup), eps).Output.Reshape(input.Shape);
    }

    private static void Gradients(in Saved<State> s, Tensor g, Span<Tensor?> results)
    {
        var input = s.Input(0);
        var weight = s.State.HasWeight ? s.Input(1) : null;
        View Like(Tensor t) => Tensor.Allocate(t.Shape, DType.Float32, t.Device);
        ReadOnlySpan<View> outputs = weight is null ? [Like(input)] : [Like(input), Like(weight), Like(weight)];
        input.Device.Run(new KernelCall(new FusedKernel(FusedOp.GroupNormBackward), outputs, [Contiguous(input), Contiguous(g), Contiguous(weight, 1), s.Output(1).Layout, s.Output(2).Layout]));
        for (int i = 0; i < results.Length; i++) results[i] = new Tensor(outputs[i]);
    }

    private static KernelInput Contiguous(Tensor? tensor, int otherwise = 0) => tensor is null ? (Scalar)otherwise : new Tensor(tensor.Layout).Contiguous().Layout;
}
