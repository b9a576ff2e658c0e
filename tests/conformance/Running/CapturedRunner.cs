namespace Firesteel.Conformance;

/// <summary>
/// Runs recorded cases as captured functions, forward and gradients, for values of two kinds in turn, and compares with the same as plain code, bit for bit. Where gradients
/// are asked for, the forward is captured once more by itself, with backward run by the caller.
/// </summary>
public sealed class CapturedRunner(Caller caller)
{
    /// <summary>
    /// Operations whose shapes, ranges, number of steps or number of draws depend on values, which captured functions refuse to read: of least squares the residuals, which are
    /// there for full rank only.
    /// </summary>
    private static readonly HashSet<string> ShapesFromValues =
    [
        "linalg.lstsq", "linalg.lstsq.grad_oriented", "matrix_exp", "nn.functional.fractional_max_pool2d", "nn.functional.fractional_max_pool3d", "nn.functional.rrelu",
        "argwhere", "bincount", "histc", "histogram", "histogramdd", "index_put", "masked_scatter", "masked_select", "nn.functional.embedding_bag",
        "nn.functional.one_hot", "nonzero", "segment_reduce.lengths", "segment_reduce.offsets", "tensor_split", "unique", "unique_consecutive",
    ];

    /// <summary>Captured after two equal runs, then replayed with both kinds of values; a few more where the first run is special.</summary>
    private const int MostRuns = 8;

    private readonly ModuleRunner _modules = new(caller);

    public IEnumerable<Outcome> Run(OpFile file) => file.Cases.Select(c => Run(file, c));

    public IEnumerable<Outcome> Run(ModuleFile file) => file.Cases.Select(c => Run(file, c));

    public Outcome Run(OpFile file, OpCase c)
    {
        string label = $"#{c.Number} {file.Op}{c.Describe()}";
        var call = OpCall.Of(file.Op, file.Variant, c);
        if (call.Skip is { } why) return Outcome.Skip(OpRunner.Group, file.Key, label, why);
        return Judge(OpRunner.Group, file.Key, label, c.InputTensors.ToArray(), call.Seed, call.CompareValues, c.Grads is not null, () => (() => Tensors.Flatten(call.Invoke(caller)), static () => [], static () => []));
    }

    public Outcome Run(ModuleFile file, ModuleCase c)
    {
        string label = $"#{c.Number} {file.Module}{c.Describe()}{(c.Training ? " training" : "")}";
        return Judge(ModuleRunner.Group, file.Key, label, c.InputTensors.ToArray(), 0, true, true, () =>
        {
            object module = _modules.Build(file, c);
            return (() => ModuleRunner.Forward(module, c), () => [.. ModuleRunner.NamedParameters(module).Values.Where(static p => p.RequiresGrad)], () => [.. ModuleRunner.StateDict(module).Values]);
        });
    }

    /// <param name="make">A function of the live tensors, the leaves that it has besides, and its state; made anew for each way of running it.</param>
    private static Outcome Judge(string group, string name, string label, TensorValue[] inputs, ulong seed, bool values, bool gradients, Func<(Func<List<object>> Call, Func<Tensor[]> Leaves, Func<Tensor[]> State)> make)
    {
        var errors = Console.Error;
        try
        {
            // Many a case cannot be captured in the second way, and says so.
            Console.SetError(TextWriter.Null);
            Way[] ways = gradients ? [Way.Whole, Way.Forward] : [Way.Whole];
            foreach (var way in ways)
            {
                var (verdict, reason) = Compare(way, inputs, seed, values, gradients, make);
                if (verdict == Verdict.Skipped) return Outcome.Skip(group, name, label, reason);
                if (verdict == Verdict.Failed) return Outcome.Fail(group, name, label, "captured", reason);
            }
            return Outcome.Pass(group, name, label);
        }
        catch (InvalidOperationException refused) when (refused.Message.Contains("while a step is being captured", StringComparison.Ordinal))
        {
            return ShapesFromValues.Contains(name) ? Outcome.Skip(group, name, label, "reads values") : Outcome.Fail(group, name, label, "refused", refused.Message);
        }
        catch (Exception error)
        {
            return Outcome.Threw(group, name, label, error);
        }
        finally
        {
            Console.SetError(errors);
            foreach (var tensor in inputs) tensor.Live = null;
        }
    }

    private enum Way
    {
        /// <summary>Gradients are computed in the captured function.</summary>
        Whole,

        /// <summary>The caller computes them.</summary>
        Forward,
    }

    /// <summary>What the captured function calls. Not in a closure, whose variables are watched: the live tensors of a case are others in every run.</summary>
    [ThreadStatic]
    private static Func<Tensor[], Tensor[]>? t_function;

    private static (Verdict, string) Compare(Way way, TensorValue[] inputs, ulong seed, bool values, bool gradients, Func<(Func<List<object>> Call, Func<Tensor[]> Leaves, Func<Tensor[]> State)> make)
    {
        var (plain, plainLeaves, plainState) = make();
        var (body, leaves, state) = make();
        t_function = x => way == Way.Whole ? Whole(Call(body), leaves(), x) : Differentiable(Call(body)(x));
        var captured = Compiler.Compile(static (Tensor[] x) => t_function!(x));
        bool scaled = true;
        for (int run = 0; run < MostRuns; run++)
        {
            var arguments = Arguments();
            Tensor[] expected;
            try
            {
                Rng.ManualSeed(seed);
                expected = way == Way.Whole ? Whole(Call(plain), plainLeaves(), arguments) : WithGradients(Differentiable(Call(plain)(arguments)), [.. arguments, .. plainLeaves()]);
            }
            catch (Exception) when (run == 0 && scaled)
            {
                // Other values than the recorded ones may be none that the operation takes.
                scaled = false;
                (plain, plainLeaves, plainState) = make();
                run--;
                continue;
            }
            if (expected.Length == 0) return way == Way.Whole ? (Verdict.Skipped, "no tensors in the result") : (Verdict.Passed, "");
            arguments = Arguments();
            Rng.ManualSeed(seed);
            var actual = captured.Run(arguments);
            if (way == Way.Forward) actual = WithGradients(actual, [.. arguments, .. leaves()]);
            if (Difference(expected, actual, values) is { } difference) return (Verdict.Failed, $"{way}, run {run}, {captured.Replays} replays: {difference}");
            if (Difference(plainState(), state(), true) is { } other) return (Verdict.Failed, $"{way}, state after run {run}, {captured.Replays} replays: {other}");
            if (captured.Replays >= (scaled ? 2 : 1) || captured.PlainWithHistoryBecause is not null) return (Verdict.Passed, "");

            Tensor[] Arguments() => [.. inputs.Select(input => Argument(input, gradients, scaled && run % 2 == 0))];
        }
        return (Verdict.Failed, $"{way}, never captured: {captured.EagerBecause ?? captured.LastRecapture}");

        Func<Tensor[], Tensor[]> Call(Func<List<object>> call) => x =>
        {
            for (int i = 0; i < x.Length; i++) inputs[i].Live = x[i];
            return [.. call().OfType<Tensor>()];
        };
    }

    /// <summary>The tensor of an input, with the recorded values or with others that are nearly as good.</summary>
    private static Tensor Argument(TensorValue input, bool gradients, bool scaled)
    {
        var tensor = Tensors.Make(input);
        if (scaled && tensor.IsFloatingPoint()) tensor.MulInPlace(0.9375);
        if (gradients && input.RequiresGrad) tensor.RequiresGrad = true;
        return tensor;
    }

    private static Tensor[] Differentiable(Tensor[] outputs) => [.. outputs.Where(static output => output.RequiresGrad)];

    /// <summary>Results without history, and the gradients of arguments and leaves.</summary>
    private static Tensor[] Whole(Func<Tensor[], Tensor[]> call, Tensor[] leaves, Tensor[] arguments)
    {
        Tensor[] own = [.. arguments.Select(static x => x.RequiresGrad ? x.Detach().RequiresGradInPlace() : x)];
        var outputs = call(own);
        var differentiable = Differentiable(outputs);
        return [.. outputs.Select(static o => o.Detach()), .. WithGradients(differentiable, [.. own, .. leaves])[differentiable.Length..]];
    }

    /// <summary>Outputs, and behind them the gradients of leaves.</summary>
    private static Tensor[] WithGradients(Tensor[] outputs, Tensor[] leaves)
    {
        Tensor[] wanted = [.. leaves.Where(static leaf => leaf.RequiresGrad)];
        if (outputs.Length == 0 || wanted.Length == 0) return outputs;
        return [.. outputs, .. GradientsOf.Inputs(outputs, wanted, [.. outputs.Select(Tensors.Cotangent)]).OfType<Tensor>()];
    }

    private static string? Difference(Tensor[] expected, Tensor[] actual, bool values)
    {
        if (expected.Length != actual.Length) return $"{actual.Length} tensors instead of {expected.Length}";
        for (int i = 0; i < expected.Length; i++)
        {
            if (actual[i].DType != expected[i].DType || actual[i].Shape != expected[i].Shape) return $"tensor {i} is {actual[i].DType.Name()} {actual[i].Shape} instead of {expected[i].DType.Name()} {expected[i].Shape}";
            if (!values) continue;
            Array a = Tensors.Elements(actual[i].Detach()), b = Tensors.Elements(expected[i].Detach());
            for (int k = 0; k < a.Length; k++)
                if (!Same(a.GetValue(k)!, b.GetValue(k)!)) return $"tensor {i}, element {k} of {a.Length}: {a.GetValue(k)} instead of {b.GetValue(k)}";
        }
        return null;
    }

    /// <summary>The same number with the same sign of zero; NaN is NaN.</summary>
    private static bool Same(object a, object b) => (a, b) switch
    {
        (double x, double y) => x.Equals(y) && double.IsNegative(x) == double.IsNegative(y),
        (float x, float y) => x.Equals(y) && float.IsNegative(x) == float.IsNegative(y),
        (Half x, Half y) => x.Equals(y) && Half.IsNegative(x) == Half.IsNegative(y),
        _ => a.Equals(b),
    };
}
