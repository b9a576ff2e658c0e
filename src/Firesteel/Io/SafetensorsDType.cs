namespace Firesteel.Io;

/// <summary>The element types of safetensors by their names in the format.</summary>
internal static class SafetensorsDType
{
    private static readonly Dictionary<string, (int Bits, DType? DType)> s_all = new()
    {
        ["BOOL"] = (8, DType.Bool),
        ["U8"] = (8, DType.UInt8),
        ["I8"] = (8, DType.Int8),
        ["I16"] = (16, DType.Int16),
        ["I32"] = (32, DType.Int32),
        ["I64"] = (64, DType.Int64),
        ["F16"] = (16, DType.Float16),
        ["BF16"] = (16, DType.BFloat16),
        ["F32"] = (32, DType.Float32),
        ["F64"] = (64, DType.Float64),
        ["F4"] = (4, null),
        ["F6_E2M3"] = (6, null),
        ["F6_E3M2"] = (6, null),
        ["F8_E5M2"] = (8, null),
        ["F8_E4M3"] = (8, null),
        ["F8_E8M0"] = (8, null),
        ["F8_E5M2FNUZ"] = (8, null),
        ["F8_E4M3FNUZ"] = (8, null),
        ["U16"] = (16, null),
        ["U32"] = (32, null),
        ["U64"] = (64, null),
        ["C64"] = (64, null),
    };

    /// <summary>The bits of an element, and its type here if there is one; null for a name that is not of the format.</summary>
    public static (int Bits, DType? DType)? Find(string name) => s_all.TryGetValue(name, out var found) ? found : null;

    /// <summary>The name of a type in the format.</summary>
    public static string Name(DType dtype) => dtype switch
    {
        DType.Bool => "BOOL",
        DType.UInt8 => "U8",
        DType.Int8 => "I8",
        DType.Int16 => "I16",
        DType.Int32 => "I32",
        DType.Int64 => "I64",
        DType.Float16 => "F16",
        DType.BFloat16 => "BF16",
        DType.Float32 => "F32",
        _ => "F64",
    };
}
