namespace Firesteel;

public partial class Tensor
{
    // From the nearer end, so that weight 1 gives the end exactly.
    private static readonly Pointwise s_lerp = new("lerp", 3,
        static x => Expr.Where(Expr.Abs(x[2]) < 0.5, x[0] + x[2] * (x[1] - x[0]), x[1] - (x[1] - x[0]) * (1 - x[2])),
        static (x, y, g) => [g * (1 - x[2]), g * x[2], g * (x[1] - x[0])], ResultType.Promoted);

    private static readonly Pointwise s_addcmul = new("addcmul", 4, static x => x[0] + x[3] * x[1] * x[2], null, ResultType.Promoted);
    private static readonly Pointwise s_addcdiv = new("addcdiv", 4, static x => x[0] + x[3] * (x[1] / x[2]), null, ResultType.Promoted);

    /// <summary><c>this + weight * (end - this)</c> (<c>torch.lerp</c>).</summary>
    public Tensor Lerp(Tensor end, Operand weight) => s_lerp.Apply(this, end, weight);

    /// <summary><see cref="Lerp"/> into this tensor (<c>lerp_</c>).</summary>
    public Tensor LerpInPlace(Tensor end, Operand weight) => s_lerp.RunInPlace(this, end, weight);

    /// <summary><c>this + value * tensor1 * tensor2</c> (<c>torch.addcmul</c>).</summary>
    public Tensor Addcmul(Tensor tensor1, Tensor tensor2, Scalar? value = null) => s_addcmul.Run([this, tensor1, tensor2, Factor(value)]);

    /// <summary><see cref="Addcmul"/> into this tensor (<c>addcmul_</c>).</summary>
    public Tensor AddcmulInPlace(Tensor tensor1, Tensor tensor2, Scalar? value = null) => s_addcmul.RunInPlace(this, tensor1, tensor2, Factor(value));

    /// <summary><c>this + value * tensor1 / tensor2</c> (<c>torch.addcdiv</c>).</summary>
    /// <exception cref="NotSupportedException">Both tensors are of integers.</exception>
    public Tensor Addcdiv(Tensor tensor1, Tensor tensor2, Scalar? value = null)
    {
        CheckNotBothIntegers(tensor1, tensor2);
        return s_addcdiv.Run([this, tensor1, tensor2, Factor(value)]);
    }

    /// <summary><see cref="Addcdiv"/> into this tensor (<c>addcdiv_</c>).</summary>
    /// <exception cref="NotSupportedException">Both tensors are of integers.</exception>
    public Tensor AddcdivInPlace(Tensor tensor1, Tensor tensor2, Scalar? value = null)
    {
        CheckNotBothIntegers(tensor1, tensor2);
        return s_addcdiv.RunInPlace(this, tensor1, tensor2, Factor(value));
    }

    /// <summary>A factor never changes the dtype of the result: integers are multiplied by its integer part.</summary>
    private Scalar Factor(Scalar? value) => value is not { } number ? 1 : DType.IsFloatingPoint() ? number : number.AsLong;

    private static void CheckNotBothIntegers(Tensor a, Tensor b)
    {
        if (!a.DType.IsFloatingPoint() && !b.DType.IsFloatingPoint())
            throw OperationError.NotSupported("addcdiv", "Integer division with addcdiv is no longer supported; convert one of the tensors to a floating-point dtype, or use Div with roundingMode: \"trunc\"");
    }
}
