namespace Firesteel;

/// <summary>A condition under which a recording may be used again.</summary>
internal abstract class Guard
{
    /// <summary>True as long as it holds. Called before every replay: allocates nothing.</summary>
    public abstract bool Holds();

    /// <summary>What changed, for messages.</summary>
    public abstract string Change();

    /// <summary>What it watches, for reports; null for what would only be noise there.</summary>
    public virtual string? Describe() => null;
}

/// <summary>A tensor that the step uses is still where it was, and is as it was.</summary>
internal sealed class TensorGuard(Tensor tensor, string name) : Guard
{
    private readonly View _layout = tensor.Layout;
    private readonly bool _requiresGrad = tensor.RequiresGrad;

    public Tensor Tensor => tensor;

    public override bool Holds() => ReferenceEquals(tensor.Layout.Storage, _layout.Storage) && SameLayout(tensor.Layout, _layout) && tensor.RequiresGrad == _requiresGrad;

    public override string Change() =>
        !ReferenceEquals(tensor.Layout.Storage, _layout.Storage) ? $"{name} has other memory"
        : tensor.RequiresGrad != _requiresGrad ? $"RequiresGrad of {name} is now {tensor.RequiresGrad}"
        : $"{name} has another shape or dtype";

    private static bool SameLayout(in View a, in View b) =>
        a.Offset == b.Offset && a.DType == b.DType && a.Shape.Equals(b.Shape) && (ReferenceEquals(a.Strides, b.Strides) || a.Strides.AsSpan().SequenceEqual(b.Strides));
}

/// <summary>Grad mode is as it was.</summary>
internal sealed class GradModeGuard : Guard
{
    private readonly bool _enabled = GradMode.Enabled;

    public override bool Holds() => GradMode.Enabled == _enabled && !Anomaly.Enabled;

    public override string Change() => Anomaly.Enabled ? "anomaly detection is on" : $"grad mode is now {(GradMode.Enabled ? "on" : "off")}";
}
