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

    /// <summary>All steps of a padded batch in one operation, where there is a kernel for that: the hidden states and the last state.</summary>
    /// <param name="gates">What the input gives, [time, batch, gates * hiddenSize].</param>
    /// <param name="state">The first state.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="backwards">Whether to go from the last step to the first.</param>
    private protected virtual (Tensor Output, RecurrentState State)? RunFused(Tensor gates, in RecurrentState state, in RecurrentWeights weights, bool backwards) => null;

    private (Tensor Output, RecurrentState State) Run(Tensor input, long[]? batchSizes, RecurrentState state, in RecurrentWeights weights, bool backwards)
    {
        var gates = InputGates(input, weights);
        if (batchSizes is null && RunFused(gates, state, weights, backwards) is { } fused) return fused;
        return RunSteps(gates, batchSizes, state, weights, backwards);
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
