namespace Firesteel.Nn;

/// <summary>The cell of an LSTM, whose gates are in the order input, forget, cell, output.</summary>
internal sealed class LstmRecurrence : Recurrence
{
    public static readonly LstmRecurrence Instance = new();

    // Operands: input gate, forget gate, candidate, cell state.
    private static readonly Pointwise s_cell = new("lstm_cell", 4, static x => Expr.Sigmoid(x[1]) * x[3] + Expr.Sigmoid(x[0]) * Expr.Tanh(x[2]), null, ResultType.Promoted);
    private static readonly Pointwise s_hidden = new("lstm_cell_output", static (gate, cell) => Expr.Sigmoid(gate) * Expr.Tanh(cell));

    private protected override RecurrentCell Cell => RecurrentCell.Lstm;

    public override RecurrentState Step(Tensor gates, in RecurrentState state, in RecurrentWeights weights)
    {
        var parts = (gates + Functional.Linear(state.Hidden, weights.HiddenWeight)).Chunk(4, -1);
        var cell = s_cell.Run([parts[0], parts[1], parts[2], state.Cell!]);
        var hidden = s_hidden.Apply(parts[3], cell);
        return new(weights.Projection is null ? hidden : Functional.Linear(hidden, weights.Projection), cell);
    }
}
