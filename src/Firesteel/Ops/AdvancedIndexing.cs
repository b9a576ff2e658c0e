namespace Firesteel;

public partial class Tensor
{
    /// <summary>Which dimensions of a tensor are indexed together, and where their result stands.</summary>
    /// <param name="Input">The shape of the tensor.</param>
    /// <param name="Dims">The indexed dimensions, ascending.</param>
    /// <param name="Rest">The other dimensions, ascending.</param>
    /// <param name="Position">How many of the rest come before the dimensions of the index.</param>
    /// <param name="Index">The common shape of the index tensors.</param>
    private sealed record IndexPlan(Shape Input, int[] Dims, int[] Rest, int Position, Shape Index)
    {
        public Shape Result => Shape.Create([.. Rest[..Position].Select(d => Input.Sizes[d]), .. Index, .. Rest[Position..].Select(d => Input.Sizes[d])]);

        /// <summary>The number of places that the indexed dimensions have together.</summary>
        public long Places => Dims.Aggregate(1L, (n, d) => n * Input.Sizes[d]);

        private long[] Order => [.. Dims.Concat(Rest).Select(d => (long)d)];

        /// <summary>A tensor of the input's shape as [places, rest...].</summary>
        public Tensor Front(Tensor x) => x.Permute(Order).Reshape([Places, .. Rest.Select(d => Input.Sizes[d])]);

        /// <summary>The reverse of <see cref="Front"/>.</summary>
        public Tensor Back(Tensor x)
        {
            long[] order = Order, inverse = new long[order.Length];
            for (int i = 0; i < order.Length; i++) inverse[order[i]] = i;
            return x.Reshape([.. order.Select(d => Input.Sizes[d])]).Permute(inverse);
        }

        /// <summary>A tensor of the result's shape as [index, rest...].</summary>
        public Tensor Rows(Tensor x) => x.Permute([.. IndexDims, .. RestDims]).Reshape([Index.NumElements, .. Rest.Select(d => Input.Sizes[d])]);

        /// <summary>The reverse of <see cref="Rows"/>.</summary>
        public Tensor FromRows(Tensor x)
        {
            long[] order = [.. IndexDims, .. RestDims], inverse = new long[order.Length];
            for (int i = 0; i < order.Length; i++) inverse[order[i]] = i;
            return x.Reshape([.. Index, .. Rest.Select(d => Input.Sizes[d])]).Permute(inverse);
        }

        private IEnumerable<long> IndexDims => Enumerable.Range(Position, Index.Length).Select(d => (long)d);

        private IEnumerable<long> RestDims => Enumerable.Range(0, Rest.Length).Select(d => (long)(d < Position ? d : d + Index.Length));

        /// <summary>A view of the result's shape as the kernels see it: [index, rest...]. The dimensions of the index lie together in it.</summary>
        public View RowsOf(in View result)
        {
            var strides = result.Strides;
            long inner = 1;
            for (int d = Position; d < Rest.Length; d++) inner *= Input.Sizes[Rest[d]];
            return result.With(
                Shape.Create([Index.NumElements, .. Rest.Select(d => Input.Sizes[d])]),
                [inner, .. RestDims.Select(d => strides[d])],
                result.Offset);
        }
    }

    private static readonly Operation<IndexPlan> s_index = new("index",
        (Save.Input1, static (in s, g) => s.State.Back(Zeros([s.State.Places, .. RestSizes(s.State)], g.DType, g.Device).IndexAdd(0, s.Input(1).Flatten(), s.State.Rows(g)))),
        (Save.None, static (in s, g) => null));

    private static readonly Operation<IndexPlan> s_indexPut = new("index_put",
        (Save.Input2, static (in s, g) => s.State.Back(s.State.Front(g).IndexFill(0, s.Input(2).Flatten(), 0))),
        (Save.Input2, static (in s, g) => s.State.FromRows(s.State.Front(g).IndexSelect(0, s.Input(2).Flatten()))),
        (Save.None, static (in s, g) => null));

    private static readonly Operation<IndexPlan> s_indexPutAdd = new("index_put",
        (Save.None, static (in s, g) => g),
        (Save.Input2, static (in s, g) => s.State.FromRows(s.State.Front(g).IndexSelect(0, s.Input(2).Flatten()))),
        (Save.None, static (in s, g) => null));

    private static long[] RestSizes(IndexPlan plan) => [.. plan.Rest.Select(d => plan.Input.Sizes[d])];

    // A position of several dimensions as one number; -1, which no kernel accepts, where a part is out of range.
    private static readonly Pointwise s_firstPlace = new("index", static (i, size, stride) =>
        Expr.Where((i < 0) * (-size <= i), (i + size) * stride, Expr.Where((0 <= i) * (i < size), i * stride, -1)));

    private static readonly Pointwise s_nextPlace = new("index", 4, static x =>
        Expr.Where((0 <= x[0]) * (-x[2] <= x[1]) * (x[1] < x[2]), x[0] + Expr.Where(x[1] < 0, x[1] + x[2], x[1]) * x[3], -1), null, ResultType.Promoted);

    private IndexPlan Plan(Tensor?[] positions, out Tensor[] indices)
    {
        int[] dims = [.. Enumerable.Range(0, Ndim).Where(d => positions[d] is not null)];
        int[] rest = [.. Enumerable.Range(0, Ndim).Where(d => positions[d] is null)];
        indices = [.. dims.Select(d => positions[d]!)];
        var shape = indices[0].Shape;
        foreach (var other in indices[1..])
        {
            try
            {
                shape = Broadcasting.Of("index", shape, other.Shape);
            }
            catch (ArgumentException)
            {
                throw OperationError.Index("index", $"shape mismatch: indexing tensors could not be broadcast together with shapes {string.Join(", ", indices.Select(t => OperationError.Text(t.Shape)))}");
            }
        }
        bool adjacent = dims[^1] - dims[0] == dims.Length - 1;
        return new IndexPlan(Shape, dims, rest, adjacent ? dims[0] : 0, shape);
    }

    /// <summary>One number per position, with the given weight per step of each dimension; in the common shape of the indices.</summary>
    private static Tensor PlacesOf(IndexPlan plan, Tensor[] indices, ReadOnlySpan<long> weights)
    {
        var places = s_firstPlace.Apply(indices[0], plan.Input.Sizes[plan.Dims[0]], weights[0]);
        for (int i = 1; i < indices.Length; i++) places = s_nextPlace.Run([places, indices[i], plan.Input.Sizes[plan.Dims[i]], weights[i]]);
        return places.Shape == plan.Index ? places : places.Expand(plan.Index).Contiguous();
    }

    /// <summary>Row-major weights of the indexed dimensions.</summary>
    private static long[] Weights(IndexPlan plan)
    {
        var weights = new long[plan.Dims.Length];
        long weight = 1;
        for (int i = weights.Length - 1; i >= 0; i--)
        {
            weights[i] = weight;
            weight *= plan.Input.Sizes[plan.Dims[i]];
        }
        return weights;
    }

    /// <summary>
    /// This tensor as [memory positions, rest...]: the first dimension counts elements of the storage from the first one, so that any
    /// number of indexed dimensions becomes one, in place and whatever the strides are.
    /// </summary>
    private View OverPlaces(IndexPlan plan, out long[] weights)
    {
        weights = new long[plan.Dims.Length];
        long span = 1;
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = Layout.Strides[plan.Dims[i]];
            span += (Shape.Sizes[plan.Dims[i]] - 1) * weights[i];
        }
        return Layout.With(
            Shape.Create([Math.Max(span, 0), .. RestSizes(plan)]),
            [1, .. plan.Rest.Select(d => Layout.Strides[d])],
            Layout.Offset);
    }

    private static View RowIndex(Tensor places, IndexPlan plan)
    {
        var strides = new long[plan.Rest.Length + 1];
        strides[0] = 1;
        return places.Layout.With(Shape.Create([plan.Index.NumElements, .. RestSizes(plan)]), strides, places.Layout.Offset);
    }

    private Tensor Advanced(Tensor?[] positions)
    {
        var plan = Plan(positions, out var indices);
        var view = Allocate(plan.Result, DType, Device);
        var source = OverPlaces(plan, out long[] weights);
        var places = PlacesOf(plan, indices, weights);
        RunIndexed(new GatherKernel(0), plan, indices, plan.RowsOf(view), source, RowIndex(places, plan), view.Shape.NumElements);
        bool recorded = Operation<IndexPlan>.NeedsGraph([this]);
        return s_index.Record(view, [this, recorded ? PlacesOf(plan, indices, Weights(plan)) : places], plan);
    }

    private Tensor PutAdvanced(Tensor?[] positions, Tensor values, bool accumulate)
    {
        var plan = Plan(positions, out var indices);
        var shape = plan.Result;
        var given = values;
        values = WithoutLeadingOnes(values, shape.Length);
        if (values.DType != DType)
        {
            if (values.Ndim > 0) throw OperationError.Argument("index_put", $"index put requires the source and destination dtypes match, got {DType.Name()} for the destination and {values.DType.Name()} for the source");
            values = values.To(DType);
        }
        bool fits = values.Ndim <= shape.Length;
        for (int d = 1; fits && d <= values.Ndim; d++) fits = values.Shape.Sizes[^d] == 1 || values.Shape.Sizes[^d] == shape.Sizes[^d];
        if (!fits) throw OperationError.Argument("index_put", $"shape mismatch: value tensor of shape {OperationError.Text(given.Shape)} cannot be broadcast to indexing result of shape {OperationError.Text(shape)}");
        values = Apart(values, true);
        var operation = accumulate ? s_indexPutAdd : s_indexPut;
        InPlace.Check(operation.Name, this);
        var target = OverPlaces(plan, out long[] weights);
        var places = PlacesOf(plan, indices, weights);
        var rows = plan.Rows(values.Detach().Expand(shape));
        RunIndexed(new ScatterKernel(0, accumulate ? ScatterOp.Add : ScatterOp.Write), plan, indices, target, RowIndex(places, plan), rows.Layout, shape.NumElements);
        bool recorded = Operation<IndexPlan>.NeedsGraph([this, values]);
        return operation.RecordInPlace(this, [this, values, recorded ? PlacesOf(plan, indices, Weights(plan)) : places], plan);
    }

    private void RunIndexed(Kernel kernel, IndexPlan plan, Tensor[] indices, in View output, in View first, in View second, long count)
    {
        try
        {
            if (plan.Places == 0 && plan.Index.NumElements > 0) throw new IndexOutOfRangeException();
            if (count > 0) Device.Run(new KernelCall(kernel, [output], [first, second]));
        }
        catch (IndexOutOfRangeException)
        {
            // The kernel saw places only; the message names the position as it was given.
            for (int i = 0; i < indices.Length; i++)
            {
                long size = Shape.Sizes[plan.Dims[i]];
                foreach (long position in Recorder.Aside(indices[i].ToArray<long>))
                    if (position < -size || position >= size)
                        throw OperationError.Index("index", $"index {position} is out of bounds for dimension {plan.Dims[i]} with size {size}: {OperationError.Text(Shape)}");
            }
            throw;
        }
    }
}
