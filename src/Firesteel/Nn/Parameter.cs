namespace Firesteel.Nn;

/// <summary>A tensor that a module learns: a field of this type is found by <see cref="Module.Parameters"/> (<c>torch.nn.Parameter</c>).</summary>
public class Parameter : Tensor
{
    /// <summary>A parameter that shares the elements of <paramref name="data"/> and has none of its history.</summary>
    /// <exception cref="InvalidOperationException">An integer tensor with <paramref name="requiresGrad"/>.</exception>
    public Parameter(Tensor data, bool requiresGrad = true)
        : base(Shared(data)) => RequiresGrad = requiresGrad;

    private protected Parameter(in View view, bool requiresGrad)
        : base(view) => RequiresGrad = requiresGrad;

    /// <summary>The name under which a module last listed this parameter: <c>layers.0.weight</c>.</summary>
    internal string? Name { get; set; }

    /// <summary>As PyTorch prints it: <c>Parameter containing:</c> and the tensor on the next line.</summary>
    public override string ToString() => "Parameter containing:\n" + base.ToString();

    private static View Shared(Tensor data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return data.Detach().Layout;
    }
}
