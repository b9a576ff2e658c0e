namespace Firesteel.Nn;

/// <summary>
/// Divides by a power of the mean square of neighbouring channels, of inputs [N, C, H, W] (<c>torch.nn.CrossMapLRN2d</c>). Neighbours are those at most (size - 1) / 2
/// channels away, and channel 0: PyTorch's running sum never drops it, and models trained there expect that. <see cref="LocalResponseNorm"/> has plain windows.
/// </summary>
/// <param name="size">The number of channels.</param>
/// <param name="alpha">The factor of the mean.</param>
/// <param name="beta">The exponent.</param>
/// <param name="k">Added to the mean.</param>
public class CrossMapLRN2d(long size, double alpha = 1e-4, double beta = 0.75, double k = 1) : Module
{
    private readonly long _size = size > 0 ? size : throw new ArgumentException($"CrossMapLRN2d: size must be positive, got {size}", nameof(size));
    private readonly double _alpha = alpha, _beta = beta, _k = k;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The input does not have four dimensions.</exception>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        if (input.Ndim != 4) throw OperationError.Argument(TypeName, $"expected 4D input (got {input.Ndim}D input {OperationError.Text(input.Shape)})");
        return scope.Exit(input * (SumOverNeighbours(input.Square()) * (_alpha / _size) + _k).Pow(-_beta));
    }

    private Tensor SumOverNeighbours(Tensor squares)
    {
        long reach = (_size - 1) / 2, channels = squares.Shape[1];
        if (channels == 0) return squares;
        reach = Math.Min(reach, channels - 1);
        var padded = squares.PadAlong(1, reach, reach, 0);
        var sum = padded.Narrow(1, 0, channels);
        for (long i = 1; i <= 2 * reach; i++) sum = sum + padded.Narrow(1, i, channels);
        // Channels whose window does not reach channel 0 have it in their sum all the same.
        if (channels <= reach + 1) return sum;
        var first = squares.Narrow(1, 0, 1).Expand(-1, channels - reach - 1, -1, -1);
        return sum + first.PadAlong(1, reach + 1, 0, 0);
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"{_size}, alpha={Repr.Of(_alpha)}, beta={Repr.Of(_beta)}, k={Repr.Integer(_k)}";
}
