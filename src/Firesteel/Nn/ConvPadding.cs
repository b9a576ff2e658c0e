using System.Runtime.CompilerServices;

namespace Firesteel.Nn;

/// <summary>The padding of a convolution: numbers as <see cref="Sizes"/>, or <c>"same"</c> or <c>"valid"</c>.</summary>
[CollectionBuilder(typeof(ConvPadding), nameof(Create))]
public readonly struct ConvPadding
{
    private ConvPadding(Sizes sizes) => Sizes = sizes;

    private ConvPadding(string mode) => Mode = mode;

    /// <summary>The numbers, empty if there is a <see cref="Mode"/> or nothing was given.</summary>
    public Sizes Sizes { get; }

    /// <summary><c>"same"</c>, <c>"valid"</c> or null.</summary>
    public string? Mode { get; }

    /// <summary>One number for each dimension.</summary>
    public static ConvPadding Create(ReadOnlySpan<long> values) => new(Sizes.Create(values));

    /// <summary><c>"same"</c> or <c>"valid"</c>.</summary>
    /// <exception cref="ArgumentException">Another word.</exception>
    public static implicit operator ConvPadding(string mode) => mode is "same" or "valid"
        ? new(mode)
        : throw new ArgumentException($"Invalid padding string '{mode}', should be one of 'valid', 'same'.");

    /// <summary>Numbers.</summary>
    public static implicit operator ConvPadding(Sizes sizes) => new(sizes);

    /// <summary>One number for all dimensions.</summary>
    public static implicit operator ConvPadding(int value) => new((Sizes)value);

    /// <summary>One number for all dimensions.</summary>
    public static implicit operator ConvPadding(long value) => new((Sizes)value);

    /// <summary>One number for each dimension.</summary>
    public static implicit operator ConvPadding(long[] values) => new((Sizes)values);

    /// <summary>One number for each of two dimensions.</summary>
    public static implicit operator ConvPadding((int, int) values) => new((Sizes)values);

    /// <summary>One number for each of three dimensions.</summary>
    public static implicit operator ConvPadding((int, int, int) values) => new((Sizes)values);

    /// <summary>As PyTorch prints it.</summary>
    public override string ToString() => Mode ?? Sizes.ToString();
}
