using System.Collections;
using System.Runtime.CompilerServices;

namespace Firesteel.Conformance;

/// <summary>Between case files and live tensors.</summary>
public static class Tensors
{
    public static DType ParseDType(string name) => Enum.Parse<DType>(name, ignoreCase: true);

    /// <summary>Makes the live tensors of a value, each once; leaves that require gradients where the case says so.</summary>
    public static void Materialise(IEnumerable<TensorValue> tensors, bool gradients)
    {
        foreach (var tensor in tensors) tensor.Live = Make(tensor, gradients);
    }

    public static Tensor Make(TensorValue value, bool gradients = false)
    {
        var data = value.Data ?? throw new InvalidDataException($"the array {value.Name} is missing from the case file");
        var dtype = ParseDType(value.DType);
        var tensor = Dense(data, value.Shape);
        if (tensor.DType != dtype) tensor = tensor.To(dtype);
        if (value.Strides is { } strides && !IsRowMajor(value.Shape, strides)) tensor = WithStrides(tensor, value.Shape, strides);
        if (gradients && value.RequiresGrad) tensor.RequiresGrad = true;
        return tensor;
    }

    /// <summary>A contiguous tensor over all elements. No size at all would mean one dimension to From, so 0-d takes the detour.</summary>
    private static Tensor Dense(NpyArray data, long[] shape) => shape.Length == 0 ? Elements(data, [1]).Reshape([]) : Elements(data, shape);

    private static Tensor Elements(NpyArray data, long[] shape) => data.Data switch
    {
        double[] d => Tensor.From(d, shape),
        float[] f => Tensor.From(f, shape),
        Half[] h => Tensor.From(h, shape),
        long[] l => Tensor.From(l, shape),
        int[] i => Tensor.From(i, shape),
        short[] s => Tensor.From(s, shape),
        sbyte[] s => Tensor.From(s, shape),
        byte[] b => Tensor.From(b, shape),
        bool[] b => Tensor.From(b, shape),
        _ => throw new NotSupportedException($"{data.DType} has no dtype in Firesteel"),
    };

    /// <summary>The same elements laid out with other strides, so that ops meet the layouts PyTorch's samples have.</summary>
    private static Tensor WithStrides(Tensor dense, long[] shape, long[] strides)
    {
        if (dense.NumElements == 0 || strides.Any(s => s <= 0)) return dense;
        long last = 0;
        for (int d = 0; d < shape.Length; d++) last += (shape[d] - 1) * strides[d];
        var storage = Tensor.Zeros([last + 1], dtype: dense.DType);
        var view = storage.AsStrided(shape, strides);
        view.CopyInPlace(dense);
        return view;
    }

    private static bool IsRowMajor(long[] shape, long[] strides)
    {
        long expected = 1;
        for (int d = shape.Length - 1; d >= 0; d--)
        {
            if (shape[d] == 0) return true;
            if (shape[d] != 1 && strides[d] != expected) return false;
            expected *= shape[d];
        }
        return true;
    }

    public static TensorValue Describe(Tensor tensor) => TensorValue.Of(tensor, tensor.DType.Name(), tensor.Shape.ToArray());

    public static TensorValue FromNumbers(CaseValue[] numbers) => numbers.Length > 0 && numbers.All(n => n is BoolValue)
        ? Describe(Tensor.From(Array.ConvertAll(numbers, n => ((BoolValue)n).Value), [numbers.Length]))
        : Describe(Tensor.From(Array.ConvertAll(numbers, n => n is BoolValue b ? (b.Value ? 1L : 0L) : ((IntValue)n).Value), [numbers.Length]));

    /// <summary>The elements in row-major order, as an array of the matching C# type (bfloat16 as float).</summary>
    public static Array Elements(Tensor tensor) => tensor.DType switch
    {
        DType.Float64 => tensor.ToArray<double>(),
        DType.Float32 => tensor.ToArray<float>(),
        DType.Float16 => tensor.ToArray<Half>(),
        DType.BFloat16 => Array.ConvertAll(tensor.ToArray<BFloat16>(), x => (float)x),
        DType.Int64 => tensor.ToArray<long>(),
        DType.Int32 => tensor.ToArray<int>(),
        DType.Int16 => tensor.ToArray<short>(),
        DType.Int8 => tensor.ToArray<sbyte>(),
        DType.UInt8 => tensor.ToArray<byte>(),
        _ => tensor.ToArray<bool>(),
    };

    /// <summary>The results of a call as a flat list: tuples, records, arrays and lists are opened; results that are null are left out.</summary>
    public static List<object> Flatten(object? result)
    {
        var flat = new List<object>();
        Add(result, flat);
        return flat;
    }

    private static void Add(object? result, List<object> flat)
    {
        switch (result)
        {
            case null: break;
            case Tensor or string or Shape: flat.Add(result); break;
            case ITuple tuple:
                for (int i = 0; i < tuple.Length; i++) Add(tuple[i], flat);
                break;
            case IEnumerable items:
                foreach (object? item in items) Add(item, flat);
                break;
            default:
                // A named result such as SvdResult(U, S, V): its properties in the order of declaration.
                var type = result.GetType();
                if (type is { IsPrimitive: false, IsEnum: false } && type.Assembly == typeof(Tensor).Assembly && type != typeof(Scalar))
                    foreach (var property in type.GetProperties().Where(p => p.GetIndexParameters().Length == 0 && p.Name != "EqualityContract").OrderBy(p => p.MetadataToken)) Add(property.GetValue(result), flat);
                else flat.Add(result);
                break;
        }
    }

    /// <summary>cos(i+1), the cotangent that the case files use, in the type and sizes of a result.</summary>
    public static Tensor Cotangent(Tensor like)
    {
        var values = new double[like.NumElements];
        for (int i = 0; i < values.Length; i++) values[i] = Math.Cos(i + 1);
        return Dense(new NpyArray("float64", [], values), like.Shape.ToArray()).To(like.DType);
    }
}
