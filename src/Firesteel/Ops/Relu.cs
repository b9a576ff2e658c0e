namespace Firesteel;

public partial class Tensor
{
    private static readonly Pointwise s_relu = new("relu", static x => Expr.Max(x, 0), static (x, y, g) => Expr.Where(y <= 0, 0, g), ResultType.Promoted);

    /// <summary>Each element, but not below 0 (<c>torch.relu</c>).</summary>
    /// <exception cref="NotSupportedException">The tensor is of dtype bool.</exception>
    public Tensor Relu()
    {
        CheckRelu();
        return s_relu.Apply(this);
    }

    /// <summary><see cref="Relu"/> into this tensor (<c>relu_</c>).</summary>
    /// <exception cref="NotSupportedException">The tensor is of dtype bool.</exception>
    public Tensor ReluInPlace()
    {
        CheckRelu();
        return s_relu.RunInPlace(this);
    }

    /// <summary>x where positive, else x times the weight: one for all, or one per channel (<c>torch.prelu</c>).</summary>
    /// <exception cref="ArgumentException">The weight is no number and not of the channels' number.</exception>
    public Tensor Prelu(Tensor weight) => Nn.Functional.Prelu(this, weight);

    /// <summary>0 between <c>-lambd</c> and <c>lambd</c>, else x (<c>torch.hardshrink</c>).</summary>
    public Tensor Hardshrink(double lambd = 0.5) => Nn.Functional.Hardshrink(this, lambd);

    private void CheckRelu()
    {
        if (DType == DType.Bool) throw OperationError.NotSupported("relu", "boolean inputs not supported for relu");
    }
}
