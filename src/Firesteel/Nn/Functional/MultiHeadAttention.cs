namespace Firesteel.Nn;

public static partial class Functional
{
    /// <summary>
    /// Attention in several heads: query, key and value are projected, cut into heads, attended, and projected back
    /// (<c>torch.nn.functional.multi_head_attention_forward</c>). <see cref="MultiheadAttention"/> holds the weights.
    /// </summary>
    /// <param name="query">[l, batch, e], or [l, e].</param>
    /// <param name="key">[s, batch, ek], or [s, ek].</param>
    /// <param name="value">[s, batch, ev], or [s, ev].</param>
    /// <param name="embedDimToCheck">e.</param>
    /// <param name="numHeads">The number of heads, which divides e.</param>
    /// <param name="inProjWeight">The weights of the three projections, [3e, e], unless they are separate.</param>
    /// <param name="inProjBias">Their biases, [3e], or null.</param>
    /// <param name="biasK">A learned key at the end of the keys, [1, 1, e], or null.</param>
    /// <param name="biasV">The value of that.</param>
    /// <param name="addZeroAttn">Whether to add a key and a value of zeros.</param>
    /// <param name="dropoutP">The probability with which an attention weight is dropped.</param>
    /// <param name="outProjWeight">[e, e].</param>
    /// <param name="outProjBias">[e], or null.</param>
    /// <param name="training">Whether weights are dropped.</param>
    /// <param name="keyPaddingMask">[batch, s] or [s]: bool, true for keys to leave out, or numbers that are added.</param>
    /// <param name="needWeights">Whether to return the attention weights.</param>
    /// <param name="attnMask">[l, s] or [batch * heads, l, s]: bool, true where attention is not allowed, or numbers that are added.</param>
    /// <param name="useSeparateProjWeight">Whether the three weights are given one by one.</param>
    /// <param name="qProjWeight">[e, e].</param>
    /// <param name="kProjWeight">[e, ek].</param>
    /// <param name="vProjWeight">[e, ev].</param>
    /// <param name="averageAttnWeights">Whether weights are the mean over the heads, [batch, l, s], or of each head, [batch, heads, l, s].</param>
    /// <exception cref="ArgumentException">Shapes that do not fit.</exception>
    public static (Tensor Output, Tensor? Weights) MultiHeadAttentionForward(Tensor query, Tensor key, Tensor value, long embedDimToCheck, long numHeads, Tensor? inProjWeight, Tensor? inProjBias, Tensor? biasK, Tensor? biasV,
        bool addZeroAttn, double dropoutP, Tensor outProjWeight, Tensor? outProjBias, bool training = true, Tensor? keyPaddingMask = null, bool needWeights = true, Tensor? attnMask = null,
        bool useSeparateProjWeight = false, Tensor? qProjWeight = null, Tensor? kProjWeight = null, Tensor? vProjWeight = null, bool averageAttnWeights = true)
    {
        bool batched = CheckAttention(query, key, value, keyPaddingMask, attnMask);
        if (!batched) (query, key, value, keyPaddingMask) = Batch(query, key, value, keyPaddingMask);
        long length = query.Shape[0], batch = query.Shape[1], size = query.Shape[2], sources = key.Shape[0];
        if (size != embedDimToCheck) throw AttentionError($"was expecting embedding dimension of {embedDimToCheck}, but got {size}");
        if (numHeads <= 0 || size % numHeads != 0) throw AttentionError($"embed_dim {size} not divisible by num_heads {numHeads}");
        if (key.Shape[1] != batch) throw AttentionError($"the batch sizes of query and key differ: {batch} and {key.Shape[1]}");
        if (useSeparateProjWeight ? key.Shape[0] != value.Shape[0] || key.Shape[1] != value.Shape[1] : key.Shape != value.Shape)
            throw AttentionError($"key shape {OperationError.Text(key.Shape)} does not match value shape {OperationError.Text(value.Shape)}");

        var (q, k, v) = useSeparateProjWeight
            ? ProjectApart(query, key, value, qProjWeight, kProjWeight, vProjWeight, inProjBias)
            : ProjectTogether(query, key, value, inProjWeight ?? throw AttentionError("use_separate_proj_weight is False but in_proj_weight is None"), inProjBias);

        var mask = MaskOf(attnMask, keyPaddingMask, [batch, numHeads, length, sources], q.DType);
        long added = 0;
        if (biasK is not null && biasV is not null)
        {
            (k, v) = (Tensor.Cat([k, biasK.Expand(1, batch, size)]), Tensor.Cat([v, biasV.Expand(1, batch, size)]));
            added++;
        }
        if (addZeroAttn)
        {
            var zeros = Tensor.Zeros([1, batch, size], k.DType, k.Device);
            (k, v) = (Tensor.Cat([k, zeros]), Tensor.Cat([v, zeros]));
            added++;
        }
        if (mask is not null && added > 0) mask = Pad(mask, [0, added]);

        long heads = batch * numHeads, width = size / numHeads;
        q = Heads(q, length);
        k = Heads(k, sources + added);
        v = Heads(v, sources + added);
        var scores = (q * (1 / Math.Sqrt(width))).Bmm(k.Transpose(1, 2));
        if (mask is not null) scores = mask.Shape[0] == heads ? scores + mask : (scores.Reshape(batch, numHeads, length, sources + added) + mask).Reshape(heads, length, sources + added);
        var weights = scores.Softmax(-1);
        if (training && dropoutP > 0) weights = Dropout(weights, dropoutP);
        var output = Linear(weights.Bmm(v).Transpose(0, 1).Reshape(length, batch, size), outProjWeight, outProjBias);
        if (!batched) output = output.Squeeze(1);
        if (!needWeights) return (output, null);
        weights = weights.Reshape(batch, numHeads, length, sources + added);
        if (averageAttnWeights) weights = weights.Mean([1L]);
        return (output, batched ? weights : weights.Squeeze(0));

        Tensor Heads(Tensor projected, long steps) => projected.Reshape(steps, heads, width).Transpose(0, 1);
    }

    private static ArgumentException AttentionError(string message) => OperationError.Argument("multi_head_attention_forward", message);

    private static (Tensor, Tensor, Tensor, Tensor?) Batch(Tensor query, Tensor key, Tensor value, Tensor? keyPaddingMask)
    {
        // The same tensor stays the same tensor: it is projected once.
        var q = query.Unsqueeze(1);
        var k = ReferenceEquals(key, query) ? q : key.Unsqueeze(1);
        return (q, k, ReferenceEquals(value, key) ? k : value.Unsqueeze(1), keyPaddingMask?.Unsqueeze(0));
    }

    /// <summary>True for batches, false for single sequences.</summary>
    private static bool CheckAttention(Tensor query, Tensor key, Tensor value, Tensor? keyPaddingMask, Tensor? attnMask)
    {
        int rank = query.Ndim;
        if (rank is not (2 or 3)) throw AttentionError($"query should be unbatched 2D or batched 3D tensor but received {rank}-D query tensor");
        string kind = rank == 3 ? "batched (3-D)" : "unbatched (2-D)";
        if (key.Ndim != rank || value.Ndim != rank) throw AttentionError($"For {kind} `query`, expected `key` and `value` to be {rank}-D but found {key.Ndim}-D and {value.Ndim}-D tensors respectively");
        if (keyPaddingMask is not null && keyPaddingMask.Ndim != rank - 1) throw AttentionError($"For {kind} `query`, expected `key_padding_mask` to be None or {rank - 1}-D but found {keyPaddingMask.Ndim}-D tensor instead");
        if (attnMask is not null && attnMask.Ndim is not (2 or 3)) throw AttentionError($"For {kind} `query`, expected `attn_mask` to be None, 2-D or 3-D but found {attnMask.Ndim}-D tensor instead");
        return rank == 3;
    }

    /// <summary>Numbers to add to the scores, [l, s], [batch * heads, l, s] or, where only keys are masked, [batch, 1, 1, s]; null for none.</summary>
    private static Tensor? MaskOf(Tensor? attnMask, Tensor? keyPaddingMask, long[] sizes, DType dtype)
    {
        long batch = sizes[0], heads = sizes[1], length = sizes[2], sources = sizes[3];
        if (attnMask is not null)
        {
            long[] expected = attnMask.Ndim == 2 ? [length, sources] : [batch * heads, length, sources];
            if (!attnMask.Shape.AsSpan().SequenceEqual(expected)) throw AttentionError($"The shape of the {attnMask.Ndim}D attn_mask is {OperationError.Text(attnMask.Shape)}, but should be {OperationError.Text(expected)}.");
            attnMask = Additive(attnMask, "attn_mask", dtype);
        }
        if (keyPaddingMask is null) return attnMask;
        if (keyPaddingMask.Shape[0] != batch || keyPaddingMask.Shape[1] != sources) throw AttentionError($"expecting key_padding_mask shape of [{batch}, {sources}], but got {OperationError.Text(keyPaddingMask.Shape)}");
        var keys = Additive(keyPaddingMask, "key_padding_mask", dtype).Reshape(batch, 1, 1, sources);
        if (attnMask is null) return keys;
        return attnMask.Ndim == 2 ? keys + attnMask : (keys + attnMask.Reshape(batch, heads, length, sources)).Reshape(batch * heads, length, sources);
    }

    private static Tensor Additive(Tensor mask, string name, DType dtype)
    {
        if (mask.DType == DType.Bool) return Tensor.Zeros(mask.Shape, dtype, mask.Device).MaskedFill(mask, double.NegativeInfinity);
        if (!mask.DType.IsFloatingPoint()) throw AttentionError($"only bool and floating types of {name} are supported, not {mask.DType.Name()}");
        return mask.To(dtype);
    }

    /// <summary>One product for what is the same tensor.</summary>
    private static (Tensor, Tensor, Tensor) ProjectTogether(Tensor query, Tensor key, Tensor value, Tensor weight, Tensor? bias)
    {
        long size = query.Shape[^1];
        if (ReferenceEquals(key, value))
        {
            if (ReferenceEquals(query, key))
            {
                var all = Linear(query, weight, bias).Chunk(3, -1);
                return (all[0], all[1], all[2]);
            }
            long[] sizes = [size, 2 * size];
            var weights = weight.Split(sizes);
            var biases = bias?.Split(sizes);
            var both = Linear(key, weights[1], biases?[1]).Chunk(2, -1);
            return (Linear(query, weights[0], biases?[0]), both[0], both[1]);
        }
        var each = weight.Chunk(3);
        return ProjectApart(query, key, value, each[0], each[1], each[2], bias);
    }

    private static (Tensor, Tensor, Tensor) ProjectApart(Tensor query, Tensor key, Tensor value, Tensor? q, Tensor? k, Tensor? v, Tensor? bias)
    {
        if (q is null || k is null || v is null) throw AttentionError("use_separate_proj_weight is True but one of q_proj_weight, k_proj_weight and v_proj_weight is None");
        var biases = bias?.Chunk(3);
        return (Linear(query, q, biases?[0]), Linear(key, k, biases?[1]), Linear(value, v, biases?[2]));
    }
}
