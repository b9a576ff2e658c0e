using System.Diagnostics.CodeAnalysis;

namespace Firesteel;

/// <summary>
/// Sizes, strides and element type of a view, immutable. A shape keeps those of its contiguous views, so that one comparison mostly
/// tells that two views are alike.
/// </summary>
internal sealed class Geometry
{
    private readonly Shape? _shape;

    /// <summary>The sizes.</summary>
    /// <exception cref="InvalidOperationException">There are none yet.</exception>
    public Shape Shape => _shape ?? Unknown();

    /// <summary>Strides in elements; the same object as <see cref="Shape.ContiguousStrides"/> if and only if contiguous.</summary>
    public readonly long[] Strides;

    public readonly DType DType;

    /// <summary>Row-major without gaps.</summary>
    public readonly bool IsContiguous;

    /// <summary>The same shape, contiguous, with another element type: the list that the shape keeps.</summary>
    public readonly Geometry? Next;

    /// <summary>What a contiguous view has: to be asked of <see cref="Shape.Contiguous"/>, which keeps it.</summary>
    public Geometry(Shape shape, DType dtype, Geometry? next)
    {
        Next = next;
        _shape = shape;
        Strides = shape.ContiguousStrides;
        DType = dtype;
        IsContiguous = true;
    }

    private Geometry(Shape shape, long[] strides, DType dtype)
    {
        _shape = shape;
        Strides = strides;
        DType = dtype;
    }

    private Geometry(DType dtype) => (Strides, DType, IsContiguous) = ([], dtype, true);

    /// <summary>That of a tensor which gets its shape later. Whatever asks for the shape throws.</summary>
    public static Geometry Uninitialized(DType dtype) => new(dtype);

    /// <summary>Whether there is no shape yet.</summary>
    public bool IsUninitialized => _shape is null;

    [DoesNotReturn]
    private static Shape Unknown() => throw new InvalidOperationException(
        $"An uninitialized parameter or buffer has no shape and no elements yet: a lazy layer gives them to it at the first input. Run one batch through the model before using it{ModuleScope.Describe()}.");

    /// <summary>Any strides.</summary>
    public static Geometry Of(Shape shape, long[] strides, DType dtype) => IsRowMajor(shape, strides) ? shape.Contiguous(dtype) : new(shape, strides, dtype);

    private Geometry? _transposed;

    /// <summary>With the last two dimensions exchanged; kept, because the transposed form of a matrix is asked for again in every step.</summary>
    public Geometry Transposed => _transposed ??= Transpose();

    private Geometry Transpose()
    {
        long[] sizes = Shape.ToArray(), strides = [.. Strides];
        (sizes[^1], sizes[^2]) = (sizes[^2], sizes[^1]);
        (strides[^1], strides[^2]) = (strides[^2], strides[^1]);
        return Of(Shape.Create(sizes), strides, DType);
    }

    /// <summary>Same sizes, strides and element type.</summary>
    public bool Matches(Geometry other) =>
        ReferenceEquals(this, other) || (DType == other.DType && IsContiguous == other.IsContiguous && Shape.Equals(other.Shape) && (IsContiguous || Strides.AsSpan().SequenceEqual(other.Strides)));

    private static bool IsRowMajor(Shape shape, long[] strides)
    {
        if (ReferenceEquals(strides, shape.ContiguousStrides) || shape.NumElements == 0) return true;
        long expected = 1;
        for (int d = strides.Length - 1; d >= 0; d--)
        {
            long size = shape.Sizes[d];
            if (size == 1) continue;
            if (strides[d] != expected) return false;
            expected *= size;
        }
        return true;
    }
}
