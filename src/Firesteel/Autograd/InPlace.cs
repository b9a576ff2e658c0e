namespace Firesteel;

/// <summary>What in-place operations mean for the graph: PyTorch's refusals, and new history for the target, its base and its views.</summary>
internal static class InPlace
{
    /// <summary>Refuses what would make gradients wrong. Call before the kernel writes.</summary>
    public static void Check(string operation, Tensor target)
    {
        var view = target.Layout;
        for (int d = 0; d < view.Strides.Length; d++)
            if (view.Strides[d] == 0 && view.Shape.Sizes[d] > 1)
                throw new InvalidOperationException(
                    $"{operation}InPlace: unsupported operation: more than one element of the written-to tensor [{string.Join(", ", view.Shape)}] refers to a single memory location (it was expanded). Clone() the tensor before performing the operation.");
        if (!GradMode.Enabled) return;
        if (target.Base is null)
        {
            if (target.RequiresGrad && target.GradFn is null)
                throw new InvalidOperationException($"{operation}InPlace: a leaf tensor that requires grad is being used in an in-place operation. Write under Autograd.NoGrad(), or to a Clone().");
            return;
        }
        if (!target.RequiresGrad && !target.Base.RequiresGrad) return;
        switch (target.Kind)
        {
            case ViewKind.MultiOutput:
                throw new InvalidOperationException($"{operation}InPlace: the tensor is one of several views returned by a function (such as Unbind or Split) and is being modified inplace. Such views may not be modified; Clone() it first.");
            case ViewKind.NoGrad:
                throw new InvalidOperationException($"{operation}InPlace: a view was created under Autograd.NoGrad() and is being modified inplace with grad mode enabled. Make the view and the write both under NoGrad or both outside.");
        }
        if (target.Base.RequiresGrad && target.Base.GradFn is null)
            throw new InvalidOperationException($"{operation}InPlace: a view of a leaf tensor that requires grad is being used in an in-place operation. Write under Autograd.NoGrad(), or to a Clone().");
    }

    /// <summary>What to compute from in the in-place form of an operation whose gradient reads its input: a copy if there will be a gradient, since the target is about to be overwritten.</summary>
    public static Tensor Original(Tensor target) => GradMode.Enabled && target.RequiresGrad ? target.Clone() : target;

    /// <summary>Makes <paramref name="node"/>, whose first edge leads to what the target was, the history of the target; of its base too if it is a view.</summary>
    public static void Rebase(Tensor target, Node node)
    {
        if (Recorder.Any) Recorder.NoteHistory(target.Base ?? target);
        if (target.Base is not { } root)
        {
            target.SetGraph(node, 0);
            return;
        }
        var edge = root.RequiresGrad ? root.GradientEdge : default;
        root.SetGraph(new CopySlices(root.Layout, target.Layout, edge, node), 0);
        // The view's own node is made anew from the base when somebody asks, as for every other view of the storage.
        target.ForgetGraph();
    }
}
