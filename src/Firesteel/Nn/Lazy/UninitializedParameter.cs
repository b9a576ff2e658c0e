namespace Firesteel.Nn;

/// <summary>
/// A parameter that gets its shape later, from the first input of a lazy layer or from a state dictionary (<c>torch.nn.UninitializedParameter</c>). Until then it can be
/// moved to another dtype or device and handed to an optimizer; asking for its shape or elements throws. Afterwards it is a parameter like others, and the same object.
/// </summary>
public sealed class UninitializedParameter : Parameter
{
    /// <summary>A parameter without a shape.</summary>
    /// <exception cref="InvalidOperationException">An integer dtype with <paramref name="requiresGrad"/>.</exception>
    public UninitializedParameter(bool requiresGrad = true, Device? device = null, DType dtype = DType.Float32)
        : base(Uninitialized.View(dtype, device ?? Device.Cpu), requiresGrad)
    {
    }

    /// <summary>Whether it has its shape.</summary>
    public bool IsMaterialized => !IsUninitialized;

    /// <summary>Gives it its shape, and elements of any values (<c>materialize</c>).</summary>
    /// <exception cref="InvalidOperationException">It has a shape already.</exception>
    public void Materialize(ReadOnlySpan<long> shape, Device? device = null, DType? dtype = null) => Uninitialized.Materialize(this, shape, device, dtype);

    /// <summary>As PyTorch prints it: <c>&lt;UninitializedParameter&gt;</c>, and afterwards as a parameter.</summary>
    public override string ToString() => IsMaterialized ? base.ToString() : $"<{nameof(UninitializedParameter)}>";
}
