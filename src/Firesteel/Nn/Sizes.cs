using System.Runtime.CompilerServices;

namespace Firesteel.Nn;

/// <summary>
/// Sizes of a window along spatial dimensions, such as a kernel, stride or dilation: one number for all of them, or one for each. Converts
/// by itself from numbers, tuples, arrays and collection expressions: <c>3</c>, <c>(3, 5)</c>, <c>[3, 5]</c>.
/// </summary>
[CollectionBuilder(typeof(Sizes), nameof(Create))]
public readonly struct Sizes : IEquatable<Sizes>
{
    /// <summary>Stands for "as the input".</summary>
    internal const long Keep = -1;

    private readonly long[]? _values;
    private readonly long _one;
    private readonly bool _isOne;

    private Sizes(long one) => (_one, _isOne) = (one, true);

    private Sizes(long[] values) => _values = values;

    /// <summary>True if nothing was given.</summary>
    public bool IsEmpty => !_isOne && _values is null or { Length: 0 };

    /// <summary>One number for each dimension.</summary>
    public static Sizes Create(ReadOnlySpan<long> values) => new(values.ToArray());

    /// <summary>One number for all dimensions.</summary>
    public static implicit operator Sizes(int value) => new((long)value);

    /// <summary>One number for all dimensions.</summary>
    public static implicit operator Sizes(long value) => new(value);

    /// <summary>One number for each dimension.</summary>
    public static implicit operator Sizes(long[] values) => new([.. values]);

    /// <summary>One number for each dimension.</summary>
    public static implicit operator Sizes(int[] values) => new(Array.ConvertAll(values, static v => (long)v));

    /// <summary>One number for each of two dimensions.</summary>
    public static implicit operator Sizes((int, int) values) => new([values.Item1, values.Item2]);

    /// <summary>One number for each of three dimensions.</summary>
    public static implicit operator Sizes((int, int, int) values) => new([values.Item1, values.Item2, values.Item3]);

    /// <summary>One number for each of two dimensions; null where the input's size stays (outputs of adaptive pools).</summary>
    public static implicit operator Sizes((long?, long?) values) => new([values.Item1 ?? Keep, values.Item2 ?? Keep]);

    /// <summary>One number for each of three dimensions; null where the input's size stays (outputs of adaptive pools).</summary>
    public static implicit operator Sizes((long?, long?, long?) values) => new([values.Item1 ?? Keep, values.Item2 ?? Keep, values.Item3 ?? Keep]);

    /// <summary>Enumerates the numbers.</summary>
    public IEnumerator<long> GetEnumerator() => ((IEnumerable<long>)(_isOne ? [_one] : _values ?? [])).GetEnumerator();

    /// <summary>One number for each of <paramref name="rank"/> dimensions; <paramref name="otherwise"/> if nothing was given.</summary>
    /// <exception cref="ArgumentException">Another count of numbers.</exception>
    internal long[] For(string operation, string name, int rank, long? otherwise = null)
    {
        long[] values = IsEmpty && otherwise is { } one ? [one] : _isOne ? [_one] : _values ?? [];
        if (values.Length == rank) return values;
        if (values.Length != 1) throw OperationError.Argument(operation, $"{name} must either be a single int, or a tuple of {rank} ints, got {OperationError.Text(values)}");
        var all = new long[rank];
        Array.Fill(all, values[0]);
        return all;
    }

    /// <inheritdoc/>
    public bool Equals(Sizes other) => _isOne == other._isOne && _one == other._one && (_values ?? []).AsSpan().SequenceEqual(other._values ?? []);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Sizes other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_isOne, _one, _values?.Length);

    /// <summary>Same numbers.</summary>
    public static bool operator ==(Sizes a, Sizes b) => a.Equals(b);

    /// <summary>Other numbers.</summary>
    public static bool operator !=(Sizes a, Sizes b) => !a.Equals(b);

    /// <summary>As PyTorch prints it: <c>3</c> or <c>(3, 5)</c>.</summary>
    public override string ToString() => _isOne ? _one.ToString(System.Globalization.CultureInfo.InvariantCulture) : $"({string.Join(", ", _values ?? [])})";
}
