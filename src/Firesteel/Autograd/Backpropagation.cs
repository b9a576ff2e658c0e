namespace Firesteel;

/// <summary>One backward call: visits nodes from the youngest to the oldest and hands gradients along their edges.</summary>
internal sealed class Backpropagation(bool retainGraph, bool createGraph)
{
    private ReadyNodes _ready;

    /// <summary>Gradients for nodes that another thread's call is visiting at the same time.</summary>
    private Dictionary<Node, Tensor?[]>? _foreign;

    /// <summary>Set for <c>Autograd.Grad</c>: where gradients go instead of into leaves, and the nodes that lead there.</summary>
    private Dictionary<(Node, int), int>? _wanted;
    private HashSet<Node>? _needed;
    private Tensor?[] _found = [];
    private bool _accumulate = true;

    /// <summary>Set to go through a part of a graph only.</summary>
    private GraphPart? _part;
    private bool _summed;

    /// <summary>Adds up gradients in the leaves.</summary>
    public void Run(ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> gradients)
    {
        bool mode = GradMode.Exchange(createGraph);
        try
        {
            for (int i = 0; i < outputs.Length; i++) Deliver(outputs[i].GradientEdge, gradients[i], "backward");
            while (_ready.TryDequeue(out var node)) Visit(node);
        }
        finally
        {
            Abandon();
            GradMode.Exchange(mode);
        }
    }

    /// <summary>Returns the gradients of the given edges and touches no leaf, or with <paramref name="accumulate"/> only those leaves.</summary>
    public Tensor?[] Run(ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> gradients, ReadOnlySpan<Edge> inputs, bool accumulate = false)
    {
        _accumulate = accumulate;
        _wanted = [];
        _found = new Tensor?[inputs.Length];
        var repeated = new List<(int To, int From)>();
        for (int i = 0; i < inputs.Length; i++)
        {
            var key = (inputs[i].Target!, inputs[i].Output);
            if (!_wanted.TryAdd(key, i)) repeated.Add((i, _wanted[key]));
        }
        _needed = NodesLeadingTo(outputs, inputs);
        Run(outputs, gradients);
        foreach (var (to, from) in repeated) _found[to] = _found[from];
        return _found;
    }

    /// <summary>
    /// Goes through a part of a graph and returns what leaves it, one gradient for each way out (null where none came); with <paramref name="summed"/> those
    /// for one target together, at the first way that leads there.
    /// </summary>
    public Tensor?[] Run(ReadOnlySpan<Edge> roots, ReadOnlySpan<Tensor?> gradients, GraphPart part, bool summed)
    {
        (_part, _summed, _found) = (part, summed, new Tensor?[part.Exits.Length]);
        bool mode = GradMode.Exchange(createGraph);
        try
        {
            for (int i = 0; i < roots.Length; i++)
                if (gradients[i] is { } gradient) Deliver(roots[i], gradient, "backward");
            while (_ready.TryDequeue(out var node)) Visit(node);
            return _found;
        }
        finally
        {
            Abandon();
            GradMode.Exchange(mode);
        }
    }

    /// <summary>A gradient in the shape and dtype of what it belongs to, one delivery on.</summary>
    private static Tensor Fitted(in Edge edge, Tensor gradient, string from)
    {
        var info = edge.Target!.OutputAt(edge.Output);
        if (!ReferenceEquals(gradient.Shape, info.Shape) && gradient.Shape != info.Shape) gradient = Reduced(gradient, info.Shape, from);
        if (gradient.DType != info.DType) gradient = gradient.To(info.DType);
        gradient.Deliveries++;
        return gradient;
    }

    private void Deliver(in Edge edge, Tensor gradient, string from)
    {
        var target = edge.Target!;
        if (_needed is not null && !_needed.Contains(target)) return;
        gradient = Fitted(edge, gradient, from);

        if (target.Visitor != this)
        {
            // What was once set aside stays so, even if the other call has left meanwhile: a node is visited once, with the whole gradient.
            bool setAside = _foreign is not null && _foreign.ContainsKey(target);
            if (!setAside && Interlocked.CompareExchange(ref target.Visitor, this, null) is null) _ready.Enqueue(target);
            else
            {
                _foreign ??= [];
                if (!_foreign.TryGetValue(target, out var slots))
                {
                    _foreign[target] = slots = new Tensor?[target.OutputCount];
                    _ready.Enqueue(target);
                }
                slots[edge.Output] = Sum(slots[edge.Output], gradient);
                return;
            }
        }
        if (edge.Output == 0) target.Gradient = Sum(target.Gradient, gradient);
        else
        {
            target.MoreGradients ??= new Tensor?[target.MoreOutputs!.Length];
            ref var slot = ref target.MoreGradients[edge.Output - 1];
            slot = Sum(slot, gradient);
        }
    }

    private Tensor Sum(Tensor? a, Tensor b)
    {
        if (a is null) return b;
        var sum = a + b;
        sum.Deliveries = 1;
        if (!createGraph && _wanted is null)
        {
            ReleaseIfOwned(a);
            ReleaseIfOwned(b);
        }
        return sum;
    }

    private static Tensor Reduced(Tensor gradient, Shape shape, string from)
    {
        try
        {
            return gradient.SumToSize(shape);
        }
        catch (ArgumentException e)
        {
            throw new InvalidOperationException($"{from} returned a gradient of shape [{string.Join(", ", gradient.Shape)}] for a tensor of shape [{string.Join(", ", shape)}].", e);
        }
    }

    private void Visit(Node node)
    {
        if (Recorder.Any) Recorder.NoteBackward(node);
        Tensor?[]? many = null;
        Tensor? first;
        if (_foreign is not null && _foreign.Remove(node, out var slots))
        {
            first = slots[0];
            if (slots.Length > 1) many = slots;
        }
        else
        {
            first = node.Gradient;
            if (node.OutputCount > 1)
            {
                many = new Tensor?[node.OutputCount];
                many[0] = first;
                node.MoreGradients?.CopyTo(many, 1);
            }
            Leave(node);
        }
        Span<Tensor?> gradients = many is null ? new Span<Tensor?>(ref first) : many;

        if (node.Hooks is { } hooks)
        {
            foreach (var hook in hooks.ToArray())
                if (gradients[hook.Output] is { } gradient && hook.Function(gradient) is { } replacement) gradients[hook.Output] = replacement;
        }
        if (_wanted is not null)
        {
            for (int i = 0; i < gradients.Length; i++)
                if (_wanted.TryGetValue((node, i), out int slot)) _found[slot] = gradients[i];
        }
        if (node is AccumulateGrad leaf)
        {
            if (_accumulate && gradients[0] is { } gradient) leaf.Accumulate(gradient, createGraph);
            return;
        }
        var together = Anomaly.Enabled ? Anomaly.CheckedAll(node, gradients) : node.AllInputGradients(gradients);
        for (int i = 0; i < node.EdgeCount; i++)
        {
            var edge = node.EdgeAt(i);
            if (edge.Target is null || (_needed is not null && !_needed.Contains(edge.Target))) continue;
            if ((together is not null ? together[i] : Anomaly.Enabled ? Anomaly.Checked(node, i, gradients) : node.InputGradient(i, gradients)) is not { } gradient) continue;
            if (_part is not null && _part.ExitOf(node, i) is >= 0 and var exit)
            {
                ref var found = ref _found[_summed ? _part.FirstExitTo(exit) : exit];
                found = Sum(found, Fitted(edge, gradient, node.Name));
            }
            else Deliver(edge, gradient, node.Name);
        }
        if (!retainGraph)
        {
            node.Release();
            node.IsFreed = true;
        }
        if (!createGraph && _wanted is null && node.Hooks is null)
            foreach (var gradient in gradients) ReleaseIfOwned(gradient);
        if (Recorder.Any) Recorder.NoteBackward(null);
    }

    /// <summary>
    /// Gives the memory of a gradient back at once if nobody else can have it: it was handed on only once, no view of it was made, and
    /// nothing that would save it was recorded.
    /// </summary>
    private static void ReleaseIfOwned(Tensor? gradient)
    {
        if (gradient is { Deliveries: 1, IsSoleView: true, RequiresGrad: false }) gradient.Layout.Storage.Release();
    }

    private static void Leave(Node node)
    {
        node.Gradient = null;
        node.MoreGradients = null;
        Volatile.Write(ref node.Visitor, null);
    }

    /// <summary>After an exception: nodes that were not reached forget this call.</summary>
    private void Abandon()
    {
        while (_ready.TryDequeue(out var node))
            if (node.Visitor == this) Leave(node);
        _foreign = null;
    }

    /// <summary>The nodes on a path from an output to a wanted edge, found without recursion because graphs can be very deep.</summary>
    private static HashSet<Node> NodesLeadingTo(ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Edge> inputs)
    {
        var needed = new HashSet<Node>();
        foreach (var edge in inputs) needed.Add(edge.Target!);
        var all = new List<Node>();
        var seen = new HashSet<Node>();
        var stack = new Stack<Node>();
        foreach (var output in outputs) if (output.GradientEdge.Target is { } root && seen.Add(root)) stack.Push(root);
        while (stack.TryPop(out var node))
        {
            all.Add(node);
            for (int i = 0; i < node.EdgeCount; i++)
                if (node.EdgeAt(i).Target is { } next && seen.Add(next)) stack.Push(next);
        }
        all.Sort(static (a, b) => a.Sequence.CompareTo(b.Sequence)); // oldest first: what a node leads to is decided before it
        foreach (var node in all)
        {
            for (int i = 0; i < node.EdgeCount; i++)
                if (node.EdgeAt(i).Target is { } next && needed.Contains(next)) needed.Add(node);
        }
        return needed;
    }
}
