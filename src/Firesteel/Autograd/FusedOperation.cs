namespace Firesteel;

/// <summary>An operation as a combination of others. Written as a static lambda: all it uses are its inputs and plain data.</summary>
internal delegate Tensor[] Combination<TState>(ReadOnlySpan<Tensor> inputs, TState state);

/// <summary>
/// A hot combination of operations with kernels of its own, recorded as one node. The caller runs the forward kernel and hands what it made to
/// <see cref="Record"/>; where that kernel does not apply, the caller runs the combination. Backward is a kernel too, except when it is itself recorded
/// (<c>createGraph</c>): then the combination is computed again and differentiated, so gradients of any order follow from it.
/// </summary>
internal sealed class FusedOperation<TState>
{
    private readonly Operation<TState> _operation;
    private readonly Combination<TState> _combination;
    private readonly JointGradient<TState> _gradients;

    /// <param name="name">PyTorch's name, see <see cref="Operation{TState}"/>.</param>
    /// <param name="saves">What <paramref name="gradients"/> reads besides inputs and what is kept: at most <see cref="Save.Output0"/>.</param>
    /// <param name="combination">What is computed.</param>
    /// <param name="gradients">The gradients by kernels.</param>
    public FusedOperation(string name, Save saves, Combination<TState> combination, JointGradient<TState> gradients)
    {
        _operation = new Operation<TState>(name, Save.AllInputs | saves, Gradients);
        _combination = combination;
        _gradients = gradients;
    }

    public string Name => _operation.Name;

    /// <summary>The result as a tensor, with what the kernel kept for backward: saved as outputs 1, 2, ...</summary>
    public Tensor Record(in View result, ReadOnlySpan<View> kept, ReadOnlySpan<Tensor> inputs, TState state) => _operation.RecordKeeping([result], kept, inputs, state)[0];

    /// <summary>Several results; what was kept counts on behind them.</summary>
    public Tensor[] RecordMany(ReadOnlySpan<View> results, ReadOnlySpan<View> kept, ReadOnlySpan<Tensor> inputs, TState state) => _operation.RecordKeeping(results, kept, inputs, state);

    private void Gradients(in Saved<TState> saved, Tensor g, Span<Tensor?> results)
    {
        if (GradMode.Enabled) Recorded(saved, g, results);
        else _gradients(saved, g, results);
    }

    private void Recorded(in Saved<TState> saved, Tensor g, Span<Tensor?> results)
    {
        // Views of the inputs, so that a tensor that is given twice gets the gradient of each place at that place.
        var inputs = new Tensor[saved.InputCount];
        var wanted = new List<Tensor>();
        for (int i = 0; i < inputs.Length; i++)
        {
            var input = saved.Input(i);
            inputs[i] = saved.Needs(i) ? input.View(input.Shape) : input;
            if (saved.Needs(i)) wanted.Add(inputs[i]);
        }
        var outputs = new List<Tensor>();
        var gradients = new List<Tensor?>();
        foreach (var output in _combination(inputs, saved.State))
        {
            if (saved.Grad(gradients.Count) is not null) outputs.Add(output);
            gradients.Add(saved.Grad(gradients.Count));
        }
        gradients.RemoveAll(static gradient => gradient is null);
        var found = Autograd.Grad(outputs, wanted, gradients, createGraph: true, allowUnused: true);
        for (int i = 0, next = 0; i < inputs.Length; i++)
            if (saved.Needs(i)) results[i] = found[next++];
    }
}
