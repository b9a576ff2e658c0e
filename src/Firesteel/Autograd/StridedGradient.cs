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
        (Save.None, static (in s, g) => Collect(g, s.State)));

    private static readonly Operation<Part> s_collect = new("as_strided_double_backward",
        (Save.None, static (in s, g) => Spread(g, s.State)));

    private static readonly Operation<Part> s_replace = new("as_strided_scatter",
        (Save.None, static (in s, g) => Replace(g, s.State.Root, s.State.View, null)),
        (Save.None, static (in s, g) => ViewOf(g, s.State.Root, s.State.View)));

    /// <summary>The reverse of <see cref="ViewOf"/>: adds every element of <paramref name="g"/> to its place in a tensor of zeros of the root's shape.</summary>
    private static Tensor Spread(Tensor g, Part strided) => s_spread.Record(Moved(g, strided.View, strided.Root, strided.Root), [g], strided);

    /// <summary>The reverse of that.</summary>
    private static Tensor Collect(Tensor g, Part strided) => s_collect.Record(Moved(g, strided.Root, strided.View, strided.Root), [g], strided);

    /// <summary>
    /// Adds every element of <paramref name="g"/> to where <paramref name="from"/> says in a memory of zeros, and reads what <paramref name="to"/> says. Elements of the root
    /// that share a place share what is added there, in equal parts.
    /// </summary>
    private static View Moved(Tensor g, View from, View to, View root)
    {
        var (fromFirst, fromLast) = from.Extent();
        var (toFirst, toLast) = to.Extent();
        long first = Math.Min(fromFirst, toFirst), length = Math.Max(Math.Max(fromLast, toLast) - first + 1, 0);
        bool mode = GradMode.Exchange(false);
        try
        {
            var memory = Tensor.Zeros([length], dtype: g.DType, device: g.Device);
            Add(g, from);
            if (Overlaps(root))
            {
                var sums = memory;
                memory = Tensor.ZerosLike(sums);
                Add(Tensor.Ones(root.Shape, dtype: g.DType, device: g.Device), root);
                memory = sums.Div(memory.ClampMin(1));
            }
            return new Tensor(memory.Layout.With(to.Shape, to.Strides, to.Offset - first)).Contiguous().Layout;

            void Add(Tensor values, View at)
            {
                if (at.Shape.NumElements == 0) return;
                if (!Overlaps(at))
                {
                    g.Device.Run(new KernelCall(Tensor.CopyKernel(g.DType), [memory.Layout.With(at.Shape, at.Strides, at.Offset - first)], [values.Layout]));
                    return;
                }
                var positions = new Tensor(Tensor.Arange(length).Layout.With(at.Shape, at.Strides, at.Offset - first));
                g.Device.Run(new KernelCall(new ScatterKernel(0, ScatterOp.Add), [memory.Layout], [positions.Contiguous().Reshape([-1]).Layout, values.Contiguous().Reshape([-1]).Layout]));
            }
        }
        finally
        {
            GradMode.Exchange(mode);
        }
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
