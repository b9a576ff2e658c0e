namespace Firesteel;

/// <summary>Gradients of views with arbitrary strides, in terms of the tensor that they are views of.</summary>
internal static class StridedGradient
{
    private readonly record struct Part(View Root, View View);

    /// <summary>The history of a view of <paramref name="root"/> after the storage was written to.</summary>
    public static Node NodeOf(Tensor root, in View view) =>
        new OperationNode<Part>(s_asStrided, new Part(root.Layout, view), [root], [new OutputInfo(view.Shape, view.DType)], null);

    /// <summary>A view with the given sizes and strides, relative to the storage of <paramref name="source"/>.</summary>
    public static Tensor AsStrided(Tensor source, in View view) => s_asStrided.RecordView(source, view, new Part(source.Layout, view));

    /// <summary>The part of <paramref name="g"/>, a tensor of the shape of <paramref name="root"/>, that <paramref name="view"/> sees.</summary>
    public static Tensor ViewOf(Tensor g, View root, View view)
    {
        var dense = InOrderOf(g, root, out _);
        return AsStrided(dense, dense.Layout.With(view.Shape, view.Strides, dense.Layout.Offset + view.Offset - root.Offset));
    }

    /// <summary><paramref name="g"/> with the part that <paramref name="view"/> sees replaced, by zeros if <paramref name="part"/> is null.</summary>
    public static Tensor Replace(Tensor g, View root, View view, Tensor? part)
    {
        var dense = InOrderOf(g.Detach(), root, out int[] order);
        if (ReferenceEquals(dense.Layout.Storage, g.Layout.Storage)) dense = dense.Clone();
        var slice = new Tensor(dense.Layout.With(view.Shape, view.Strides, view.Offset - root.Offset));
        if (part is null) slice.Layout.Storage.Device.Run(new KernelCall(Tensor.CopyKernel(slice.DType), [slice.Layout], [(Scalar)0]));
        else slice.Layout.Storage.Device.Run(new KernelCall(Tensor.CopyKernel(part.DType), [slice.Layout], [part.Layout]));
        var result = dense.Permute(Inverse(order)).Layout;
        return part is null ? s_replace.Record(result, [g], new Part(root, view)) : s_replace.Record(result, [g, part], new Part(root, view));
    }

    private static readonly Operation<Part> s_asStrided = new("as_strided",
        (Save.None, static (in s, g) => Spread(g, s.State)));

    private static readonly Operation<Part> s_spread = new("as_strided_backward",
        (Save.None, static (in s, g) => ViewOf(g, s.State.Root, s.State.View)));

    private static readonly Operation<Part> s_replace = new("as_strided_scatter",
        (Save.None, static (in s, g) => Replace(g, s.State.Root, s.State.View, null)),
        (Save.None, static (in s, g) => ViewOf(g, s.State.Root, s.State.View)));

    /// <summary>The reverse of <see cref="ViewOf"/>: adds every element of <paramref name="g"/> to its place in a tensor of zeros of the root's shape.</summary>
    private static Tensor Spread(Tensor g, Part strided)
    {
        var (root, view) = strided;
        if (Overlaps(root)) throw new NotSupportedException("as_strided: the gradient of a view of a tensor whose own elements overlap in memory is not supported; Clone() it first.");
        var (rootFirst, rootLast) = root.Extent();
        var (viewFirst, viewLast) = view.Extent();
        long first = Math.Min(rootFirst, viewFirst), length = Math.Max(Math.Max(rootLast, viewLast) - first + 1, 0);
        bool mode = GradMode.Exchange(false);
        Tensor result;
        try
        {
            var buffer = Tensor.Zeros([length], dtype: g.DType, device: g.Device);
            if (view.Shape.NumElements > 0)
            {
                var slice = new Tensor(buffer.Layout.With(view.Shape, view.Strides, view.Offset - first));
                if (!Overlaps(view)) g.Device.Run(new KernelCall(Tensor.CopyKernel(g.DType), [slice.Layout], [g.Layout]));
                else
                {
                    var positions = new Tensor(Tensor.Arange(length).Layout.With(view.Shape, view.Strides, view.Offset - first));
                    g.Device.Run(new KernelCall(new ScatterKernel(0, ScatterOp.Add), [buffer.Layout], [positions.Contiguous().Reshape([-1]).Layout, g.Contiguous().Reshape([-1]).Layout]));
                }
            }
            result = new Tensor(buffer.Layout.With(root.Shape, root.Strides, root.Offset - first)).Contiguous();
        }
        finally
        {
            GradMode.Exchange(mode);
        }
        return s_spread.Record(result.Layout, [g], strided);
    }

    /// <summary>The elements of <paramref name="g"/> in memory as those of <paramref name="root"/> are: its dimensions sorted by stride, without gaps.</summary>
    private static Tensor InOrderOf(Tensor g, View root, out int[] order)
    {
        order = [.. Enumerable.Range(0, root.Strides.Length).OrderByDescending(d => root.Shape.Sizes[d] == 1 ? 0 : root.Strides[d])];
        if (root.IsContiguous) order = [.. Enumerable.Range(0, root.Strides.Length)];
        long expected = 1;
        for (int i = order.Length - 1; i >= 0; i--)
        {
            long size = root.Shape.Sizes[order[i]];
            if (size != 1 && root.Strides[order[i]] != expected && root.Shape.NumElements > 0)
                throw new NotSupportedException("The gradient of an in-place write through a view of a tensor with gaps between its elements is not supported; Clone() the tensor before making the view.");
            expected *= size;
        }
        return g.Permute(Array.ConvertAll(order, static d => (long)d)).Contiguous();
    }

    private static long[] Inverse(int[] order)
    {
        var inverse = new long[order.Length];
        for (int i = 0; i < order.Length; i++) inverse[order[i]] = i;
        return inverse;
    }

    /// <summary>True if two elements may share a place.</summary>
    private static bool Overlaps(in View view)
    {
        var shape = view.Shape.Sizes;
        var strides = view.Strides;
        var order = Enumerable.Range(0, strides.Length).Where(d => shape[d] > 1).OrderBy(d => Math.Abs(strides[d]));
        long reach = 0;
        foreach (int d in order)
        {
            if (Math.Abs(strides[d]) <= reach) return true;
            reach += Math.Abs(strides[d]) * (shape[d] - 1);
        }
        return false;
    }
}
