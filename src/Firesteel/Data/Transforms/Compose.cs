namespace Firesteel.Data;

/// <summary>Several transforms one after the other (<c>torchvision.transforms.Compose</c>).</summary>
public sealed class Compose : Transform
{
    private readonly Transform[] _transforms;

    /// <summary>The transforms in this order.</summary>
    public Compose(params ReadOnlySpan<Transform> transforms)
    {
        _transforms = transforms.ToArray();
        foreach (var transform in _transforms) ArgumentNullException.ThrowIfNull(transform, nameof(transforms));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        foreach (var transform in _transforms) input = transform.Forward(input);
        return input;
    }
}
