namespace Firesteel;

public partial class Tensor
{
    private static readonly Operation<(int Dim, long[] Starts)> s_cat = Operation<(int Dim, long[] Starts)>.OfList("cat", Save.None,
        static (in s, g) => g.Slice(s.State.Dim, s.State.Starts[s.Index], s.State.Starts[s.Index + 1]));

    private static readonly Operation<int> s_stack = Operation<int>.OfList("stack", Save.None, static (in s, g) => g.Select(s.State, s.Index));

    /// <summary>The tensors one after another along an existing dimension; dtypes are promoted (<c>torch.cat</c>).</summary>
    /// <exception cref="ArgumentException">No tensors, 0-d ones, or sizes that differ in another dimension.</exception>
    public static Tensor Cat(IReadOnlyList<Tensor> tensors, long dim = 0)
    {
        if (tensors.Count == 0) throw OperationError.Argument("cat", "expected a non-empty list of tensors");
        // Since before there were empty dimensions, a tensor of shape [0] goes with everything.
        Tensor? model = null;
        bool same = true;
        var dtype = tensors[0].DType;
        for (int i = 0; i < tensors.Count; i++)
        {
            var tensor = tensors[i];
            if (tensor.Ndim == 0) throw OperationError.Argument("cat", $"zero-dimensional tensor (at position {i}) cannot be concatenated; Stack makes a new dimension");
            same &= tensor.DType == dtype;
            if (model is null && !IsLegacyEmpty(tensor)) model = tensor;
        }
        if (!same) dtype = Promotion.Of([.. tensors.Select(static t => (Operand)t)]);
        model ??= tensors[0];
        int d = OperationError.Dim("cat", dim, model.Ndim);
        var inputs = new Tensor[tensors.Count];
        var starts = new long[tensors.Count + 1];
        for (int i = 0; i < inputs.Length; i++)
        {
            inputs[i] = tensors[i].To(dtype);
            starts[i + 1] = starts[i];
            if (IsLegacyEmpty(inputs[i])) continue;
            CheckCat(model, inputs[i], d, i);
            starts[i + 1] += inputs[i].Shape.Sizes[d];
        }
        var sizes = model.Shape.ToArray();
        sizes[d] = starts[^1];
        var view = Allocate(Shape.Create(sizes), dtype, model.Device);
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i].NumElements == 0) continue;
            var part = view.With(inputs[i].Shape, view.Strides, starts[i] * view.Strides[d]);
            model.Device.Run(new KernelCall(CopyKernel(dtype), [part], [inputs[i].Layout]));
        }
        return s_cat.Record(view, inputs, (d, starts));
    }

    private static bool IsLegacyEmpty(Tensor tensor) => tensor.Ndim == 1 && tensor.NumElements == 0;

    private static void CheckCat(Tensor model, Tensor tensor, int dim, int position)
    {
        if (tensor.Ndim != model.Ndim) throw OperationError.Argument("cat", $"tensors must have same number of dimensions: got {model.Ndim} and {tensor.Ndim}: {OperationError.Text(model.Shape)} and {OperationError.Text(tensor.Shape)}");
        for (int d = 0; d < model.Ndim; d++)
            if (d != dim && tensor.Shape.Sizes[d] != model.Shape.Sizes[d])
                throw OperationError.Argument("cat", $"sizes of tensors must match except in dimension {dim}. Expected size {model.Shape.Sizes[d]} but got size {tensor.Shape.Sizes[d]} for tensor number {position} in the list: {OperationError.Text(model.Shape)} and {OperationError.Text(tensor.Shape)}");
    }

    /// <summary>Same as <see cref="Cat"/> (<c>torch.concat</c>).</summary>
    public static Tensor Concat(IReadOnlyList<Tensor> tensors, long dim = 0) => Cat(tensors, dim);

    /// <summary>Same as <see cref="Cat"/> (<c>torch.concatenate</c>).</summary>
    public static Tensor Concatenate(IReadOnlyList<Tensor> tensors, long dim = 0) => Cat(tensors, dim);

    /// <summary>Tensors of one shape along a new dimension (<c>torch.stack</c>).</summary>
    /// <exception cref="ArgumentException">No tensors, or other shapes.</exception>
    public static Tensor Stack(IReadOnlyList<Tensor> tensors, long dim = 0)
    {
        if (tensors.Count == 0) throw OperationError.Argument("stack", "expects a non-empty list of tensors");
        var shape = tensors[0].Shape;
        bool same = true;
        for (int i = 1; i < tensors.Count; i++)
        {
            same &= tensors[i].DType == tensors[0].DType;
            if (tensors[i].Shape != shape) throw OperationError.Argument("stack", $"stack expects each tensor to be equal size, but got {OperationError.Text(shape)} at entry 0 and {OperationError.Text(tensors[i].Shape)} at entry {i}");
        }
        int d = OperationError.Dim("stack", dim, shape.Length + 1);
        var dtype = same ? tensors[0].DType : Promotion.Of([.. tensors.Select(static t => (Operand)t)]);
        var view = Allocate(Shape.Create([.. shape.Sizes.AsSpan(0, d), tensors.Count, .. shape.Sizes.AsSpan(d)]), dtype, tensors[0].Device);
        long[] strides = [.. view.Strides.AsSpan(0, d), .. view.Strides.AsSpan(d + 1)];
        var inputs = new Tensor[tensors.Count];
        for (int i = 0; i < inputs.Length; i++)
        {
            inputs[i] = tensors[i].To(dtype);
            if (shape.NumElements > 0) view.Storage.Device.Run(new KernelCall(CopyKernel(dtype), [view.With(shape, strides, i * view.Strides[d])], [inputs[i].Layout]));
        }
        return s_stack.Record(view, inputs, d);
    }

    /// <summary>The tensors side by side: along the second dimension, vectors along their only one (<c>torch.hstack</c>).</summary>
    /// <exception cref="ArgumentException">No tensors, or sizes that do not fit.</exception>
    public static Tensor Hstack(IReadOnlyList<Tensor> tensors)
    {
        CheckNotEmpty("hstack", tensors);
        var all = Atleast1d(tensors);
        return Cat(all, all[0].Ndim == 1 ? 0 : 1);
    }

    /// <summary>The tensors below each other: along the first dimension, vectors as rows (<c>torch.vstack</c>).</summary>
    /// <exception cref="ArgumentException">No tensors, or sizes that do not fit.</exception>
    public static Tensor Vstack(IReadOnlyList<Tensor> tensors)
    {
        CheckNotEmpty("vstack", tensors);
        return Cat(Atleast2d(tensors), 0);
    }

    /// <summary>Same as <see cref="Vstack"/> (<c>torch.row_stack</c>).</summary>
    public static Tensor RowStack(IReadOnlyList<Tensor> tensors) => Vstack(tensors);

    /// <summary>The tensors behind each other, along the third dimension (<c>torch.dstack</c>).</summary>
    /// <exception cref="ArgumentException">No tensors, or sizes that do not fit.</exception>
    public static Tensor Dstack(IReadOnlyList<Tensor> tensors)
    {
        CheckNotEmpty("dstack", tensors);
        return Cat(Atleast3d(tensors), 2);
    }

    /// <summary>The tensors as columns: vectors and numbers become columns, the rest is put side by side (<c>torch.column_stack</c>).</summary>
    /// <exception cref="ArgumentException">No tensors, or sizes that do not fit.</exception>
    public static Tensor ColumnStack(IReadOnlyList<Tensor> tensors)
    {
        CheckNotEmpty("column_stack", tensors);
        return Hstack([.. tensors.Select(static t => t.Ndim <= 1 ? t.Reshape(t.NumElements, 1) : t)]);
    }

    /// <summary>A matrix with the given matrices along its diagonal; vectors are rows (<c>torch.block_diag</c>).</summary>
    /// <exception cref="ArgumentException">A tensor has more than two dimensions.</exception>
    public static Tensor BlockDiag(params IReadOnlyList<Tensor> tensors)
    {
        if (tensors.Count == 0) return Empty(1, 0);
        var blocks = new Tensor[tensors.Count];
        long columns = 0;
        for (int i = 0; i < blocks.Length; i++)
        {
            if (tensors[i].Ndim > 2) throw OperationError.Argument("block_diag", $"input tensors must have 2 or fewer dimensions. Input {i} has {tensors[i].Ndim} dimensions");
            blocks[i] = Atleast2d(tensors[i]);
            columns += blocks[i].Shape.Sizes[1];
        }
        var dtype = Promotion.Of([.. tensors.Select(static t => (Operand)t)]);
        var rows = new Tensor[blocks.Length];
        long left = 0;
        for (int i = 0; i < blocks.Length; i++)
        {
            long height = blocks[i].Shape.Sizes[0], width = blocks[i].Shape.Sizes[1];
            rows[i] = Cat([Zeros([height, left], dtype, blocks[i].Device), blocks[i], Zeros([height, columns - left - width], dtype, blocks[i].Device)], 1);
            left += width;
        }
        return Cat(rows, 0).To(dtype);
    }

    /// <summary>All tuples of one element from each vector, as rows (<c>torch.cartesian_prod</c>).</summary>
    /// <exception cref="ArgumentException">A tensor is not a vector, or dtypes differ.</exception>
    public static Tensor CartesianProd(params IReadOnlyList<Tensor> tensors)
    {
        foreach (var tensor in tensors)
            if (tensor.Ndim != 1) throw OperationError.Argument("cartesian_prod", $"expect a 1D vector, but got shape {OperationError.Text(tensor.Shape)}");
        if (tensors.Count == 1) return tensors[0];
        return Stack([.. Meshgrid(tensors).Select(static t => t.Flatten())], 1);
    }

    /// <summary>All combinations of <paramref name="r"/> elements of a vector, as rows (<c>torch.combinations</c>).</summary>
    /// <exception cref="ArgumentException">The tensor is not a vector, or <paramref name="r"/> is negative.</exception>
    public Tensor Combinations(long r = 2, bool withReplacement = false)
    {
        if (Ndim != 1) throw OperationError.Argument("combinations", $"expect a 1D vector, but got shape {OperationError.Text(Shape)}");
        if (r < 0) throw OperationError.Argument("combinations", $"expect a non-negative number, but got {r}");
        if (r == 0) return Empty([0], DType, Device);
        long n = Shape.Sizes[0];
        var rows = new List<long>();
        var row = new long[r];
        for (int i = 0; i < r; i++) row[i] = withReplacement ? 0 : i;
        long count = 0;
        bool any = n > 0 && (withReplacement || r <= n);
        while (any)
        {
            rows.AddRange(row);
            count++;
            long at = r - 1;
            while (at >= 0 && row[at] == (withReplacement ? n - 1 : n - r + at)) at--;
            if (at < 0) break;
            long value = row[at] + 1;
            for (; at < r; at++) row[at] = withReplacement ? value : value++;
        }
        return IndexSelect(0, From([.. rows])).Reshape(count, r);
    }

    private static void CheckNotEmpty(string operation, IReadOnlyList<Tensor> tensors)
    {
        if (tensors.Count == 0) throw OperationError.Argument(operation, $"{operation} expects a non-empty TensorList");
    }
}
