namespace Firesteel;

/// <summary>The history of a base tensor of which a view was overwritten: the gradient of the view goes through the operation that wrote it, the rest passes by.</summary>
internal sealed class CopySlices : Node
{
    private readonly View _base;
    private readonly View _view;
    private Node? _writer;

    public CopySlices(in View root, in View view, Edge previous, Node writer)
    {
        _base = root;
        _view = view;
        _writer = writer;
        Output = new OutputInfo(root.Shape, root.DType);
        SetEdgeCount(Math.Max(writer.EdgeCount, 1));
        SetEdge(0, previous);
        for (int i = 1; i < writer.EdgeCount; i++) SetEdge(i, writer.EdgeAt(i));
    }

    public override string Name => "CopySlices";

    internal override Tensor? InputGradient(int input, ReadOnlySpan<Tensor?> gradients)
    {
        var writer = _writer ?? throw new InvalidOperationException("CopySlices: trying to backward through the graph a second time, but it has been freed. Call Backward(retainGraph: true) the first time if you need to.");
        var g = gradients[0]!;
        var slice = StridedGradient.ViewOf(g, _base, _view);
        if (input > 0) return writer.InputGradient(input, [slice]);
        // Input 0 of the writer is the old content of the view; where it has no edge the writer did not ask for a gradient.
        var old = writer.EdgeCount > 0 ? writer.InputGradient(0, [slice]) : null;
        return StridedGradient.Replace(g, _base, _view, old is null ? null : old.Shape == _view.Shape ? old : old.SumToSize(_view.Shape));
    }

    internal override void Release()
    {
        _writer?.Release();
        _writer = null;
    }
}
