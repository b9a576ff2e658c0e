namespace Firesteel.Nn;

/// <summary>A buffer that gets its shape later, as an <see cref="UninitializedParameter"/> does (<c>torch.nn.UninitializedBuffer</c>).</summary>
public sealed class UninitializedBuffer : Buffer
{
    /// <summary>A buffer without a shape.</summary>
    public UninitializedBuffer(bool persistent = true, Device? device = null, DType dtype = DType.Float32)
        : base(Uninitialized.View(dtype, device ?? Device.Cpu), persistent)
    {
    }

    /// <summary>Whether it has its shape.</summary>
    public bool IsMaterialized => !IsUninitialized;

    /// <summary>Gives it its shape, and elements of any values (<c>materialize</c>).</summary>
    /// <exception cref="InvalidOperationException">It has a shape already.</exception>
    public void Materialize(ReadOnlySpan<long> shape, Device? device = null, DType? dtype = null) => Uninitialized.Materialize(this, shape, device, dtype);

    /// <summary>As PyTorch prints it: <c>&lt;UninitializedBuffer&gt;</c>, and afterwards as a tensor.</summary>
    public override string ToString() => IsMaterialized ? base.ToString() : $"<{nameof(UninitializedBuffer)}>";
}
