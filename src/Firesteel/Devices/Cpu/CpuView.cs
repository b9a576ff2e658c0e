namespace Firesteel;

/// <summary>An operand of a kernel on the CPU, pinned: a pointer to the first element, or one number that broadcasts.</summary>
internal readonly unsafe struct CpuView
{
    /// <summary>The first element; null for a number.</summary>
    public readonly byte* Data;
    public readonly Shape Shape;

    /// <summary>Strides in elements; the same object as <see cref="Shape.ContiguousStrides"/> if and only if contiguous.</summary>
    public readonly long[] Strides;
    public readonly DType DType;
    public readonly Scalar Scalar;

    public CpuView(byte* storage, in View view)
    {
        Data = storage + view.Offset * view.DType.ItemSize();
        Shape = view.Shape;
        Strides = view.Strides;
        DType = view.DType;
    }

    public CpuView(Scalar scalar)
    {
        Shape = Shape.Scalar;
        Strides = [];
        DType = scalar.DType;
        Scalar = scalar;
        IsScalar = true;
    }

    public CpuView(byte* data, Shape shape, long[] strides, DType dtype)
    {
        Data = data;
        Shape = shape;
        Strides = strides;
        DType = dtype;
    }

    /// <summary>True for a number, whose value is <see cref="Scalar"/>.</summary>
    public readonly bool IsScalar;

    public bool IsContiguous => ReferenceEquals(Strides, Shape.ContiguousStrides);
}
