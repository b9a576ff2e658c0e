using System.Collections;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>The sizes of a tensor, immutable and shared between tensors (<c>torch.Size</c>).</summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public sealed class Shape : IReadOnlyList<long>, IEquatable<Shape>
{
    private readonly long[] _sizes;
    private Geometry? _contiguous;
    private long[]? _contiguousStrides;

    /// <summary>The shape of a 0-d tensor.</summary>
    public static Shape Scalar { get; } = new([]);

    /// <summary>Makes a shape that owns <paramref name="sizes"/>.</summary>
    /// <exception cref="ArgumentException">A size is negative, or the product overflows.</exception>
    internal Shape(long[] sizes)
    {
        _sizes = sizes;
        long n = sizes.AsSpan().Contains(0) ? 0 : 1;
        foreach (long size in sizes)
        {
            if (size < 0) throw new ArgumentException($"Trying to create tensor with negative dimension {size}: [{string.Join(", ", sizes)}]");
            n = n == 0 ? 0 : checked(n * size);
        }
        NumElements = n;
    }

    /// <summary>Shapes that were asked for lately, by their sizes.</summary>
    private static readonly Shape?[] s_recent = new Shape[1024];

    /// <summary>A shape of these sizes: the same object as before if it was asked for lately, with all that is known of it.</summary>
    public static Shape Create(ReadOnlySpan<long> sizes)
    {
        if (sizes.IsEmpty) return Scalar;
        ulong hash = (ulong)sizes.Length;
        foreach (long size in sizes) hash = (hash ^ (ulong)size) * 0x9E3779B97F4A7C15;
        ref var slot = ref s_recent[hash >> 54];
        var recent = slot;
        return recent is not null && sizes.SequenceEqual(recent._sizes) ? recent : slot = new Shape(sizes.ToArray());
    }

    /// <summary>The number of elements (<c>torch.Size.numel</c>).</summary>
    public long NumElements { get; }

    /// <summary>The number of dimensions.</summary>
    public int Length => _sizes.Length;

    int IReadOnlyCollection<long>.Count => _sizes.Length;

    /// <summary>The size of a dimension; negative dimensions count from the end.</summary>
    public long this[int dim]
    {
        get
        {
            if ((uint)dim < (uint)_sizes.Length) return _sizes[dim];
            if (dim < 0 && dim + _sizes.Length >= 0) return _sizes[dim + _sizes.Length];
            throw new IndexOutOfRangeException($"Dimension {dim} is out of range for a shape of {_sizes.Length} dimensions: {this}");
        }
    }

    /// <summary>The size of a dimension; <c>^1</c> is the last.</summary>
    public long this[Index dim] => this[dim.GetOffset(_sizes.Length)];

    /// <summary>The sizes of a range of dimensions.</summary>
    public Shape this[Range dims] => Create(_sizes.AsSpan()[dims]);

    /// <summary>The sizes.</summary>
    public ReadOnlySpan<long> AsSpan() => _sizes;

    /// <summary>A copy of the sizes.</summary>
    public long[] ToArray() => [.. _sizes];

    /// <summary>The sizes, to be read only.</summary>
    internal long[] Sizes => _sizes;

    /// <summary>Row-major strides in elements, cached; to be read only.</summary>
    internal long[] ContiguousStrides
    {
        get
        {
            if (_contiguousStrides is { } cached) return cached;
            var strides = new long[_sizes.Length];
            long stride = 1;
            for (int d = strides.Length - 1; d >= 0; d--)
            {
                strides[d] = stride;
                stride *= Math.Max(_sizes[d], 1);
            }
            return _contiguousStrides = strides;
        }
    }

    /// <summary>What contiguous views of this shape and a dtype have in common.</summary>
    internal Geometry Contiguous(DType dtype)
    {
        for (var known = _contiguous; known is not null; known = known.Next)
            if (known.DType == dtype) return known;
        return _contiguous = new Geometry(this, dtype, _contiguous); // a thread that does the same at once does no harm
    }

    /// <summary>The sizes as a span, so that a shape can stand wherever sizes are asked for.</summary>
    public static implicit operator ReadOnlySpan<long>(Shape shape) => shape._sizes;

    /// <summary>The sizes as an array.</summary>
    public static implicit operator Shape(long[] sizes) => Create(sizes);

    /// <inheritdoc/>
    public bool Equals(Shape? other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is null || other._sizes.Length != _sizes.Length) return false;
        for (int d = 0; d < _sizes.Length; d++) if (_sizes[d] != other._sizes[d]) return false;
        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (long size in _sizes) hash.Add(size);
        return hash.ToHashCode();
    }

    /// <summary>Same sizes.</summary>
    public static bool operator ==(Shape? a, Shape? b) => a is null ? b is null : a.Equals(b);

    /// <summary>Other sizes.</summary>
    public static bool operator !=(Shape? a, Shape? b) => !(a == b);

    /// <summary>Enumerates the sizes.</summary>
    public IEnumerator<long> GetEnumerator() => ((IEnumerable<long>)_sizes).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _sizes.GetEnumerator();

    /// <summary>As PyTorch prints it: <c>torch.Size([5, 12])</c>.</summary>
    public override string ToString() => $"torch.Size([{string.Join(", ", _sizes)}])";
}
