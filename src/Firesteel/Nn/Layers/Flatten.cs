namespace Firesteel.Nn;

/// <summary>Makes one dimension of a range of dimensions; all but the batch by default (<c>torch.nn.Flatten</c>).</summary>
/// <param name="startDim">The first of them.</param>
/// <param name="endDim">The last of them.</param>
public class Flatten(long startDim = 1, long endDim = -1) : Module
{
    /// <summary>The first of them.</summary>
    public long StartDim { get; } = startDim;

    /// <summary>The last of them.</summary>
    public long EndDim { get; } = endDim;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(input.Flatten(StartDim, EndDim));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"start_dim={StartDim}, end_dim={EndDim}";
}
