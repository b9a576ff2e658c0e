namespace Firesteel;

/// <summary>Where a tensor's elements lie: a storage, an offset, and sizes, strides and element type. A value; making one copies nothing.</summary>
internal readonly struct View
{
    public readonly Storage Storage;
    public readonly Geometry Geometry;

    /// <summary>Offset of the first element, in elements.</summary>
    public readonly long Offset;

    /// <summary>A view with any strides.</summary>
    public View(Storage storage, long offset, Shape shape, long[] strides, DType dtype)
        : this(storage, offset, Geometry.Of(shape, strides, dtype))
    {
    }

    /// <summary>A contiguous view.</summary>
    public View(Storage storage, long offset, Shape shape, DType dtype)
        : this(storage, offset, shape.Contiguous(dtype))
    {
    }

    /// <summary>A view of given sizes, strides and element type.</summary>
    public View(Storage storage, long offset, Geometry geometry)
    {
        Storage = storage;
        Geometry = geometry;
        Offset = offset;
    }

    /// <summary>No view but a number, kept where the offset would be: so that an input of a kernel is no larger than a view.</summary>
    public View(Scalar number)
        : this(null!, number.Bits, Shape.Scalar.Contiguous(number.DType))
    {
    }

    public Shape Shape => Geometry.Shape;

    /// <summary>Strides in elements; the same object as <see cref="Shape.ContiguousStrides"/> if and only if the view is contiguous.</summary>
    public long[] Strides => Geometry.Strides;

    public DType DType => Geometry.DType;

    /// <summary>The number of a view that is none.</summary>
    public Scalar Number => Scalar.FromBits(DType, Offset);

    /// <summary>Row-major without gaps.</summary>
    public bool IsContiguous => Geometry.IsContiguous;

    /// <summary>A contiguous view in another shape.</summary>
    public View With(Shape shape) => new(Storage, Offset, shape, DType);

    /// <summary>The same elements seen through other sizes and strides.</summary>
    public View With(Shape shape, long[] strides, long offset) => new(Storage, offset, shape, strides, DType);

    /// <summary>The same matrices with rows and columns exchanged.</summary>
    public View Transposed => new(Storage, Offset, Geometry.Transposed);

    /// <summary>The smallest and the largest element index that the view can reach, relative to the storage; (0, -1) when it has none.</summary>
    public (long First, long Last) Extent()
    {
        if (Shape.NumElements == 0) return (0, -1);
        long first = Offset, last = Offset;
        for (int d = 0; d < Strides.Length; d++)
        {
            long reach = (Shape.Sizes[d] - 1) * Strides[d];
            if (reach > 0) last += reach; else first += reach;
        }
        return (first, last);
    }
}
