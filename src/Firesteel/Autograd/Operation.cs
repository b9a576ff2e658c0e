namespace Firesteel;

/// <summary>What a gradient formula needs of the forward pass.</summary>
[Flags]
internal enum Save
{
    None = 0,
    Input0 = 1,
    Input1 = 2,
    Input2 = 4,
    Input3 = 8,
    Input4 = 16,
    AllInputs = 0xFFFF,
    Output0 = 1 << 16,
    Output1 = 1 << 17,
    Output2 = 1 << 18,
    AllOutputs = 0xFF << 16,
}

/// <summary>The gradient of one input, in differentiable tensor operations. <paramref name="g"/> is the gradient of the first output. Written as a static lambda, so that all it uses comes from <paramref name="saved"/>.</summary>
internal delegate Tensor? GradientFormula<TState>(in Saved<TState> saved, Tensor g);

/// <summary>The gradients of all inputs at once, into <paramref name="results"/>, given that of the first output (null if only others have one); only those of inputs that <see cref="Saved{TState}.Needs"/> names are used.</summary>
internal delegate void JointGradient<TState>(in Saved<TState> saved, Tensor g, Span<Tensor?> results);

/// <summary>What a gradient formula can read.</summary>
internal readonly ref struct Saved<TState>(OperationNode<TState> node, ReadOnlySpan<Tensor?> gradients, int index)
{
    private readonly ReadOnlySpan<Tensor?> _gradients = gradients;

    /// <summary>The plain data that was recorded with the operation.</summary>
    public TState State => node.State;

    /// <summary>The number of the input whose gradient is asked for.</summary>
    public int Index { get; } = index;

    /// <summary>An input, as it was.</summary>
    public Tensor Input(int i) => node.SavedInput(i);

    /// <summary>An output, as it was.</summary>
    public Tensor Output(int i = 0) => node.SavedOutput(i);

    /// <summary>Whether an input's gradient is asked for.</summary>
    public bool Needs(int i) => node.EdgeAt(i).Target is not null;

    /// <summary>The number of inputs.</summary>
    public int InputCount => node.EdgeCount;

    /// <summary>Shape and dtype of an output.</summary>
    public OutputInfo OutputInfo(int i = 0) => node.OutputAt(i);

    /// <summary>The gradient of an output; null if none arrived.</summary>
    public Tensor? Grad(int output) => _gradients[output];

    /// <summary>The gradient of an output, zeros if none arrived.</summary>
    public Tensor GradOrZeros(int output)
    {
        var info = node.OutputAt(output);
        return _gradients[output] ?? Tensor.Zeros(info.Shape, dtype: info.DType);
    }
}

/// <summary>
/// A structural operation with its gradients: one static formula per input (or one for all of a list of inputs), beside the forward.
/// The forward runs kernels and passes the result to <see cref="Record"/>. A formula must not return a saved tensor itself.
/// </summary>
internal sealed class Operation<TState>
{
    private readonly (Save Saves, GradientFormula<TState> Formula)[] _inputs;
    private readonly bool _oneForAll;
    private readonly JointGradient<TState>? _joint;

    /// <summary>One formula per input. The name may carry PyTorch's overload number for printing: <c>sum:1</c>.</summary>
    public Operation(string name, params (Save Saves, GradientFormula<TState> Formula)[] inputs)
    {
        (Name, NodeName) = NodeNames.Of(name);
        _inputs = inputs;
    }

    /// <summary>The same operation under the name of another overload.</summary>
    public Operation<TState> Renamed(string name) => new(name, _inputs);

    /// <summary>An operation whose gradients are computed together.</summary>
    public Operation(string name, Save saves, JointGradient<TState> gradients)
    {
        (Name, NodeName) = NodeNames.Of(name);
        _inputs = [(saves, static (in s, g) => throw new InvalidOperationException("The gradients of this operation are computed together."))];
        _oneForAll = true;
        _joint = gradients;
    }

    private Operation(string name, bool oneForAll, Save saves, GradientFormula<TState> formula)
        : this(name, (saves, formula)) => _oneForAll = oneForAll;

    /// <summary>One formula for every input of a list; <see cref="Saved{TState}.Index"/> tells which.</summary>
    public static Operation<TState> OfList(string name, Save saves, GradientFormula<TState> formula) => new(name, true, saves, formula);

    public string Name { get; }

    public string NodeName { get; }

    internal Save SavesOf(int input) => _oneForAll ? _inputs[0].Saves : _inputs[input].Saves;

    internal JointGradient<TState>? Joint => _joint;

    internal GradientFormula<TState> FormulaOf(int input) => _oneForAll ? _inputs[0].Formula : _inputs[input].Formula;

    /// <summary>The result as a tensor, with its place in the graph if an input needs a gradient.</summary>
    public Tensor Record(in View result, ReadOnlySpan<Tensor> inputs, TState state)
    {
        var tensor = new Tensor(result);
        if (NeedsGraph(inputs) && result.DType.IsFloatingPoint())
        {
            var node = new OperationNode<TState>(this, state, inputs, [new OutputInfo(result.Shape, result.DType)], null);
            tensor.SetGraph(node, 0);
            node.SaveOutputs([tensor]);
        }
        if (Anomaly.Enabled) Anomaly.CheckForward(Name, tensor);
        return tensor;
    }

    /// <summary>
    /// The results of an operation that computes more than these for backward: the views <paramref name="kept"/> are saved as further outputs.
    /// </summary>
    public Tensor[] RecordKeeping(ReadOnlySpan<View> results, ReadOnlySpan<View> kept, ReadOnlySpan<Tensor> inputs, TState state)
    {
        var tensors = new Tensor[results.Length];
        for (int i = 0; i < results.Length; i++) tensors[i] = new Tensor(results[i]);
        if (NeedsGraph(inputs))
        {
            var infos = Array.ConvertAll(tensors, static t => new OutputInfo(t.Shape, t.DType));
            var node = new OperationNode<TState>(this, state, inputs, infos, null);
            for (int i = 0; i < tensors.Length; i++) tensors[i].SetGraph(node, i);
            node.SaveOutputs(tensors, kept);
        }
        if (Anomaly.Enabled) foreach (var tensor in tensors) Anomaly.CheckForward(Name, tensor);
        return tensors;
    }

    /// <summary>The results of an operation with several outputs; only floating-point ones are differentiable.</summary>
    public Tensor[] RecordMany(ReadOnlySpan<View> results, ReadOnlySpan<Tensor> inputs, TState state)
    {
        var tensors = new Tensor[results.Length];
        for (int i = 0; i < results.Length; i++) tensors[i] = new Tensor(results[i]);
        if (NeedsGraph(inputs))
        {
            var infos = Array.ConvertAll(tensors, static t => new OutputInfo(t.Shape, t.DType));
            var node = new OperationNode<TState>(this, state, inputs, infos, null);
            for (int i = 0; i < tensors.Length; i++)
                if (tensors[i].DType.IsFloatingPoint()) tensors[i].SetGraph(node, i);
            node.SaveOutputs(tensors);
        }
        if (Anomaly.Enabled) foreach (var tensor in tensors) Anomaly.CheckForward(Name, tensor);
        return tensors;
    }

    /// <summary>A view of <paramref name="source"/>, which shares its storage and, through writes, its graph.</summary>
    public Tensor RecordView(Tensor source, in View view, TState state)
    {
        var tensor = new Tensor(view);
        tensor.SetBase(source);
        if (GradMode.Enabled && source.RequiresGrad)
            tensor.SetGraph(new OperationNode<TState>(this, state, [source], [new OutputInfo(view.Shape, view.DType)], null), 0);
        return tensor;
    }

    /// <summary>Several views of <paramref name="source"/> with one node, so that their gradients come together in one step. They may not be written to while gradients are recorded, as in PyTorch.</summary>
    public Tensor[] RecordViews(Tensor source, ReadOnlySpan<View> views, TState state)
    {
        var tensors = new Tensor[views.Length];
        bool recorded = GradMode.Enabled && source.RequiresGrad && views.Length > 0;
        var infos = new OutputInfo[views.Length];
        for (int i = 0; i < views.Length; i++) infos[i] = new OutputInfo(views[i].Shape, views[i].DType);
        var node = recorded ? new OperationNode<TState>(this, state, [source], infos, null) : null;
        for (int i = 0; i < views.Length; i++)
        {
            tensors[i] = new Tensor(views[i]);
            tensors[i].SetBase(source);
            if (tensors[i].Kind == ViewKind.Plain) tensors[i].Kind = ViewKind.MultiOutput;
            if (node is not null) tensors[i].SetGraph(node, i);
        }
        return tensors;
    }

    /// <summary>
    /// Notes that the operation wrote its result into <paramref name="target"/>, its first input. Call <see cref="InPlace.Check"/> before the
    /// kernel runs, and pass a clone of what the target held before in <paramref name="original"/> if a formula reads input 0.
    /// </summary>
    public Tensor RecordInPlace(Tensor target, ReadOnlySpan<Tensor> inputs, TState state, Tensor? original = null)
    {
        OperationNode<TState>? node = null;
        if (NeedsGraph(inputs) && target.DType.IsFloatingPoint())
            node = new OperationNode<TState>(this, state, inputs, [new OutputInfo(target.Shape, target.DType)], original);
        target.Layout.Storage.Bump(Name + "InPlace");
        if (node is not null)
        {
            InPlace.Rebase(target, node);
            node.SaveOutputs([target]);
        }
        if (Anomaly.Enabled) Anomaly.CheckForward(Name, target);
        return target;
    }

    /// <summary>True where <see cref="Record"/> would make a node.</summary>
    public static bool NeedsGraph(ReadOnlySpan<Tensor> inputs)
    {
        if (!GradMode.Enabled) return false;
        foreach (var input in inputs) if (input.RequiresGrad) return true;
        return false;
    }
}
