namespace Firesteel.Nn;

public static partial class Functional
{
    private readonly record struct ConvState(long[] Stride, long[] Padding, long[] Dilation, long Groups, Shape X, Shape W, Shape Y)
    {
        public ConvKernel Kernel(ConvPass pass) => new(pass, Stride, Padding, Dilation, Groups);
    }

    // The three passes of a convolution are linear in both of their operands, and the gradients of each are the other two: y = conv(x, w),
    // x = data(y, w), w = filter(x, y). A bias is added to the first or the second.
    private static readonly (Save, GradientFormula<ConvState>) s_biasGradient = (Save.None, static (in s, g) => g.Sum(AllButChannels(g.Ndim)));

    private static readonly (Save, GradientFormula<ConvState>)[] s_forwardGradients =
    [
        (Save.Input1, static (in s, g) => ConvPassOf(ConvPass.Data, g, s.Input(1), s.State)),
        (Save.Input0, static (in s, g) => ConvPassOf(ConvPass.Filter, s.Input(0), g, s.State)),
        s_biasGradient,
    ];

    private static readonly (Save, GradientFormula<ConvState>)[] s_dataGradients =
    [
        (Save.Input1, static (in s, g) => ConvPassOf(ConvPass.Forward, g, s.Input(1), s.State)),
        (Save.Input0, static (in s, g) => ConvPassOf(ConvPass.Filter, g, s.Input(0), s.State)),
        s_biasGradient,
    ];

    private static readonly (Save, GradientFormula<ConvState>)[] s_filterGradients =
    [
        (Save.Input1, static (in s, g) => ConvPassOf(ConvPass.Data, s.Input(1), g, s.State)),
        (Save.Input0, static (in s, g) => ConvPassOf(ConvPass.Forward, s.Input(0), g, s.State)),
    ];

    private static readonly Operation<ConvState> s_conv = new("convolution", s_forwardGradients[..2]), s_convBias = new("convolution", s_forwardGradients);
    private static readonly Operation<ConvState> s_convData = new("convolution", s_dataGradients[..2]), s_convDataBias = new("convolution", s_dataGradients);
    private static readonly Operation<ConvState> s_convFilter = new("convolution_backward", s_filterGradients);

    private static long[] AllButChannels(int rank) => [.. Enumerable.Range(0, rank).Where(static d => d != 1).Select(static d => (long)d)];

    private static Tensor ConvPassOf(ConvPass pass, Tensor a, Tensor b, ConvState state, Tensor? bias = null)
    {
        var shape = pass switch { ConvPass.Forward => state.Y, ConvPass.Data => state.X, _ => state.W };
        var view = Tensor.Allocate(shape, a.DType, a.Device);
        a.Device.Run(new KernelCall(state.Kernel(pass), [view], bias is null ? [a.Layout, b.Layout] : [a.Layout, b.Layout, bias.Layout]));
        return pass switch
        {
            ConvPass.Forward => bias is null ? s_conv.Record(view, [a, b], state) : s_convBias.Record(view, [a, b, bias], state),
            ConvPass.Data => bias is null ? s_convData.Record(view, [a, b], state) : s_convDataBias.Record(view, [a, b, bias], state),
            _ => s_convFilter.Record(view, [a, b], state),
        };
    }

    /// <summary>Convolution over one dimension: input [n, in, length] or [in, length], weight [out, in/groups, k], bias [out] (<c>torch.nn.functional.conv1d</c>).</summary>
    /// <exception cref="ArgumentException">Shapes, dtypes or numbers that do not fit.</exception>
    public static Tensor Conv1d(Tensor input, Tensor weight, Tensor? bias = null, Sizes stride = default, ConvPadding padding = default, Sizes dilation = default, long groups = 1) =>
        Conv("conv1d", 1, input, weight, bias, stride, padding, dilation, groups);

    /// <summary>Convolution over two dimensions: input [n, in, h, w] or [in, h, w], weight [out, in/groups, kh, kw], bias [out] (<c>torch.nn.functional.conv2d</c>).</summary>
    /// <exception cref="ArgumentException">Shapes, dtypes or numbers that do not fit.</exception>
    public static Tensor Conv2d(Tensor input, Tensor weight, Tensor? bias = null, Sizes stride = default, ConvPadding padding = default, Sizes dilation = default, long groups = 1) =>
        Conv("conv2d", 2, input, weight, bias, stride, padding, dilation, groups);

    /// <summary>Convolution over three dimensions: input [n, in, d, h, w] or [in, d, h, w], weight [out, in/groups, kd, kh, kw], bias [out] (<c>torch.nn.functional.conv3d</c>).</summary>
    /// <exception cref="ArgumentException">Shapes, dtypes or numbers that do not fit.</exception>
    public static Tensor Conv3d(Tensor input, Tensor weight, Tensor? bias = null, Sizes stride = default, ConvPadding padding = default, Sizes dilation = default, long groups = 1) =>
        Conv("conv3d", 3, input, weight, bias, stride, padding, dilation, groups);

    /// <summary>Transposed convolution over one dimension: input [n, in, length] or [in, length], weight [in, out/groups, k], bias [out] (<c>torch.nn.functional.conv_transpose1d</c>).</summary>
    /// <exception cref="ArgumentException">Shapes, dtypes or numbers that do not fit.</exception>
    public static Tensor ConvTranspose1d(Tensor input, Tensor weight, Tensor? bias = null, Sizes stride = default, Sizes padding = default, Sizes outputPadding = default, long groups = 1, Sizes dilation = default) =>
        ConvTranspose("conv_transpose1d", 1, input, weight, bias, stride, padding, outputPadding, groups, dilation);

    /// <summary>Transposed convolution over two dimensions: input [n, in, h, w] or [in, h, w], weight [in, out/groups, kh, kw], bias [out] (<c>torch.nn.functional.conv_transpose2d</c>).</summary>
    /// <exception cref="ArgumentException">Shapes, dtypes or numbers that do not fit.</exception>
    public static Tensor ConvTranspose2d(Tensor input, Tensor weight, Tensor? bias = null, Sizes stride = default, Sizes padding = default, Sizes outputPadding = default, long groups = 1, Sizes dilation = default) =>
        ConvTranspose("conv_transpose2d", 2, input, weight, bias, stride, padding, outputPadding, groups, dilation);

    /// <summary>Transposed convolution over three dimensions: input [n, in, d, h, w] or [in, d, h, w], weight [in, out/groups, kd, kh, kw], bias [out] (<c>torch.nn.functional.conv_transpose3d</c>).</summary>
    /// <exception cref="ArgumentException">Shapes, dtypes or numbers that do not fit.</exception>
    public static Tensor ConvTranspose3d(Tensor input, Tensor weight, Tensor? bias = null, Sizes stride = default, Sizes padding = default, Sizes outputPadding = default, long groups = 1, Sizes dilation = default) =>
        ConvTranspose("conv_transpose3d", 3, input, weight, bias, stride, padding, outputPadding, groups, dilation);

    private static Tensor Conv(string name, int rank, Tensor input, Tensor weight, Tensor? bias, Sizes stride, ConvPadding padding, Sizes dilation, long groups)
    {
        CheckConv(name, rank, input, weight, bias, groups);
        if (input.Ndim == rank + 1) return Conv(name, rank, input.Unsqueeze(0), weight, bias, stride, padding, dilation, groups).Squeeze(0);
        long[] strides = Steps(name, "stride", stride, rank), dilations = Steps(name, "dilation", dilation, rank), pads = new long[rank];
        if (padding.Mode == "same")
        {
            for (int d = 0; d < rank; d++)
            {
                if (strides[d] != 1) throw OperationError.Argument(name, $"padding='same' is not supported for strided convolutions, got stride {stride}");
                long total = dilations[d] * (weight.Shape[d + 2] - 1);
                pads[d] = total / 2;
                if ((total & 1) != 0) input = input.PadAlong(d + 2, 0, 1, 0);
            }
        }
        else if (padding.Mode is null) pads = Pads(name, "padding", padding.Sizes, rank);

        if (weight.Shape[0] % groups != 0 || weight.Shape[0] < groups)
            throw OperationError.Argument(name, $"given groups={groups}, expected weight to be at least {groups} at dimension 0 and divisible by it, but got weight of size {OperationError.Text(weight.Shape)} instead");
        if (input.Shape[1] != weight.Shape[1] * groups)
            throw OperationError.Argument(name, $"given groups={groups}, weight of size {OperationError.Text(weight.Shape)}, expected input{OperationError.Text(input.Shape)} to have {weight.Shape[1] * groups} channels, but got {input.Shape[1]} channels instead");
        CheckBias(name, weight, bias, weight.Shape[0]);
        var sizes = new long[rank + 2];
        (sizes[0], sizes[1]) = (input.Shape[0], weight.Shape[0]);
        for (int d = 0; d < rank; d++)
        {
            long padded = input.Shape[d + 2] + 2 * pads[d], extent = dilations[d] * (weight.Shape[d + 2] - 1) + 1;
            if (padded < extent || weight.Shape[d + 2] == 0)
                throw OperationError.Argument(name, $"calculated padded input size per channel {padded} in dimension {d + 2} of {OperationError.Text(input.Shape)}, kernel size {extent}: kernel size can't be greater than actual input size");
            sizes[d + 2] = (padded - extent) / strides[d] + 1;
        }
        return ConvPassOf(ConvPass.Forward, input, weight, new ConvState(strides, pads, dilations, groups, input.Shape, weight.Shape, Shape.Create(sizes)), bias);
    }

    private static Tensor ConvTranspose(string name, int rank, Tensor input, Tensor weight, Tensor? bias, Sizes stride, Sizes padding, Sizes outputPadding, long groups, Sizes dilation)
    {
        CheckConv(name, rank, input, weight, bias, groups);
        if (input.Ndim == rank + 1) return ConvTranspose(name, rank, input.Unsqueeze(0), weight, bias, stride, padding, outputPadding, groups, dilation).Squeeze(0);
        long[] strides = Steps(name, "stride", stride, rank), dilations = Steps(name, "dilation", dilation, rank);
        long[] pads = Pads(name, "padding", padding, rank), extra = Pads(name, "output_padding", outputPadding, rank);
        if (input.Shape[1] != weight.Shape[0] || weight.Shape[0] % groups != 0)
            throw OperationError.Argument(name, $"given transposed=1 and groups={groups}, weight of size {OperationError.Text(weight.Shape)}, expected input{OperationError.Text(input.Shape)} to have {weight.Shape[0]} channels, divisible by groups, but got {input.Shape[1]} channels instead");
        CheckBias(name, weight, bias, weight.Shape[1] * groups);
        var sizes = new long[rank + 2];
        (sizes[0], sizes[1]) = (input.Shape[0], weight.Shape[1] * groups);
        for (int d = 0; d < rank; d++)
        {
            if (extra[d] >= strides[d] && extra[d] >= dilations[d])
                throw OperationError.Argument(name, $"output padding must be smaller than either stride or dilation, but got output_padding {extra[d]}, stride {strides[d]}, dilation {dilations[d]} in dimension {d + 2}");
            sizes[d + 2] = (input.Shape[d + 2] - 1) * strides[d] - 2 * pads[d] + dilations[d] * (weight.Shape[d + 2] - 1) + extra[d] + 1;
            if (sizes[d + 2] < 0) throw OperationError.Argument(name, $"given input size {OperationError.Text(input.Shape)}, calculated output size {OperationError.Text(sizes)}: output size is too small");
        }
        return ConvPassOf(ConvPass.Data, input, weight, new ConvState(strides, pads, dilations, groups, Shape.Create(sizes), weight.Shape, input.Shape), bias);
    }

    private static void CheckConv(string name, int rank, Tensor input, Tensor weight, Tensor? bias, long groups)
    {
        if (groups <= 0) throw OperationError.Argument(name, $"non-positive groups is not supported, got groups={groups}");
        if (weight.Ndim != rank + 2) throw OperationError.Argument(name, $"expected a weight of {rank + 2} dimensions, but got one of size {OperationError.Text(weight.Shape)}");
        if (input.Ndim != rank + 1 && input.Ndim != rank + 2)
            throw OperationError.Argument(name, $"expected {rank + 1}D (unbatched) or {rank + 2}D (batched) input to {name}, but got input of size: {OperationError.Text(input.Shape)}");
        if (input.DType != weight.DType) throw OperationError.Argument(name, $"input type ({input.DType.Name()}) and weight type ({weight.DType.Name()}) should be the same; convert one with To(DType)");
        if (bias is not null && bias.DType != input.DType) throw OperationError.Argument(name, $"input type ({input.DType.Name()}) and bias type ({bias.DType.Name()}) should be the same; convert one with To(DType)");
    }

    private static void CheckBias(string name, Tensor weight, Tensor? bias, long channels)
    {
        if (bias is not null && (bias.Ndim != 1 || bias.Shape[0] != channels))
            throw OperationError.Argument(name, $"given weight of size {OperationError.Text(weight.Shape)}, expected bias to be 1-dimensional with {channels} elements, but got bias of size {OperationError.Text(bias.Shape)} instead");
    }

    /// <summary>Positive numbers, 1 if none were given.</summary>
    private static long[] Steps(string name, string argument, Sizes sizes, int rank)
    {
        var values = sizes.For(name, argument, rank, 1);
        foreach (long value in values) if (value <= 0) throw OperationError.Argument(name, $"{argument} must be greater than zero, but got {OperationError.Text(values)}: non-positive {argument} is not supported");
        return values;
    }

    /// <summary>Numbers that are not negative, 0 if none were given.</summary>
    private static long[] Pads(string name, string argument, Sizes sizes, int rank)
    {
        var values = sizes.For(name, argument, rank, 0);
        foreach (long value in values) if (value < 0) throw OperationError.Argument(name, $"negative {argument} is not supported, got {OperationError.Text(values)}");
        return values;
    }
}
