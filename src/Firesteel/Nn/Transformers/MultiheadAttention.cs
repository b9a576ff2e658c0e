namespace Firesteel.Nn;

/// <summary>Attention in several heads (<c>torch.nn.MultiheadAttention</c>).</summary>
public class MultiheadAttention : Module
{
    /// <summary>A layer with weights by Glorot's uniform initialisation and biases of zero.</summary>
    /// <param name="embedDim">The last size of queries and of the output.</param>
    /// <param name="numHeads">The number of heads, which divides <paramref name="embedDim"/>.</param>
    /// <param name="dropout">The probability with which an attention weight is dropped, while training.</param>
    /// <param name="bias">Whether the projections have biases.</param>
    /// <param name="addBiasKv">Whether to add a learned key and value.</param>
    /// <param name="addZeroAttn">Whether to add a key and a value of zeros.</param>
    /// <param name="kdim">The last size of keys; <paramref name="embedDim"/> if not given.</param>
    /// <param name="vdim">The last size of values; <paramref name="embedDim"/> if not given.</param>
    /// <param name="batchFirst">Whether batches are [batch, time, size] and not [time, batch, size].</param>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="dtype">Their dtype.</param>
    /// <exception cref="ArgumentException"><paramref name="embedDim"/> is not divisible by <paramref name="numHeads"/>.</exception>
    public MultiheadAttention(long embedDim, long numHeads, double dropout = 0, bool bias = true, bool addBiasKv = false, bool addZeroAttn = false, long? kdim = null, long? vdim = null, bool batchFirst = false, Device? device = null, DType dtype = DType.Float32)
    {
        if (embedDim <= 0 || numHeads <= 0) throw new ArgumentException($"embed_dim and num_heads must be greater than 0, got embed_dim={embedDim} and num_heads={numHeads} instead", nameof(embedDim));
        if (embedDim % numHeads != 0) throw new ArgumentException($"embed_dim must be divisible by num_heads: {embedDim} and {numHeads}", nameof(numHeads));
        if (!(dropout is >= 0 and <= 1)) throw new ArgumentException($"dropout probability has to be between 0 and 1, but got {Repr.Integer(dropout)}", nameof(dropout));
        (EmbedDim, NumHeads, Dropout, AddZeroAttn, Kdim, Vdim, BatchFirst) = (embedDim, numHeads, dropout, addZeroAttn, kdim ?? embedDim, vdim ?? embedDim, batchFirst);
        if (Kdim == embedDim && Vdim == embedDim) InProjWeight = Made([3 * embedDim, embedDim]);
        else (QProjWeight, KProjWeight, VProjWeight) = (Made([embedDim, embedDim]), Made([embedDim, Kdim]), Made([embedDim, Vdim]));
        if (bias) InProjBias = Made([3 * embedDim]);
        OutProj = new NonDynamicallyQuantizableLinear(embedDim, embedDim, bias, device, dtype);
        if (addBiasKv) (BiasK, BiasV) = (Made([1, 1, embedDim]), Made([1, 1, embedDim]));
        ResetParameters();

        Parameter Made(long[] shape) => new(Tensor.Empty(shape, dtype, device));
    }

    /// <summary>The last size of queries and of the output.</summary>
    public long EmbedDim { get; }

    /// <summary>The number of heads.</summary>
    public long NumHeads { get; }

    /// <summary>The probability with which an attention weight is dropped, while training.</summary>
    public double Dropout { get; }

    /// <summary>Whether a key and a value of zeros are added.</summary>
    public bool AddZeroAttn { get; }

    /// <summary>The last size of keys.</summary>
    public long Kdim { get; }

    /// <summary>The last size of values.</summary>
    public long Vdim { get; }

    /// <summary>Whether batches are [batch, time, size] and not [time, batch, size].</summary>
    public bool BatchFirst { get; }

    /// <summary>[embedDim, embedDim], where keys or values have another size; else null.</summary>
    public Parameter? QProjWeight { get; set; }

    /// <summary>[embedDim, kdim], where keys or values have another size; else null.</summary>
    public Parameter? KProjWeight { get; set; }

    /// <summary>[embedDim, vdim], where keys or values have another size; else null.</summary>
    public Parameter? VProjWeight { get; set; }

    /// <summary>The weights for query, key and value, [3 * embedDim, embedDim], or null.</summary>
    public Parameter? InProjWeight { get; set; }

    /// <summary>Their biases, [3 * embedDim], or null.</summary>
    public Parameter? InProjBias { get; set; }

    /// <summary>The key that is added, [1, 1, embedDim], or null.</summary>
    public Parameter? BiasK { get; set; }

    /// <summary>The value that is added, [1, 1, embedDim], or null.</summary>
    public Parameter? BiasV { get; set; }

    /// <summary>The last projection.</summary>
    public Linear OutProj { get; set; }

    /// <summary>Draws the parameters anew, except the weight of the last projection, as PyTorch does (<c>_reset_parameters</c>).</summary>
    public void ResetParameters()
    {
        foreach (var weight in (ReadOnlySpan<Parameter?>)[InProjWeight, QProjWeight, KProjWeight, VProjWeight])
            if (weight is not null) Init.XavierUniformInPlace(weight);
        if (InProjBias is not null) Init.ZerosInPlace(InProjBias);
        if (OutProj.Bias is not null) Init.ZerosInPlace(OutProj.Bias);
        if (BiasK is not null) Init.XavierNormalInPlace(BiasK);
        if (BiasV is not null) Init.XavierNormalInPlace(BiasV);
    }

    /// <summary>The output [l, batch, embedDim] ([batch, l, embedDim] if batchFirst) and the attention weights [batch, l, s]; all without batch for single sequences.</summary>
    /// <param name="query">[l, batch, embedDim], [batch, l, embedDim] if batchFirst, or [l, embedDim].</param>
    /// <param name="key">[s, batch, kdim], [batch, s, kdim] or [s, kdim].</param>
    /// <param name="value">[s, batch, vdim], [batch, s, vdim] or [s, vdim].</param>
    /// <param name="keyPaddingMask">[batch, s] or [s]: bool, true for keys to leave out, or numbers that are added to the scores.</param>
    /// <param name="needWeights">Whether to return the attention weights; else they are null.</param>
    /// <param name="attnMask">[l, s] or [batch * numHeads, l, s]: bool, true where attention is not allowed, or numbers that are added to the scores.</param>
    /// <param name="averageAttnWeights">Whether weights are the mean over the heads; else they are [batch, numHeads, l, s].</param>
    /// <param name="isCausal">A hint that <paramref name="attnMask"/> is causal; the mask is needed all the same.</param>
    /// <exception cref="ArgumentException">Shapes that do not fit, or the hint without a mask.</exception>
    public (Tensor Output, Tensor? Weights) Forward(Tensor query, Tensor key, Tensor value, Tensor? keyPaddingMask = null, bool needWeights = true, Tensor? attnMask = null, bool averageAttnWeights = true, bool isCausal = false)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        using var scope = Enter();
        if (isCausal && attnMask is null) throw OperationError.Argument(TypeName, "Need attn_mask if specifying the is_causal hint.");
        bool turn = BatchFirst && query.Ndim == 3 && key.Ndim == 3 && value.Ndim == 3;
        if (turn)
        {
            // The same tensor stays the same tensor: it is projected once.
            var (q, k) = (query, key);
            query = q.Transpose(0, 1);
            key = ReferenceEquals(k, q) ? query : k.Transpose(0, 1);
            value = ReferenceEquals(value, k) ? key : value.Transpose(0, 1);
        }
        var (output, weights) = Functional.MultiHeadAttentionForward(query, key, value, EmbedDim, NumHeads, InProjWeight, InProjBias, BiasK, BiasV, AddZeroAttn, Dropout, OutProj.Weight, OutProj.Bias, Training,
            keyPaddingMask, needWeights, attnMask, InProjWeight is null, QProjWeight, KProjWeight, VProjWeight, averageAttnWeights);
        return (scope.Exit(turn ? output.Transpose(0, 1) : output), weights);
    }
}
