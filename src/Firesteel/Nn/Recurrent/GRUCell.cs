namespace Firesteel.Nn;

/// <summary>One step of a GRU (<c>torch.nn.GRUCell</c>).</summary>
/// <param name="inputSize">The last size of the input.</param>
/// <param name="hiddenSize">The last size of the state.</param>
/// <param name="bias">Whether to add learned biases.</param>
/// <param name="device">Where the parameters live.</param>
/// <param name="dtype">Their dtype.</param>
public class GRUCell(long inputSize, long hiddenSize, bool bias = true, Device? device = null, DType dtype = DType.Float32)
    : RNNCellBase(inputSize, hiddenSize, bias, 3, device, dtype)
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Forward(input, null);

    /// <summary>The next hidden state [batch, hiddenSize] for an input [batch, inputSize], or both without batch.</summary>
    /// <param name="input">The input of this step.</param>
    /// <param name="hx">The hidden state before, zeros if not given.</param>
    /// <exception cref="ArgumentException">Sizes that do not fit.</exception>
    public Tensor Forward(Tensor input, Tensor? hx = null)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Step(GruRecurrence.Instance, input, hx).Hidden);
    }
}
