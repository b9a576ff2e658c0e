using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Firesteel;

public partial class Tensor
{
    /// <summary>Memory of the given shape with whatever it holds; every element is to be written.</summary>
    internal static View Allocate(Shape shape, DType dtype, Device? device = null) =>
        new((device ?? Device.Cpu).Allocate(shape.NumElements * dtype.ItemSize()), 0, shape, dtype);

    private static Tensor Filled(Shape shape, Scalar value, DType dtype, Device? device, bool requiresGrad)
    {
        var view = Allocate(shape, dtype, device);
        view.Storage.Device.Run(new KernelCall(NumberKernel(dtype), [view], [value]));
        return new Tensor(view) { RequiresGrad = requiresGrad };
    }

    /// <summary>Converts a number to a dtype: integers exactly, all else by way of double.</summary>
    private static MapKernel NumberKernel(DType dtype) => CopyKernel(dtype == DType.Float32 ? DType.Float64 : dtype);

    /// <summary>A tensor of zeros (<c>torch.zeros</c>).</summary>
    public static Tensor Zeros(params ReadOnlySpan<long> size) => Filled(Shape.Create(size), 0, DType.Float32, null, false);

    /// <summary>A tensor of zeros (<c>torch.zeros</c>).</summary>
    public static Tensor Zeros(ReadOnlySpan<long> size, DType dtype = DType.Float32, Device? device = null, bool requiresGrad = false) =>
        Filled(Shape.Create(size), 0, dtype, device, requiresGrad);

    /// <summary>A tensor of ones (<c>torch.ones</c>).</summary>
    public static Tensor Ones(params ReadOnlySpan<long> size) => Filled(Shape.Create(size), 1, DType.Float32, null, false);

    /// <summary>A tensor of ones (<c>torch.ones</c>).</summary>
    public static Tensor Ones(ReadOnlySpan<long> size, DType dtype = DType.Float32, Device? device = null, bool requiresGrad = false) =>
        Filled(Shape.Create(size), 1, dtype, device, requiresGrad);

    /// <summary>A tensor of one value; its dtype follows from the value unless given (<c>torch.full</c>).</summary>
    public static Tensor Full(ReadOnlySpan<long> size, Scalar fillValue, DType? dtype = null, Device? device = null, bool requiresGrad = false) =>
        Filled(Shape.Create(size), fillValue, dtype ?? DefaultDType(fillValue), device, requiresGrad);

    /// <summary>A tensor whose elements hold anything; write before you read (<c>torch.empty</c>).</summary>
    public static Tensor Empty(params ReadOnlySpan<long> size) => new(Allocate(Shape.Create(size), DType.Float32));

    /// <summary>A tensor whose elements hold anything; write before you read (<c>torch.empty</c>).</summary>
    public static Tensor Empty(ReadOnlySpan<long> size, DType dtype = DType.Float32, Device? device = null, bool requiresGrad = false) =>
        new(Allocate(Shape.Create(size), dtype, device)) { RequiresGrad = requiresGrad };

    /// <summary>Zeros of the shape and dtype of another tensor (<c>torch.zeros_like</c>).</summary>
    public static Tensor ZerosLike(Tensor input, DType? dtype = null, Device? device = null, bool requiresGrad = false) =>
        Filled(input.Shape, 0, dtype ?? input.DType, device ?? input.Device, requiresGrad);

    /// <summary>Ones of the shape and dtype of another tensor (<c>torch.ones_like</c>).</summary>
    public static Tensor OnesLike(Tensor input, DType? dtype = null, Device? device = null, bool requiresGrad = false) =>
        Filled(input.Shape, 1, dtype ?? input.DType, device ?? input.Device, requiresGrad);

    /// <summary>One value in the shape and dtype of another tensor (<c>torch.full_like</c>).</summary>
    public static Tensor FullLike(Tensor input, Scalar fillValue, DType? dtype = null, Device? device = null, bool requiresGrad = false) =>
        Filled(input.Shape, fillValue, dtype ?? input.DType, device ?? input.Device, requiresGrad);

    /// <summary>A tensor of the shape and dtype of another whose elements hold anything (<c>torch.empty_like</c>).</summary>
    public static Tensor EmptyLike(Tensor input, DType? dtype = null, Device? device = null, bool requiresGrad = false) =>
        Empty(input.Shape, dtype ?? input.DType, device ?? input.Device, requiresGrad);

    /// <summary>A 0-d tensor (<c>torch.tensor(3.5)</c>); float32, int64 or bool unless given.</summary>
    public static Tensor From(Scalar value, DType? dtype = null, Device? device = null, bool requiresGrad = false) =>
        Filled(Shape.Scalar, value, dtype ?? DefaultDType(value), device, requiresGrad);

    /// <summary>A 0-d tensor, float32 unless another dtype is given, whatever the number (<c>torch.scalar_tensor</c>).</summary>
    public static Tensor ScalarTensor(Scalar s, DType dtype = DType.Float32, Device? device = null, bool requiresGrad = false) =>
        Filled(Shape.Scalar, s, dtype, device, requiresGrad);

    /// <summary>A copy of the elements of a C# array, with its shape (<c>torch.tensor</c>). Works for arrays of any rank.</summary>
    /// <exception cref="NotSupportedException">The element type is none of float, double, Half, BFloat16, long, int, short, sbyte, byte, bool.</exception>
    public static Tensor From(Array data, DType? dtype = null, Device? device = null, bool requiresGrad = false)
    {
        ArgumentNullException.ThrowIfNull(data);
        var source = ElementType(data);
        var sizes = new long[data.Rank];
        for (int d = 0; d < sizes.Length; d++) sizes[d] = data.GetLongLength(d);
        var view = Allocate(Shape.Create(sizes), source, device);
        CopyBytes(ref MemoryMarshal.GetArrayDataReference(data), view, data.LongLength * source.ItemSize());
        if (Recorder.Any) Recorder.NoteHostCopy(view.Storage, data, default);
        var tensor = new Tensor(view);
        if (dtype is { } wanted && wanted != source) tensor = tensor.To(wanted);
        tensor.RequiresGrad = requiresGrad;
        return tensor;
    }

    /// <summary>A copy of the elements of a span, in the given shape or one dimension (<c>torch.tensor</c>).</summary>
    public static Tensor From<T>(ReadOnlySpan<T> data, Shape? size = null, DType? dtype = null, bool requiresGrad = false)
        where T : unmanaged
    {
        var shape = size ?? Shape.Create([data.Length]);
        if (shape.NumElements != data.Length)
            throw OperationError.Argument("tensor", $"shape {OperationError.Text(shape)} has {shape.NumElements} elements, but {data.Length} were given");
        var view = Allocate(shape, DTypes.Of<T>());
        CopyBytes(ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(data)), view, (long)data.Length * Unsafe.SizeOf<T>());
        if (Recorder.Any) Recorder.NoteHostCopy(view.Storage, null, MemoryMarshal.AsBytes(data));
        var tensor = new Tensor(view);
        if (dtype is { } wanted && wanted != tensor.DType) tensor = tensor.To(wanted);
        tensor.RequiresGrad = requiresGrad;
        return tensor;
    }

    /// <summary>A tensor that shares its elements with a C# array: a write to either is seen in both (<c>torch.from_numpy</c>).</summary>
    public static Tensor FromNumpy(Array data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var dtype = ElementType(data);
        var sizes = new long[data.Rank];
        for (int d = 0; d < sizes.Length; d++) sizes[d] = data.GetLongLength(d);
        return new Tensor(new View(Storage.Over(Device.Cpu, data, data.LongLength * dtype.ItemSize()), 0, Shape.Create(sizes), dtype));
    }

    /// <summary>Evenly spaced values from 0 up to but not including <paramref name="end"/> (<c>torch.arange</c>).</summary>
    public static Tensor Arange(Scalar end, DType? dtype = null, Device? device = null, bool requiresGrad = false) => Arange(0, end, 1, dtype, device, requiresGrad);

    /// <summary>Evenly spaced values from <paramref name="start"/> up to but not including <paramref name="end"/> (<c>torch.arange</c>); int64 if all arguments are integers.</summary>
    public static Tensor Arange(Scalar start, Scalar end, Scalar? step = null, DType? dtype = null, Device? device = null, bool requiresGrad = false)
    {
        Scalar by = step ?? 1;
        if (by.AsDouble == 0) throw OperationError.Argument("arange", "step must be nonzero");
        if (!double.IsFinite(start.AsDouble) || !double.IsFinite(end.AsDouble)) throw OperationError.Argument("arange", $"unsupported range: {start} -> {end}");
        if (by.AsDouble > 0 ? end.AsDouble < start.AsDouble : end.AsDouble > start.AsDouble)
            throw OperationError.Argument("arange", $"upper bound and lower bound inconsistent with step sign: from {start} to {end} by {by}");
        bool integers = start.DType != DType.Float64 && end.DType != DType.Float64 && by.DType != DType.Float64;
        var type = dtype ?? (integers ? DType.Int64 : DType.Float32);
        long count = integers
            ? (long)Math.Ceiling((decimal)(end.AsLong - start.AsLong) / by.AsLong)
            : (long)Math.Ceiling((end.AsDouble - start.AsDouble) / by.AsDouble);
        if (type.IsFloatingPoint())
        {
            var values = new double[count];
            for (long i = 0; i < count; i++) values[i] = start.AsDouble + i * by.AsDouble;
            return From(values, type, device, requiresGrad);
        }
        var whole = new long[count];
        for (long i = 0; i < count; i++) whole[i] = integers ? start.AsLong + i * by.AsLong : (long)(start.AsDouble + i * by.AsDouble);
        return From(whole, type, device, requiresGrad);
    }

    internal static DType DefaultDType(Scalar value) => value.DType == DType.Float64 ? DType.Float32 : value.DType;

    private static DType ElementType(Array data) => data switch
    {
        _ when data.GetType().GetElementType() == typeof(float) => DType.Float32,
        _ when data.GetType().GetElementType() == typeof(double) => DType.Float64,
        _ when data.GetType().GetElementType() == typeof(long) => DType.Int64,
        _ when data.GetType().GetElementType() == typeof(int) => DType.Int32,
        _ when data.GetType().GetElementType() == typeof(short) => DType.Int16,
        _ when data.GetType().GetElementType() == typeof(sbyte) => DType.Int8,
        _ when data.GetType().GetElementType() == typeof(byte) => DType.UInt8,
        _ when data.GetType().GetElementType() == typeof(bool) => DType.Bool,
        _ when data.GetType().GetElementType() == typeof(Half) => DType.Float16,
        _ when data.GetType().GetElementType() == typeof(BFloat16) => DType.BFloat16,
        _ => throw new NotSupportedException($"tensor: no dtype stores elements of {data.GetType().GetElementType()?.Name}; use float, double, Half, BFloat16, long, int, short, sbyte, byte or bool (jagged arrays have to be made rectangular)."),
    };

    private static void CopyBytes(ref byte source, in View target, long byteCount)
    {
        while (byteCount > 0)
        {
            uint piece = (uint)Math.Min(byteCount, 1 << 30);
            Unsafe.CopyBlockUnaligned(ref target.Storage.FirstByte, ref source, piece);
            byteCount -= piece;
            if (byteCount > 0) throw new NotSupportedException("tensor: C# arrays above 1 GB are not supported.");
        }
    }
}
