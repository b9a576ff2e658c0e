namespace Firesteel.Nn;

/// <summary>What the convolution layers have in common.</summary>
public abstract class ConvNd : Module
{
    private readonly int _rank;
    private readonly bool _transposed;

    private protected ConvNd(int rank, bool transposed, long inChannels, long outChannels, Sizes kernelSize, Sizes stride, ConvPadding padding, Sizes dilation, Sizes outputPadding, long groups, bool bias, string paddingMode, Device? device, DType dtype)
    {
        string name = GetType().Name;
        if (groups <= 0) throw new ArgumentException($"{name}: groups must be a positive integer, got {groups}");
        if (inChannels % groups != 0) throw new ArgumentException($"{name}: in_channels must be divisible by groups: {inChannels} and {groups}");
        if (outChannels % groups != 0) throw new ArgumentException($"{name}: out_channels must be divisible by groups: {outChannels} and {groups}");
        if (paddingMode is not ("zeros" or "reflect" or "replicate" or "circular")) throw new ArgumentException($"{name}: padding_mode must be one of 'zeros', 'reflect', 'replicate', 'circular', but got padding_mode='{paddingMode}'");
        if (transposed && paddingMode != "zeros") throw new ArgumentException($"{name}: Only \"zeros\" padding mode is supported for {name}");
        (_rank, _transposed, InChannels, OutChannels, Groups, Padding, PaddingMode) = (rank, transposed, inChannels, outChannels, groups, padding, paddingMode);
        KernelSize = kernelSize.For(name, "kernel_size", rank);
        Stride = stride.For(name, "stride", rank, 1);
        Dilation = dilation.For(name, "dilation", rank, 1);
        OutputPadding = outputPadding.For(name, "output_padding", rank, 0);
        if (padding.Mode == "same" && Array.Exists((long[])Stride, static s => s != 1)) throw new ArgumentException($"{name}: padding='same' is not supported for strided convolutions");
        Weight = new Parameter(Tensor.Empty(WeightSizes(), dtype, device));
        Bias = bias ? new Parameter(Tensor.Empty([outChannels], dtype, device)) : null;
        ResetParameters();
    }

    /// <summary>The number of channels of the input.</summary>
    public long InChannels { get; private set; }

    /// <summary>The number of channels of the output.</summary>
    public long OutChannels { get; }

    /// <summary>The sizes of the kernel.</summary>
    public IReadOnlyList<long> KernelSize { get; }

    /// <summary>The steps between its places.</summary>
    public IReadOnlyList<long> Stride { get; }

    /// <summary>What is added around the input.</summary>
    public ConvPadding Padding { get; }

    /// <summary>The distances of its elements.</summary>
    public IReadOnlyList<long> Dilation { get; }

    /// <summary>What a transposed convolution adds at one side of the output.</summary>
    public IReadOnlyList<long> OutputPadding { get; }

    /// <summary>The number of groups that the channels are split into.</summary>
    public long Groups { get; }

    /// <summary><c>"zeros"</c>, <c>"reflect"</c>, <c>"replicate"</c> or <c>"circular"</c>.</summary>
    public string PaddingMode { get; }

    /// <summary>[outChannels, inChannels / groups, ...], for transposed convolutions [inChannels, outChannels / groups, ...].</summary>
    public Parameter Weight { get; set; }

    /// <summary>[outChannels], or null.</summary>
    public Parameter? Bias { get; set; }

    /// <summary>Draws the parameters anew (<c>reset_parameters</c>).</summary>
    public void ResetParameters()
    {
        if (Weight.IsUninitialized || Weight.NumElements == 0) return;
        Init.ResetWeightAndBias(Weight, Bias);
    }

    /// <summary>Leaves the parameters, and the number of channels of the input, to the first input. Afterwards the layer goes by another name.</summary>
    private protected void MakeLazy(string becomes, Device? device, DType dtype)
    {
        Weight = new UninitializedParameter(device: device, dtype: dtype);
        if (Bias is not null) Bias = new UninitializedParameter(device: device, dtype: dtype);
        InitializeWithFirstInput(InitializeParameters, becomes);
    }

    private void InitializeParameters(Tensor input)
    {
        if (input.Ndim != _rank + 1 && input.Ndim != _rank + 2) throw OperationError.Argument(TypeName, $"expected {_rank + 1}D (unbatched) or {_rank + 2}D (batched) input, but got input of size: {OperationError.Text(input.Shape)}");
        long channels = input.Shape[input.Ndim - _rank - 1];
        if (channels % Groups != 0) throw OperationError.Argument(TypeName, $"in_channels must be divisible by groups: {channels} and {Groups}");
        InChannels = channels;
        bool weight = Materialize("weight", Weight, WeightSizes()), bias = Materialize("bias", Bias, OutChannels);
        if (Weight.NumElements == 0) return;
        if (weight) Init.ResetWeight(Weight);
        if (bias) Init.ResetBias(Weight, Bias!);
    }

    private long[] WeightSizes() => _transposed ? [InChannels, OutChannels / Groups, .. KernelSize] : [OutChannels, InChannels / Groups, .. KernelSize];

    private protected long[] Strides => (long[])Stride;

    private protected long[] Dilations => (long[])Dilation;

    /// <summary>The input padded as <see cref="PaddingMode"/> says, and the padding that is left to the convolution.</summary>
    private protected (Tensor Input, ConvPadding Padding) Padded(Tensor input)
    {
        if (PaddingMode == "zeros") return (input, Padding);
        var pads = new long[2 * _rank];
        long[] both = Padding.Mode is null ? Padding.Sizes.For(TypeName, "padding", _rank, 0) : new long[_rank];
        for (int d = 0; d < _rank; d++)
        {
            // The last dimension comes first in the arguments of Pad.
            int at = 2 * (_rank - 1 - d);
            long total = Padding.Mode == "same" ? Dilations[d] * (KernelSize[d] - 1) : 2 * both[d];
            pads[at] = total / 2;
            pads[at + 1] = total - total / 2;
        }
        return (Functional.Pad(input, pads, PaddingMode), 0);
    }

    /// <summary>The padding of the output that gives it a size.</summary>
    private protected long[] OutputPaddingFor(Tensor input, IReadOnlyList<long>? outputSize)
    {
        if (outputSize is null) return (long[])OutputPadding;
        int leading = input.Ndim == _rank + 2 ? 2 : 1;
        long[] wanted = outputSize.Count == leading + _rank ? [.. outputSize.Skip(leading)] : [.. outputSize];
        if (wanted.Length != _rank) throw OperationError.Argument(TypeName, $"for {input.Ndim}D input, output_size must have {_rank} or {leading + _rank} elements (got {outputSize.Count})");
        long[] pads = Padding.Sizes.For(TypeName, "padding", _rank, 0), result = new long[_rank];
        for (int d = 0; d < _rank; d++)
        {
            long least = (input.Shape[d + leading] - 1) * Stride[d] - 2 * pads[d] + Dilation[d] * (KernelSize[d] - 1) + 1;
            if (wanted[d] < least || wanted[d] > least + Stride[d] - 1)
                throw OperationError.Argument(TypeName, $"requested an output size of {OperationError.Text(wanted)}, but valid sizes range from {least} to {least + Stride[d] - 1} in dimension {d + leading} (for an input of {OperationError.Text(input.Shape)})");
            result[d] = wanted[d] - least;
        }
        return result;
    }

    /// <inheritdoc/>
    protected override string ExtraRepr()
    {
        var text = new System.Text.StringBuilder($"{InChannels}, {OutChannels}, kernel_size={Repr.Tuple((long[])KernelSize)}, stride={Repr.Tuple(Strides)}");
        if (Padding.Mode is { } mode) text.Append($", padding={mode}");
        else if (Padding.Sizes.For(TypeName, "padding", _rank, 0) is var pads && Array.Exists(pads, static p => p != 0)) text.Append($", padding={Repr.Tuple(pads)}");
        if (Array.Exists(Dilations, static d => d != 1)) text.Append($", dilation={Repr.Tuple(Dilations)}");
        if (_transposed && Array.Exists((long[])OutputPadding, static p => p != 0)) text.Append($", output_padding={Repr.Tuple((long[])OutputPadding)}");
        if (Groups != 1) text.Append($", groups={Groups}");
        if (Bias is null) text.Append(", bias=False");
        if (PaddingMode != "zeros") text.Append($", padding_mode={PaddingMode}");
        return text.ToString();
    }
}
