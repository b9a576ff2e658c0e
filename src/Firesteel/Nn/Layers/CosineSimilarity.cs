namespace Firesteel.Nn;

/// <summary>The cosine of the angle between vectors along a dimension (<c>torch.nn.CosineSimilarity</c>).</summary>
/// <param name="dim">The dimension.</param>
/// <param name="eps">The least product of norms.</param>
public class CosineSimilarity(long dim = 1, double eps = 1e-8) : Module
{
    private readonly long _dim = dim;
    private readonly double _eps = eps;

    /// <summary>See <see cref="Functional.CosineSimilarity"/>.</summary>
    public Tensor Forward(Tensor x1, Tensor x2)
    {
        using var scope = Enter();
        return scope.Exit(Functional.CosineSimilarity(x1, x2, _dim, _eps));
    }
}
