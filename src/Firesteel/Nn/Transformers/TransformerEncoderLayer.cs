namespace Firesteel.Nn;

/// <summary>Self-attention and two linear layers, each with a shortcut and a norm (<c>torch.nn.TransformerEncoderLayer</c>).</summary>
public class TransformerEncoderLayer : Module
{
    private readonly Func<TransformerEncoderLayer> _again;
    private readonly Func<Tensor, Tensor>? _function;

    /// <summary>A layer with new parameters.</summary>
    /// <param name="dModel">The last size of the input and the output.</param>
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
    public TransformerEncoderLayer(long dModel, long nhead, long dimFeedforward = 2048, double dropout = 0.1, Activation? activation = null, double layerNormEps = 1e-5, bool batchFirst = false, bool normFirst = false, bool bias = true, Device? device = null, DType dtype = DType.Float32)
    {
        activation ??= "relu";
        SelfAttn = new MultiheadAttention(dModel, nhead, dropout, bias, batchFirst: batchFirst, device: device, dtype: dtype);
        Linear1 = new Linear(dModel, dimFeedforward, bias, device, dtype);
        Dropout = new Dropout(dropout);
        Linear2 = new Linear(dimFeedforward, dModel, bias, device, dtype);
        Norm1 = new LayerNorm(dModel, layerNormEps, device: device, dtype: dtype);
        Norm2 = new LayerNorm(dModel, layerNormEps, device: device, dtype: dtype);
        Dropout1 = new Dropout(dropout);
        Dropout2 = new Dropout(dropout);
        NormFirst = normFirst;
        (Activation, _function) = (activation.Module, activation.Function);
        _again = () => new TransformerEncoderLayer(dModel, nhead, dimFeedforward, dropout, activation, layerNormEps, batchFirst, normFirst, bias, device, dtype);
    }

    /// <summary>Whether the norms come first.</summary>
    public bool NormFirst { get; }

    /// <summary>The attention.</summary>
    public MultiheadAttention SelfAttn { get; set; }

    /// <summary>The linear layer before the activation.</summary>
    public Linear Linear1 { get; set; }

    /// <summary>After the activation.</summary>
    public Dropout Dropout { get; set; }

    /// <summary>The linear layer after the activation.</summary>
    public Linear Linear2 { get; set; }

    /// <summary>The norm of the attention.</summary>
    public LayerNorm Norm1 { get; set; }

    /// <summary>The norm of the linear layers.</summary>
    public LayerNorm Norm2 { get; set; }

    /// <summary>After the attention.</summary>
    public Dropout Dropout1 { get; set; }

    /// <summary>After the linear layers.</summary>
    public Dropout Dropout2 { get; set; }

    /// <summary>The activation if it is a module, else null.</summary>
    public Module? Activation { get; set; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Forward(input, null);

    /// <summary>The output, of the shape of the input.</summary>
    /// <param name="src">[time, batch, dModel], [batch, time, dModel] if batchFirst, or [time, dModel].</param>
    /// <param name="srcMask">[time, time] or [batch * nhead, time, time]: bool, true where attention is not allowed, or numbers that are added to the scores.</param>
    /// <param name="srcKeyPaddingMask">[batch, time] or [time]: bool, true for steps to leave out, or numbers that are added.</param>
    /// <param name="isCausal">A hint that <paramref name="srcMask"/> is causal; the mask is needed all the same.</param>
    /// <exception cref="ArgumentException">Shapes that do not fit.</exception>
    public virtual Tensor Forward(Tensor src, Tensor? srcMask = null, Tensor? srcKeyPaddingMask = null, bool isCausal = false)
    {
        using var scope = Enter(ref src);
        var x = src;
        if (NormFirst)
        {
            // Not +=, which would write into the caller's tensor.
            x = x + Attend(Norm1.Forward(x));
            x = x + Feed(Norm2.Forward(x));
        }
        else
        {
            x = Norm1.Forward(x + Attend(x));
            x = Norm2.Forward(x + Feed(x));
        }
        return scope.Exit(x);

        Tensor Attend(Tensor y) => Dropout1.Forward(SelfAttn.Forward(y, y, y, srcKeyPaddingMask, needWeights: false, srcMask, isCausal: isCausal).Output);

        Tensor Feed(Tensor y) => Dropout2.Forward(Linear2.Forward(Dropout.Forward(Activate(Linear1.Forward(y)))));
    }

    /// <summary>A layer of the same kind with parameters of its own of the same values. A derived class overrides it, to be stacked by <see cref="TransformerEncoder"/>.</summary>
    /// <exception cref="NotSupportedException">A derived class that does not override it.</exception>
    public virtual TransformerEncoderLayer DeepCopy()
    {
        if (GetType() != typeof(TransformerEncoderLayer)) throw new NotSupportedException($"{TypeName} does not override DeepCopy, so that it cannot be stacked; give TransformerEncoder the layers themselves.");
        return Copies.Of(this, _again);
    }

    private Tensor Activate(Tensor x) => Activation is { } module ? module.Call(x) : _function!(x);
}
