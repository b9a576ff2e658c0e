namespace Firesteel.Nn;

/// <summary>Plain recurrent layers, <c>h' = tanh(W_ih x + b_ih + W_hh h + b_hh)</c> (<c>torch.nn.RNN</c>).</summary>
public class RNN : RNNBase
{
    private readonly ElmanRecurrence _recurrence;

    /// <summary>Layers with parameters from U(-1/sqrt(hiddenSize), 1/sqrt(hiddenSize)).</summary>
    /// <param name="inputSize">The last size of the input.</param>
    /// <param name="hiddenSize">The last size of the state.</param>
    /// <param name="numLayers">The number of layers, each reading the outputs of the one before.</param>
    /// <param name="nonlinearity"><c>"tanh"</c> or <c>"relu"</c>.</param>
    /// <param name="bias">Whether to add learned biases.</param>
    /// <param name="batchFirst">Whether batches are [batch, time, size] and not [time, batch, size].</param>
    /// <param name="dropout">The probability of a zero between layers, while training.</param>
    /// <param name="bidirectional">Whether to read sequences from both ends.</param>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="dtype">Their dtype.</param>
    /// <exception cref="ArgumentException">Sizes that are not positive, a probability that is none, or an unknown nonlinearity.</exception>
    public RNN(long inputSize, long hiddenSize, long numLayers = 1, string nonlinearity = "tanh", bool bias = true, bool batchFirst = false, double dropout = 0, bool bidirectional = false, Device? device = null, DType dtype = DType.Float32)
        : base(1, inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional, 0, device, dtype) => (_recurrence, Nonlinearity) = (ElmanRecurrence.Of(nonlinearity), nonlinearity);

    /// <summary><c>"tanh"</c> or <c>"relu"</c>.</summary>
    public string Nonlinearity { get; }

    /// <summary>The hidden states of the last layer at all steps, [time, batch, directions * hiddenSize], and the last ones of all layers, [layers * directions, batch, hiddenSize].</summary>
    /// <param name="input">[time, batch, inputSize], [batch, time, inputSize] if batchFirst, or one sequence [time, inputSize].</param>
    /// <param name="hx">The first states, zeros if not given.</param>
    /// <exception cref="ArgumentException">Sizes that do not fit.</exception>
    public (Tensor Output, Tensor H) Forward(Tensor input, Tensor? hx = null)
    {
        using var scope = Enter(ref input);
        var (output, state) = Run(_recurrence, input, hx);
        return (scope.Exit(output), state.Hidden);
    }

    /// <summary>As <see cref="Forward(Tensor, Tensor?)"/> for a packed batch; states are in the order before it was sorted.</summary>
    /// <exception cref="ArgumentException">Sizes that do not fit.</exception>
    public (PackedSequence Output, Tensor H) Forward(PackedSequence input, Tensor? hx = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var scope = Enter();
        var (output, state) = Run(_recurrence, input, hx);
        return (output, state.Hidden);
    }
}
