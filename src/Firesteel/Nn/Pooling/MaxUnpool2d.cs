namespace Firesteel.Nn;

/// <summary>Puts elements back where a <see cref="MaxPool2d"/> took them from, with zeros elsewhere (<c>torch.nn.MaxUnpool2d</c>).</summary>
/// <param name="kernelSize">The sizes of the window.</param>
/// <param name="stride">The steps between its places; its sizes if not given.</param>
/// <param name="padding">What was added around the input.</param>
public class MaxUnpool2d(Sizes kernelSize, Sizes? stride = null, Sizes padding = default) : Module
{
    private readonly Sizes _kernelSize = kernelSize, _stride = stride ?? kernelSize, _padding = padding.IsEmpty ? 0 : padding;

    /// <summary>See <see cref="Functional.MaxUnpool2d"/>.</summary>
    public Tensor Forward(Tensor input, Tensor indices, IReadOnlyList<long>? outputSize = null)
    {
        using var scope = Enter();
        return scope.Exit(Functional.MaxUnpool2d(input, indices, _kernelSize, _stride, _padding, outputSize));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"kernel_size={Repr.Tuple(_kernelSize.For(TypeName, "kernel_size", 2))}, stride={Repr.Tuple(_stride.For(TypeName, "stride", 2))}, padding={Repr.Tuple(_padding.For(TypeName, "padding", 2))}";
}
