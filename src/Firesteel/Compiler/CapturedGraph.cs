namespace Firesteel;

/// <summary>
/// The graph of a captured forward, kept to record the caller's backward through it: what a run saves for backward lies in memory to which every
/// replay of the forward writes, so the graph is that of the latest run. One run can wait for its backward at a time.
/// </summary>
internal sealed class CapturedGraph
{
    private const int MostRecorded = 24;

    private readonly Recording _forward;
    private readonly StandIns _standIns;
    private readonly Tensor[] _results;
    private readonly int[] _outputs; // of the node, for each result; -1 for results without history
    private readonly Edge[] _roots;
    private readonly GraphPart _part;
    private readonly Dictionary<Storage, int> _memory = new(ReferenceEqualityComparer.Instance);
    private readonly int[] _versions;
    private readonly List<CapturedBackward> _captured = [];
    private readonly List<CapturedBackward> _pending = [];
    private readonly WeakReference<CapturedNode?> _waiting = new(null);
    private int _recorded;

    private CapturedGraph(Recording forward, StandIns standIns, Tensor[] results, GraphPart part, Exit[] exits)
    {
        (_forward, _standIns, _results, _part, Exits) = (forward, standIns, results, part, exits);
        _outputs = Array.ConvertAll(results, static _ => -1);
        var roots = new List<Edge>();
        var infos = new List<OutputInfo>();
        for (int i = 0; i < results.Length; i++)
        {
            if (!HasHistory(results[i])) continue;
            _outputs[i] = roots.Count;
            roots.Add(results[i].GradientEdge);
            infos.Add(new OutputInfo(results[i].Shape, results[i].DType));
        }
        (_roots, Outputs) = ([.. roots], [.. infos]);
        Memory = [.. forward.Slots.Where(static slot => slot.Kind is SlotKind.External or SlotKind.Kept).Select(static slot => slot.Held!)];
        for (int i = 0; i < Memory.Length; i++) _memory[Memory[i]] = i;
        _versions = Array.ConvertAll(Memory, static storage => storage.Version);
    }

    /// <summary>A way for gradients out of the function: to a leaf, to an argument, or (neither) to nobody.</summary>
    public readonly record struct Exit(Tensor? Leaf, int Argument)
    {
        public Edge Edge(ReadOnlySpan<Tensor> arguments) => Leaf is not null ? Leaf.GradientEdge : Argument >= 0 ? arguments[Argument].GradientEdge : default;
    }

    /// <summary>Where gradients go, in the order in which backward comes to them.</summary>
    public Exit[] Exits { get; }

    /// <summary>Shapes of the results that have a history.</summary>
    public OutputInfo[] Outputs { get; }

    /// <summary>What the graph may have saved.</summary>
    public Storage[] Memory { get; }

    /// <summary>The captured forms of its backward.</summary>
    public IEnumerable<Replay> Backwards => _captured.Select(static backward => backward.Replay!);

    /// <summary>True if no run waits for its backward.</summary>
    public bool IsIdle => !_waiting.TryGetTarget(out var node) || node.IsFreed;

    /// <summary>True for a result that backward could run through.</summary>
    public static bool HasHistory(Tensor tensor) => tensor.GradFn is { IsFreed: false };

    /// <summary>
    /// Finds out whether a function whose results have a history can be captured: the ways out of its graph, or a reason why not.
    /// </summary>
    public static (GraphPart Part, Exit[] Exits, string? Refusal) Examine(Recording recording, Type type, object? result, Tensor[] arguments)
    {
        var recorder = recording.Recorder;
        Tensor[] results = [.. ResultTree.TensorsIn(result)];
        var part = new GraphPart(results.Where(HasHistory).Select(static r => r.GradientEdge), recorder.Since);
        var exits = new Exit[part.Exits.Length];
        return (part, exits, Refusal());

        string? Refusal()
        {
            if (recorder.Gradients.Count > 0) return "it reads or sets gradients and returns a result with a history: call Backward inside for all, or only outside";
            if (!ResultTree.CanRenew(type, result)) return "a result with a history is in a collection other than an array, a List<Tensor> or a tuple of these";
            if (recorder.Rewritten.Any(HasHistory)) return "it writes to a tensor from outside, which has a history from that: pass such a tensor in and return a new one";
            if (part.HasHooks) return "a hook is registered inside, which would not be called: register it on a result, an argument or a parameter";
            if (part.HasFreed) return "backward has run through a part of the result already";
            foreach (var item in recording.Items)
            {
                if (item is not RecordedCall call) continue;
                foreach (var view in call.Outputs)
                    if (Array.Exists(arguments, a => ReferenceEquals(view.Storage, recorder.Find(a.Layout.Storage)))) return "it writes to an argument and returns a result with a history";
            }
            for (int i = 0; i < results.Length; i++)
            {
                var slot = recorder.Find(results[i].Layout.Storage);
                if (!HasHistory(results[i]) && slot is not { Kind: SlotKind.Input }) continue;
                if (slot is not { Kind: SlotKind.Temporary or SlotKind.Kept } || Array.FindIndex(results, r => r.SharesStorageWith(results[i])) != i || Array.FindLastIndex(results, r => r.SharesStorageWith(results[i])) != i)
                    return "a result with a history is a view of an argument, of a tensor from outside or of another result: return a Clone()";
            }
            for (int i = 0; i < exits.Length; i++)
            {
                var edge = part.Exits[i];
                if (edge.Target is ArgumentNode argument) exits[i] = new Exit(null, argument.Index);
                else if (Array.FindIndex(arguments, a => a.GradientEdge is { Target: { } target, Output: var output } && target == edge.Target && output == edge.Output) is >= 0 and var index) exits[i] = new Exit(null, index);
                else if (edge.Target is AccumulateGrad { Leaf: var leaf }) exits[i] = recorder.Find(leaf.Layout.Storage) is { Kind: SlotKind.Temporary or SlotKind.Kept } ? new Exit(null, -1) : new Exit(leaf, -1);
                else return "it uses a tensor from outside that has a history: pass it as an argument";
            }
            return null;
        }
    }

    /// <summary>The graph of a run on stand-ins, when it is known what memory is kept.</summary>
    public static CapturedGraph Of(Recording recording, StandIns standIns, object? result, (GraphPart Part, Exit[] Exits, string? Refusal) examined) =>
        new(recording, standIns, [.. ResultTree.TensorsIn(result)], examined.Part, examined.Exits);

    /// <summary>The results of a run that just took place, with a node of their own.</summary>
    public T HandOut<T>(T result, ReadOnlySpan<Tensor> arguments)
    {
        var node = new CapturedNode(this, arguments);
        _waiting.SetTarget(node);
        return ResultTree.Renewed(result, tensor =>
        {
            int i = Array.FindIndex(_results, r => ReferenceEquals(r, tensor));
            if (i < 0 || _forward.Recorder.Find(tensor.Layout.Storage) is not { Kind: SlotKind.Kept }) return tensor;
            var fresh = tensor.Detach();
            if (_outputs[i] >= 0) fresh.SetGraph(node, _outputs[i]);
            return fresh;
        });
    }

    /// <summary>The gradients for all exits, given those of the results.</summary>
    public Tensor?[] Backward(CapturedNode node, ReadOnlySpan<Tensor?> gradients)
    {
        if (GradMode.Enabled)
            throw new InvalidOperationException("Backward with createGraph runs through a captured function, whose graph is not recorded anew. Call the function itself instead of its compiled form where gradients of gradients are wanted, or compute them inside the captured function.");
        if (Recorder.Current is not null)
            throw new InvalidOperationException("Backward runs through the result of a captured function while another function is being captured, which would not see it. Call the captured function inside the other one, or backward outside.");
        lock (this)
        {
            // Sums begin with what is there already: if anything is, gradients are handed out one by one.
            bool alone = true;
            for (int i = 0; i < node.EdgeCount && alone; i++)
                alone = node.EdgeAt(i) is not { Target: { } target, Output: var output } || (output == 0 ? target.Gradient : target.MoreGradients?[output - 1]) is null;
            var inputs = new List<Tensor>();
            var given = new bool[gradients.Length];
            for (int i = 0; i < gradients.Length; i++)
            {
                if (gradients[i] is not { } gradient) continue;
                given[i] = true;
                inputs.Add(gradient);
            }
            inputs.AddRange(node.Arguments);
            Tensor[] all = [.. inputs];
            foreach (var captured in _captured)
            {
                if (captured.Alone != alone || !captured.Given.AsSpan().SequenceEqual(given) || !captured.Replay!.Fits(all)) continue;
                Check(node, captured);
                return captured.Run(all);
            }
            return Record(node, gradients, alone, given);
        }
    }

    /// <summary>Goes through the graph, and captures that if it did the same as a time before.</summary>
    private Tensor?[] Record(CapturedNode node, ReadOnlySpan<Tensor?> gradients, bool alone, bool[] given)
    {
        var present = new Tensor?[gradients.Length];
        var inputs = new List<Tensor>();
        for (int i = 0; i < present.Length; i++)
        {
            if (gradients[i] is not { } gradient) continue;
            // A gradient may be one time what another time it is not: a tensor that the graph saved.
            present[i] = _memory.ContainsKey(gradient.Layout.Storage) ? gradient.Clone() : gradient;
            inputs.Add(present[i]!);
        }
        int count = inputs.Count;
        inputs.AddRange(_standIns.Lend(node.Arguments));
        // What the graph saved is there again, as it was when it was saved.
        int[] now = new int[Memory.Length];
        for (int i = 0; i < now.Length; i++) now[i] = Memory[i].ExchangeVersion(_versions[i]);
        var recorder = new Recorder([.. inputs]);
        Tensor?[] found;
        try
        {
            found = recorder.Record(() =>
            {
                var all = new Backpropagation(retainGraph: true, createGraph: false).Run(_roots, present, _part, alone);
                // What leaves is either new or a gradient that came in: nothing that was saved.
                for (int i = 0; i < all.Length; i++)
                {
                    if (Exits[i] is { Leaf: null, Argument: < 0 }) all[i] = null;
                    if (all[i] is { } gradient && !(recorder.Find(gradient.Layout.Storage) is { } slot && (slot.Kind == SlotKind.Temporary || (slot.Kind == SlotKind.Input && slot.Input < count)))) all[i] = gradient.Clone();
                }
                return all;
            });
        }
        finally
        {
            for (int i = 0; i < now.Length; i++) Memory[i].ExchangeVersion(now[i]);
            _standIns.TakeBack();
        }
        var recording = new Recording { Recorder = recorder, Inputs = InputGuard.Of([.. inputs]) };
        recording.SettleInputs();
        var backward = new CapturedBackward(recording, given, alone, found, _memory, _forward.Recorder);
        Check(node, backward);
        if (Anomaly.Enabled || _recorded >= MostRecorded) return found;
        _recorded++;
        foreach (var before in _pending)
        {
            if (before.Alone != alone || !before.Given.AsSpan().SequenceEqual(given) || !backward.IsLike(before)) continue;
            _pending.Remove(before);
            backward.Capture();
            _captured.Add(backward);
            return found;
        }
        if (_pending.Count == 4) _pending.RemoveAt(0);
        _pending.Add(backward);
        return found;
    }

    /// <summary>Throws if something that this backward reads was overwritten since the forward.</summary>
    private void Check(CapturedNode node, CapturedBackward backward)
    {
        foreach (int i in backward.Reads)
            if (Memory[i].Version != node.Versions[i]) throw Overwritten(Memory[i], node.Versions[i]);
        foreach (int i in backward.ReadArguments)
            if (node.Arguments[i].Version != node.ArgumentVersions[i]) throw Overwritten(node.Arguments[i].Layout.Storage, node.ArgumentVersions[i]);
    }

    private static InvalidOperationException Overwritten(Storage storage, int version) => new(
        $"CompiledFunctionBackward: one of the tensors needed for gradient computation has been modified by an inplace operation ({storage.LastWriter}): it is at version {storage.Version}; " +
        $"expected version {version} instead. Use the form of the operation that makes a new tensor, or Clone() before writing.");
}
