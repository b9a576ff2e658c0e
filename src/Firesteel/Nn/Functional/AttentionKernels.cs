namespace Firesteel.Nn;

/// <summary>Scaled dot-product attention of float32 by its kernels, with memory that grows with the length and not with its square.</summary>
internal static class AttentionKernels
{
    private readonly record struct State(bool IsCausal, double Scale);

    private static readonly FusedOperation<State> s_attention = new("_scaled_dot_product_flash_attention_for_cpu", Save.Output0,
        static (x, s) => [Functional.Attention(x[0], x[1], x[2], x.Length > 3 ? x[3] : null, 0, s.IsCausal, s.Scale)], Gradients);

    /// <summary>Whether the kernels do these: the same leading dimensions, at most two, and a mask that is a constant.</summary>
    public static bool Apply(Tensor query, Tensor key, Tensor value, Tensor? mask)
    {
        int rank = query.Ndim;
        if (query.DType != DType.Float32 || key.DType != DType.Float32 || value.DType != DType.Float32 || rank > 4 || key.Ndim != rank || value.Ndim != rank) return false;
        if (query.NumElements == 0 || key.NumElements == 0 || value.NumElements == 0) return false;
        for (int d = 0; d < rank - 2; d++)
            if (key.Shape[d] != query.Shape[d] || value.Shape[d] != query.Shape[d]) return false;
        if (key.Shape[^1] != query.Shape[^1] || key.Shape[^2] != value.Shape[^2]) return false;
        if (mask is null) return true;
        if (mask.RequiresGrad || mask.DType is not (DType.Bool or DType.Float32) || mask.Ndim > rank) return false;
        long[] scores = [.. query.Shape.AsSpan()[..^1], key.Shape[^2]];
        for (int d = 1; d <= mask.Ndim; d++)
            if (mask.Shape[^d] != 1 && mask.Shape[^d] != scores[^d]) return false;
        return true;
    }

    public static Tensor Run(Tensor query, Tensor key, Tensor value, Tensor? mask, bool isCausal, double scale)
    {
        View q = Four(query.Layout), k = Four(key.Layout), v = Four(value.Layout);
        var output = Like(q, v.Shape.Sizes[3]);
        var statistics = Tensor.Allocate(Shape.Create([2, q.Shape.Sizes[0], q.Shape.Sizes[1], q.Shape.Sizes[2]]), DType.Float32, query.Device);
        query.Device.Run(new KernelCall(new FusedKernel(FusedOp.Attention), [output, statistics], [q, k, v, Mask(mask, q, k), (Scalar)scale, (Scalar)(isCausal ? 1 : 0)]));
        ReadOnlySpan<Tensor> inputs = mask is null ? [query, key, value] : [query, key, value, mask];
        return s_attention.Record(OfRank(output, query.Ndim), [statistics], inputs, new(isCausal, scale));
    }

    private static void Gradients(in Saved<State> s, Tensor g, Span<Tensor?> results)
    {
        View q = Four(s.Input(0).Layout), k = Four(s.Input(1).Layout), v = Four(s.Input(2).Layout);
        View dq = Like(q, q.Shape.Sizes[3]), dk = Like(k, k.Shape.Sizes[3]), dv = Like(v, v.Shape.Sizes[3]);
        q.Storage.Device.Run(new KernelCall(new FusedKernel(FusedOp.AttentionBackward), [dq, dk, dv],
        [
            q, k, v, Mask(s.InputCount > 3 ? s.Input(3) : null, q, k), (Scalar)s.State.Scale, (Scalar)(s.State.IsCausal ? 1 : 0), Four(s.Output().Layout), s.Output(1).Layout, Four(g.Layout),
        ]));
        int rank = g.Ndim;
        (results[0], results[1], results[2]) = (new Tensor(OfRank(dq, rank)), new Tensor(OfRank(dk, rank)), new Tensor(OfRank(dv, rank)));
    }

    /// <summary>Four dimensions, of which the last has stride 1.</summary>
    private static View Four(View view)
    {
        int rank = view.Shape.Length;
        if (view.Strides[^1] != 1 && view.Shape.Sizes[^1] > 1) view = new Tensor(view).Contiguous().Layout;
        if (rank == 4 && view.Strides[^1] == 1) return view;
        long[] sizes = [1, 1, 1, 1], strides = [0, 0, 0, 1];
        for (int d = 0; d < rank; d++)
        {
            // The dimension before the rows is the heads', as in [batch, heads, rows, columns].
            sizes[4 - rank + d] = view.Shape.Sizes[d];
            strides[4 - rank + d] = view.Strides[d];
        }
        strides[3] = 1;
        return view.With(Shape.Create(sizes), strides, view.Offset);
    }

    private static View OfRank(in View view, int rank) => rank == 4 ? view : view.With(Shape.Create(view.Shape.Sizes[(4 - rank)..]), view.Strides[(4 - rank)..], view.Offset);

    /// <summary>
    /// A new view with another last size. Where heads lie beside each other in a row, as after cutting up a projection, they do so in the result, and putting
    /// them together again is free.
    /// </summary>
    private static View Like(in View view, long width)
    {
        long[] sizes = view.Shape.Sizes;
        bool rowsOfHeads = view.Strides[1] < view.Strides[2];
        var shape = Shape.Create([sizes[0], sizes[1], sizes[2], width]);
        if (!rowsOfHeads) return Tensor.Allocate(shape, DType.Float32, view.Storage.Device);
        var rows = Tensor.Allocate(Shape.Create([sizes[0], sizes[2], sizes[1], width]), DType.Float32, view.Storage.Device);
        return rows.With(shape, [rows.Strides[0], rows.Strides[2], rows.Strides[1], 1], rows.Offset);
    }

    private static KernelInput Mask(Tensor? mask, in View q, in View k)
    {
        if (mask is null) return (Scalar)0;
        // Seen at the shape of the scores: repeated where it has one element.
        var shape = Shape.Create([q.Shape.Sizes[0], q.Shape.Sizes[1], q.Shape.Sizes[2], k.Shape.Sizes[2]]);
        var strides = new long[4];
        for (int d = 1; d <= mask.Ndim; d++) strides[^d] = mask.Shape[^d] == 1 ? 0 : mask.Layout.Strides[^d];
        return mask.Layout.With(shape, strides, mask.Layout.Offset);
    }
}
