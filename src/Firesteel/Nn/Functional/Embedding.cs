namespace Firesteel.Nn;

public static partial class Functional
{
    private readonly record struct EmbeddingState(Shape Weight, long? PaddingIdx, bool ScaleGradByFreq);

    // Inputs: the table [rows, d], the row of every result as [n, d] (its columns are one column repeated).
    private static readonly Operation<EmbeddingState> s_embedding = new("embedding",
        (Save.Input1, static (in s, g) => EmbeddingGradient(g, s.Input(1), s.State)),
        (Save.None, static (in s, g) => null));

    private static Tensor EmbeddingGradient(Tensor g, Tensor rows, EmbeddingState state)
    {
        Tensor? factor = null;
        var one = rows.Select(1, 0);
        if (state.PaddingIdx is { } padding) factor = one.Ne(padding).To(g.DType);
        if (state.ScaleGradByFreq)
        {
            var counts = Tensor.Ones(one.Shape, dtype: g.DType).PlaceAt(0, one, Shape.Create([state.Weight[0]])).Gather(0, one);
            factor = factor is null ? 1 / counts : factor / counts;
        }
        return (factor is null ? g : g * factor.Unsqueeze(1)).PlaceAt(0, rows, state.Weight);
    }

    /// <summary>Rows of a table [rows, d] at positions of any shape (<c>torch.nn.functional.embedding</c>).</summary>
    /// <param name="input">Integer positions.</param>
    /// <param name="weight">The table.</param>
    /// <param name="paddingIdx">A row that gets no gradient.</param>
    /// <param name="maxNorm">If given, rows that are looked up are first scaled down, in place, to at most this norm.</param>
    /// <param name="normType">Which p-norm.</param>
    /// <param name="scaleGradByFreq">Divides the gradient of a row by how often it was looked up.</param>
    /// <param name="sparse">Not supported.</param>
    /// <exception cref="ArgumentException">The table is no matrix, or the positions are no integers.</exception>
    /// <exception cref="IndexOutOfRangeException">A position outside the table.</exception>
    public static Tensor Embedding(Tensor input, Tensor weight, long? paddingIdx = null, double? maxNorm = null, double normType = 2, bool scaleGradByFreq = false, bool sparse = false)
    {
        if (weight.Ndim != 2) throw OperationError.Argument("embedding", $"'weight' must be 2-D, got {OperationError.Text(weight.Shape)}");
        if (sparse) throw OperationError.NotSupported("embedding", "sparse gradients are not supported; leave sparse at false");
        if (!input.DType.IsInteger()) throw OperationError.Argument("embedding", $"expected integer positions, got {input.DType.Name()}; convert with To(DType.Int64)");
        long count = weight.Shape[0];
        if (paddingIdx is { } padding)
        {
            if (padding < -count || padding >= count) throw OperationError.Argument("embedding", $"padding_idx must be within num_embeddings, got {padding} for {count} rows");
            if (padding < 0) paddingIdx = padding + count;
        }
        var flat = input.To(DType.Int64).Reshape(input.NumElements);
        if (maxNorm is { } limit) LimitNorms(weight, flat, limit, normType);
        var rows = flat.Unsqueeze(1).Expand(flat.NumElements, weight.Shape[1]);
        View result;
        try
        {
            result = new Tensor(weight.Layout).Gather(0, rows).Layout;
        }
        catch (IndexOutOfRangeException)
        {
            long wrong = Array.Find(Recorder.Aside(flat.ToArray<long>), i => i < 0 || i >= count);
            throw OperationError.Index("embedding", $"index {wrong} is out of range: the table {OperationError.Text(weight.Shape)} has rows 0 to {count - 1}");
        }
        return s_embedding.Record(result, [weight, rows], new EmbeddingState(weight.Shape, paddingIdx, scaleGradByFreq)).Reshape([.. input.Shape.Sizes, weight.Shape[1]]);
    }

    private static void LimitNorms(Tensor weight, Tensor rows, double maxNorm, double normType)
    {
        using var _ = Autograd.NoGrad();
        var used = Tensor.Ones(rows.Shape, dtype: weight.DType).PlaceAt(0, rows, Shape.Create([weight.Shape[0]])).Gt(0);
        var norms = weight.Detach().Norm(normType, 1);
        var scale = Tensor.Where(used, s_normLimit.Apply(norms, maxNorm), 1.0);
        weight.MulInPlace(scale.To(weight.DType).Unsqueeze(1));
    }

    private static readonly Pointwise s_normLimit = new("embedding_renorm", static (norm, limit) => Expr.Where(norm > limit, limit / (norm + 1e-7), 1));

    /// <summary>
    /// Sums, means or maxima of rows of a table [rows, d], one for every bag of positions (<c>torch.nn.functional.embedding_bag</c>). Bags are the rows of a matrix of
    /// positions, or parts of a vector that begin at <paramref name="offsets"/>.
    /// </summary>
    /// <param name="input">Integer positions, [bags, n] or [n].</param>
    /// <param name="weight">The table.</param>
    /// <param name="offsets">Where bags begin, for positions [n].</param>
    /// <param name="maxNorm">If given, rows that are looked up are first scaled down, in place, to at most this norm.</param>
    /// <param name="normType">Which p-norm.</param>
    /// <param name="scaleGradByFreq">Divides the gradient of a row by how often it was looked up.</param>
    /// <param name="mode"><c>"sum"</c>, <c>"mean"</c> or <c>"max"</c>.</param>
    /// <param name="sparse">Not supported.</param>
    /// <param name="perSampleWeights">A factor for every position, of the input's shape; only for sums.</param>
    /// <param name="includeLastOffset">The last offset is the end of the last bag.</param>
    /// <param name="paddingIdx">Positions that do not count.</param>
    /// <exception cref="ArgumentException">Shapes or arguments that do not fit.</exception>
    /// <exception cref="IndexOutOfRangeException">A position outside the table.</exception>
    public static Tensor EmbeddingBag(Tensor input, Tensor weight, Tensor? offsets = null, double? maxNorm = null, double normType = 2, bool scaleGradByFreq = false, string mode = "mean", bool sparse = false, Tensor? perSampleWeights = null, bool includeLastOffset = false, long? paddingIdx = null)
    {
        if (mode is not ("sum" or "mean" or "max")) throw OperationError.Argument("embedding_bag", $"mode has to be one of sum, mean or max, got '{mode}'");
        if (perSampleWeights is not null && mode != "sum") throw OperationError.NotSupported("embedding_bag", $"per_sample_weights was not None; it is only supported for mode='sum' (got mode='{mode}')");
        if (perSampleWeights is not null && perSampleWeights.Shape != input.Shape) throw OperationError.Argument("embedding_bag", $"expected input {OperationError.Text(input.Shape)} and per_sample_weights {OperationError.Text(perSampleWeights.Shape)} to have the same shape");
        if (scaleGradByFreq && mode == "max") throw OperationError.NotSupported("embedding_bag", "max mode does not support scaling the gradient by the frequency");
        if (input.Ndim == 2 ? offsets is not null : input.Ndim != 1 || offsets is null)
            throw OperationError.Argument("embedding_bag", $"input has to be 2D without offsets, or 1D with offsets, but got {input.Ndim}D {OperationError.Text(input.Shape)} {(offsets is null ? "without" : "with")} offsets");
        if (weight.Ndim != 2) throw OperationError.Argument("embedding_bag", $"'weight' must be 2-D, got {OperationError.Text(weight.Shape)}");
        if (offsets is { Ndim: not 1 }) throw OperationError.Argument("embedding_bag", $"offsets has to be a 1D tensor, got {OperationError.Text(offsets.Shape)}");
        if (includeLastOffset && offsets is { NumElements: 0 }) throw OperationError.Argument("embedding_bag", "include_last_offset: offsets have to hold at least the end of the last bag, got none");
        if (paddingIdx < -weight.Shape[0] || paddingIdx >= weight.Shape[0]) throw OperationError.Argument("embedding_bag", $"padding_idx must be within the number of embeddings, {-weight.Shape[0]} through {weight.Shape[0] - 1}, but got {paddingIdx}");
        if (paddingIdx < 0) paddingIdx += weight.Shape[0];
        if (includeLastOffset && offsets is not null)
        {
            // What stands behind the last bag belongs to none.
            long end = offsets.Select(0, -1).Item<long>();
            if (end >= 0 && end < input.NumElements) (input, perSampleWeights) = (input.Slice(0, 0, end), perSampleWeights?.Slice(0, 0, end));
        }
        long n = input.NumElements;
        // Bags have data-dependent lengths, so where they begin is read here.
        long[] starts = offsets is null ? [.. Enumerable.Range(0, (int)input.Shape[0]).Select(i => i * input.Shape[1])] : offsets.ToArray<long>();
        int bags = includeLastOffset && offsets is not null ? starts.Length - 1 : starts.Length;
        if (starts.Length > 0 && offsets is not null && starts[0] != 0) throw OperationError.Argument("embedding_bag", $"offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. However, got {starts[0]}");
        var ends = new long[Math.Max(bags, 0)];
        var bagOf = new long[n];
        long longest = 1;
        for (int b = 0; b < ends.Length; b++)
        {
            ends[b] = b + 1 < starts.Length ? starts[b + 1] : n;
            if (ends[b] < starts[b] || ends[b] > n) throw OperationError.Argument("embedding_bag", $"offsets have to rise and must not exceed the length of input {n}, got {starts[b]} before {ends[b]}");
            for (long i = starts[b]; i < ends[b]; i++) bagOf[i] = b;
            longest = Math.Max(longest, ends[b] - starts[b]);
        }
        var rows = Embedding(input.Reshape(n), weight, paddingIdx, maxNorm, normType, scaleGradByFreq, sparse);
        long width = weight.Shape[1];
        var counts = paddingIdx is { } padding ? input.Reshape(n).Ne(padding).To(weight.DType) : Tensor.Ones([n], dtype: weight.DType);
        if (mode == "max") return MaxOfBags(rows, counts, starts, ends, longest);
        var bag = Tensor.From(bagOf, [n]);
        if (perSampleWeights is not null) rows = rows * perSampleWeights.Reshape(n, 1);
        if (paddingIdx is not null) rows = rows * counts.Unsqueeze(1);
        var sum = rows.PlaceAt(0, bag.Unsqueeze(1).Expand(n, width), Shape.Create([ends.Length, width]));
        if (mode == "sum") return sum;
        return sum / counts.PlaceAt(0, bag, Shape.Create([ends.Length])).Clamp(min: 1).Unsqueeze(1);
    }

    /// <summary>Maxima over bags of different lengths: all are filled up to the longest with minus infinity; an empty bag gives zeros.</summary>
    private static Tensor MaxOfBags(Tensor rows, Tensor counts, long[] starts, long[] ends, long longest)
    {
        long n = rows.Shape[0], width = rows.Shape[1];
        var positions = new long[ends.Length * longest];
        Array.Fill(positions, n);
        for (int b = 0; b < ends.Length; b++)
            for (long i = starts[b]; i < ends[b]; i++) positions[b * longest + i - starts[b]] = i;
        var masked = Tensor.Where(counts.Unsqueeze(1).Gt(0), rows, double.NegativeInfinity).PadAlong(0, 0, 1, double.NegativeInfinity);
        var places = Tensor.From(positions).Unsqueeze(1).Expand(positions.Length, width);
        var largest = masked.Gather(0, places).Reshape(ends.Length, longest, width).Max(1).Values;
        return Tensor.Where(largest.Eq(double.NegativeInfinity), 0.0, largest);
    }
}
