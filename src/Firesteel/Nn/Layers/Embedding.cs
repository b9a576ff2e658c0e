namespace Firesteel.Nn;

/// <summary>A learned vector for each number of a range (<c>torch.nn.Embedding</c>). Input of integers [...], output [..., embeddingDim].</summary>
public class Embedding : Module
{
    /// <summary>Vectors drawn from N(0, 1).</summary>
    /// <param name="numEmbeddings">The number of vectors.</param>
    /// <param name="embeddingDim">Their length.</param>
    /// <param name="paddingIdx">A number whose vector is zero and is not learned; negative ones count from the end.</param>
    /// <param name="maxNorm">Vectors that are longer are shortened when they are used.</param>
    /// <param name="normType">The norm of that.</param>
    /// <param name="scaleGradByFreq">Whether to divide gradients by how often a number occurs.</param>
    /// <param name="sparse">Accepted for PyTorch's sake; gradients are dense.</param>
    /// <param name="device">Where the parameter lives.</param>
    /// <param name="dtype">Its dtype.</param>
    /// <exception cref="ArgumentException"><paramref name="paddingIdx"/> is out of range.</exception>
    public Embedding(long numEmbeddings, long embeddingDim, long? paddingIdx = null, double? maxNorm = null, double normType = 2.0, bool scaleGradByFreq = false, bool sparse = false, Device? device = null, DType dtype = DType.Float32)
    {
        if (paddingIdx is { } at && (at >= numEmbeddings || at < -numEmbeddings)) throw new ArgumentException($"Padding_idx must be within num_embeddings: {at} and {numEmbeddings}", nameof(paddingIdx));
        (NumEmbeddings, EmbeddingDim, MaxNorm, NormType, ScaleGradByFreq, Sparse) = (numEmbeddings, embeddingDim, maxNorm, normType, scaleGradByFreq, sparse);
        PaddingIdx = paddingIdx < 0 ? paddingIdx + numEmbeddings : paddingIdx;
        Weight = new Parameter(Tensor.Empty([numEmbeddings, embeddingDim], dtype, device));
        ResetParameters();
    }

    /// <summary>The number of vectors.</summary>
    public long NumEmbeddings { get; }

    /// <summary>Their length.</summary>
    public long EmbeddingDim { get; }

    /// <summary>The number whose vector is not learned, or null.</summary>
    public long? PaddingIdx { get; }

    /// <summary>The greatest length, or null.</summary>
    public double? MaxNorm { get; }

    /// <summary>The norm of that.</summary>
    public double NormType { get; }

    /// <summary>Whether gradients are divided by how often a number occurs.</summary>
    public bool ScaleGradByFreq { get; }

    /// <summary>As given; gradients are dense.</summary>
    public bool Sparse { get; }

    /// <summary>[numEmbeddings, embeddingDim].</summary>
    public Parameter Weight { get; set; }

    /// <summary>A layer with the given vectors, [numEmbeddings, embeddingDim] (<c>from_pretrained</c>).</summary>
    /// <exception cref="ArgumentException">No matrix.</exception>
    public static Embedding FromPretrained(Tensor embeddings, bool freeze = true, long? paddingIdx = null, double? maxNorm = null, double normType = 2.0, bool scaleGradByFreq = false, bool sparse = false)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        if (embeddings.Ndim != 2) throw new ArgumentException($"Embeddings parameter is expected to be 2-dimensional, got {OperationError.Text(embeddings.Shape)}", nameof(embeddings));
        using (Rng.ForkRng()) // what the constructor draws is not used
        {
            return new Embedding(embeddings.Shape[0], embeddings.Shape[1], paddingIdx, maxNorm, normType, scaleGradByFreq, sparse) { Weight = new Parameter(embeddings, requiresGrad: !freeze) };
        }
    }

    /// <summary>Draws the vectors anew (<c>reset_parameters</c>).</summary>
    public void ResetParameters()
    {
        Init.NormalInPlace(Weight);
        if (PaddingIdx is { } at) Init.ZerosInPlace(Weight.Detach().Select(0, at));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.Embedding(input, Weight, PaddingIdx, MaxNorm, NormType, ScaleGradByFreq, Sparse));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr()
    {
        string text = $"{NumEmbeddings}, {EmbeddingDim}";
        if (PaddingIdx is { } at) text += $", padding_idx={at}";
        if (MaxNorm is { } most) text += $", max_norm={Repr.Of(most)}";
        if (NormType != 2) text += $", norm_type={Repr.Of(NormType)}";
        if (ScaleGradByFreq) text += ", scale_grad_by_freq=True";
        if (Sparse) text += ", sparse=True";
        return text;
    }
}
