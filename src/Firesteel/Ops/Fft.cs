namespace Firesteel;

/// <summary>Discrete Fourier transforms (<c>torch.fft</c>): what needs no complex numbers, the order of frequencies.</summary>
public static class Fft
{
    /// <summary>Moves the frequency 0 from the front to the middle, along dimensions or, if none are given, all (<c>torch.fft.fftshift</c>). The middle of an even size is the place behind the half.</summary>
    /// <exception cref="ArgumentException">No such dimension, or a 0-d input.</exception>
    public static Tensor Fftshift(Tensor input, params ReadOnlySpan<long> dim) => Shifted("fftshift", input, dim, 0);

    /// <summary>Moves the frequency 0 from the middle back to the front: undoes <see cref="Fftshift"/>, for odd sizes too (<c>torch.fft.ifftshift</c>).</summary>
    /// <exception cref="ArgumentException">No such dimension, or a 0-d input.</exception>
    public static Tensor Ifftshift(Tensor input, params ReadOnlySpan<long> dim) => Shifted("ifftshift", input, dim, 1);

    private static Tensor Shifted(string name, Tensor input, ReadOnlySpan<long> dim, long roundUp)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Ndim == 0) throw OperationError.Argument(name, "a 0-d tensor has no frequencies to shift");
        long[] dims = dim.IsEmpty ? [.. Enumerable.Range(0, input.Ndim)] : Array.ConvertAll(dim.ToArray(), d => (long)OperationError.Dim(name, d, input.Ndim));
        return input.Roll(Array.ConvertAll(dims, d => (input.Shape.Sizes[d] + roundUp) / 2), dims);
    }
}
