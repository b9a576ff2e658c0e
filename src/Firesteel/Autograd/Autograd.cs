namespace Firesteel;

/// <summary>Automatic differentiation: grad mode, backward, gradients as values (<c>torch.autograd</c>).</summary>
public static partial class Autograd
{
    /// <summary>Whether operations on this thread are recorded (<c>torch.is_grad_enabled</c>).</summary>
    public static bool IsGradEnabled => GradMode.Enabled;

    /// <summary>Until the result is disposed, nothing on this thread is recorded (<c>torch.no_grad</c>).</summary>
    public static GradModeScope NoGrad() => new(false);

    /// <summary>Until the result is disposed, operations on this thread are recorded (<c>torch.enable_grad</c>).</summary>
    public static GradModeScope EnableGrad() => new(true);

    /// <summary>Sets the grad mode until the result is disposed (<c>torch.set_grad_enabled</c>).</summary>
    public static GradModeScope SetGradEnabled(bool mode) => new(mode);

    /// <summary>
    /// Until the result is disposed, every result and every gradient is looked at, and the operation and module that made the first NaN or
    /// Inf are named in an exception (<c>torch.autograd.detect_anomaly</c>). Slow; for finding errors.
    /// </summary>
    public static IDisposable DetectAnomaly() => new AnomalyScope();

    /// <summary>Adds the gradients of <paramref name="tensors"/> to the leaves they were computed from (<c>torch.autograd.backward</c>).</summary>
    /// <param name="tensors">What to differentiate.</param>
    /// <param name="gradTensors">The gradient of each, of its shape; null (or a null entry) for tensors of one element means 1.</param>
    /// <param name="retainGraph">Keep what was saved for another call; by default the value of <paramref name="createGraph"/>.</param>
    /// <param name="createGraph">Record the computation of the gradients.</param>
    /// <param name="inputs">If given, only these tensors, leaves or results, get a gradient.</param>
    /// <exception cref="InvalidOperationException">A tensor does not require a gradient, or has several elements and no gradient was given.</exception>
    public static void Backward(IReadOnlyList<Tensor> tensors, IReadOnlyList<Tensor?>? gradTensors = null, bool? retainGraph = null, bool createGraph = false, IReadOnlyList<Tensor>? inputs = null)
    {
        var (roots, gradients) = Roots("backward", tensors, gradTensors);
        var call = new Backpropagation(retainGraph ?? createGraph, createGraph);
        if (inputs is null) call.Run(roots, gradients);
        else
        {
            if (inputs.Count == 0) throw new ArgumentException("backward: inputs argument to Backward cannot be empty.");
            var found = call.Run(roots, gradients, Edges("backward", inputs), accumulate: true);
            // Leaves have added theirs up; a result named as an input gets one all the same.
            for (int i = 0; i < found.Length; i++)
                if (!inputs[i].IsLeaf && found[i] is { } gradient) inputs[i].Grad = inputs[i].Grad is { } sum ? sum + gradient : createGraph ? gradient : gradient.Detach();
        }
    }

    /// <summary>The same for one tensor and all leaves: the usual case, without lists.</summary>
    internal static void BackwardFrom(Tensor root, Tensor? gradient, bool? retainGraph, bool createGraph)
    {
        var start = Start("backward", 0, root, gradient);
        new Backpropagation(retainGraph ?? createGraph, createGraph).Run(new ReadOnlySpan<Tensor>(in root), new ReadOnlySpan<Tensor>(in start));
    }

    /// <summary>The gradients of the sum of <paramref name="outputs"/> with respect to <paramref name="inputs"/>; no <see cref="Tensor.Grad"/> changes (<c>torch.autograd.grad</c>).</summary>
    /// <param name="outputs">What to differentiate.</param>
    /// <param name="inputs">With respect to what; leaves or results.</param>
    /// <param name="gradOutputs">The gradient of each output, see <see cref="Backward"/>.</param>
    /// <param name="retainGraph">Keep what was saved for another call; by default the value of <paramref name="createGraph"/>.</param>
    /// <param name="createGraph">Record the computation, so that the gradients can be differentiated.</param>
    /// <param name="allowUnused">Return null for an input that the outputs do not depend on, instead of throwing.</param>
    public static Tensor?[] Grad(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?>? gradOutputs = null, bool? retainGraph = null, bool createGraph = false, bool allowUnused = false)
    {
        var (roots, gradients) = Roots("grad", outputs, gradOutputs);
        var found = new Backpropagation(retainGraph ?? createGraph, createGraph).Run(roots, gradients, Edges("grad", inputs));
        if (!allowUnused && Array.IndexOf(found, null) is >= 0 and var missing)
            throw new InvalidOperationException($"grad: input {missing} appears to not have been used in the graph. Pass allowUnused: true if this is the desired behavior.");
        return found;
    }

    /// <summary>The gradient of one output with respect to one input, see <see cref="Grad(IReadOnlyList{Tensor}, IReadOnlyList{Tensor}, IReadOnlyList{Tensor?}, bool?, bool, bool)"/>.</summary>
    public static Tensor Grad(Tensor output, Tensor input, Tensor? gradOutput = null, bool? retainGraph = null, bool createGraph = false) =>
        Grad([output], [input], [gradOutput], retainGraph, createGraph)[0]!;

    private static (Tensor[] Roots, Tensor[] Gradients) Roots(string operation, IReadOnlyList<Tensor> tensors, IReadOnlyList<Tensor?>? gradients)
    {
        if (gradients is not null && gradients.Count != tensors.Count)
            throw new ArgumentException($"{operation}: got {tensors.Count} tensors and {gradients.Count} gradients.");
        var roots = new Tensor[tensors.Count];
        var starts = new Tensor[tensors.Count];
        for (int i = 0; i < roots.Length; i++)
        {
            roots[i] = tensors[i];
            starts[i] = Start(operation, i, roots[i], gradients?[i]);
        }
        return (roots, starts);
    }

    /// <summary>The gradient that backward begins with at one of its roots.</summary>
    private static Tensor Start(string operation, int i, Tensor root, Tensor? gradient)
    {
        if (!root.RequiresGrad)
            throw new InvalidOperationException($"{operation}: element {i} of tensors does not require grad and does not have a grad_fn. Did it come from Detach(), NoGrad(), or tensors of which none has RequiresGrad set?");
        if (gradient is not null)
        {
            if (gradient.Shape != root.Shape)
                throw new ArgumentException($"{operation}: mismatch in shape: gradient {i} has a shape of {OperationError.Text(gradient.Shape)} and output {i} has a shape of {OperationError.Text(root.Shape)}.");
            gradient.Deliveries++; // the caller sees it too, so no leaf may keep it
            return gradient;
        }
        return root.NumElements == 1
            ? Tensor.OnesLike(root)
            : throw new InvalidOperationException($"{operation}: grad can be implicitly created only for scalar outputs, this one is {OperationError.Text(root.Shape)}. Reduce it (Sum, Mean), or pass a gradient of its shape.");
    }

    private static Edge[] Edges(string operation, IReadOnlyList<Tensor> inputs)
    {
        var edges = new Edge[inputs.Count];
        for (int i = 0; i < edges.Length; i++)
        {
            edges[i] = inputs[i].GradientEdge;
            if (edges[i].Target is null) throw new InvalidOperationException($"{operation}: one of the differentiated tensors does not require grad: input {i}, {OperationError.Text(inputs[i].Shape)}.");
        }
        return edges;
    }

    private sealed class AnomalyScope : IDisposable
    {
        private readonly bool _before = Anomaly.Enabled;

        public AnomalyScope() => Anomaly.Enabled = true;

        public void Dispose() => Anomaly.Enabled = _before;
    }
}
