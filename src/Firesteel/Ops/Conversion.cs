namespace Firesteel;

public partial class Tensor
{
    /// <summary>The kernel that copies and converts from a dtype.</summary>
    internal static MapKernel CopyKernel(DType source) => Program.Identity.KernelFor(source);

    // The engine brings gradients back to the dtype of the input, so conversions pass them on as they are.
    private static readonly Operation<ValueTuple> s_to = new("to_copy", (Save.None, static (in s, g) => g));
    private static readonly Operation<ValueTuple> s_clone = new("clone", (Save.None, static (in s, g) => g));
    private static readonly Operation<ValueTuple> s_copy = new("copy", (Save.None, static (in s, g) => ZerosLike(g)), (Save.None, static (in s, g) => g));
    private static readonly Operation<ValueTuple> s_fill = new("fill", (Save.None, static (in s, g) => ZerosLike(g)));

    private View CopyTo(DType dtype)
    {
        var view = Allocate(Shape, dtype, Device);
        Device.Run(new KernelCall(CopyKernel(DType), [view], [Layout]));
        return view;
    }

    /// <summary>This tensor in another dtype; itself if it has it already (<c>Tensor.to</c>).</summary>
    public Tensor To(DType dtype, bool copy = false) => dtype == DType && !copy ? this : s_to.Record(CopyTo(dtype), [this], default);

    /// <summary>This tensor on a device; itself if it is there already (<c>Tensor.to</c>).</summary>
    public Tensor To(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return ReferenceEquals(device, Device) ? this : throw OperationError.NotSupported("to", $"no copy from {Device} to {device}");
    }

    /// <summary>This tensor on a device named as PyTorch names it (<c>Tensor.to("cpu")</c>).</summary>
    public Tensor To(string device) => To(Device.Parse(device));

    /// <summary>This tensor on a device in a dtype (<c>Tensor.to</c>).</summary>
    public Tensor To(Device device, DType dtype) => To(device).To(dtype);

    /// <summary>This tensor in the dtype and on the device of another (<c>Tensor.to(other)</c>).</summary>
    public Tensor To(Tensor other) => To(other.Device).To(other.DType);

    /// <summary>This tensor in the dtype of another (<c>Tensor.type_as</c>).</summary>
    public Tensor TypeAs(Tensor other) => To(other.DType);

    /// <summary>A contiguous copy, differentiable (<c>torch.clone</c>).</summary>
    public Tensor Clone() => s_clone.Record(CopyTo(DType), [this], default);

    /// <summary>This tensor in row-major order: itself if it is so already, else a copy (<c>Tensor.contiguous</c>).</summary>
    public Tensor Contiguous() => Layout.IsContiguous ? this : Clone();

    /// <summary>Copies another tensor into this one, with broadcasting and conversion (<c>copy_</c>).</summary>
    /// <exception cref="ArgumentException">The source does not broadcast to the shape of this tensor.</exception>
    public Tensor CopyInPlace(Tensor source)
    {
        if (source.Shape != Shape && (source.Ndim > Ndim || Broadcasting.Of("copy", Shape, source.Shape) != Shape))
            throw OperationError.Argument("copyInPlace", $"the source {OperationError.Text(source.Shape)} does not broadcast to the shape of the target {OperationError.Text(Shape)}");
        InPlace.Check("copy", this);
        var from = ReferenceEquals(source.Layout.Storage, Layout.Storage) ? source.Clone() : source;
        if (!FileStorage.TryCopy(from.Layout, Layout)) Device.Run(new KernelCall(CopyKernel(from.DType), [Layout], [from.Layout]));
        return s_copy.RecordInPlace(this, [this, source], default);
    }

    /// <summary>Sets every element to a value (<c>fill_</c>).</summary>
    public Tensor FillInPlace(Scalar value)
    {
        InPlace.Check("fill", this);
        Device.Run(new KernelCall(NumberKernel(DType), [Layout], [value]));
        return s_fill.RecordInPlace(this, [this], default);
    }

    /// <summary>Sets every element to the value of a 0-d tensor (<c>fill_</c>).</summary>
    /// <exception cref="ArgumentException">The value has dimensions.</exception>
    public Tensor FillInPlace(Tensor value) => value.Ndim == 0
        ? CopyInPlace(value)
        : throw OperationError.Argument("fillInPlace", $"only supports 0-dimension value tensor but got tensor with {value.Ndim} dimensions");

    /// <summary>Sets every element to zero (<c>zero_</c>).</summary>
    public Tensor ZeroInPlace() => FillInPlace(0);

    /// <summary>This tensor in float32 (<c>Tensor.float</c>).</summary>
    public Tensor Float() => To(DType.Float32);

    /// <summary>This tensor in float64 (<c>Tensor.double</c>).</summary>
    public Tensor Double() => To(DType.Float64);

    /// <summary>This tensor in float16 (<c>Tensor.half</c>).</summary>
    public Tensor Half() => To(DType.Float16);

    /// <summary>This tensor in int64 (<c>Tensor.long</c>).</summary>
    public Tensor Long() => To(DType.Int64);

    /// <summary>This tensor in int32 (<c>Tensor.int</c>).</summary>
    public Tensor Int() => To(DType.Int32);

    /// <summary>This tensor in bool: true where not zero (<c>Tensor.bool</c>).</summary>
    public Tensor Bool() => To(DType.Bool);
}
