namespace Firesteel.Nn;

/// <summary>Layers of long short-term memory (<c>torch.nn.LSTM</c>).</summary>
/// <param name="inputSize">The last size of the input.</param>
/// <param name="hiddenSize">The last size of the states.</param>
/// <param name="numLayers">The number of layers, each reading the outputs of the one before.</param>
/// <param name="bias">Whether to add learned biases.</param>
/// <param name="batchFirst">Whether batches are [batch, time, size] and not [time, batch, size].</param>
/// <param name="dropout">The probability of a zero between layers, while training.</param>
/// <param name="bidirectional">Whether to read sequences from both ends.</param>
/// <param name="projSize">The last size that the hidden state is projected to, 0 for no projection.</param>
/// <param name="device">Where the parameters live.</param>
/// <param name="dtype">Their dtype.</param>
public class LSTM(long inputSize, long hiddenSize, long numLayers = 1, bool bias = true, bool batchFirst = false, double dropout = 0, bool bidirectional = false, long projSize = 0, Device? device = null, DType dtype = DType.Float32)
    : RNNBase(4, inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional, projSize, device, dtype)
{
    /// <summary>The hidden states of the last layer at all steps, [time, batch, directions * size], and the last states of all layers, [layers * directions, batch, size].</summary>
    /// <param name="input">[time, batch, inputSize], [batch, time, inputSize] if batchFirst, or one sequence [time, inputSize].</param>
    /// <param name="hx">The first states, zeros if not given.</param>
    /// <exception cref="ArgumentException">Sizes that do not fit.</exception>
    public (Tensor Output, (Tensor H, Tensor C) State) Forward(Tensor input, (Tensor H, Tensor C)? hx = null)
    {
        using var scope = Enter(ref input);
        var (output, state) = Run(LstmRecurrence.Instance, input, hx?.H, hx?.C);
        return (scope.Exit(output), (state.Hidden, state.Cell!));
    }

    /// <summary>As <see cref="Forward(Tensor, ValueTuple{Tensor, Tensor}?)"/> for a packed batch; states are in the order before it was sorted.</summary>
    /// <exception cref="ArgumentException">Sizes that do not fit.</exception>
    public (PackedSequence Output, (Tensor H, Tensor C) State) Forward(PackedSequence input, (Tensor H, Tensor C)? hx = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var scope = Enter();
        var (output, state) = Run(LstmRecurrence.Instance, input, hx?.H, hx?.C);
        return (output, (state.Hidden, state.Cell!));
    }
}
