using System.Numerics;
using System.Text;

namespace Firesteel.Io;

/// <summary>
/// A name that a pickle may mention: the functions and classes that PyTorch's weights_only loader knows, and numbers of NumPy. Each stands for code in this
/// file; there is no way from a name to anything else.
/// </summary>
internal sealed class PickleGlobal
{
    private static readonly Dictionary<string, PickleGlobal> s_known = [];

    private PickleGlobal(string fullName) => FullName = fullName;

    public string FullName { get; }

    /// <summary>A storage class.</summary>
    public bool IsStorage { get; private init; }

    /// <summary>The element type of a storage class, or the dtype that a name stands for.</summary>
    public DType? DType { get; private init; }

    /// <summary>Why it is known and yet of no use.</summary>
    public string? Refusal { get; private init; }

    /// <summary>What calling it gives; null if the arguments are wrong.</summary>
    public Func<object?[], object?>? Call { get; private init; }

    /// <summary>The global of a name.</summary>
    /// <exception cref="PickleError">It is not on the list, or on it to be refused.</exception>
    public static PickleGlobal Find(string module, string name)
    {
        // Python 3 writes old names in old protocols; NumPy 2 moved its core.
        if (module == "__builtin__") module = "builtins";
        else if (module.StartsWith("numpy._core", StringComparison.Ordinal)) module = "numpy.core" + module["numpy._core".Length..];
        string fullName = $"{module}.{name}";
        if (!s_known.TryGetValue(fullName, out var known))
            throw new PickleError($"{Printable(fullName)} is no data and is not loaded. Load the file with the program that wrote it, and save the state dictionary alone");
        return known is { Refusal: { } refusal, IsStorage: false } ? throw new PickleError(refusal) : known;
    }

    /// <summary>What BUILD does: attributes of a dictionary are left out, the state of a NumPy dtype is its byte order.</summary>
    /// <exception cref="PickleError">Nothing else takes a state.</exception>
    public static void Build(object? target, object? state)
    {
        switch (target, state)
        {
            case (PickledDictionary, PickledDictionary): break;
            case (NumpyType type, object?[] { Length: >= 2 } parts) when Text(parts[1]) is "<" or ">" or "|" or "=": type.IsBigEndian = Text(parts[1]) == ">"; break;
            default: throw new PickleError($"a state is given to {PickleKinds.Describe(target)}, which has none");
        }
    }

    static PickleGlobal()
    {
        // storages and dtypes
        foreach (var (storage, dtype) in new[]
                 {
                     ("Bool", Firesteel.DType.Bool), ("Byte", Firesteel.DType.UInt8), ("Char", Firesteel.DType.Int8), ("Short", Firesteel.DType.Int16), ("Int", Firesteel.DType.Int32), ("Long", Firesteel.DType.Int64),
                     ("Half", Firesteel.DType.Float16), ("BFloat16", Firesteel.DType.BFloat16), ("Float", Firesteel.DType.Float32), ("Double", Firesteel.DType.Float64),
                 })
        {
            foreach (string module in new[] { "torch", "torch.cuda" }) Add(new($"{module}.{storage}Storage") { IsStorage = true, DType = dtype });
            Add(new($"torch.{dtype.Name()}") { DType = dtype });
        }
        foreach (string module in new[] { "torch", "torch.storage" }) Add(new($"{module}.UntypedStorage") { IsStorage = true });
        foreach (string storage in new[] { "ComplexFloat", "ComplexDouble", "QInt8", "QUInt8", "QInt32", "QUInt4x2", "QUInt2x4" })
            foreach (string module in new[] { "torch", "torch.cuda" }) Add(new($"{module}.{storage}Storage") { IsStorage = true, Refusal = $"tensors of torch.{storage}Storage ({(storage[0] == 'Q' ? "quantized" : "complex")}) are not supported" });
        foreach (string dtype in new[] { "complex32", "complex64", "complex128", "uint16", "uint32", "uint64", "float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz", "float8_e8m0fnu", "float4_e2m1fn_x2", "qint8", "quint8", "qint32" })
            Refuse($"torch.{dtype}", $"the dtype torch.{dtype} is not supported");

        // tensors
        Function("torch._utils._rebuild_tensor", static a => a.Length == 4 ? PickledTensor.Of(a[0], a[1], a[2], a[3], false) : null);
        Function("torch._utils._rebuild_tensor_v2", static a => a.Length is 6 or 7 ? PickledTensor.Of(a[0], a[1], a[2], a[3], a[4]) : null);
        Function("torch._utils._rebuild_tensor_v3", static a => a.Length is 7 or 8 && a[6] is PickleGlobal { IsStorage: false, DType: { } dtype } ? PickledTensor.Of(a[0], a[1], a[2], a[3], a[4], dtype) : null);
        Function("torch._utils._rebuild_parameter", static a => a is [PickledTensor data, _, _] ? data.AsParameter(a[1]) : null);
        Function("torch._utils._rebuild_parameter_with_state", static a => a is [PickledTensor data, _, _, _] ? data.AsParameter(a[1]) : null);
        Function("torch.nn.parameter.Parameter", static a => a is [PickledTensor data] ? data.AsParameter(true) : a is [PickledTensor given, _] ? given.AsParameter(a[1]) : null);
        Function("torch._utils._rebuild_device_tensor_from_cpu_tensor", static a => a is [PickledTensor data, _, _, _] ? data : null);
        // A tensor with attributes: the attributes are left out.
        Function("torch._tensor._rebuild_from_type_v2", static a => a is [PickleGlobal { Call: { } rebuild }, PickleGlobal { FullName: "torch.Tensor" or "torch.nn.parameter.Parameter" }, object?[] arguments, _] && rebuild(arguments) is PickledTensor tensor ? tensor : null);
        Add(new("torch.Tensor"));
        Refuse("torch._utils._rebuild_sparse_tensor", "sparse tensors are not supported; call to_dense() before saving");
        Refuse("torch._utils._rebuild_sparse_csr_tensor", "sparse tensors are not supported; call to_dense() before saving");
        Refuse("torch._utils._rebuild_qtensor", "quantized tensors are not supported; call dequantize() before saving");
        Refuse("torch._utils._rebuild_meta_tensor_no_storage", "tensors on the meta device have no elements to load");
        Refuse("torch._utils._rebuild_wrapper_subclass", "subclasses of tensors are not supported");
        Refuse("torch._utils._rebuild_nested_tensor", "nested tensors are not supported");
        Refuse("torch._utils._rebuild_device_tensor_from_numpy", "tensors saved on a device without storages are not supported; call cpu() before saving");
        Refuse("numpy.core.multiarray._reconstruct", "NumPy arrays inside a .pt file are not supported, as in PyTorch's weights_only loader; save tensors, or an .npz file");

        // facts about tensors
        Function("torch.Size", static a => a is [object?[] sizes] && Array.TrueForAll(sizes, static s => s is long and >= 0) ? Sizes(sizes) : null);
        Function("torch.device", static a => a.Length is 1 or 2 && Text(a[0]) is { } type && (a.Length == 1 || a[1] is long) ? (a.Length == 1 ? type : $"{type}:{a[1]}") : null);
        Function("torch.serialization._get_layout", static a => a is [string layout] ? layout : null);

        // containers and bytes
        Function("collections.OrderedDict", static a => a.Length == 0 ? new PickledDictionary() : a is [List<object?> pairs] ? Pairs(pairs) : null);
        Function("collections.Counter", static a => a.Length == 0 ? new PickledDictionary() : a is [PickledDictionary counts] ? counts : null);
        Function("builtins.set", Set);
        Function("builtins.frozenset", Set);
        Function("builtins.complex", static a => a is [double real, double imaginary] ? new Complex(real, imaginary) : null);
        Function("builtins.bytearray", static a => a.Length == 0 ? Array.Empty<byte>() : a is [byte[] bytes] ? bytes : a.Length == 2 ? Encode(a) : null);
        Function("_codecs.encode", Encode);

        // numbers of NumPy
        Function("numpy.dtype", static a => a.Length is >= 1 and <= 3 && Text(a[0]) is { } name ? NumpyType.Parse(name) : null);
        Function("numpy.core.multiarray.scalar", static a => a is [NumpyType type, byte[] bytes] ? type.Number(bytes) : a is [NumpyType old, Python2String text] ? old.Number(text.Bytes) : null);
    }

    private static void Add(PickleGlobal global) => s_known.Add(global.FullName, global);

    private static void Function(string fullName, Func<object?[], object?> call) => Add(new(fullName) { Call = call });

    private static void Refuse(string fullName, string reason) => Add(new(fullName) { Refusal = reason });

    private static PickledDictionary Pairs(List<object?> pairs)
    {
        var dictionary = new PickledDictionary();
        foreach (object? pair in pairs)
        {
            var (key, value) = pair switch
            {
                object?[] { Length: 2 } tuple => (tuple[0], tuple[1]),
                List<object?> { Count: 2 } list => (list[0], list[1]),
                _ => throw new PickleError("an OrderedDict is made from something that is no list of pairs"),
            };
            dictionary.Set(key, value);
        }
        return dictionary;
    }

    private static PickledSet? Set(object?[] arguments)
    {
        if (arguments is not ([] or [List<object?>] or [object?[]])) return null;
        var set = new PickledSet();
        if (arguments.Length == 1) set.Items.AddRange((IEnumerable<object?>)arguments[0]!);
        return set;
    }

    private static byte[]? Encode(object?[] arguments)
    {
        if (arguments is not [string text, _] || Text(arguments[1]) is not ("latin1" or "latin-1")) return null;
        foreach (char c in text) if (c > 255) return null;
        return Encoding.Latin1.GetBytes(text);
    }

    private static Shape? Sizes(object?[] sizes)
    {
        try
        {
            return Shape.Create([.. sizes.Select(static s => (long)s!)]);
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static string? Text(object? value) => value switch { string text => text, Python2String text => text.ToString(), _ => null };

    private static string Printable(string name)
    {
        name = name.Length <= 120 ? name : name[..120] + "...";
        return string.Concat(name.Select(static c => char.IsControl(c) ? '?' : c));
    }
}
