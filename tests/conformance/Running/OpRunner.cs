namespace Firesteel.Conformance;

/// <summary>Asks Firesteel every recorded call of an op and compares results and gradients.</summary>
public sealed class OpRunner(Caller caller)
{
    public const string Group = "ops";

    public IEnumerable<Outcome> Run(OpFile file)
    {
        foreach (var c in file.Cases) yield return Run(file, c);
    }

    public Outcome Run(OpFile file, OpCase c)
    {
        string label = $"#{c.Number} {file.Op}{c.Describe()}";
        var call = OpCall.Of(file.Op, file.Variant, c);
        if (call.Skip is { } why) return Outcome.Skip(Group, file.Key, label, why);
        try
        {
            var inputs = c.InputTensors.ToArray();
            Tensors.Materialise(inputs, gradients: c.Grads is not null);
            Rng.ManualSeed(call.Seed);
            object? result = call.Invoke(caller);
            return Compare(c, call, result, inputs) is { } difference
                ? Outcome.Fail(Group, file.Key, label, difference.StartsWith("gradient", StringComparison.Ordinal) ? "gradient" : Kind(difference), difference)
                : Outcome.Pass(Group, file.Key, label);
        }
        catch (Exception error)
        {
            return Outcome.Threw(Group, file.Key, label, error);
        }
        finally
        {
            foreach (var tensor in c.InputTensors) tensor.Live = null;
        }
    }

    private static string? Compare(OpCase c, OpCall call, object? result, TensorValue[] inputs)
    {
        var expected = Leaves(c.Output);
        List<object> actual = c.Output is ListValue && expected.TrueForAll(e => e is not TensorValue) && result is Shape shape ? [.. shape.Select(s => (object)s)] : Tensors.Flatten(result);
        if (call.Results is { } few)
        {
            expected = [.. expected.Take(few)];
            actual = [.. actual.Take(few)];
        }
        if (actual.Count != expected.Count) return $"output: {actual.Count} results instead of {expected.Count}";
        for (int i = 0; i < expected.Count; i++)
        {
            string where = expected.Count == 1 ? "output" : $"output {i}";
            if (Comparison.Difference(actual[i], expected[i], where, call.CompareValues) is { } difference) return difference;
        }
        return c.Grads is null ? null : Gradients(c, call, inputs, expected, actual);
    }

    private static string? Gradients(OpCase c, OpCall call, TensorValue[] inputs, List<CaseValue> expected, List<object> actual)
    {
        var outputs = new List<Tensor>();
        var cotangents = new List<Tensor>();
        for (int i = 0; i < expected.Count; i++)
        {
            if (expected[i] is not TensorValue { RequiresGrad: true }) continue;
            var output = (Tensor)actual[i];
            if (!output.RequiresGrad) return $"gradient: output {i} does not require a gradient";
            if (call.Absolute == i) output = output.Abs();
            outputs.Add(output);
            cotangents.Add(Tensors.Cotangent(output));
        }
        if (outputs.Count == 0) return null;
        var leaves = inputs.Where(t => t.RequiresGrad).ToArray();
        var gradients = GradientsOf.Inputs(outputs, [.. leaves.Select(t => (Tensor)t.Live!)], cotangents);
        for (int i = 0; i < leaves.Length && i < c.Grads!.Length; i++)
        {
            string where = $"gradient {i} of {leaves.Length}";
            if (c.Grads[i] is not TensorValue want)
            {
                if (gradients[i] is { } extra && Comparison.ToDoubles(Tensors.Elements(extra)).Any(x => x != 0)) return $"{where}: a gradient where PyTorch has none";
                continue;
            }
            if (Comparison.Difference(gradients[i], want, where, call.CompareValues) is { } difference) return difference;
        }
        return null;
    }

    /// <summary>The tensors and numbers of a recorded result in order.</summary>
    public static List<CaseValue> Leaves(CaseValue value) => [.. value.Walk().Where(v => v is not (ListValue or DictValue or NoneValue))];

    public static string Kind(string difference) => difference.Contains(": dtype ", StringComparison.Ordinal) ? "dtype" : difference.Contains(": shape ", StringComparison.Ordinal) ? "shape" : "value";
}
