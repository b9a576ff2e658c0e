namespace Firesteel.Nn;

/// <summary>One step of an LSTM (<c>torch.nn.LSTMCell</c>).</summary>
/// <param name="inputSize">The last size of the input.</param>
/// <param name="hiddenSize">The last size of the states.</param>
/// <param name="bias">Whether to add learned biases.</param>
/// <param name="device">Where the parameters live.</param>
/// <param name="dtype">Their dtype.</param>
public class LSTMCell(long inputSize, long hiddenSize, bool bias = true, Device? device = null, DType dtype = DType.Float32)
    : RNNCellBase(inputSize, hiddenSize, bias, 4, device, dtype)
{
    /// <summary>The next hidden and cell state, each [batch, hiddenSize], for an input [batch, inputSize], or all without batch.</summary>
    /// <param name="input">The input of this step.</param>
    /// <param name="hx">The states before, zeros if not given.</param>
    /// <exception cref="ArgumentException">Sizes that do not fit.</exception>
    public (Tensor H, Tensor C) Forward(Tensor input, (Tensor H, Tensor C)? hx = null)
    {
        using var scope = Enter(ref input);
        var state = Step(LstmRecurrence.Instance, input, hx?.H, hx?.C);
        return (scope.Exit(state.Hidden), state.Cell!);
    }
}
