namespace Firesteel;

/// <summary>A captured forward in the graph of the caller: its backward is that of the whole function.</summary>
internal sealed class CapturedNode : Node
{
    private CapturedGraph? _graph;

    public CapturedNode(CapturedGraph graph, ReadOnlySpan<Tensor> arguments)
    {
        _graph = graph;
        Output = graph.Outputs[0];
        if (graph.Outputs.Length > 1) MoreOutputs = graph.Outputs[1..];
        SetEdgeCount(graph.Exits.Length);
        for (int i = 0; i < graph.Exits.Length; i++) SetEdge(i, graph.Exits[i].Edge(arguments));
        Arguments = new Tensor[arguments.Length];
        ArgumentVersions = new int[arguments.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            Arguments[i] = arguments[i].Detach();
            ArgumentVersions[i] = arguments[i].Version;
        }
        Versions = Array.ConvertAll(graph.Memory, static storage => storage.Version);
    }

    /// <summary>The arguments of this run, without history.</summary>
    public Tensor[] Arguments { get; private set; }

    /// <summary>How often each had been written to.</summary>
    public int[] ArgumentVersions { get; }

    /// <summary>How often the memory of <see cref="CapturedGraph.Memory"/> had been written to.</summary>
    public int[] Versions { get; }

    public override string Name => "CompiledFunctionBackward";

    internal override Tensor? InputGradient(int input, ReadOnlySpan<Tensor?> gradients) => AllInputGradients(gradients)[input];

    internal override Tensor?[] AllInputGradients(ReadOnlySpan<Tensor?> gradients)
    {
        if (_graph is not { } graph) throw new InvalidOperationException(
            $"{Name}: trying to backward through the graph a second time, but its saved tensors have been freed. Call Backward(retainGraph: true) the first time if you need to.");
        return graph.Backward(this, gradients);
    }

    internal override void Release()
    {
        _graph = null;
        Arguments = [];
    }
}
