namespace Firesteel.Tests.Ops;

/// <summary>What NumPy's and PyTorch's indexing rules say, element by element: for every element of <c>x[index]</c> its row-major position in x.</summary>
internal sealed class NaiveIndexing
{
    /// <summary>One entry of an index: what Firesteel is given and what it means.</summary>
    internal abstract record Entry(TensorIndex Given);

    internal sealed record At(long Position) : Entry(Position);

    internal sealed record Step(long? Start, long? Stop, long By) : Entry(TensorIndex.Slice(Start, Stop, By));

    internal sealed record New() : Entry(TensorIndex.NewAxis);

    internal sealed record Dots() : Entry(TensorIndex.Ellipsis);

    internal sealed record Positions(long[] Shape, long[] Values) : Entry(Tensor.From(Values, [Values.Length]).Reshape(Shape));

    internal sealed record Mask(long[] Shape, bool[] Values) : Entry(Tensor.From(Values, [Values.Length]).Reshape(Shape));

    /// <summary>One dimension of the view before tensors of positions are applied: the places along a dimension of x, or along none; and the tensor, if it is indexed by one.</summary>
    private sealed record Axis(long Stride, long[] Places, Positions? Index);

    public long[] Shape { get; }

    public long[] Sources { get; }

    public NaiveIndexing(long[] shape, IReadOnlyList<Entry> index)
    {
        var strides = new long[shape.Length];
        long stride = 1;
        for (int d = shape.Length - 1; d >= 0; d--)
        {
            strides[d] = stride;
            stride *= shape[d];
        }
        int consumed = index.Sum(e => e is New or Dots ? 0 : e is Mask m ? m.Shape.Length : 1);
        var entries = new List<Entry>();
        foreach (var entry in index.Any(e => e is Dots) ? index : [.. index, new Dots()])
        {
            if (entry is not Dots) entries.Add(entry);
            else for (int i = consumed; i < shape.Length; i++) entries.Add(new Step(null, null, 1));
        }
        long start = 0;
        var axes = new List<Axis>();
        int dim = 0;
        foreach (var entry in entries)
        {
            switch (entry)
            {
                case New: axes.Add(new Axis(0, [0], null)); break;
                case At at:
                    start += (at.Position < 0 ? at.Position + shape[dim] : at.Position) * strides[dim];
                    dim++;
                    break;
                case Positions { Shape.Length: 0 } number:
                    start += (number.Values[0] < 0 ? number.Values[0] + shape[dim] : number.Values[0]) * strides[dim];
                    dim++;
                    break;
                case Step step:
                    axes.Add(new Axis(strides[dim], SliceOf(step, shape[dim]), null));
                    dim++;
                    break;
                case Positions positions:
                    long size = shape[dim];
                    axes.Add(new Axis(strides[dim], [], positions with { Values = [.. positions.Values.Select(v => v < 0 ? v + size : v)] }));
                    dim++;
                    break;
                case Mask mask:
                    var found = Enumerable.Range(0, mask.Values.Length).Where(i => mask.Values[i]).ToArray();
                    for (int d = 0; d < mask.Shape.Length; d++)
                    {
                        long inner = mask.Shape[(d + 1)..].Aggregate(1L, (a, b) => a * b);
                        axes.Add(new Axis(strides[dim], [], new Positions([found.Length], [.. found.Select(i => i / inner % mask.Shape[d])])));
                        dim++;
                    }
                    break;
            }
        }
        int[] indexed = [.. Enumerable.Range(0, axes.Count).Where(a => axes[a].Index is not null)];
        if (indexed.Length == 0)
        {
            Shape = [.. axes.Select(a => (long)a.Places.Length)];
            Sources = [.. Each(Shape).Select(at => start + axes.Select((a, k) => a.Places[at[k]] * a.Stride).Sum())];
            return;
        }
        int rank = indexed.Max(a => axes[a].Index!.Shape.Length);
        var common = new long[rank];
        Array.Fill(common, 1);
        foreach (int a in indexed)
        {
            var own = axes[a].Index!.Shape;
            for (int d = 0; d < own.Length; d++) if (own[d] != 1) common[rank - own.Length + d] = own[d];
        }
        int[] rest = [.. Enumerable.Range(0, axes.Count).Except(indexed)];
        int before = indexed[^1] - indexed[0] == indexed.Length - 1 ? indexed[0] : 0;
        Shape = [.. rest[..before].Select(a => (long)axes[a].Places.Length), .. common, .. rest[before..].Select(a => (long)axes[a].Places.Length)];
        Sources = [.. Each(Shape).Select(at =>
        {
            long source = start;
            for (int r = 0; r < rest.Length; r++) source += axes[rest[r]].Places[at[r < before ? r : r + rank]] * axes[rest[r]].Stride;
            foreach (int a in indexed)
            {
                var own = axes[a].Index!;
                long flat = 0;
                for (int d = 0; d < own.Shape.Length; d++) flat = flat * own.Shape[d] + (own.Shape[d] == 1 ? 0 : at[before + rank - own.Shape.Length + d]);
                source += own.Values[flat] * axes[a].Stride;
            }
            return source;
        })];
    }

    private static long[] SliceOf(Step step, long size)
    {
        long start = Clamp(step.Start ?? 0), stop = Clamp(step.Stop ?? size);
        var places = new List<long>();
        for (long i = start; i < stop; i += step.By) places.Add(i);
        return [.. places];

        long Clamp(long i) => Math.Clamp(i < 0 ? i + size : i, 0, size);
    }

    /// <summary>All positions of a shape in row-major order.</summary>
    public static IEnumerable<long[]> Each(long[] shape)
    {
        long count = shape.Aggregate(1L, (a, b) => a * b);
        for (long i = 0; i < count; i++)
        {
            var at = new long[shape.Length];
            long left = i;
            for (int d = shape.Length - 1; d >= 0; d--)
            {
                at[d] = left % shape[d];
                left /= shape[d];
            }
            yield return at;
        }
    }
}
