namespace Firesteel.Nn;

/// <summary>Makes several dimensions of one (<c>torch.nn.Unflatten</c>).</summary>
/// <param name="dim">The dimension.</param>
/// <param name="unflattenedSize">Their sizes; one may be -1.</param>
public class Unflatten(long dim, IReadOnlyList<long> unflattenedSize) : Module
{
    private readonly long[] _sizes = [.. unflattenedSize];

    /// <summary>The dimension.</summary>
    public long Dim { get; } = dim;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(input.Unflatten(Dim, _sizes));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"dim={Dim}, unflattened_size={Repr.Tuple(_sizes)}";
}
