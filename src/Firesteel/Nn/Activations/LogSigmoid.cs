namespace Firesteel.Nn;

/// <summary>log(sigmoid(x)) (<c>torch.nn.LogSigmoid</c>).</summary>
public class LogSigmoid : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.Logsigmoid(input));
    }
}
