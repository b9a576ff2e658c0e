namespace Firesteel.Nn;

/// <summary>
/// Normalization by mean and standard deviation over some dimensions, scaled and shifted: what batch, layer, group and instance norm have in
/// common. One operation with three outputs, so that backward reads mean and 1/deviation instead of computing them again.
/// </summary>
internal static class Normalization
{
    private readonly record struct State(long[] Dims, double Count, bool HasWeight);

    private static readonly Pointwise s_normalized = new("normalized", static (x, mean, rstd) => (x - mean) * rstd);
    private static readonly Pointwise s_gradient = new("normalized_backward", 5, static x => x[2] * (x[0] - x[3] - x[1] * x[4]), null, ResultType.Promoted);
    private static readonly Program s_minus = new(2, Expr.In(0) - Expr.In(1));
    private static readonly Program s_square = new(1, Expr.In(0) * Expr.In(0));
    private static readonly Program s_rstd = new(3, 1 / Expr.Sqrt(Expr.In(0) / Expr.In(1) + Expr.In(2)));
    private static readonly Program[] s_scale =
    [
        new(2, Expr.In(0) * Expr.In(1)),
        new(3, Expr.In(0) * Expr.In(1) * Expr.In(2)),
        new(4, Expr.In(0) * Expr.In(1) * Expr.In(2) + Expr.In(3)),
    ];

    private static readonly (Save, GradientFormula<State>)[] s_gradients =
    [
        (Save.Input0 | Save.Input1 | Save.Output1 | Save.Output2, static (in s, g) => InputGradient(s)),
        (Save.Input0 | Save.Output1 | Save.Output2, static (in s, g) => s.Grad(0) is { } outer ? outer * s_normalized.Apply(s.Input(0), s.Output(1), s.Output(2)) : null),
        (Save.None, static (in s, g) => s.Grad(0)),
    ];

    private static readonly Dictionary<string, Operation<State>[]> s_operations = new[] { "native_batch_norm", "native_layer_norm", "native_group_norm" }
        .ToDictionary(static name => name, static name => new Operation<State>[] { new(name, s_gradients[..1]), new(name, s_gradients[..2]), new(name, s_gradients) });

    /// <summary>
    /// <c>(x - mean) / sqrt(var + eps) * weight + bias</c>, with mean and variance (divided by n) over <paramref name="dims"/>. Weight and bias broadcast; a bias needs a weight.
    /// Mean, 1/deviation and variance keep the dimensions, and 16-bit inputs give them in float32.
    /// </summary>
    public static (Tensor Output, Tensor Mean, Tensor Rstd, Tensor Var) Run(string name, Tensor x, long[] dims, Tensor? weight, Tensor? bias, double eps)
    {
        var wide = x.DType == DType.Float64 ? DType.Float64 : DType.Float32;
        var device = x.Device;
        var (kept, _) = x.ReducedShapes(name, dims, true);
        double count = 1;
        foreach (long d in dims) count *= x.Shape.Sizes[(int)d];
        var plain = new Tensor(x.Layout);
        var mean = plain.To(wide).Mean(dims, keepdim: true);
        var centred = new Tensor(Tensor.Allocate(x.Shape, wide, device));
        device.Run(new KernelCall(new MapKernel(s_minus, wide), [centred.Layout], [x.Layout, mean.Layout]));
        var squared = new Tensor(Tensor.Allocate(x.Shape, wide, device));
        device.Run(new KernelCall(new MapKernel(s_square, wide), [squared.Layout], [centred.Layout]));
        var squares = squared.Reduced(ReduceOp.Sum, kept, wide);
        var rstd = Tensor.Allocate(kept, wide, device);
        device.Run(new KernelCall(new MapKernel(s_rstd, wide), [rstd], [squares, (Scalar)count, (Scalar)eps]));
        var output = Tensor.Allocate(x.Shape, x.DType, device);
        switch (weight, bias)
        {
            case (null, _): device.Run(new KernelCall(new MapKernel(s_scale[0], wide), [output], [centred.Layout, rstd])); break;
            case (_, null): device.Run(new KernelCall(new MapKernel(s_scale[1], wide), [output], [centred.Layout, rstd, weight.Layout])); break;
            default: device.Run(new KernelCall(new MapKernel(s_scale[2], wide), [output], [centred.Layout, rstd, weight.Layout, bias.Layout])); break;
        }
        var state = new State(dims, count, weight is not null);
        var operation = s_operations[name];
        var results = weight is null ? operation[0].RecordMany([output, mean.Layout, rstd], [x], state)
            : bias is null ? operation[1].RecordMany([output, mean.Layout, rstd], [x, weight], state)
            : operation[2].RecordMany([output, mean.Layout, rstd], [x, weight, bias], state);
        return (results[0], results[1], results[2], new Tensor(squares) / count);
    }

    private static Tensor? InputGradient(in Saved<State> s)
    {
        var (dims, count, hasWeight) = s.State;
        Tensor x = s.Input(0), rstd = s.Output(2), hat = s_normalized.Apply(x, s.Output(1), rstd);
        Tensor? sum = null;
        if (s.Grad(0) is { } g)
        {
            if (hasWeight) g = g * s.Input(1);
            sum = s_gradient.Run([g, hat, rstd, g.Mean(dims, keepdim: true), (g * hat).Mean(dims, keepdim: true)]);
        }
        // Mean and 1/deviation are outputs too: gradients of gradients come back through them.
        if (s.Grad(1) is { } ofMean) sum = sum is null ? (ofMean / count).Expand(x.Shape) : sum + ofMean / count;
        if (s.Grad(2) is { } ofRstd)
        {
            var part = ofRstd * rstd * rstd * hat / -count;
            sum = sum is null ? part : sum + part;
        }
        return sum;
    }
}
