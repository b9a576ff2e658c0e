namespace Firesteel.Nn;

/// <summary>
/// Sums, means or maxima of the learned vectors of bags of numbers, without the vectors themselves as a result (<c>torch.nn.EmbeddingBag</c>). Input of integers
/// [bags, n], or [n] with the places where bags begin; output [bags, embeddingDim].
/// </summary>
public class EmbeddingBag : Module
{
    /// <summary>Vectors drawn from N(0, 1).</summary>
    /// <param name="numEmbeddings">The number of vectors.</param>
    /// <param name="embeddingDim">Their length.</param>
    /// <param name="maxNorm">Vectors that are longer are shortened when they are used.</param>
    /// <param name="normType">The norm of that.</param>
    /// <param name="scaleGradByFreq">Whether to divide gradients by how often a number occurs; not for maxima.</param>
    /// <param name="mode"><c>"sum"</c>, <c>"mean"</c> or <c>"max"</c>.</param>
    /// <param name="sparse">Accepted for PyTorch's sake only as false: gradients are dense.</param>
    /// <param name="includeLastOffset">Whether offsets end with the end of the last bag.</param>
    /// <param name="paddingIdx">A number that does not count; its vector is zero and is not learned. Negative ones count from the end.</param>
    /// <param name="device">Where the parameter lives.</param>
    /// <param name="dtype">Its dtype.</param>
    /// <exception cref="ArgumentException"><paramref name="paddingIdx"/> is out of range, or the mode is another.</exception>
    public EmbeddingBag(long numEmbeddings, long embeddingDim, double? maxNorm = null, double normType = 2.0, bool scaleGradByFreq = false, string mode = "mean", bool sparse = false, bool includeLastOffset = false, long? paddingIdx = null, Device? device = null, DType dtype = DType.Float32)
    {
        if (paddingIdx is { } at && (at >= numEmbeddings || at < -numEmbeddings)) throw new ArgumentException($"padding_idx must be within num_embeddings: {at} and {numEmbeddings}", nameof(paddingIdx));
        if (mode is not ("sum" or "mean" or "max")) throw new ArgumentException($"mode has to be one of sum, mean or max, got '{mode}'", nameof(mode));
        (NumEmbeddings, EmbeddingDim, MaxNorm, NormType, ScaleGradByFreq, Mode, Sparse, IncludeLastOffset) = (numEmbeddings, embeddingDim, maxNorm, normType, scaleGradByFreq, mode, sparse, includeLastOffset);
        PaddingIdx = paddingIdx < 0 ? paddingIdx + numEmbeddings : paddingIdx;
        Weight = new Parameter(Tensor.Empty([numEmbeddings, embeddingDim], dtype, device));
        ResetParameters();
    }

    /// <summary>The number of vectors.</summary>
    public long NumEmbeddings { get; }

    /// <summary>Their length.</summary>
    public long EmbeddingDim { get; }

    /// <summary>The greatest length, or null.</summary>
    public double? MaxNorm { get; }

    /// <summary>The norm of that.</summary>
    public double NormType { get; }

    /// <summary>Whether gradients are divided by how often a number occurs.</summary>
    public bool ScaleGradByFreq { get; }

    /// <summary><c>"sum"</c>, <c>"mean"</c> or <c>"max"</c>.</summary>
    public string Mode { get; }

    /// <summary>As given.</summary>
    public bool Sparse { get; }

    /// <summary>Whether offsets end with the end of the last bag.</summary>
    public bool IncludeLastOffset { get; }

    /// <summary>The number that does not count, or null.</summary>
    public long? PaddingIdx { get; }

    /// <summary>[numEmbeddings, embeddingDim].</summary>
    public Parameter Weight { get; set; }

    /// <summary>A layer with the given vectors, [numEmbeddings, embeddingDim] (<c>from_pretrained</c>).</summary>
    /// <exception cref="ArgumentException">No matrix, or an argument that the constructor refuses.</exception>
    public static EmbeddingBag FromPretrained(Tensor embeddings, bool freeze = true, double? maxNorm = null, double normType = 2.0, bool scaleGradByFreq = false, string mode = "mean", bool sparse = false, bool includeLastOffset = false, long? paddingIdx = null)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        if (embeddings.Ndim != 2) throw new ArgumentException($"Embeddings parameter is expected to be 2-dimensional, got {OperationError.Text(embeddings.Shape)}", nameof(embeddings));
        using (Rng.ForkRng()) // what the constructor draws is not used
        {
            return new EmbeddingBag(embeddings.Shape[0], embeddings.Shape[1], maxNorm, normType, scaleGradByFreq, mode, sparse, includeLastOffset, paddingIdx) { Weight = new Parameter(embeddings, requiresGrad: !freeze) };
        }
    }

    /// <summary>Draws the vectors anew (<c>reset_parameters</c>).</summary>
    public void ResetParameters()
    {
        Init.NormalInPlace(Weight);
        if (PaddingIdx is { } at) Init.ZerosInPlace(Weight.Detach().Select(0, at));
    }

    /// <summary>One vector for each row of numbers [bags, n].</summary>
    public override Tensor Forward(Tensor input) => Forward(input, null);

    /// <summary>One vector for each bag.</summary>
    /// <param name="input">Integers, [bags, n] or [n].</param>
    /// <param name="offsets">Where bags begin, for [n]; an empty bag gives zeros.</param>
    /// <param name="perSampleWeights">A factor for every number, of the input's shape; only for sums.</param>
    /// <exception cref="ArgumentException">Shapes or arguments that do not fit.</exception>
    /// <exception cref="IndexOutOfRangeException">A number without a vector.</exception>
    public Tensor Forward(Tensor input, Tensor? offsets = null, Tensor? perSampleWeights = null)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.EmbeddingBag(input, Weight, offsets, MaxNorm, NormType, ScaleGradByFreq, Mode, Sparse, perSampleWeights, IncludeLastOffset, PaddingIdx));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr()
    {
        string text = $"{NumEmbeddings}, {EmbeddingDim}";
        if (MaxNorm is { } most) text += $", max_norm={Repr.Of(most)}";
        if (NormType != 2) text += $", norm_type={Repr.Of(NormType)}";
        if (ScaleGradByFreq) text += ", scale_grad_by_freq=True";
        text += $", mode={Mode}";
        if (PaddingIdx is { } at) text += $", padding_idx={at}";
        return text;
    }
}
