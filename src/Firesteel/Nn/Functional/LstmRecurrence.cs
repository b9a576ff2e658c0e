namespace Firesteel.Nn;

/// <summary>The cell of an LSTM, whose gates are in the order input, forget, cell, output.</summary>
internal sealed class LstmRecurrence : Recurrence
{
    public static readonly LstmRecurrence Instance = new();

    // Operands: input gate, forget gate, candidate, cell state.
    private static readonly Pointwise s_cell = new("lstm_cell", 4, static x => Expr.Sigmoid(x[1]) * x[3] + Expr.Sigmoid(x[0]) * Expr.Tanh(x[2]), null, ResultType.Promoted);
    private static readonly Pointwise s_hidden = new("lstm_cell_output", static (gate, cell) => Expr.Sigmoid(gate) * Expr.Tanh(cell));

    // Inputs: what the input gives, first hidden state, first cell state, weight. Results: hidden states, last cell state.
    private static readonly FusedOperation<bool> s_sequence = new("lstm", Save.Output0,
        static (x, backwards) =>
        {
            var (output, state) = Instance.RunSteps(x[0], null, new(x[1], x[2]), new(x[3], x[3], null, null), backwards);
            return [output, state.Cell!];
        },
        Gradients);

    private protected override (Tensor Output, RecurrentState State)? RunFused(Tensor gates, in RecurrentState state, in RecurrentWeights weights, bool backwards)
    {
        if (weights.Projection is not null || gates.NumElements == 0) return null;
        Tensor[] inputs = [gates.Contiguous(), state.Hidden.Contiguous(), state.Cell!.Contiguous(), weights.HiddenWeight.Contiguous()];
        foreach (var input in inputs)
            if (input.DType != DType.Float32) return null;
        long steps = gates.Shape[0], batch = gates.Shape[1], hidden = weights.HiddenWeight.Shape[1];
        View Empty(params long[] sizes) => Tensor.Allocate(Shape.Create(sizes), DType.Float32, gates.Device);
        View output = Empty(steps, batch, hidden), last = Empty(batch, hidden), cells = Empty(steps, batch, hidden), opened = Empty(steps, batch, 4 * hidden);
        gates.Device.Run(new KernelCall(new FusedKernel(FusedOp.Lstm, backwards ? 1 : 0), [output, last, cells, opened], [inputs[0].Layout, inputs[1].Layout, inputs[2].Layout, inputs[3].Layout]));
        var results = s_sequence.RecordMany([output, last], [cells, opened], inputs, backwards);
        return (results[0], new(results[0].Select(0, backwards ? 0 : steps - 1), results[1]));
    }

    private static void Gradients(in Saved<bool> s, Tensor? g, Span<Tensor?> results)
    {
        bool backwards = s.State;
        Tensor hidden = s.Output(0), first = s.Input(1), weight = s.Input(3);
        long steps = hidden.Shape[0], batch = hidden.Shape[1], size = hidden.Shape[2];
        var gates = new Tensor(Like(s.Input(0)));
        View ofHidden = Like(first), ofCell = Like(first);
        gates.Device.Run(new KernelCall(new FusedKernel(FusedOp.LstmBackward, backwards ? 1 : 0), [gates.Layout, ofHidden, ofCell],
            [s.Input(2).Layout, s.Output(2).Layout, s.Output(3).Layout, weight.Layout, Contiguous(g), Contiguous(s.Grad(1))]));
        (results[0], results[1], results[2]) = (gates, new Tensor(ofHidden), new Tensor(ofCell));
        if (!s.Needs(3)) return;
        // One product for all steps but the first, which reads the first state.
        int firstStep = backwards ? (int)steps - 1 : 0;
        var ofWeight = gates.Select(0, firstStep).T.Mm(first);
        if (steps > 1)
        {
            var later = gates.Narrow(0, backwards ? 0 : 1, steps - 1).Reshape((steps - 1) * batch, 4 * size);
            var before = hidden.Narrow(0, backwards ? 1 : 0, steps - 1).Reshape((steps - 1) * batch, size);
            ofWeight.AddInPlace(later.T.Mm(before));
        }
        results[3] = ofWeight;

        static View Like(Tensor t) => Tensor.Allocate(t.Shape, DType.Float32, t.Device);
        static KernelInput Contiguous(Tensor? t) => t is null ? (Scalar)0 : t.Contiguous().Layout;
    }

    public override RecurrentState Step(Tensor gates, in RecurrentState state, in RecurrentWeights weights)
    {
        var parts = (gates + Functional.Linear(state.Hidden, weights.HiddenWeight)).Chunk(4, -1);
        var cell = s_cell.Run([parts[0], parts[1], parts[2], state.Cell!]);
        var hidden = s_hidden.Apply(parts[3], cell);
        return new(weights.Projection is null ? hidden : Functional.Linear(hidden, weights.Projection), cell);
    }
}
