namespace Firesteel;

/// <summary>The nodes of a graph that were made since a moment, and the edges that lead out of them, in the order in which backward comes to those.</summary>
internal sealed class GraphPart
{
    private readonly Dictionary<(Node, int), int> _exits = [];
    private readonly int[] _first;

    /// <param name="roots">Where backward begins.</param>
    /// <param name="since">Nodes with a larger sequence are inside.</param>
    public GraphPart(IEnumerable<Edge> roots, long since)
    {
        var inside = new List<Node>();
        var seen = new HashSet<Node>();
        var stack = new Stack<Node>();
        foreach (var root in roots)
            if (root.Target is { } node && node.Sequence > since && seen.Add(node)) stack.Push(node);
        while (stack.TryPop(out var node))
        {
            inside.Add(node);
            HasHooks |= node.Hooks is { Count: > 0 };
            HasFreed |= node.IsFreed;
            for (int i = 0; i < node.EdgeCount; i++)
                if (node.EdgeAt(i).Target is { } next && next.Sequence > since && seen.Add(next)) stack.Push(next);
        }
        inside.Sort(static (a, b) => b.Sequence.CompareTo(a.Sequence));
        var exits = new List<Edge>();
        var first = new List<int>();
        var known = new Dictionary<(Node, int), int>();
        foreach (var node in inside)
        {
            for (int i = 0; i < node.EdgeCount; i++)
            {
                var edge = node.EdgeAt(i);
                if (edge.Target is not { } target || target.Sequence > since) continue;
                _exits[(node, i)] = exits.Count;
                known.TryAdd((target, edge.Output), exits.Count);
                first.Add(known[(target, edge.Output)]);
                exits.Add(edge);
            }
        }
        (Exits, _first) = ([.. exits], [.. first]);
    }

    /// <summary>The edges that lead out.</summary>
    public Edge[] Exits { get; }

    /// <summary>True if somebody asked to be called in the middle.</summary>
    public bool HasHooks { get; }

    /// <summary>True if backward has been in a part of it.</summary>
    public bool HasFreed { get; }

    /// <summary>The number of the exit that an edge is, -1 for edges inside.</summary>
    public int ExitOf(Node node, int edge) => _exits.TryGetValue((node, edge), out int exit) ? exit : -1;

    /// <summary>The first exit that leads to the same target as this one.</summary>
    public int FirstExitTo(int exit) => _first[exit];
}
