using System.Text.Json;

namespace Firesteel.Conformance;

/// <summary>The recorded calls of one op.</summary>
public sealed record OpFile(string Key, string Op, string Variant, string[] Aliases, OpCase[] Cases)
{
    public static OpFile Load(CaseSource source, string key)
    {
        using var json = JsonDocument.Parse(source.Read($"ops/{key}.json"));
        using var npz = new NpzArchive(new MemoryStream(source.Read($"ops/{key}.npz")));
        var root = json.RootElement;
        var cases = root.GetProperty("cases").EnumerateArray().Select(c => OpCase.Parse(c, name => npz[name])).ToArray();
        return new OpFile(key, root.GetProperty("op").GetString()!, root.GetProperty("variant").GetString() ?? "",
            [.. root.GetProperty("aliases").EnumerateArray().Select(a => a.GetString()!)], cases);
    }
}

/// <summary>One recorded call: arguments, result and, where the op is differentiable, gradients.</summary>
public sealed record OpCase(int Number, string DType, CaseValue Input, CaseValue[] Args, (string Name, CaseValue Value)[] Kwargs, CaseValue Output, CaseValue[]? Grads)
{
    public static OpCase Parse(JsonElement json, Func<string, NpyArray>? arrays)
    {
        var kwargs = ((DictValue)CaseValue.Parse(json.GetProperty("kwargs"), arrays)).Items;
        return new OpCase(
            json.TryGetProperty("number", out var n) ? n.GetInt32() : 0,
            json.TryGetProperty("dtype", out var d) ? d.GetString()! : "",
            CaseValue.Parse(json.GetProperty("input"), arrays),
            ((ListValue)CaseValue.Parse(json.GetProperty("args"), arrays)).Items,
            kwargs,
            json.TryGetProperty("output", out var o) ? CaseValue.Parse(o, arrays) : NoneValue.Instance,
            json.TryGetProperty("grads", out var g) && g.ValueKind == JsonValueKind.Array ? [.. g.EnumerateArray().Select(x => CaseValue.Parse(x, arrays))] : null);
    }

    /// <summary>Everything the call was given, in the order in which gradients are listed.</summary>
    public IEnumerable<TensorValue> InputTensors => Input.Tensors().Concat(Args.SelectMany(a => a.Tensors())).Concat(Kwargs.SelectMany(k => k.Value.Tensors()));

    public bool HasComplex => InputTensors.Concat(Output.Tensors()).Concat((Grads ?? []).SelectMany(g => g.Tensors())).Any(t => t.IsComplex)
        || Input.Walk().Concat(Args.SelectMany(a => a.Walk())).Concat(Kwargs.SelectMany(k => k.Value.Walk())).Any(v => v is ComplexValue or DTypeValue { Name: "complex64" or "complex128" or "complex32" });

    public string Describe() => $"({string.Join(", ", Args.Prepend(Input).Select(a => a.ToString()).Concat(Kwargs.Select(k => $"{k.Name}={k.Value}")))})";
}
