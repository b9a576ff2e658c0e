using System.Text.Json;

namespace Firesteel.Conformance;

/// <summary>One argument or result of a recorded call, as the case files encode it.</summary>
public abstract class CaseValue
{
    /// <summary>This value and everything inside it, depth first: the order in which gradients are listed.</summary>
    public virtual IEnumerable<CaseValue> Walk() => [this];

    /// <summary>What it is, without its value, so that equal complaints about many cases read the same.</summary>
    public string Kind => this switch
    {
        TensorValue => "tensor",
        ListValue list => list.Items.Length == 0 ? "empty list" : $"list of {list.Items[0].Kind}",
        IntValue => "int",
        FloatValue => "float",
        BoolValue => "bool",
        NoneValue => "None",
        SliceValue => "slice",
        _ => ToString()!,
    };

    public IEnumerable<TensorValue> Tensors() => Walk().OfType<TensorValue>();

    public static CaseValue Parse(JsonElement json, Func<string, NpyArray>? arrays = null)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Null or JsonValueKind.Undefined: return NoneValue.Instance;
            case JsonValueKind.True or JsonValueKind.False: return new BoolValue(json.GetBoolean());
            case JsonValueKind.String: return new StringValue(json.GetString()!);
            case JsonValueKind.Number:
                return !json.GetRawText().AsSpan().ContainsAny(".eE") && json.TryGetInt64(out long integer) ? new IntValue(integer) : new FloatValue(json.GetDouble());
            case JsonValueKind.Array: return new ListValue([.. json.EnumerateArray().Select(x => Parse(x, arrays))], isTuple: false);
        }
        if (json.TryGetProperty("t", out var name) && name.ValueKind != JsonValueKind.String) return new UnknownValue(json.GetRawText()); // a tensor whose elements could not be written down
        if (name.ValueKind == JsonValueKind.String) return ParseTensor(json, name.GetString()!, arrays);
        if (json.TryGetProperty("list", out var list)) return new ListValue([.. list.EnumerateArray().Select(x => Parse(x, arrays))], isTuple: false);
        if (json.TryGetProperty("tuple", out var tuple)) return new ListValue([.. tuple.EnumerateArray().Select(x => Parse(x, arrays))], isTuple: true);
        if (json.TryGetProperty("dict", out var dict)) return new DictValue([.. dict.EnumerateObject().Select(p => (p.Name, Parse(p.Value, arrays)))]);
        var first = json.EnumerateObject().FirstOrDefault();
        switch (first.Name)
        {
            case "dtype" when first.Value.ValueKind == JsonValueKind.String: return new DTypeValue(first.Value.GetString()!);
            case "float":
                return new FloatValue(first.Value.GetString() switch
                {
                    "inf" => double.PositiveInfinity,
                    "-inf" => double.NegativeInfinity,
                    _ => double.NaN,
                });
            case "slice":
                var bounds = first.Value.EnumerateArray().Select(x => x.ValueKind == JsonValueKind.Number ? x.GetInt64() : (long?)null).ToArray();
                return new SliceValue(bounds[0], bounds[1], bounds[2]);
            case "complex": return new ComplexValue();
            case "torch": return new TorchValue(first.Value.GetString()!);
            case "ellipsis": return new EllipsisValue();
            default: return new UnknownValue(json.GetRawText());
        }
    }

    private static TensorValue ParseTensor(JsonElement json, string name, Func<string, NpyArray>? arrays)
    {
        string dtype = json.GetProperty("dtype").GetString()!;
        long[] shape = Longs(json, "shape") ?? [];
        NpyArray? data = null;
        if (arrays is not null)
        {
            try { data = arrays(name); }
            catch (KeyNotFoundException) { /* reported when the tensor is needed */ }
        }
        return new TensorValue(name, dtype, shape, Longs(json, "stride"), json.TryGetProperty("requires_grad", out var r) && r.ValueKind == JsonValueKind.True, data);
    }

    private static long[]? Longs(JsonElement json, string name) =>
        json.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(x => x.GetInt64())] : null;
}

/// <summary>A tensor: what the file says about it, its elements, and the live Firesteel tensor made of it for the case at hand.</summary>
public sealed class TensorValue(string name, string dtype, long[] shape, long[]? strides, bool requiresGrad, NpyArray? data) : CaseValue
{
    public string Name => name;
    public string DType => dtype;
    public long[] Shape => shape;
    public long[]? Strides => strides;
    public bool RequiresGrad => requiresGrad;

    /// <summary>The elements; null where the file leaves them out.</summary>
    public NpyArray? Data { get; set; } = data;
    public bool IsComplex => dtype.StartsWith("complex", StringComparison.Ordinal);
    public bool IsFloatingPoint => dtype is "float64" or "float32" or "float16" or "bfloat16";

    /// <summary>The Firesteel tensor, while a case runs.</summary>
    public object? Live { get; set; }

    public static TensorValue Of(object live, string dtype, long[] shape) => new("", dtype, shape, null, false, null) { Live = live };

    public override string ToString() => $"{dtype}[{string.Join(",", shape)}]";
}

public sealed class ListValue(CaseValue[] items, bool isTuple) : CaseValue
{
    public CaseValue[] Items => items;
    public bool IsTuple => isTuple;
    public override IEnumerable<CaseValue> Walk() => items.SelectMany(x => x.Walk()).Prepend(this);
    public override string ToString() => isTuple ? $"({string.Join(", ", items.AsEnumerable())})" : $"[{string.Join(", ", items.AsEnumerable())}]";
}

public sealed class DictValue((string Name, CaseValue Value)[] items) : CaseValue
{
    public (string Name, CaseValue Value)[] Items => items;
    public override IEnumerable<CaseValue> Walk() => items.SelectMany(x => x.Value.Walk()).Prepend(this);
    public override string ToString() => string.Join(", ", items.Select(x => $"{x.Name}={x.Value}"));
}

public sealed class IntValue(long value) : CaseValue
{
    public long Value => value;
    public override string ToString() => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

public sealed class FloatValue(double value) : CaseValue
{
    public double Value => value;
    public override string ToString() => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
}

public sealed class BoolValue(bool value) : CaseValue
{
    public bool Value => value;
    public override string ToString() => value ? "True" : "False";
}

public sealed class StringValue(string value) : CaseValue
{
    public string Value => value;
    public override string ToString() => $"'{value}'";
}

public sealed class NoneValue : CaseValue
{
    public static NoneValue Instance { get; } = new();
    public override string ToString() => "None";
}

public sealed class DTypeValue(string name) : CaseValue
{
    public string Name => name;
    public override string ToString() => $"torch.{name}";
}

public sealed class SliceValue(long? start, long? stop, long? step) : CaseValue
{
    public long? Start => start;
    public long? Stop => stop;
    public long? Step => step;
    public override string ToString() => $"{start}:{stop}{(step is null ? "" : ":" + step)}";
}

/// <summary>A constant of the torch module, such as a memory format.</summary>
public sealed class TorchValue(string name) : CaseValue
{
    public string Name => name;
    public override string ToString() => name;
}

public sealed class ComplexValue : CaseValue
{
    public override string ToString() => "complex";
}

public sealed class EllipsisValue : CaseValue
{
    public override string ToString() => "...";
}

/// <summary>An object known by its repr only, such as <c>PairwiseDistance()</c>.</summary>
public sealed class UnknownValue(string json) : CaseValue
{
    public string Json => json;
    public override string ToString() => json;
}
