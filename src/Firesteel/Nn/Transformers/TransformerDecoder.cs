namespace Firesteel.Nn;

/// <summary>Decoder layers one after the other (<c>torch.nn.TransformerDecoder</c>).</summary>
public class TransformerDecoder : Module
{
    /// <summary>Copies of a layer, each with parameters of its own.</summary>
    /// <param name="decoderLayer">The layer, which is copied and does not become a part.</param>
    /// <param name="numLayers">The number of copies.</param>
    /// <param name="norm">A norm at the end, or null.</param>
    public TransformerDecoder(TransformerDecoderLayer decoderLayer, long numLayers, Module? norm = null)
        : this(Enumerable.Range(0, checked((int)numLayers)).Select(_ => decoderLayer.DeepCopy()), norm)
    {
    }

    /// <summary>The given layers.</summary>
    public TransformerDecoder(IEnumerable<TransformerDecoderLayer> layers, Module? norm = null)
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

    /// <summary>The output, of the shape of the target; see <see cref="TransformerDecoderLayer.Forward(Tensor, Tensor, Tensor?, Tensor?, Tensor?, Tensor?, bool, bool)"/> for the masks.</summary>
    /// <param name="tgt">[time, batch, dModel], [batch, time, dModel] if batchFirst, or [time, dModel].</param>
    /// <param name="memory">The output of the encoder, [steps, batch, dModel], [batch, steps, dModel] or [steps, dModel].</param>
    /// <param name="tgtMask">[time, time] or [batch * nhead, time, time].</param>
    /// <param name="memoryMask">[time, steps] or [batch * nhead, time, steps].</param>
    /// <param name="tgtKeyPaddingMask">[batch, time] or [time].</param>
    /// <param name="memoryKeyPaddingMask">[batch, steps] or [steps].</param>
    /// <param name="tgtIsCausal">A hint that <paramref name="tgtMask"/> is causal.</param>
    /// <param name="memoryIsCausal">A hint that <paramref name="memoryMask"/> is causal.</param>
    /// <exception cref="ArgumentException">Shapes that do not fit.</exception>
    public virtual Tensor Forward(Tensor tgt, Tensor memory, Tensor? tgtMask = null, Tensor? memoryMask = null, Tensor? tgtKeyPaddingMask = null, Tensor? memoryKeyPaddingMask = null, bool? tgtIsCausal = null, bool memoryIsCausal = false)
    {
        using var scope = Enter(ref tgt);
        foreach (var layer in Layers) tgt = ((TransformerDecoderLayer)layer).Forward(tgt, memory, tgtMask, memoryMask, tgtKeyPaddingMask, memoryKeyPaddingMask, tgtIsCausal ?? false, memoryIsCausal);
        return scope.Exit(Norm is null ? tgt : Norm.Call(tgt));
    }
}
