namespace Firesteel.Nn;

/// <summary>Encoder layers one after the other (<c>torch.nn.TransformerEncoder</c>).</summary>
public class TransformerEncoder : Module
{
    /// <summary>Copies of a layer, each with parameters of its own.</summary>
    /// <param name="encoderLayer">The layer, which is copied and does not become a part.</param>
    /// <param name="numLayers">The number of copies.</param>
    /// <param name="norm">A norm at the end, or null.</param>
    /// <param name="enableNestedTensor">Accepted for PyTorch's sake; it changes no result there.</param>
    /// <param name="maskCheck">Likewise.</param>
    public TransformerEncoder(TransformerEncoderLayer encoderLayer, long numLayers, Module? norm = null, bool enableNestedTensor = true, bool maskCheck = true)
        : this(Enumerable.Range(0, checked((int)numLayers)).Select(_ => encoderLayer.DeepCopy()), norm) => (EnableNestedTensor, MaskCheck) = (enableNestedTensor, maskCheck);

    /// <summary>The given layers.</summary>
    public TransformerEncoder(IEnumerable<TransformerEncoderLayer> layers, Module? norm = null)
    {
        Layers = new ModuleList(layers);
        Norm = norm;
    }

    /// <summary>The layers.</summary>
    public ModuleList Layers { get; set; }

    /// <summary>The norm at the end, or null.</summary>
    public Module? Norm { get; set; }

    /// <summary>The number of layers.</summary>
    public long NumLayers => Layers.Count;

    /// <summary>As given.</summary>
    public bool EnableNestedTensor { get; } = true;

    /// <summary>As given.</summary>
    public bool MaskCheck { get; } = true;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Forward(input, null);

    /// <summary>The output, of the shape of the input; see <see cref="TransformerEncoderLayer.Forward(Tensor, Tensor?, Tensor?, bool)"/> for the masks.</summary>
    /// <param name="src">[time, batch, dModel], [batch, time, dModel] if batchFirst, or [time, dModel].</param>
    /// <param name="mask">[time, time] or [batch * nhead, time, time].</param>
    /// <param name="srcKeyPaddingMask">[batch, time] or [time].</param>
    /// <param name="isCausal">A hint that <paramref name="mask"/> is causal.</param>
    /// <exception cref="ArgumentException">Shapes that do not fit.</exception>
    public virtual Tensor Forward(Tensor src, Tensor? mask = null, Tensor? srcKeyPaddingMask = null, bool? isCausal = null)
    {
        using var scope = Enter(ref src);
        foreach (var layer in Layers) src = ((TransformerEncoderLayer)layer).Forward(src, mask, srcKeyPaddingMask, isCausal ?? false);
        return scope.Exit(Norm is null ? src : Norm.Call(src));
    }
}
