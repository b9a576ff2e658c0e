namespace Firesteel.Nn;

/// <summary>One step of a plain recurrent layer, <c>tanh(W_ih x + b_ih + W_hh h + b_hh)</c> (<c>torch.nn.RNNCell</c>).</summary>
public class RNNCell : RNNCellBase
{
    private readonly ElmanRecurrence _recurrence;

    /// <summary>A cell with parameters from U(-1/sqrt(hiddenSize), 1/sqrt(hiddenSize)).</summary>
    /// <param name="inputSize">The last size of the input.</param>
    /// <param name="hiddenSize">The last size of the state.</param>
    /// <param name="bias">Whether to add learned biases.</param>
    /// <param name="nonlinearity"><c>"tanh"</c> or <c>"relu"</c>.</param>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="dtype">Their dtype.</param>
    /// <exception cref="ArgumentException">An unknown nonlinearity.</exception>
    public RNNCell(long inputSize, long hiddenSize, bool bias = true, string nonlinearity = "tanh", Device? device = null, DType dtype = DType.Float32)
        : base(inputSize, hiddenSize, bias, 1, device, dtype) => (_recurrence, Nonlinearity) = (ElmanRecurrence.Of(nonlinearity), nonlinearity);

    /// <summary><c>"tanh"</c> or <c>"relu"</c>.</summary>
    public string Nonlinearity { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Forward(input, null);

    /// <summary>The next hidden state [batch, hiddenSize] for an input [batch, inputSize], or both without batch.</summary>
    /// <param name="input">The input of this step.</param>
    /// <param name="hx">The hidden state before, zeros if not given.</param>
    /// <exception cref="ArgumentException">Sizes that do not fit.</exception>
    public Tensor Forward(Tensor input, Tensor? hx = null)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Step(_recurrence, input, hx).Hidden);
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => base.ExtraRepr() + (Nonlinearity == "tanh" ? "" : $", nonlinearity={Nonlinearity}");
}
