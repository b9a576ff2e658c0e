using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>Where a gradient goes: an output of a node. Empty for an input that needs none.</summary>
internal readonly struct Edge(Node? target, int output)
{
    public readonly Node? Target = target;
    public readonly int Output = output;
}

/// <summary>Shape and dtype of a node's output: what an incoming gradient is brought to.</summary>
internal readonly struct OutputInfo(Geometry contiguous)
{
    private readonly Geometry _contiguous = contiguous;

    public OutputInfo(Shape shape, DType dtype)
        : this(shape.Contiguous(dtype))
    {
    }

    public Shape Shape => _contiguous.Shape;

    public DType DType => _contiguous.DType;
}

/// <summary>A recorded operation in the backward graph (<c>grad_fn</c>).</summary>
public abstract class Node
{
    private static long s_sequence;

    /// <summary>
    /// Creation order. A node is younger than every node that it leads to, so taking the youngest first visits a node only when all
    /// gradients for it have arrived; no counting of dependencies is needed.
    /// </summary>
    internal long Sequence { get; private protected set; } = Interlocked.Increment(ref s_sequence);

    /// <summary>Nodes made from now on have a larger <see cref="Sequence"/>.</summary>
    internal static long Latest => Interlocked.Read(ref s_sequence);

    internal OutputInfo Output;

    // State of the backward call that is visiting this node, see Backpropagation.
    internal Backpropagation? Visitor;
    internal Tensor? Gradient;

    private Rare? _rare;
    private Edge3 _edges;

    /// <summary>What few nodes have, apart from the rest because every recorded operation makes a node.</summary>
    private sealed class Rare
    {
        public OutputInfo[]? MoreOutputs;
        public Tensor?[]? MoreGradients;
        public Edge[]? Edges;
        public List<TensorHook>? Hooks;
        public string? Module;
    }

    internal Node()
    {
    }

    /// <summary>Backward has been here and has freed what was saved.</summary>
    internal bool IsFreed;

    /// <summary>PyTorch's name of the node, such as <c>AddBackward0</c>.</summary>
    public abstract string Name { get; }

    internal int EdgeCount { get; private set; }

    /// <summary>The outputs behind the first.</summary>
    internal OutputInfo[]? MoreOutputs
    {
        get => _rare?.MoreOutputs;
        set => (_rare ??= new()).MoreOutputs = value;
    }

    /// <summary>The gradients of the outputs behind the first.</summary>
    internal Tensor?[]? MoreGradients
    {
        get => _rare?.MoreGradients;
        set
        {
            if (value is not null || _rare is not null) (_rare ??= new()).MoreGradients = value;
        }
    }

    /// <summary>Hooks on the outputs.</summary>
    internal List<TensorHook>? Hooks
    {
        get => _rare?.Hooks;
        set => (_rare ??= new()).Hooks = value;
    }

    /// <summary>Where in the model the operation ran, noted in anomaly mode and while a step is captured; null where that is not known.</summary>
    internal string? Module => _rare?.Module;

    private protected void NoteModule()
    {
        if ((Anomaly.Enabled || Recorder.Any) && ModuleScope.Describe() is { Length: > 0 } module) (_rare ??= new()).Module = module;
    }

    internal int OutputCount => MoreOutputs is { } more ? more.Length + 1 : 1;

    internal OutputInfo OutputAt(int index) => index == 0 ? Output : MoreOutputs![index - 1];

    internal Edge EdgeAt(int index) => EdgeCount <= Edge3.Length ? _edges[index] : _rare!.Edges![index];

    internal void SetEdgeCount(int count)
    {
        EdgeCount = count;
        if (count > Edge3.Length) (_rare ??= new()).Edges = new Edge[count];
    }

    internal void SetEdge(int index, Edge edge)
    {
        if (EdgeCount <= Edge3.Length) _edges[index] = edge;
        else _rare!.Edges![index] = edge;
        // Asking a view for its node may have made that node just now, after this one.
        if (edge.Target is { } target && target.Sequence > Sequence) Sequence = Interlocked.Increment(ref s_sequence);
    }

    /// <summary>Leads the gradients to those of these tensors that need one.</summary>
    internal void Connect(ReadOnlySpan<Tensor> inputs)
    {
        SetEdgeCount(inputs.Length);
        for (int i = 0; i < inputs.Length; i++)
            if (inputs[i].RequiresGrad) SetEdge(i, inputs[i].GradientEdge);
    }

    /// <summary>The gradient for one input, given those of the outputs (null where there is none). Not called for inputs that need none.</summary>
    internal abstract Tensor? InputGradient(int input, ReadOnlySpan<Tensor?> gradients);

    /// <summary>The gradients of all inputs in one go, for a node that computes them together; null if <see cref="InputGradient"/> gives them one by one.</summary>
    internal virtual Tensor?[]? AllInputGradients(ReadOnlySpan<Tensor?> gradients) => null;

    /// <summary>Lets go of what was saved for backward.</summary>
    internal abstract void Release();

    /// <inheritdoc/>
    public override string ToString() => $"<{Name}>";

    [InlineArray(Length)]
    private struct Edge3
    {
        public const int Length = 3;
        private Edge _first;
    }
}
