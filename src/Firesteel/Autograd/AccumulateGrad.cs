namespace Firesteel;

/// <summary>The end of the graph: adds what arrives to <see cref="Tensor.Grad"/> of a leaf.</summary>
internal sealed class AccumulateGrad : Node
{
    public readonly Tensor Leaf;

    public AccumulateGrad(Tensor leaf)
    {
        Leaf = leaf;
        Sequence = 0; // older than every operation: visited when all has arrived
        Output = new OutputInfo(leaf.Shape, leaf.DType);
    }

    public override string Name => "AccumulateGrad";

    internal override Tensor? InputGradient(int input, ReadOnlySpan<Tensor?> gradients) => null;

    internal override void Release()
    {
    }

    public void Accumulate(Tensor gradient, bool createGraph)
    {
        lock (this)
        {
            if (Leaf.Grad is not { } sum)
            {
                // A gradient that was delivered once and owns its whole storage is seen by nobody else; any other is copied.
                bool unshared = gradient.Deliveries <= 1 && gradient.IsSoleView && gradient.Layout.IsContiguous;
                Leaf.Grad = createGraph ? gradient : unshared ? gradient : gradient.Detach().Clone().Contiguous();
            }
            else if (createGraph) Leaf.Grad = sum + gradient;
            else sum.AddInPlace(gradient);
        }
    }
}
