namespace Firesteel;

/// <summary>An operand of a kernel on the CPU, pinned: a pointer to the first element, or one number that broadcasts.</summary>
internal readonly unsafe struct CpuView
{
    private readonly Geometry _geometry;
    private readonly long _number;

    /// <summary>The first element; null for a number.</summary>
    public readonly byte* Data;

    public CpuView(byte* storage, in View view)
        : this(storage + view.Offset * view.DType.ItemSize(), view.Geometry)
    {
    }

    public CpuView(byte* data, Geometry geometry)
    {
        Data = data;
        _geometry = geometry;
    }

    public CpuView(Scalar number)
    {
        _number = number.Bits;
        _geometry = Shape.Scalar.Contiguous(number.DType);
    }

    public Shape Shape => _geometry.Shape;

    /// <summary>Strides in elements; the same object as <see cref="Shape.ContiguousStrides"/> if and only if contiguous.</summary>
    public long[] Strides => _geometry.Strides;

    public DType DType => _geometry.DType;

    public bool IsContiguous => _geometry.IsContiguous;

    /// <summary>True for a number, whose value is <see cref="Scalar"/>.</summary>
    public bool IsScalar => Data is null;

    public Scalar Scalar => Scalar.FromBits(DType, _number);
}
