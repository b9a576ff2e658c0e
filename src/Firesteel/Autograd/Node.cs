using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>Where a gradient goes: an output of a node. Empty for an input that needs none.</summary>
internal readonly struct Edge(Node? target, int output)
{
    public readonly Node? Target = target;
    public readonly int Output = output;
}

/// <summary>Shape and dtype of a node's output: what an incoming gradient is brought to.</summary>
internal readonly record struct OutputInfo(Shape Shape, DType DType);

/// <summary>A recorded operation in the backward graph (<c>grad_fn</c>).</summary>
public abstract class Node
{
    private static long s_sequence;

    /// <summary>
    /// Creation order. A node is younger than every node that it leads to, so taking the youngest first visits a node only when all
    /// gradients for it have arrived; no counting of dependencies is needed.
    /// </summary>
    internal long Sequence { get; private protected set; } = Interlocked.Increment(ref s_sequence);

    internal OutputInfo Output;
    internal OutputInfo[]? MoreOutputs;
    internal List<TensorHook>? Hooks;
    internal string? Module;

    // State of the backward call that is visiting this node, see Backpropagation.
    internal Backpropagation? Visitor;
    internal Tensor? Gradient;
    internal Tensor?[]? MoreGradients;

    private Edge3 _edges;
    private Edge[]? _moreEdges;

    internal Node()
    {
    }

    /// <summary>PyTorch's name of the node, such as <c>AddBackward0</c>.</summary>
    public abstract string Name { get; }

    internal int EdgeCount { get; private set; }

    internal int OutputCount => MoreOutputs is null ? 1 : MoreOutputs.Length + 1;

    internal OutputInfo OutputAt(int index) => index == 0 ? Output : MoreOutputs![index - 1];

    internal Edge EdgeAt(int index) => _moreEdges is { } edges ? edges[index] : _edges[index];

    internal void SetEdgeCount(int count)
    {
        EdgeCount = count;
        if (count > Edge3.Length) _moreEdges = new Edge[count];
    }

    internal void SetEdge(int index, Edge edge)
    {
        if (_moreEdges is { } edges) edges[index] = edge;
        else _edges[index] = edge;
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
