namespace Firesteel.Nn;

/// <summary>An encoder and a decoder (<c>torch.nn.Transformer</c>).</summary>
public class Transformer : Module
{
    /// <summary>A model with weights by Glorot's uniform initialisation.</summary>
    /// <param name="dModel">The last size of the inputs and the output.</param>
    /// <param name="nhead">The number of heads, which divides <paramref name="dModel"/>.</param>
    /// <param name="numEncoderLayers">The number of layers of the encoder.</param>
    /// <param name="numDecoderLayers">The number of layers of the decoder.</param>
    /// <param name="dimFeedforward">The size between the two linear layers of a layer.</param>
    /// <param name="dropout">The probability of a zero, while training.</param>
    /// <param name="activation">What stands between the two linear layers; <c>"relu"</c> if not given.</param>
    /// <param name="customEncoder">An encoder to take instead.</param>
    /// <param name="customDecoder">A decoder to take instead.</param>
    /// <param name="layerNormEps">What the norms add to the variance.</param>
    /// <param name="batchFirst">Whether batches are [batch, time, size] and not [time, batch, size].</param>
    /// <param name="normFirst">Whether the norms come before attention and linear layers, and not after.</param>
    /// <param name="bias">Whether attention and linear layers have biases.</param>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="dtype">Their dtype.</param>
    /// <exception cref="ArgumentException"><paramref name="dModel"/> is not divisible by <paramref name="nhead"/>, or the probability is none.</exception>
    public Transformer(long dModel = 512, long nhead = 8, long numEncoderLayers = 6, long numDecoderLayers = 6, long dimFeedforward = 2048, double dropout = 0.1, Activation? activation = null, TransformerEncoder? customEncoder = null, TransformerDecoder? customDecoder = null, double layerNormEps = 1e-5, bool batchFirst = false, bool normFirst = false, bool bias = true, Device? device = null, DType dtype = DType.Float32)
    {
        (DModel, Nhead, BatchFirst) = (dModel, nhead, batchFirst);
        Encoder = customEncoder ?? new TransformerEncoder(new TransformerEncoderLayer(dModel, nhead, dimFeedforward, dropout, activation, layerNormEps, batchFirst, normFirst, bias, device, dtype), numEncoderLayers, Norm());
        Decoder = customDecoder ?? new TransformerDecoder(new TransformerDecoderLayer(dModel, nhead, dimFeedforward, dropout, activation, layerNormEps, batchFirst, normFirst, bias, device, dtype), numDecoderLayers, Norm());
        ResetParameters();

        LayerNorm Norm() => new(dModel, layerNormEps, device: device, dtype: dtype);
    }

    /// <summary>The last size of the inputs and the output.</summary>
    public long DModel { get; }

    /// <summary>The number of heads.</summary>
    public long Nhead { get; }

    /// <summary>Whether batches are [batch, time, size] and not [time, batch, size].</summary>
    public bool BatchFirst { get; }

    /// <summary>The encoder.</summary>
    public TransformerEncoder Encoder { get; set; }

    /// <summary>The decoder.</summary>
    public TransformerDecoder Decoder { get; set; }

    /// <summary>Draws all matrices anew by Glorot's uniform initialisation (<c>_reset_parameters</c>).</summary>
    public void ResetParameters()
    {
        foreach (var parameter in Parameters()) if (parameter.Ndim > 1) Init.XavierUniformInPlace(parameter);
    }

    /// <summary>A mask that lets a step attend to itself and the steps before: 0 there and minus infinity elsewhere, [sz, sz] (<c>generate_square_subsequent_mask</c>).</summary>
    public static Tensor GenerateSquareSubsequentMask(long sz, Device? device = null, DType dtype = DType.Float32) => Tensor.Full([sz, sz], double.NegativeInfinity, dtype, device).Triu(1);

    /// <summary>The output of the decoder, of the shape of the target.</summary>
    /// <param name="src">What the encoder reads: [steps, batch, dModel], [batch, steps, dModel] if batchFirst, or [steps, dModel].</param>
    /// <param name="tgt">What the decoder reads: [time, batch, dModel], [batch, time, dModel] or [time, dModel].</param>
    /// <param name="srcMask">[steps, steps] or [batch * nhead, steps, steps]: bool, true where attention is not allowed, or numbers that are added to the scores.</param>
    /// <param name="tgtMask">[time, time] or [batch * nhead, time, time], likewise.</param>
    /// <param name="memoryMask">[time, steps] or [batch * nhead, time, steps], likewise.</param>
    /// <param name="srcKeyPaddingMask">[batch, steps] or [steps]: bool, true for steps to leave out, or numbers that are added.</param>
    /// <param name="tgtKeyPaddingMask">[batch, time] or [time], likewise.</param>
    /// <param name="memoryKeyPaddingMask">[batch, steps] or [steps], likewise.</param>
    /// <param name="srcIsCausal">A hint that <paramref name="srcMask"/> is causal.</param>
    /// <param name="tgtIsCausal">A hint that <paramref name="tgtMask"/> is causal.</param>
    /// <param name="memoryIsCausal">A hint that <paramref name="memoryMask"/> is causal.</param>
    /// <exception cref="ArgumentException">Shapes that do not fit.</exception>
    public Tensor Forward(Tensor src, Tensor tgt, Tensor? srcMask = null, Tensor? tgtMask = null, Tensor? memoryMask = null, Tensor? srcKeyPaddingMask = null, Tensor? tgtKeyPaddingMask = null, Tensor? memoryKeyPaddingMask = null, bool? srcIsCausal = null, bool? tgtIsCausal = null, bool memoryIsCausal = false)
    {
        ArgumentNullException.ThrowIfNull(tgt);
        using var scope = Enter(ref src);
        int batch = BatchFirst ? 0 : 1;
        if (src.Ndim == 3 && (tgt.Ndim != 3 || src.Shape[batch] != tgt.Shape[batch])) throw OperationError.Argument(TypeName, $"the batch number of src and tgt must be equal: {OperationError.Text(src.Shape)} and {OperationError.Text(tgt.Shape)}");
        if (src.Ndim == 0 || tgt.Ndim == 0 || src.Shape[^1] != DModel || tgt.Shape[^1] != DModel) throw OperationError.Argument(TypeName, $"the feature number of src and tgt must be equal to d_model {DModel}: {OperationError.Text(src.Shape)} and {OperationError.Text(tgt.Shape)}");
        var memory = Encoder.Forward(src, srcMask, srcKeyPaddingMask, srcIsCausal);
        return scope.Exit(Decoder.Forward(tgt, memory, tgtMask, memoryMask, tgtKeyPaddingMask, memoryKeyPaddingMask, tgtIsCausal, memoryIsCausal));
    }
}
