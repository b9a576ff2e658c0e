namespace Firesteel.Nn;

/// <summary>The cell of a GRU, whose gates are in the order reset, update, new.</summary>
internal sealed class GruRecurrence : Recurrence
{
    public static readonly GruRecurrence Instance = new();

    private static readonly Pointwise s_gates = new("gru_cell_gates", static (x, h) => Expr.Sigmoid(x + h));

    // Operands: reset, update, the input's and the hidden state's part of the candidate, hidden state.
    private static readonly Pointwise s_hidden = new("gru_cell", 5, static x => Blend(x[1], Expr.Tanh(x[2] + x[0] * x[3]), x[4]), null, ResultType.Promoted);

    private protected override RecurrentCell Cell => RecurrentCell.Gru;

    private protected override bool AddsHiddenBias => true;

    private static Expr Blend(Expr update, Expr candidate, Expr hidden) => (hidden - candidate) * update + candidate;

    /// <summary>The hidden bias stays with the steps, because the reset gate multiplies a part of it.</summary>
    public override Tensor InputGates(Tensor input, in RecurrentWeights weights) => Functional.Linear(input, weights.InputWeight, weights.InputBias);

    public override RecurrentState Step(Tensor gates, in RecurrentState state, in RecurrentWeights weights)
    {
        var added = Functional.Linear(state.Hidden, weights.HiddenWeight, weights.HiddenBias);
        long size = state.Hidden.Shape[^1];
        long[] sizes = [2 * size, size];
        var fromInput = gates.Split(sizes, -1);
        var fromHidden = added.Split(sizes, -1);
        var resetAndUpdate = s_gates.Apply(fromInput[0], fromHidden[0]).Chunk(2, -1);
        return new(s_hidden.Run([resetAndUpdate[0], resetAndUpdate[1], fromInput[1], fromHidden[1], state.Hidden]));
    }
}
