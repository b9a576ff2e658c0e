namespace Firesteel.Nn;

public static partial class Functional
{
    // Inputs: x [n, in], weight [out, in], bias [out] or nothing. The weight's gradient is made fresh as g^T x: no transposed copy.
    private static readonly (Save, GradientFormula<ValueTuple>)[] s_linearGradients =
    [
        (Save.Input1, static (in s, g) => Tensor.Product(g, s.Input(1), Tensor.Transposes.None)),
        (Save.Input0, static (in s, g) => Tensor.Product(g, s.Input(0), Tensor.Transposes.Left)),
        (Save.None, static (in s, g) => g.Sum(0)),
    ];

    private static readonly Operation<ValueTuple> s_linear = new("addmm", s_linearGradients);
    private static readonly Operation<ValueTuple> s_linearWithoutBias = new("mm", s_linearGradients[..2]);

    /// <summary><c>input @ weight.T + bias</c> for an input [..., in], a weight [out, in] or [in], and a bias [out] (<c>torch.nn.functional.linear</c>).</summary>
    /// <exception cref="ArgumentException">The last size of the input is not that of the weight, or the dtypes differ.</exception>
    public static Tensor Linear(Tensor input, Tensor weight, Tensor? bias = null)
    {
        if (weight.Ndim == 1)
        {
            var single = Linear(input, weight.Unsqueeze(0)).Squeeze(-1);
            return bias is null ? single : single + bias;
        }
        if (weight.Ndim != 2) throw OperationError.Argument("linear", $"the weight must be a matrix [out, in], got {OperationError.Text(weight.Shape)}");
        if (input.Ndim == 0) throw OperationError.Argument("linear", "both arguments need to be at least 1D, but the input is 0D");
        long inner = input.Shape[^1], outer = weight.Shape[0];
        if (inner != weight.Shape[1])
            throw OperationError.Argument("matmul", $"{OperationError.Text(input.Shape)} x {OperationError.Text([weight.Shape[1], outer])}: inner dimensions {inner} and {weight.Shape[1]} differ");
        if (input.DType != weight.DType || (bias is not null && bias.DType != weight.DType))
            throw OperationError.Argument("linear", $"expected input, weight and bias to have the same dtype, but got {input.DType.Name()}, {weight.DType.Name()}{(bias is null ? "" : " and " + bias.DType.Name())}; convert with To(DType)");
        if (bias is not null && (bias.Ndim > 1 || (bias.Ndim == 1 && bias.Shape[0] != outer && bias.Shape[0] != 1)))
            throw OperationError.Argument("linear", $"the bias {OperationError.Text(bias.Shape)} does not fit a weight {OperationError.Text(weight.Shape)}: expected [{outer}]");

        var rows = input.Ndim == 2 ? input : input.Reshape(inner == 0 ? Rows(input) : -1, inner);
        var view = Tensor.Allocate(Shape.Create([rows.Shape[0], outer]), input.DType, input.Device);
        Tensor result;
        if (bias is null)
        {
            input.Device.Run(new KernelCall(MatMulKernel.Instance, [view], [rows.Layout, weight.Layout.Transposed]));
            result = s_linearWithoutBias.Record(view, [rows, weight], default);
        }
        else
        {
            input.Device.Run(new KernelCall(MatMulKernel.Instance, [view], [rows.Layout, weight.Layout.Transposed, bias.Layout]));
            result = s_linear.Record(view, [rows, weight, bias], default);
        }
        if (input.Ndim == 2) return result;
        long[] sizes = input.Shape.ToArray();
        sizes[^1] = outer;
        return result.Reshape(sizes);
    }

    private static long Rows(Tensor input)
    {
        long rows = 1;
        foreach (long size in input.Shape.AsSpan()[..^1]) rows *= size;
        return rows;
    }
}
