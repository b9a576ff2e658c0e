namespace Firesteel;

/// <summary>The cell that a recurrent layer repeats.</summary>
internal enum RecurrentCell
{
    /// <summary>tanh of what input and state give together.</summary>
    Tanh,

    /// <summary>The same with relu.</summary>
    Relu,

    /// <summary>Gates in the order input, forget, candidate, output.</summary>
    Lstm,

    /// <summary>Gates in the order reset, update, candidate.</summary>
    Gru,
}

/// <summary>
/// A recurrent layer over all steps in one direction, and its gradient, for float32 and contiguous views. A batch [t, b, ...] is also taken as rows [t b, ...]; a packed one is
/// rows of which step i has the first <paramref name="BatchSizes"/>[i] sequences. There are k gates (1, 4 for an LSTM, 3 for a GRU) and n numbers in a state.
/// <para>Forward: (what the input gives to the gates [rows, k n], first hidden state [b, n], first cell state [b, n] or 0, weight [k n, n], what is added to the state's part of the gates [k n] or 0; not 0 for
/// a GRU only) -> hidden states [rows, n]; last hidden state [b, n]; LSTM: last cell state [b, n], opened gates [rows, 4n], cell states [rows, n]; GRU: opened gates and the state's part of the candidate [rows, 4n].</para>
/// <para>Gradient: (first hidden and cell state, weight, hidden states, opened gates or 0, cell states or 0, gradients of the hidden states, of the last hidden and of the last cell state, each may be 0)
/// -> gradients of what the input gives and of the first hidden state; hidden states before each row's step [rows, n]; LSTM: gradient of the first cell state; GRU: of what the state gives to the gates [rows, 3n].</para>
/// </summary>
internal sealed record RecurrentKernel(RecurrentCell Cell, bool Gradient, bool Backwards, long[]? BatchSizes) : Kernel;
