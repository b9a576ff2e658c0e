namespace Firesteel.Nn;

/// <summary>The plain cell: <c>h' = tanh(W_ih x + b_ih + W_hh h + b_hh)</c>, or relu instead of tanh.</summary>
internal sealed class ElmanRecurrence : Recurrence
{
    public static readonly ElmanRecurrence Tanh = new(RecurrentCell.Tanh, new Pointwise("rnn_tanh_cell", static (x, h) => Expr.Tanh(x + h)));
    public static readonly ElmanRecurrence Relu = new(RecurrentCell.Relu, new Pointwise("rnn_relu_cell", 2, static x => Expr.Max(x[0] + x[1], 0),
        static (_, y, g) => [Expr.Where(y <= 0, 0, g), Expr.Where(y <= 0, 0, g)], ResultType.Promoted));

    private readonly Pointwise _activate;

    private ElmanRecurrence(RecurrentCell cell, Pointwise activate) => (Cell, _activate) = (cell, activate);

    private protected override RecurrentCell Cell { get; }

    /// <summary>The one that PyTorch names <c>"tanh"</c> or <c>"relu"</c>.</summary>
    /// <exception cref="ArgumentException">Another name.</exception>
    public static ElmanRecurrence Of(string nonlinearity) => nonlinearity switch
    {
        "tanh" => Tanh,
        "relu" => Relu,
        _ => throw new ArgumentException($"Unknown nonlinearity '{nonlinearity}': it is 'tanh' or 'relu'", nameof(nonlinearity)),
    };

    public override RecurrentState Step(Tensor gates, in RecurrentState state, in RecurrentWeights weights) =>
        new(_activate.Apply(gates, Functional.Linear(state.Hidden, weights.HiddenWeight)));
}
