using System.Globalization;
using System.Text;

namespace Firesteel.Nn;

/// <summary>A table of a model's layers with the shapes of their outputs and their numbers of parameters (as the package <c>torchinfo</c> prints it).</summary>
public static class ModuleSummary
{
    private const int NameWidth = 40, ShapeWidth = 25, CountWidth = 15, Width = NameWidth + ShapeWidth + CountWidth + 10;

    /// <summary>The table of a model that is run once, without gradients and in evaluation mode, with zeros of a shape.</summary>
    /// <param name="module">The model.</param>
    /// <param name="inputSize">The shape of its input, with the batch.</param>
    /// <param name="dtype">The dtype of its input.</param>
    public static string Summary(this Module module, ReadOnlySpan<long> inputSize, DType dtype = DType.Float32) => module.Summary(Tensor.Zeros(inputSize, dtype));

    /// <summary>The table of a model that is run once, without gradients and in evaluation mode, with an example. Layers that the run does not reach have no shape.</summary>
    public static string Summary(this Module module, Tensor example)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(example);
        var shapes = new Dictionary<Module, Shape>(ReferenceEqualityComparer.Instance);
        var modules = module.Modules();
        var modes = modules.Select(static m => m.Training).ToArray();
        var hooks = modules.Select(m => m.RegisterForwardHook((it, _, output) =>
        {
            shapes[it] = output.Shape;
            return null;
        })).ToList();
        try
        {
            module.Eval();
            using (Autograd.NoGrad()) module.Call(example);
        }
        finally
        {
            foreach (var hook in hooks) hook.Remove();
            for (int i = 0; i < modes.Length; i++) modules[i].Training = modes[i];
        }
        return Table(module, example, shapes);
    }

    private static string Table(Module module, Tensor example, Dictionary<Module, Shape> shapes)
    {
        string rule = new('=', Width);
        var text = new StringBuilder().AppendLine(rule).AppendLine(Row("Layer (type:depth-idx)", "Output Shape", "Param #")).AppendLine(rule);
        var seen = new HashSet<Module>(ReferenceEqualityComparer.Instance);
        var numbers = new Dictionary<int, int>();
        var totals = default(Totals);
        Add(module, 0, true);

        text.AppendLine(rule);
        text.AppendLine($"Total params: {Number(totals.Trainable + totals.Fixed)}").AppendLine($"Trainable params: {Number(totals.Trainable)}").AppendLine($"Non-trainable params: {Number(totals.Fixed)}");
        text.AppendLine($"Total mult-adds {Scaled(totals.MultAdds)}").AppendLine(rule);
        double input = example.NumElements * example.ElementSize(), passes = 2.0 * totals.OutputElements * 4;
        text.AppendLine($"Input size (MB): {Mega(input)}").AppendLine($"Forward/backward pass size (MB): {Mega(passes)}").AppendLine($"Params size (MB): {Mega(totals.ParameterBytes)}");
        text.AppendLine($"Estimated Total Size (MB): {Mega(input + passes + totals.ParameterBytes)}").Append(rule);
        return text.ToString().ReplaceLineEndings("\n");

        void Add(Module at, int depth, bool last)
        {
            bool first = seen.Add(at);
            int number = numbers[depth] = numbers.GetValueOrDefault(depth) + 1;
            string name = depth == 0 ? at.TypeName : $"{string.Concat(Enumerable.Repeat("│    ", depth - 1))}{(last ? "└─" : "├─")}{at.TypeName}: {depth}-{number}";
            bool known = shapes.TryGetValue(at, out var shape);
            var children = at.Children();
            long own = 0;
            foreach (var parameter in at.Parameters(recurse: false))
            {
                own += parameter.NumElements;
                if (!first) continue;
                if (parameter.RequiresGrad) totals.Trainable += parameter.NumElements;
                else totals.Fixed += parameter.NumElements;
                totals.ParameterBytes += parameter.NumElements * parameter.ElementSize();
                if (known) totals.MultAdds += MultAdds(parameter, shape!);
            }
            if (first && known && children.Count == 0 && own > 0) totals.OutputElements += shape!.NumElements;
            text.AppendLine(Row(name, known ? OperationError.Text(shape!) : "--", own == 0 ? "--" : first ? Number(own) : "(recursive)"));
            if (!first) return;
            for (int i = 0; i < children.Count; i++) Add(children[i], depth + 1, i == children.Count - 1);
        }
    }

    private struct Totals
    {
        public long Trainable, Fixed, MultAdds, OutputElements, ParameterBytes;
    }

    /// <summary>Every weight meets every place of the output once: a matrix one row of the batch, a filter one position.</summary>
    private static long MultAdds(Parameter parameter, Shape output)
    {
        long batch = output.Length > 0 ? output[0] : 1;
        if (parameter.Ndim < 3) return parameter.NumElements * batch;
        long places = batch;
        for (int d = 2; d < output.Length; d++) places *= output[d];
        return parameter.NumElements * places;
    }

    private static string Row(string name, string shape, string count) => $"{name.PadRight(NameWidth)} {shape.PadRight(ShapeWidth)} {count}".TrimEnd();

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Mega(double bytes) => (bytes / 1e6).ToString("F2", CultureInfo.InvariantCulture);

    private static string Scaled(long value)
    {
        var (unit, scale) = value >= 1_000_000_000 ? ("G", 1e9) : value >= 1_000_000 ? ("M", 1e6) : value >= 1000 ? ("k", 1e3) : ("Units", 1);
        return $"({unit}): {(value / scale).ToString("F2", CultureInfo.InvariantCulture)}";
    }
}
