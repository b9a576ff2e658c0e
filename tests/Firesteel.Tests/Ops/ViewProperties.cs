using FsCheck;
using FsCheck.Fluent;

namespace Firesteel.Tests.Ops;

/// <summary>Chains of views against a model that knows only which element stands where. A failure prints the seed that it came from.</summary>
public class ViewProperties
{
    private static void Check(Action<int> property) =>
        Prop.ForAll<int>(seed => property(seed)).Check(Config.QuickThrowOnFailure.WithMaxTest(400).WithEndSize(int.MaxValue));

    /// <summary>Sizes, and for every position the number of the element of the first tensor that stands there.</summary>
    private sealed record Model(long[] Shape, long[] Elements)
    {
        /// <summary>Another shape, in which the element at a position is found at a position of this one.</summary>
        public Model Map(long[] shape, Func<long[], long[]> from) => new(shape, [.. NaiveIndexing.Each(shape).Select(at => Elements[Flat(from(at))])]);

        private long Flat(long[] at)
        {
            long flat = 0;
            for (int d = 0; d < at.Length; d++) flat = flat * Shape[d] + at[d];
            return flat;
        }
    }

    private static (Tensor Tensor, Model Model) Next(Random random, Tensor x, Model m)
    {
        int rank = m.Shape.Length;
        int d = rank == 0 ? 0 : random.Next(rank);
        switch (random.Next(rank == 0 ? 2 : 9))
        {
            case 0:
                int at = random.Next(rank + 1);
                return (x.Unsqueeze(at), m.Map([.. m.Shape[..at], 1, .. m.Shape[at..]], p => [.. p[..at], .. p[(at + 1)..]]));
            case 1:
                long front = random.Next(1, 3);
                long[] wide = [front, .. m.Shape.Select(n => n == 1 && random.Next(2) == 0 ? 2 : n)];
                return (x.Expand(wide), m.Map(wide, p => [.. p[1..].Select((v, k) => m.Shape[k] == 1 ? 0 : v)]));
            case 2:
                int[] order = [.. Enumerable.Range(0, rank)];
                random.Shuffle(order);
                return (x.Permute(Array.ConvertAll(order, k => (long)k)), m.Map([.. order.Select(k => m.Shape[k])], p =>
                {
                    var q = new long[rank];
                    for (int k = 0; k < rank; k++) q[order[k]] = p[k];
                    return q;
                }));
            case 3:
                long start = random.NextInt64(0, m.Shape[d] + 1), step = random.Next(1, 3), count = (m.Shape[d] - start + step - 1) / step;
                if (count == 0) return (x, m);
                return (x.Slice(d, start, null, step), m.Map([.. m.Shape[..d], count, .. m.Shape[(d + 1)..]], p => [.. p[..d], start + p[d] * step, .. p[(d + 1)..]]));
            case 4:
                long index = random.NextInt64(-m.Shape[d], m.Shape[d]);
                return (x.Select(d, index), m.Map([.. m.Shape[..d], .. m.Shape[(d + 1)..]], p => [.. p[..d], index < 0 ? index + m.Shape[d] : index, .. p[d..]]));
            case 5 when rank >= 2:
                int other = (d + 1 + random.Next(rank - 1)) % rank;
                long offset = random.NextInt64(-m.Shape[d] + 1, m.Shape[other]);
                long length = offset >= 0 ? Math.Min(m.Shape[d], m.Shape[other] - offset) : Math.Min(m.Shape[d] + offset, m.Shape[other]);
                int[] rest = [.. Enumerable.Range(0, rank).Where(k => k != d && k != other)];
                return (x.Diagonal(offset, d, other), m.Map([.. rest.Select(k => m.Shape[k]), length], p =>
                {
                    var q = new long[rank];
                    for (int k = 0; k < rest.Length; k++) q[rest[k]] = p[k];
                    q[d] = p[^1] - Math.Min(offset, 0);
                    q[other] = p[^1] + Math.Max(offset, 0);
                    return q;
                }));
            case 6:
                long window = random.NextInt64(1, m.Shape[d] + 1), by = random.Next(1, 3);
                return (x.Unfold(d, window, by), m.Map([.. m.Shape[..d], (m.Shape[d] - window) / by + 1, .. m.Shape[(d + 1)..], window], p => [.. p[..d], p[d] * by + p[^1], .. p[(d + 1)..^1]]));
            case 7:
                var parts = x.Split(Math.Max(m.Shape[d] / 2, 1), d);
                long from = 0;
                int part = random.Next(parts.Length);
                for (int k = 0; k < part; k++) from += parts[k].Shape[d];
                return (parts[part], m.Map([.. m.Shape[..d], parts[part].Shape[d], .. m.Shape[(d + 1)..]], p => [.. p[..d], from + p[d], .. p[(d + 1)..]]));
            default:
                var flat = x.Reshape(-1);
                return (flat, new Model([m.Elements.Length], m.Elements));
        }
    }

    private static (Tensor Leaf, Tensor View, Model Model) Chain(int seed)
    {
        var random = new Random(seed);
        var shape = new long[random.Next(1, 4)];
        for (int d = 0; d < shape.Length; d++) shape[d] = random.Next(1, 5);
        long count = shape.Aggregate(1L, (a, b) => a * b);
        var leaf = Tensor.Arange(count, DType.Float64).Reshape(shape).RequiresGradInPlace();
        (Tensor x, Model m) = (leaf, new Model(shape, [.. Enumerable.Range(0, (int)count).Select(i => (long)i)]));
        int steps = random.Next(1, 6);
        for (int i = 0; i < steps && m.Elements.Length < 2000; i++) (x, m) = Next(random, x, m);
        return (leaf, x, m);
    }

    [Fact]
    public void ElementsStandWhereTheModelSays() => Check(seed =>
    {
        var (_, view, model) = Chain(seed);
        Assert.Equal(model.Shape, view.Shape.ToArray());
        Assert.Equal(model.Elements, view.ToArray<long>());
    });

    [Fact]
    public void GradientsGoBackToWhereElementsCameFrom() => Check(seed =>
    {
        var (leaf, view, model) = Chain(seed);
        var weights = Tensor.Arange(1, view.NumElements + 1, dtype: DType.Float64).Reshape(view.Shape);
        (view * weights).Sum().Backward();
        var sums = new double[leaf.NumElements];
        for (int i = 0; i < model.Elements.Length; i++) sums[model.Elements[i]] += i + 1;
        Assert.Equal(sums, leaf.Grad!.ToArray<double>());
    });

    [Fact]
    public void BroadcastingIsWhatNumPysRuleSays() => Check(seed =>
    {
        var random = new Random(seed);
        var common = new long[random.Next(0, 4)];
        for (int d = 0; d < common.Length; d++) common[d] = random.Next(0, 4);
        long[] Part() => [.. common[random.Next(common.Length + 1)..].Select(n => random.Next(3) == 0 ? 1 : n)];
        long[] a = Part(), b = Part();
        var expected = new long[Math.Max(a.Length, b.Length)];
        for (int d = 1; d <= expected.Length; d++)
        {
            long p = d > a.Length ? 1 : a[^d], q = d > b.Length ? 1 : b[^d];
            expected[^d] = p == 1 ? q : p;
        }
        Assert.Equal(expected, Tensor.BroadcastShapes(a, b).ToArray());
        var x = Tensor.Arange(a.Aggregate(1L, (i, j) => i * j), DType.Float64).Reshape(a);
        var y = Tensor.Arange(b.Aggregate(1L, (i, j) => i * j), DType.Float64).Reshape(b);
        var sum = x + y * 100;
        Assert.Equal(expected, sum.Shape.ToArray());
        double[] sums = sum.ToArray<double>();
        int at = 0;
        foreach (long[] position in NaiveIndexing.Each(expected)) Assert.Equal(At(a, position) + 100.0 * At(b, position), sums[at++]);

        static long At(long[] shape, long[] position)
        {
            long flat = 0;
            for (int d = 0; d < shape.Length; d++) flat = flat * shape[d] + (shape[d] == 1 ? 0 : position[position.Length - shape.Length + d]);
            return flat;
        }
    });
}
