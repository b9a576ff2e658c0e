using System.Text.Json;

namespace Firesteel.Conformance;

/// <summary>
/// Checks that bad input is refused. A case passes when Firesteel throws on purpose: an exception of a kind that says "bad argument" or "cannot do this"
/// (ArgumentException and its children, InvalidOperationException, NotSupportedException, IndexOutOfRangeException), with a message that names the op, a size or a number of the
/// call, or the argument at fault. A NullReferenceException or InvalidCastException from inside is a failure, as is no exception. The one case that PyTorch accepts must not throw.
/// </summary>
public sealed class ErrorRunner(Caller caller)
{
    public const string Group = "errors";

    public IEnumerable<Outcome> Run(CaseSource source)
    {
        using var json = JsonDocument.Parse(source.Read("errors.json"));
        int number = 0;
        foreach (var error in json.RootElement.EnumerateArray()) yield return Run(error, number++);
    }

    private Outcome Run(JsonElement json, int number)
    {
        string op = json.GetProperty("op").GetString()!.Replace(".grad_oriented", "", StringComparison.Ordinal); // a variant of the table, not an op
        var values = json.GetProperty("values");
        NpyArray Written(string name) => values.TryGetProperty(name, out var v) ? Inline(v) : throw new KeyNotFoundException(name);
        var c = OpCase.Parse(json, Written) with { Number = number };
        string label = $"#{number} {op}{c.Describe()}";
        var torch = json.GetProperty("torch_1_13_1");
        bool accepted = torch.ValueKind == JsonValueKind.String;
        string type = accepted ? "" : torch.GetProperty("type").GetString()!, message = accepted ? "" : torch.GetProperty("message").GetString()!;

        if (type == "TypeError") return Outcome.Skip(Group, op, label, "a TypeError of Python's argument parser; the C# compiler refuses such calls");
        if (type == "AttributeError") return Outcome.Skip(Group, op, label, "an AttributeError of Python; the C# compiler refuses such calls");
        if (c.Kwargs.Any(k => k.Name == "out")) return Outcome.Skip(Group, op, label, "out= arguments");
        if (c.Args.Prepend(c.Input).Concat(c.Kwargs.Select(k => k.Value)).SelectMany(v => v.Walk()).Any(v => v is UnknownValue)) return Outcome.Skip(Group, op, label, "a tensor whose elements are not recorded");
        if (c.HasComplex) return Outcome.Skip(Group, op, label, "complex types");
        if (message.Contains("sparse", StringComparison.OrdinalIgnoreCase)) return Outcome.Skip(Group, op, label, "sparse layouts");

        var call = OpCall.Of(op, "", c);
        try
        {
            foreach (var tensor in c.InputTensors) tensor.Data ??= Ones(tensor);
            Tensors.Materialise(c.InputTensors, gradients: false);
            try
            {
                object? result = call.Steps is { } steps ? steps(caller) : caller.Call(call.Name, call.Positional, call.Keywords);
                foreach (var tensor in Tensors.Flatten(result).OfType<Tensor>()) Tensors.Elements(tensor);
            }
            catch (Exception error) when (error is not (MissingMemberException or BindingException))
            {
                if (accepted) return Outcome.Fail(Group, op, label, "threw", $"PyTorch accepts this; {error.GetType().Name}: {error.Message}");
                if (error is not (ArgumentException or InvalidOperationException or NotSupportedException or IndexOutOfRangeException)) return Outcome.Threw(Group, op, label, error);
                return Says(error.Message, op, c) ? Outcome.Pass(Group, op, label) : Outcome.Fail(Group, op, label, "message", $"the message names neither op, sizes nor argument: {error.Message}");
            }
            return accepted ? Outcome.Pass(Group, op, label) : Outcome.Fail(Group, op, label, "no error", $"no exception; PyTorch: {type}: {message}");
        }
        catch (Exception error)
        {
            return Outcome.Threw(Group, op, label, error);
        }
    }

    /// <summary>True when a message helps: it names the op, a parameter, a size list or a number of the call.</summary>
    public static bool Says(string message, string op, OpCase c)
    {
        string plain = message.Replace("_", "", StringComparison.Ordinal);
        string name = op[(op.LastIndexOf('.') + 1)..].Replace("_", "", StringComparison.Ordinal);
        if (plain.Contains(name, StringComparison.OrdinalIgnoreCase)) return true;
        if (c.Kwargs.Any(k => plain.Contains(k.Name.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase))) return true;
        if (c.InputTensors.Any(t => t.Shape.Length > 0 && message.Contains($"[{string.Join(", ", t.Shape)}]", StringComparison.Ordinal))) return true;
        return c.Args.Concat(c.Kwargs.Select(k => k.Value)).OfType<IntValue>().Any(i => Math.Abs(i.Value) > 1 && message.Contains(i.ToString(), StringComparison.Ordinal));
    }

    /// <summary>The file leaves large arrays out: what is wrong with them is their sizes.</summary>
    private static NpyArray Ones(TensorValue tensor)
    {
        var ones = new double[tensor.Shape.Aggregate(1L, (n, size) => n * size)];
        Array.Fill(ones, 1);
        return tensor.IsFloatingPoint ? new NpyArray("float64", tensor.Shape, ones) : new NpyArray("int64", tensor.Shape, Array.ConvertAll(ones, x => (long)x));
    }

    /// <summary>An array written out in the file.</summary>
    private static NpyArray Inline(JsonElement json)
    {
        string dtype = json.GetProperty("dtype").GetString()!;
        long[] shape = [.. json.GetProperty("shape").EnumerateArray().Select(x => x.GetInt64())];
        if (dtype.StartsWith("complex", StringComparison.Ordinal) || !json.TryGetProperty("data", out var data)) return new NpyArray(dtype, shape, null);
        var flat = new List<JsonElement>();
        Collect(data, flat);
        return dtype switch
        {
            "bool" => new NpyArray(dtype, shape, flat.Select(x => x.ValueKind == JsonValueKind.True || x.ValueKind == JsonValueKind.Number && x.GetDouble() != 0).ToArray()),
            "float64" or "float32" or "float16" or "bfloat16" => new NpyArray("float64", shape, flat.Select(Real).ToArray()),
            _ => new NpyArray("int64", shape, flat.Select(x => x.GetInt64()).ToArray()),
        };
    }

    private static double Real(JsonElement json) => CaseValue.Parse(json) switch
    {
        FloatValue f => f.Value,
        IntValue i => i.Value,
        StringValue s => s.Value.StartsWith('-') ? double.NegativeInfinity : s.Value.StartsWith("inf", StringComparison.OrdinalIgnoreCase) ? double.PositiveInfinity : double.NaN,
        _ => double.NaN,
    };

    private static void Collect(JsonElement json, List<JsonElement> flat)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            flat.Add(json);
            return;
        }
        foreach (var item in json.EnumerateArray()) Collect(item, flat);
    }
}
