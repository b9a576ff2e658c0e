namespace Firesteel.Nn;

/// <summary>The distance of vectors along the last dimension (<c>torch.nn.PairwiseDistance</c>).</summary>
/// <param name="p">The norm.</param>
/// <param name="eps">Added to the difference.</param>
/// <param name="keepdim">Whether to keep the dimension with size 1.</param>
public class PairwiseDistance(double p = 2.0, double eps = 1e-6, bool keepdim = false) : Module
{
    private readonly double _p = p, _eps = eps;
    private readonly bool _keepdim = keepdim;

    /// <summary>See <see cref="Functional.PairwiseDistance"/>.</summary>
    public Tensor Forward(Tensor x1, Tensor x2)
    {
        using var scope = Enter();
        return scope.Exit(Functional.PairwiseDistance(x1, x2, _p, _eps, _keepdim));
    }
}
