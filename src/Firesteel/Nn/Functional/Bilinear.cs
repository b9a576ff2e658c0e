namespace Firesteel.Nn;

public static partial class Functional
{
    /// <summary><c>input1 @ weight[k] @ input2 + bias[k]</c> for inputs [..., in1] and [..., in2], a weight [out, in1, in2] and a bias [out] (<c>torch.nn.functional.bilinear</c>).</summary>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    public static Tensor Bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor? bias = null)
    {
        if (weight.Ndim != 3) throw OperationError.Argument("bilinear", $"the weight must be [out, in1, in2], got {OperationError.Text(weight.Shape)}");
        if (input1.Ndim == 0 || input1.Ndim != input2.Ndim) throw OperationError.Argument("bilinear", $"input dimensions do not match: got {input1.Ndim} and {input2.Ndim}");
        for (int d = 0; d < input1.Ndim - 1; d++)
            if (input1.Shape[d] != input2.Shape[d]) throw OperationError.Argument("bilinear", $"input batch dimensions do not match at dim {d}: got {input1.Shape[d]} and {input2.Shape[d]}");
        long outer = weight.Shape[0], in1 = weight.Shape[1], in2 = weight.Shape[2];
        if (input1.Shape[^1] != in1) throw OperationError.Argument("bilinear", $"input1 size does not match weight size: got {input1.Shape[^1]} but expected {in1}");
        if (input2.Shape[^1] != in2) throw OperationError.Argument("bilinear", $"input2 size does not match weight size: got {input2.Shape[^1]} but expected {in2}");
        if (bias is not null && (bias.Ndim != 1 || bias.Shape[0] != outer)) throw OperationError.Argument("bilinear", $"bias size does not match weight size: got {OperationError.Text(bias.Shape)} but expected [{outer}]");

        // [n, in1] x [in1, out * in2], then the product with the second input summed over in2.
        long rows = Rows(input1);
        var half = input1.Reshape(rows, in1).Mm(weight.Permute(1, 0, 2).Reshape(in1, outer * in2)).Reshape(rows, outer, in2);
        var result = (half * input2.Reshape(rows, 1, in2)).Sum(-1);
        if (bias is not null) result = result + bias;
        long[] sizes = input1.Shape.ToArray();
        sizes[^1] = outer;
        return result.Reshape(sizes);
    }
}
