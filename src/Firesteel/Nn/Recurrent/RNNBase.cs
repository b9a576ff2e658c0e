namespace Firesteel.Nn;

/// <summary>What the recurrent layers have in common (<c>torch.nn.RNNBase</c>). Parameters are named <c>weight_ih_l0</c>, <c>weight_hh_l0</c>, <c>bias_ih_l0</c>, ... as in PyTorch.</summary>
public abstract class RNNBase : Module
{
    private readonly NamedEntries<Parameter> _weights = new();
    private readonly int _weightsPerLayer;

    private protected RNNBase(int gates, long inputSize, long hiddenSize, long numLayers, bool bias, bool batchFirst, double dropout, bool bidirectional, long projSize, Device? device, DType dtype)
    {
        if (!(dropout is >= 0 and <= 1)) throw new ArgumentException($"dropout should be a number in range [0, 1] representing the probability of an element being zeroed, got {Repr.Integer(dropout)}", nameof(dropout));
        if (projSize < 0) throw new ArgumentException($"proj_size should be a positive integer or zero to disable projections, got {projSize}", nameof(projSize));
        if (hiddenSize <= 0) throw new ArgumentException($"hidden_size must be greater than zero, got {hiddenSize}", nameof(hiddenSize));
        if (numLayers <= 0) throw new ArgumentException($"num_layers must be greater than zero, got {numLayers}", nameof(numLayers));
        if (projSize >= hiddenSize) throw new ArgumentException($"proj_size has to be smaller than hidden_size, got {projSize} and {hiddenSize}", nameof(projSize));
        (InputSize, HiddenSize, NumLayers, Bias, BatchFirst, Dropout, Bidirectional, ProjSize) = (inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional, projSize);

        for (long layer = 0; layer < numLayers; layer++)
            for (int direction = 0; direction < Directions; direction++)
            {
                string suffix = $"_l{layer}{(direction == 1 ? "_reverse" : "")}";
                Add("weight_ih" + suffix, [gates * hiddenSize, layer == 0 ? inputSize : OutputSize * Directions]);
                Add("weight_hh" + suffix, [gates * hiddenSize, OutputSize]);
                if (bias)
                {
                    Add("bias_ih" + suffix, [gates * hiddenSize]);
                    Add("bias_hh" + suffix, [gates * hiddenSize]);
                }
                if (projSize > 0) Add("weight_hr" + suffix, [projSize, hiddenSize]);
            }
        _weightsPerLayer = _weights.Count / (int)(numLayers * Directions);
        ResetParameters();

        void Add(string name, long[] shape) => _weights.Add(name, new Parameter(Tensor.Empty(shape, dtype, device)));
    }

    /// <summary>The last size of the input.</summary>
    public long InputSize { get; }

    /// <summary>The last size of the state.</summary>
    public long HiddenSize { get; }

    /// <summary>The number of layers, each reading the outputs of the one before.</summary>
    public long NumLayers { get; }

    /// <summary>Whether learned biases are added.</summary>
    public bool Bias { get; }

    /// <summary>Whether batches are [batch, time, size] and not [time, batch, size]. States are not concerned.</summary>
    public bool BatchFirst { get; }

    /// <summary>The probability of a zero between layers, while training.</summary>
    public double Dropout { get; }

    /// <summary>Whether sequences are read from both ends; the outputs are then one after the other.</summary>
    public bool Bidirectional { get; }

    /// <summary>The last size of the hidden state of an LSTM that projects it; 0 if it does not.</summary>
    public long ProjSize { get; }

    /// <summary>The parameters of every layer and direction, in the order input weight, hidden weight, input bias, hidden bias, projection (<c>all_weights</c>).</summary>
    public IReadOnlyList<IReadOnlyList<Parameter>> AllWeights => [.. _weights.Values.Chunk(_weightsPerLayer)];

    private int Directions => Bidirectional ? 2 : 1;

    private long OutputSize => ProjSize > 0 ? ProjSize : HiddenSize;

    /// <summary>Draws the parameters anew from U(-1/sqrt(hiddenSize), 1/sqrt(hiddenSize)) (<c>reset_parameters</c>).</summary>
    public void ResetParameters()
    {
        double bound = 1 / Math.Sqrt(HiddenSize);
        foreach (var parameter in _weights.Values) Init.UniformInPlace(parameter, -bound, bound);
    }

    /// <summary>Runs a padded batch [time, batch, size], [batch, time, size] or one sequence [time, size].</summary>
    private protected (Tensor Output, RecurrentState State) Run(Recurrence recurrence, Tensor input, Tensor? hidden, Tensor? cell = null)
    {
        if (input.Ndim is not (2 or 3)) throw OperationError.Argument(TypeName, $"Expected input to be 2-D or 3-D but received {input.Ndim}-D tensor");
        bool batched = input.Ndim == 3;
        if (!batched)
        {
            input = input.Unsqueeze(1);
            hidden = Batched(hidden);
            cell = Batched(cell);
        }
        else if (BatchFirst) input = input.Transpose(0, 1);
        CheckInputSize(input);
        if (input.Shape[0] == 0) throw OperationError.Argument(TypeName, "Expected sequence length to be larger than 0");
        var (output, state) = Run(recurrence, input, null, hidden, cell);
        if (!batched) return (output.Squeeze(1), state.Select(static part => part.Squeeze(1)));
        return (BatchFirst ? output.Transpose(0, 1) : output, state);

        Tensor? Batched(Tensor? state) => state switch
        {
            null => null,
            { Ndim: 2 } => state.Unsqueeze(1),
            _ => throw OperationError.Argument(TypeName, $"For unbatched 2-D input, hx should also be 2-D but got {state.Ndim}-D tensor"),
        };
    }

    /// <summary>Runs a packed batch; states are in the order of the sequences before they were sorted.</summary>
    private protected (PackedSequence Output, RecurrentState State) Run(Recurrence recurrence, PackedSequence input, Tensor? hidden, Tensor? cell = null)
    {
        CheckInputSize(input.Data);
        if (input.Data.Ndim != 2) throw OperationError.Argument(TypeName, $"input must have 2 dimensions, got {input.Data.Ndim}");
        var (output, state) = Run(recurrence, input.Data, input.Sizes, Ordered(hidden, input.SortedIndices), Ordered(cell, input.SortedIndices));
        return (input.With(output), state.Select(part => Ordered(part, input.UnsortedIndices)!));

        static Tensor? Ordered(Tensor? state, Tensor? order) => order is null || state is not { Ndim: 3 } || state.Shape[1] != order.Shape[0] ? state : state.IndexSelect(1, order);
    }

    private (Tensor Output, RecurrentState State) Run(Recurrence recurrence, Tensor input, long[]? batchSizes, Tensor? hidden, Tensor? cell)
    {
        int count = checked((int)NumLayers * Directions);
        long batch = batchSizes is null ? input.Shape[1] : batchSizes[0];
        bool hasCell = recurrence is LstmRecurrence;
        var hiddens = Parts(hidden, OutputSize, hasCell ? "hidden[0]" : "hidden");
        var cells = hasCell ? Parts(cell, HiddenSize, "hidden[1]") : null;
        var states = new RecurrentState[count];
        var weights = new RecurrentWeights[count];
        for (int i = 0; i < count; i++)
        {
            states[i] = new(hiddens[i], cells?[i]);
            int at = i * _weightsPerLayer;
            weights[i] = new(_weights[at], _weights[at + 1], Bias ? _weights[at + 2] : null, Bias ? _weights[at + 3] : null, ProjSize > 0 ? _weights[at + _weightsPerLayer - 1] : null);
        }
        var (output, last) = recurrence.Run(input, batchSizes, states, weights, Directions, Training ? Dropout : 0);
        return (output, new(Tensor.Stack([.. last.Select(static s => s.Hidden)]), hasCell ? Tensor.Stack([.. last.Select(static s => s.Cell!)]) : null));

        Tensor[] Parts(Tensor? given, long size, string name)
        {
            if (given is null)
            {
                var zeros = new Tensor[count];
                Array.Fill(zeros, Tensor.Zeros([batch, size], input.DType, input.Device));
                return zeros;
            }
            if (given.Ndim != 3) throw OperationError.Argument(TypeName, $"For batched 3-D input, hx should also be 3-D but got {given.Ndim}-D tensor");
            if (given.Shape[0] != count || given.Shape[1] != batch || given.Shape[2] != size) throw OperationError.Argument(TypeName, $"Expected {name} size [{count}, {batch}, {size}], got {OperationError.Text(given.Shape)}");
            return given.Unbind(0);
        }
    }

    private void CheckInputSize(Tensor input)
    {
        if (input.Ndim == 0 || input.Shape[^1] != InputSize) throw OperationError.Argument(TypeName, $"input.size(-1) must be equal to input_size. Expected {InputSize}, got {(input.Ndim == 0 ? "a 0-D tensor" : input.Shape[^1])}");
    }

    /// <inheritdoc/>
    protected override string ExtraRepr()
    {
        string text = $"{InputSize}, {HiddenSize}";
        if (ProjSize != 0) text += $", proj_size={ProjSize}";
        if (NumLayers != 1) text += $", num_layers={NumLayers}";
        if (!Bias) text += ", bias=False";
        if (BatchFirst) text += ", batch_first=True";
        if (Dropout != 0) text += $", dropout={Repr.Integer(Dropout)}";
        if (Bidirectional) text += ", bidirectional=True";
        return text;
    }

    private protected override void CollectMembers(List<ModuleMember> members)
    {
        foreach (var (name, value) in _weights.Pairs) members.Add(new ModuleMember(name, value));
        base.CollectMembers(members);
    }
}
