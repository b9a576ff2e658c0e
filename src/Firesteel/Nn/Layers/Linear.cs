namespace Firesteel.Nn;

/// <summary><c>input @ weight.T + bias</c> (<c>torch.nn.Linear</c>). Input [..., inFeatures], output [..., outFeatures].</summary>
public class Linear : Module
{
    /// <summary>A layer with weights and biases from U(-1/sqrt(inFeatures), 1/sqrt(inFeatures)).</summary>
    /// <param name="inFeatures">The last size of the input.</param>
    /// <param name="outFeatures">The last size of the output.</param>
    /// <param name="bias">Whether to add a learned bias.</param>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="dtype">Their dtype.</param>
    public Linear(long inFeatures, long outFeatures, bool bias = true, Device? device = null, DType dtype = DType.Float32)
    {
        (InFeatures, OutFeatures) = (inFeatures, outFeatures);
        Weight = new Parameter(Tensor.Empty([outFeatures, inFeatures], dtype, device));
        Bias = bias ? new Parameter(Tensor.Empty([outFeatures], dtype, device)) : null;
        ResetParameters();
    }

    /// <summary>The last size of the input.</summary>
    public long InFeatures { get; private set; }

    /// <summary>The last size of the output.</summary>
    public long OutFeatures { get; }

    /// <summary>[outFeatures, inFeatures].</summary>
    public Parameter Weight { get; set; }

    /// <summary>[outFeatures], or null.</summary>
    public Parameter? Bias { get; set; }

    /// <summary>Draws the parameters anew (<c>reset_parameters</c>).</summary>
    public void ResetParameters()
    {
        if (!Weight.IsUninitialized) Init.ResetWeightAndBias(Weight, Bias);
    }

    /// <summary>Leaves the parameters, and the last size of the input, to the first input.</summary>
    private protected void MakeLazy(bool bias, Device? device, DType dtype)
    {
        Weight = new UninitializedParameter(device: device, dtype: dtype);
        Bias = bias ? new UninitializedParameter(device: device, dtype: dtype) : null;
        InitializeWithFirstInput(InitializeParameters, nameof(Linear));
    }

    private void InitializeParameters(Tensor input)
    {
        if (input.Ndim == 0) throw OperationError.Argument(TypeName, "expected an input of at least one dimension, whose last size is in_features, got a 0-d tensor");
        InFeatures = input.Shape[-1];
        bool weight = Materialize("weight", Weight, OutFeatures, InFeatures), bias = Materialize("bias", Bias, OutFeatures);
        if (weight) Init.ResetWeight(Weight);
        if (bias) Init.ResetBias(Weight, Bias!);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.Linear(input, Weight, Bias));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"in_features={InFeatures}, out_features={OutFeatures}, bias={(Bias is not null ? "True" : "False")}";

    internal override string Brief() => $"{TypeName}({InFeatures}, {OutFeatures})";
}
