namespace Firesteel.Nn;

/// <summary>The logarithm of the softmax along a dimension (<c>torch.nn.LogSoftmax</c>).</summary>
/// <param name="dim">The dimension; 1 for matrices, 0 for 0, 1 or 3 dimensions if not given.</param>
public class LogSoftmax(long? dim = null) : Module
{
    /// <summary>The dimension; 1 for matrices, 0 for 0, 1 or 3 dimensions if not given.</summary>
    public long? Dim { get; } = dim;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.LogSoftmax(input, Dim));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"dim={Repr.Of(Dim)}";
}
