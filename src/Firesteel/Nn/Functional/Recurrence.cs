namespace Firesteel.Nn;

/// <summary>The weights of one layer in one direction; <see cref="Projection"/> makes the hidden state of an LSTM smaller.</summary>
internal readonly record struct RecurrentWeights(Tensor InputWeight, Tensor HiddenWeight, Tensor? InputBias, Tensor? HiddenBias, Tensor? Projection = null);

/// <summary>What a cell hands to the next step: the hidden state, and for an LSTM the cell state.</summary>
internal readonly record struct RecurrentState(Tensor Hidden, Tensor? Cell = null)
{
    /// <summary>Both parts, changed in the same way.</summary>
    public RecurrentState Select(Func<Tensor, Tensor> change) => new(change(Hidden), Cell is null ? null : change(Cell));
}

/// <summary>
/// A cell repeated over time. What the input gives to the gates is one product for all steps; what a step adds is one product with the
/// hidden state and the formulas of the cell.
/// </summary>
internal abstract class Recurrence
{
    /// <summary>What the inputs [..., inputSize] give to the gates: [..., gates * hiddenSize].</summary>
    public virtual Tensor InputGates(Tensor input, in RecurrentWeights weights) =>
        // Both biases are added here, so that no step needs to.
        Functional.Linear(input, weights.InputWeight, weights.InputBias is null ? null : weights.InputBias + weights.HiddenBias!);

    /// <summary>The state after a step.</summary>
    /// <param name="gates">What the input gives, [batch, gates * hiddenSize].</param>
    /// <param name="state">The state before.</param>
    /// <param name="weights">The weights.</param>
    public abstract RecurrentState Step(Tensor gates, in RecurrentState state, in RecurrentWeights weights);

    /// <summary>All layers over a padded or packed batch.</summary>
    /// <param name="input">[time, batch, inputSize], or the rows of a packed batch.</param>
    /// <param name="batchSizes">How many sequences reach each step of a packed batch; null for a padded one.</param>
    /// <param name="states">The first state of each layer and direction.</param>
    /// <param name="weights">Their weights.</param>
    /// <param name="directions">1, or 2 for both.</param>
    /// <param name="dropout">Probability of a zero between layers.</param>
    public (Tensor Output, RecurrentState[] States) Run(Tensor input, long[]? batchSizes, RecurrentState[] states, RecurrentWeights[] weights, int directions, double dropout)
    {
        var last = new RecurrentState[states.Length];
        for (int layer = 0; layer < states.Length; layer += directions)
        {
            if (layer > 0 && dropout > 0) input = Functional.Dropout(input, dropout);
            var outputs = new Tensor[directions];
            for (int direction = 0; direction < directions; direction++)
            {
                int at = layer + direction;
                (outputs[direction], last[at]) = Run(input, batchSizes, states[at], weights[at], direction == 1);
            }
            input = directions == 1 ? outputs[0] : Tensor.Cat(outputs, -1);
        }
        return (input, last);
    }

    /// <summary>The cell as kernels know it.</summary>
    private protected abstract RecurrentCell Cell { get; }

    /// <summary>Whether the steps add the hidden bias, which then is no part of what the input gives.</summary>
    private protected virtual bool AddsHiddenBias => false;

    private readonly record struct LayerState(Recurrence Recurrence, bool Backwards, long[]? BatchSizes);

    // Inputs: what the input gives, first hidden state, weight, first cell state of an LSTM, hidden bias of a GRU. Results: hidden states, last hidden state, last cell state of an LSTM.
    private static readonly Dictionary<RecurrentCell, FusedOperation<LayerState>> s_layers = new()
    {
        [RecurrentCell.Tanh] = Layer("rnn_tanh"), [RecurrentCell.Relu] = Layer("rnn_relu"), [RecurrentCell.Lstm] = Layer("lstm"), [RecurrentCell.Gru] = Layer("gru"),
    };

    private static FusedOperation<LayerState> Layer(string name) => new(name, Save.Output0,
        static (x, s) =>
        {
            bool hasCell = s.Recurrence.Cell == RecurrentCell.Lstm;
            var weights = new RecurrentWeights(x[2], x[2], null, s.Recurrence.AddsHiddenBias && x.Length > 3 ? x[3] : null);
            var (output, state) = s.Recurrence.RunSteps(x[0], s.BatchSizes, new(x[1], hasCell ? x[3] : null), weights, s.Backwards);
            return hasCell ? [output, state.Hidden, state.Cell!] : [output, state.Hidden];
        },
        Gradients);

    /// <summary>All steps in one operation, where there is a kernel for that: the hidden states and the last state.</summary>
    /// <param name="gates">What the input gives, [time, batch, gates * hiddenSize] or the rows of a packed batch.</param>
    /// <param name="batchSizes">How many sequences reach each step of a packed batch; null for a padded one.</param>
    /// <param name="state">The first state.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="backwards">Whether to go from the last step to the first.</param>
    private (Tensor Output, RecurrentState State)? RunFused(Tensor gates, long[]? batchSizes, in RecurrentState state, in RecurrentWeights weights, bool backwards)
    {
        if (weights.Projection is not null || gates.NumElements == 0) return null;
        bool isLstm = Cell == RecurrentCell.Lstm;
        Tensor[] inputs = [gates, state.Hidden, weights.HiddenWeight, .. isLstm ? [state.Cell!] : AddsHiddenBias && weights.HiddenBias is { } bias ? (Tensor[])[bias] : []];
        foreach (ref var input in inputs.AsSpan())
        {
            if (input.DType != DType.Float32) return null;
            input = input.Contiguous();
        }
        var device = gates.Device;
        long batch = state.Hidden.Shape[0], n = weights.HiddenWeight.Shape[1];
        View Empty(params ReadOnlySpan<long> sizes) => Tensor.Allocate(Shape.Create(sizes), DType.Float32, device);
        View Rows(long width) => batchSizes is null ? Empty(gates.Shape[0], batch, width) : Empty(gates.Shape[0], width);
        View[] results = isLstm ? [Rows(n), Empty(batch, n), Empty(batch, n)] : [Rows(n), Empty(batch, n)];
        View[] kept = isLstm ? [Rows(4 * n), Rows(n)] : Cell == RecurrentCell.Gru ? [Rows(4 * n)] : [];
        var none = new KernelInput((Scalar)0);
        device.Run(new KernelCall(new RecurrentKernel(Cell, false, backwards, batchSizes), [.. results, .. kept],
            [inputs[0].Layout, inputs[1].Layout, isLstm ? inputs[3].Layout : none, inputs[2].Layout, !isLstm && inputs.Length > 3 ? inputs[3].Layout : none]));
        var tensors = s_layers[Cell].RecordMany(results, kept, inputs, new(this, backwards, batchSizes));
        return (tensors[0], new(tensors[1], isLstm ? tensors[2] : null));
    }

    private static void Gradients(in Saved<LayerState> s, Tensor? g, Span<Tensor?> results)
    {
        var (recurrence, backwards, batchSizes) = s.State;
        var cell = recurrence.Cell;
        bool isLstm = cell == RecurrentCell.Lstm, isGru = cell == RecurrentCell.Gru;
        Tensor gates = s.Input(0), first = s.Input(1), weight = s.Input(2), hidden = s.Output(0);
        View Like(Tensor t) => Tensor.Allocate(t.Shape, DType.Float32, t.Device);
        View ofGates = Like(gates), ofHidden = Like(first), before = Like(hidden);
        var none = new KernelInput((Scalar)0);
        KernelInput Given(Tensor? t) => t is null ? none : t.Contiguous().Layout;
        // An LSTM has the gradient of its first cell state behind these, and a GRU that of what the state gives to the gates.
        View[] outputs = isLstm ? [ofGates, ofHidden, before, Like(s.Input(3))] : isGru ? [ofGates, ofHidden, before, Like(gates)] : [ofGates, ofHidden, before];
        gates.Device.Run(new KernelCall(new RecurrentKernel(cell, true, backwards, batchSizes), outputs,
        [
            first.Layout, isLstm ? s.Input(3).Layout : none, weight.Layout, hidden.Layout, isLstm ? s.Output(3).Layout : isGru ? s.Output(2).Layout : none, isLstm ? s.Output(4).Layout : none,
            Given(g), Given(s.Grad(1)), isLstm ? Given(s.Grad(2)) : none,
        ]));
        (results[0], results[1]) = (new Tensor(ofGates), new Tensor(ofHidden));
        if (isLstm) results[3] = new Tensor(outputs[3]);
        var fromState = new Tensor(isGru ? outputs[3] : ofGates).Reshape(-1, weight.Shape[0]);
        if (s.Needs(2)) results[2] = Tensor.Product(fromState, new Tensor(before).Reshape(-1, weight.Shape[1]), Tensor.Transposes.Left);
        if (isGru && s.InputCount > 3 && s.Needs(3)) results[3] = fromState.Sum(0);
    }

    /// <summary>One step by itself, for a cell.</summary>
    public RecurrentState RunStep(Tensor gates, in RecurrentState state, in RecurrentWeights weights) =>
        RunFused(gates.Unsqueeze(0), null, state, weights, false) is { } fused ? fused.State : Step(gates, state, weights);

    private (Tensor Output, RecurrentState State) Run(Tensor input, long[]? batchSizes, RecurrentState state, in RecurrentWeights weights, bool backwards)
    {
        var gates = InputGates(input, weights);
        return RunFused(gates, batchSizes, state, weights, backwards) ?? RunSteps(gates, batchSizes, state, weights, backwards);
    }

    private protected (Tensor Output, RecurrentState State) RunSteps(Tensor gates, long[]? batchSizes, RecurrentState state, in RecurrentWeights weights, bool backwards)
    {
        var steps = batchSizes is null ? gates.Unbind(0) : gates.Split(batchSizes, 0);
        var outputs = new Tensor[steps.Length];
        if (batchSizes is null)
        {
            for (int i = 0; i < steps.Length; i++)
            {
                int t = backwards ? steps.Length - 1 - i : i;
                state = Step(steps[t], state, weights);
                outputs[t] = state.Hidden;
            }
            return (Tensor.Stack(outputs), state);
        }
        state = backwards ? Backwards(steps, outputs, batchSizes, state, weights) : Forwards(steps, outputs, batchSizes, state, weights);
        return (Tensor.Cat(outputs), state);
    }

    /// <summary>Sequences end on the way: their states are put aside, the shortest sequence first.</summary>
    private RecurrentState Forwards(Tensor[] steps, Tensor[] outputs, long[] batchSizes, RecurrentState state, in RecurrentWeights weights)
    {
        var ended = new List<RecurrentState>();
        for (int t = 0; t < steps.Length; t++)
        {
            long running = batchSizes[t], before = t == 0 ? running : batchSizes[t - 1];
            if (running < before)
            {
                ended.Add(state.Select(part => part.Narrow(0, running, before - running)));
                state = state.Select(part => part.Narrow(0, 0, running));
            }
            state = Step(steps[t], state, weights);
            outputs[t] = state.Hidden;
        }
        if (ended.Count == 0) return state;
        ended.Add(state);
        ended.Reverse();
        return new(Tensor.Cat([.. ended.Select(static s => s.Hidden)]), state.Cell is null ? null : Tensor.Cat([.. ended.Select(static s => s.Cell!)]));
    }

    /// <summary>Sequences join on the way, each with its first state.</summary>
    private RecurrentState Backwards(Tensor[] steps, Tensor[] outputs, long[] batchSizes, RecurrentState first, in RecurrentWeights weights)
    {
        long running = batchSizes[^1];
        var state = first.Select(part => part.Narrow(0, 0, running));
        for (int t = steps.Length - 1; t >= 0; t--)
        {
            long from = running, more = batchSizes[t] - running;
            if (more > 0)
            {
                state = new(Tensor.Cat([state.Hidden, first.Hidden.Narrow(0, from, more)]), state.Cell is null ? null : Tensor.Cat([state.Cell, first.Cell!.Narrow(0, from, more)]));
                running += more;
            }
            state = Step(steps[t], state, weights);
            outputs[t] = state.Hidden;
        }
        return state;
    }
}
