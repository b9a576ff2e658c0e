namespace Firesteel.Nn;

/// <summary>Self-attention, attention to the output of an encoder, and two linear layers, each with a shortcut and a norm (<c>torch.nn.TransformerDecoderLayer</c>).</summary>
public class TransformerDecoderLayer : Module
{
    private readonly Func<TransformerDecoderLayer> _again;
    private readonly Func<Tensor, Tensor>? _function;

    /// <summary>A layer with new parameters.</summary>
    /// <param name="dModel">The last size of the inputs and the output.</param>
    /// <param name="nhead">The number of heads, which divides <paramref name="dModel"/>.</param>
    /// <param name="dimFeedforward">The size between the two linear layers.</param>
    /// <param name="dropout">The probability of a zero, while training.</param>
    /// <param name="activation">What stands between the two linear layers; <c>"relu"</c> if not given.</param>
    /// <param name="layerNormEps">What the norms add to the variance.</param>
    /// <param name="batchFirst">Whether batches are [batch, time, size] and not [time, batch, size].</param>
    /// <param name="normFirst">Whether the norms come before attention and linear layers, and not after.</param>
    /// <param name="bias">Whether attention and linear layers have biases.</param>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="dtype">Their dtype.</param>
    /// <exception cref="ArgumentException"><paramref name="dModel"/> is not divisible by <paramref name="nhead"/>, or the probability is none.</exception>
    public TransformerDecoderLayer(long dModel, long nhead, long dimFeedforward = 2048, double dropout = 0.1, Activation? activation = null, double layerNormEps = 1e-5, bool batchFirst = false, bool normFirst = false, bool bias = true, Device? device = null, DType dtype = DType.Float32)
    {
        activation ??= "relu";
        SelfAttn = new MultiheadAttention(dModel, nhead, dropout, bias, batchFirst: batchFirst, device: device, dtype: dtype);
        MultiheadAttn = new MultiheadAttention(dModel, nhead, dropout, bias, batchFirst: batchFirst, device: device, dtype: dtype);
        Linear1 = new Linear(dModel, dimFeedforward, bias, device, dtype);
        Dropout = new Dropout(dropout);
        Linear2 = new Linear(dimFeedforward, dModel, bias, device, dtype);
        Norm1 = new LayerNorm(dModel, layerNormEps, device: device, dtype: dtype);
        Norm2 = new LayerNorm(dModel, layerNormEps, device: device, dtype: dtype);
        Norm3 = new LayerNorm(dModel, layerNormEps, device: device, dtype: dtype);
        Dropout1 = new Dropout(dropout);
        Dropout2 = new Dropout(dropout);
        Dropout3 = new Dropout(dropout);
        NormFirst = normFirst;
        (Activation, _function) = (activation.Module, activation.Function);
        _again = () => new TransformerDecoderLayer(dModel, nhead, dimFeedforward, dropout, activation, layerNormEps, batchFirst, normFirst, bias, device, dtype);
    }

    /// <summary>Whether the norms come first.</summary>
    public bool NormFirst { get; }

    /// <summary>The attention of the target to itself.</summary>
    public MultiheadAttention SelfAttn { get; set; }

    /// <summary>The attention of the target to the memory.</summary>
    public MultiheadAttention MultiheadAttn { get; set; }

    /// <summary>The linear layer before the activation.</summary>
    public Linear Linear1 { get; set; }

    /// <summary>After the activation.</summary>
    public Dropout Dropout { get; set; }

    /// <summary>The linear layer after the activation.</summary>
    public Linear Linear2 { get; set; }

    /// <summary>The norm of the self-attention.</summary>
    public LayerNorm Norm1 { get; set; }

    /// <summary>The norm of the attention to the memory.</summary>
    public LayerNorm Norm2 { get; set; }

    /// <summary>The norm of the linear layers.</summary>
    public LayerNorm Norm3 { get; set; }

    /// <summary>After the self-attention.</summary>
    public Dropout Dropout1 { get; set; }

    /// <summary>After the attention to the memory.</summary>
    public Dropout Dropout2 { get; set; }

    /// <summary>After the linear layers.</summary>
    public Dropout Dropout3 { get; set; }

    /// <summary>The activation if it is a module, else null.</summary>
    public Module? Activation { get; set; }

    /// <summary>The output, of the shape of the target.</summary>
    /// <param name="tgt">[time, batch, dModel], [batch, time, dModel] if batchFirst, or [time, dModel].</param>
    /// <param name="memory">The output of the encoder, [steps, batch, dModel], [batch, steps, dModel] or [steps, dModel].</param>
    /// <param name="tgtMask">[time, time] or [batch * nhead, time, time]: bool, true where attention is not allowed, or numbers that are added to the scores.</param>
    /// <param name="memoryMask">[time, steps] or [batch * nhead, time, steps], likewise.</param>
    /// <param name="tgtKeyPaddingMask">[batch, time] or [time]: bool, true for steps to leave out, or numbers that are added.</param>
    /// <param name="memoryKeyPaddingMask">[batch, steps] or [steps], likewise.</param>
    /// <param name="tgtIsCausal">A hint that <paramref name="tgtMask"/> is causal; the mask is needed all the same.</param>
    /// <param name="memoryIsCausal">A hint that <paramref name="memoryMask"/> is causal; the mask is needed all the same.</param>
    /// <exception cref="ArgumentException">Shapes that do not fit.</exception>
    public virtual Tensor Forward(Tensor tgt, Tensor memory, Tensor? tgtMask = null, Tensor? memoryMask = null, Tensor? tgtKeyPaddingMask = null, Tensor? memoryKeyPaddingMask = null, bool tgtIsCausal = false, bool memoryIsCausal = false)
    {
        using var scope = Enter(ref tgt);
        var x = tgt;
        if (NormFirst)
        {
            // Not +=, which would write into the caller's tensor.
            x = x + AttendSelf(Norm1.Forward(x));
            x = x + AttendMemory(Norm2.Forward(x));
            x = x + Feed(Norm3.Forward(x));
        }
        else
        {
            x = Norm1.Forward(x + AttendSelf(x));
            x = Norm2.Forward(x + AttendMemory(x));
            x = Norm3.Forward(x + Feed(x));
        }
        return scope.Exit(x);

        Tensor AttendSelf(Tensor y) => Dropout1.Forward(SelfAttn.Forward(y, y, y, tgtKeyPaddingMask, needWeights: false, tgtMask, isCausal: tgtIsCausal).Output);

        Tensor AttendMemory(Tensor y) => Dropout2.Forward(MultiheadAttn.Forward(y, memory, memory, memoryKeyPaddingMask, needWeights: false, memoryMask, isCausal: memoryIsCausal).Output);

        Tensor Feed(Tensor y) => Dropout3.Forward(Linear2.Forward(Dropout.Forward(Activate(Linear1.Forward(y)))));
    }

    /// <summary>A layer of the same kind with parameters of its own of the same values. A derived class overrides it, to be stacked by <see cref="TransformerDecoder"/>.</summary>
    /// <exception cref="NotSupportedException">A derived class that does not override it.</exception>
    public virtual TransformerDecoderLayer DeepCopy()
    {
        if (GetType() != typeof(TransformerDecoderLayer)) throw new NotSupportedException($"{TypeName} does not override DeepCopy, so that it cannot be stacked; give TransformerDecoder the layers themselves.");
        return Copies.Of(this, _again);
    }

    private Tensor Activate(Tensor x) => Activation is { } module ? module.Call(x) : _function!(x);
}
