namespace Firesteel;

/// <summary>
/// The nodes that backward has gradients for, youngest first. Most graphs are chains most of the time, so one node is kept aside of the heap; leaves,
/// which are older than everything else, wait in a list.
/// </summary>
internal struct ReadyNodes
{
    private Node? _aside;
    private PriorityQueue<Node, long>? _others;
    private List<Node>? _leaves;

    public void Enqueue(Node node)
    {
        if (node.Sequence == 0) (_leaves ??= []).Add(node);
        else if (_aside is null) _aside = node;
        else
        {
            if (node.Sequence > _aside.Sequence) (node, _aside) = (_aside, node);
            (_others ??= new()).Enqueue(node, -node.Sequence);
        }
    }

    public bool TryDequeue([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Node? node)
    {
        node = _aside;
        _aside = null;
        if (_others is { Count: > 0 } others)
        {
            // What was put aside while the heap held others may be older than those.
            if (node is null) node = others.Dequeue();
            else if (others.Peek().Sequence > node.Sequence) node = others.DequeueEnqueue(node, -node.Sequence);
        }
        if (node is null && _leaves is { Count: > 0 } leaves)
        {
            node = leaves[^1];
            leaves.RemoveAt(leaves.Count - 1);
        }
        return node is not null;
    }
}
