namespace Firesteel;

/// <summary>Takes the place of an argument in the graph of a captured function: gradients pass through to the argument of the day.</summary>
internal sealed class ArgumentNode : Node
{
    public ArgumentNode(Tensor argument, int index)
    {
        Index = index;
        Output = new OutputInfo(argument.Shape, argument.DType);
        Connect([argument]);
    }

    /// <summary>The number of the argument.</summary>
    public int Index { get; }

    public override string Name => "Argument";

    internal override Tensor? InputGradient(int input, ReadOnlySpan<Tensor?> gradients) => gradients[0];

    internal override void Release()
    {
    }
}

/// <summary>
/// The arguments with which a function is captured whose graph is kept: tensors on borrowed memory, so that the graph can be gone through again with
/// other arguments.
/// </summary>
internal sealed class StandIns
{
    private readonly Dictionary<Storage, BorrowedStorage> _storages = new(ReferenceEqualityComparer.Instance);
    private readonly long[] _offsets;

    /// <param name="arguments">The arguments of the run.</param>
    /// <param name="draft">An equal run: an argument that it knew from elsewhere too has to be the same tensor again, and stands for itself.</param>
    public StandIns(Tensor[] arguments, Recording draft)
    {
        Tensors = new Tensor[arguments.Length];
        _offsets = new long[arguments.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            var argument = Tensors[i] = arguments[i];
            if (draft.Recorder.Find(draft.Inputs[i].Layout.Storage) is not { Kind: SlotKind.Input }) continue;
            var layout = argument.Layout;
            if (!_storages.TryGetValue(layout.Storage, out var borrowed)) _storages[layout.Storage] = borrowed = new BorrowedStorage(layout.Storage);
            borrowed.Lend(layout.Storage);
            // The argument has a second tensor on its memory now, which nobody may give back early.
            var shared = argument.Detach();
            shared.Layout = new View(borrowed, layout.Offset, layout.Geometry);
            if (argument.RequiresGrad) shared.SetGraph(new ArgumentNode(argument, i), 0);
            (Tensors[i], _offsets[i]) = (shared, layout.Offset);
        }
    }

    /// <summary>What the function is called with.</summary>
    public Tensor[] Tensors { get; }

    /// <summary>The stand-ins, without history and on the memory of these tensors.</summary>
    public Tensor[] Lend(ReadOnlySpan<Tensor> arguments)
    {
        var bare = new Tensor[arguments.Length];
        for (int i = 0; i < bare.Length; i++)
        {
            bare[i] = new Tensor(Tensors[i].Layout);
            if (Tensors[i].Layout.Storage is BorrowedStorage borrowed)
                borrowed.Lend(arguments[i].Layout.Storage, (arguments[i].Layout.Offset - _offsets[i]) * arguments[i].DType.ItemSize());
        }
        return bare;
    }

    /// <summary>Tells the arguments of writes.</summary>
    public void ReportWrites()
    {
        foreach (var (lender, borrowed) in _storages)
            if (borrowed.Version > 0) lender.Bump(borrowed.LastWriter);
    }

    /// <summary>Lets go of the memory.</summary>
    public void TakeBack()
    {
        ReportWrites();
        _storages.Clear();
        foreach (var tensor in Tensors)
            if (tensor.Layout.Storage is BorrowedStorage borrowed) borrowed.Lend(null);
    }
}
