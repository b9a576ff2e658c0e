namespace Firesteel.Nn;

public static partial class Functional
{
    /// <summary>
    /// <c>softmax(query @ key.T * scale + mask) @ value</c> for query [..., l, e], key [..., s, e], value [..., s, v] (<c>torch.nn.functional.scaled_dot_product_attention</c>).
    /// </summary>
    /// <param name="query">What asks.</param>
    /// <param name="key">What is compared.</param>
    /// <param name="value">What is averaged.</param>
    /// <param name="attnMask">Broadcasts to [..., l, s]: bool, true where attention is allowed, or numbers that are added.</param>
    /// <param name="dropoutP">The probability with which an attention weight is dropped.</param>
    /// <param name="isCausal">Row i attends to positions up to i only; without a mask.</param>
    /// <param name="scale">The factor; 1/sqrt(e) unless given.</param>
    /// <exception cref="ArgumentException">Shapes that do not fit, or a mask together with <paramref name="isCausal"/>.</exception>
    public static Tensor ScaledDotProductAttention(Tensor query, Tensor key, Tensor value, Tensor? attnMask = null, double dropoutP = 0, bool isCausal = false, double? scale = null)
    {
        if (query.Ndim < 2 || key.Ndim < 2 || value.Ndim < 2)
            throw OperationError.Argument("scaled_dot_product_attention", $"expected query, key, and value to be at least 2 dimensional, but got {OperationError.Text(query.Shape)}, {OperationError.Text(key.Shape)} and {OperationError.Text(value.Shape)}");
        if (isCausal && attnMask is not null) throw OperationError.Argument("scaled_dot_product_attention", "explicit attn_mask should not be set when is_causal=True");
        double factor = scale ?? 1 / Math.Sqrt(query.Shape[^1]);
        return dropoutP == 0 && AttentionKernels.Apply(query, key, value, attnMask) ? AttentionKernels.Run(query, key, value, attnMask, isCausal, factor) : Attention(query, key, value, attnMask, dropoutP, isCausal, factor);
    }

    internal static Tensor Attention(Tensor query, Tensor key, Tensor value, Tensor? attnMask, double dropoutP, bool isCausal, double scale)
    {
        var scores = (query * scale).Matmul(key.Transpose(-2, -1));
        if (isCausal) attnMask = Tensor.Arange(query.Shape[^2]).Unsqueeze(1).Ge(Tensor.Arange(key.Shape[^2]));
        if (attnMask is not null) scores = attnMask.DType == DType.Bool ? Tensor.Where(attnMask, scores, double.NegativeInfinity) : scores + attnMask;
        var weights = scores.Softmax(-1);
        if (dropoutP > 0) weights = Dropout(weights, dropoutP);
        return weights.Matmul(value);
    }
}
