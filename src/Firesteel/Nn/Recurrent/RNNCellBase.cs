namespace Firesteel.Nn;

/// <summary>What the cells have in common: one step of one layer (<c>torch.nn.RNNCellBase</c>).</summary>
public abstract class RNNCellBase : Module
{
    private protected RNNCellBase(long inputSize, long hiddenSize, bool bias, int gates, Device? device, DType dtype)
    {
        if (hiddenSize <= 0) throw new ArgumentException($"hidden_size must be greater than zero, got {hiddenSize}", nameof(hiddenSize));
        (InputSize, HiddenSize) = (inputSize, hiddenSize);
        WeightIh = new Parameter(Tensor.Empty([gates * hiddenSize, inputSize], dtype, device));
        WeightHh = new Parameter(Tensor.Empty([gates * hiddenSize, hiddenSize], dtype, device));
        BiasIh = bias ? new Parameter(Tensor.Empty([gates * hiddenSize], dtype, device)) : null;
        BiasHh = bias ? new Parameter(Tensor.Empty([gates * hiddenSize], dtype, device)) : null;
        ResetParameters();
    }

    /// <summary>The last size of the input.</summary>
    public long InputSize { get; }

    /// <summary>The last size of the state.</summary>
    public long HiddenSize { get; }

    /// <summary>[gates * hiddenSize, inputSize].</summary>
    public Parameter WeightIh { get; set; }

    /// <summary>[gates * hiddenSize, hiddenSize].</summary>
    public Parameter WeightHh { get; set; }

    /// <summary>[gates * hiddenSize], or null.</summary>
    public Parameter? BiasIh { get; set; }

    /// <summary>[gates * hiddenSize], or null.</summary>
    public Parameter? BiasHh { get; set; }

    /// <summary>Draws the parameters anew (<c>reset_parameters</c>).</summary>
    public void ResetParameters()
    {
        double bound = 1 / Math.Sqrt(HiddenSize);
        foreach (var parameter in Parameters(recurse: false)) Init.UniformInPlace(parameter, -bound, bound);
    }

    /// <summary>One step of an input [batch, inputSize] or [inputSize]; missing states are zeros.</summary>
    private protected RecurrentState Step(Recurrence recurrence, Tensor input, Tensor? hidden, Tensor? cell = null)
    {
        if (input.Ndim is not (1 or 2)) throw OperationError.Argument(TypeName, $"Expected input to be 1-D or 2-D but received {input.Ndim}-D tensor");
        if (input.Shape[^1] != InputSize) throw OperationError.Argument(TypeName, $"input has inconsistent input_size: got {input.Shape[^1]}, expected {InputSize}");
        bool batched = input.Ndim == 2;
        if (!batched) input = input.Unsqueeze(0);
        var state = new RecurrentState(First(hidden, "hidden"), recurrence is LstmRecurrence ? First(cell, "cell") : null);
        var weights = new RecurrentWeights(WeightIh, WeightHh, BiasIh, BiasHh);
        state = recurrence.RunStep(recurrence.InputGates(input, weights), state, weights);
        return batched ? state : state.Select(static part => part.Squeeze(0));

        Tensor First(Tensor? given, string name)
        {
            if (given is null) return Tensor.Zeros([input.Shape[0], HiddenSize], input.DType, input.Device);
            if (given.Ndim != (batched ? 2 : 1)) throw OperationError.Argument(TypeName, $"Expected {name} to be {(batched ? 2 : 1)}-D as the input is, got {given.Ndim}-D tensor");
            if (!batched) given = given.Unsqueeze(0);
            if (given.Shape[0] != input.Shape[0]) throw OperationError.Argument(TypeName, $"Input batch size {input.Shape[0]} doesn't match {name} batch size {given.Shape[0]}");
            if (given.Shape[1] != HiddenSize) throw OperationError.Argument(TypeName, $"{name} has inconsistent hidden_size: got {given.Shape[1]}, expected {HiddenSize}");
            return given;
        }
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"{InputSize}, {HiddenSize}{(BiasIh is null ? ", bias=False" : "")}";
}
