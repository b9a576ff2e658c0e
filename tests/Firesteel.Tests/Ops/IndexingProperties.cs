using FsCheck;
using FsCheck.Fluent;

namespace Firesteel.Tests.Ops;

/// <summary>Indexing against <see cref="NaiveIndexing"/>: random shapes, layouts and indices. A failure prints the seed that it came from.</summary>
public class IndexingProperties
{
    private static void Check(Action<int> property) =>
        Prop.ForAll<int>(seed => property(seed)).Check(Config.QuickThrowOnFailure.WithMaxTest(400).WithEndSize(int.MaxValue));

    private static Random Seeded(int seed) => new(seed);

    /// <summary>A tensor with elements 0, 1, 2, ... whose memory is not always in that order.</summary>
    private static Tensor Counting(Random random, long[] shape)
    {
        var x = Tensor.Arange(shape.Aggregate(1L, (a, b) => a * b), DType.Float64).Reshape(shape);
        if (random.Next(2) == 0 || shape.Length < 2) return x;
        long[] order = [.. Enumerable.Range(0, shape.Length).Select(d => (long)d)];
        random.Shuffle(order);
        var inverse = new long[order.Length];
        for (int i = 0; i < order.Length; i++) inverse[order[i]] = i;
        return x.Permute(order).Contiguous().Permute(inverse);
    }

    private static (long[] Shape, List<NaiveIndexing.Entry> Index) Case(Random random)
    {
        var shape = new long[random.Next(1, 5)];
        for (int d = 0; d < shape.Length; d++) shape[d] = random.Next(1, 5);
        var common = new long[random.Next(1, 3)];
        for (int d = 0; d < common.Length; d++) common[d] = random.Next(1, 4);
        var index = new List<NaiveIndexing.Entry>();
        bool masks = random.Next(3) == 0, dots = false;
        int dim = 0;
        while (dim < shape.Length && random.Next(6) != 0)
        {
            switch (random.Next(8))
            {
                case 0: index.Add(new NaiveIndexing.At(random.NextInt64(-shape[dim], shape[dim]))); dim++; break;
                case 1: index.Add(new NaiveIndexing.New()); break;
                case 2 when !dots && dim < shape.Length:
                    dots = true;
                    index.Add(new NaiveIndexing.Dots());
                    dim += random.Next(shape.Length - dim + 1); // what remains is named after the dots
                    while (dim < shape.Length)
                    {
                        index.Add(random.Next(2) == 0 ? new NaiveIndexing.At(random.NextInt64(-shape[dim], shape[dim])) : new NaiveIndexing.Step(null, random.Next(-2, 5), 1));
                        dim++;
                    }
                    break;
                case 3: index.Add(new NaiveIndexing.Step(random.Next(2) == 0 ? null : random.Next(-5, 6), random.Next(2) == 0 ? null : random.Next(-5, 6), random.Next(1, 4))); dim++; break;
                case 4 when masks && !index.Any(e => e is NaiveIndexing.Mask or NaiveIndexing.Positions { Shape.Length: > 0 }):
                    int rank = random.Next(1, shape.Length - dim + 1);
                    long[] sizes = shape[dim..(dim + rank)];
                    index.Add(new NaiveIndexing.Mask(sizes, [.. NaiveIndexing.Each(sizes).Select(_ => random.Next(2) == 0)]));
                    dim += rank;
                    break;
                case 5: index.Add(new NaiveIndexing.Positions([], [random.NextInt64(-shape[dim], shape[dim])])); dim++; break;
                default:
                    if (masks) break;
                    long[] own = common[random.Next(common.Length)..];
                    own = [.. own.Select(n => random.Next(4) == 0 ? 1 : n)];
                    long size = shape[dim];
                    index.Add(new NaiveIndexing.Positions(own, [.. NaiveIndexing.Each(own).Select(_ => random.NextInt64(-size, size))]));
                    dim++;
                    break;
            }
        }
        return (shape, index);
    }

    private static TensorIndex[] Given(List<NaiveIndexing.Entry> index) => [.. index.Select(e => e.Given)];

    [Fact]
    public void GettingTakesTheElementsThatTheRulesName() => Check(seed =>
    {
        var random = Seeded(seed);
        var (shape, index) = Case(random);
        var expected = new NaiveIndexing(shape, index);
        var actual = Counting(random, shape)[Given(index)];
        Assert.Equal(expected.Shape, actual.Shape.ToArray());
        Assert.Equal(expected.Sources, actual.ToArray<long>());
    });

    [Fact]
    public void GradientsOfGettingAddUpWhereElementsWereTaken() => Check(seed =>
    {
        var random = Seeded(seed);
        var (shape, index) = Case(random);
        var expected = new NaiveIndexing(shape, index);
        var x = Counting(random, shape).RequiresGradInPlace();
        var y = x[Given(index)];
        var weights = Tensor.Arange(1, y.NumElements + 1, dtype: DType.Float64).Reshape(y.Shape);
        (y * weights).Sum().Backward();
        var sums = new double[x.NumElements];
        for (int i = 0; i < expected.Sources.Length; i++) sums[expected.Sources[i]] += i + 1;
        Assert.Equal(sums, x.Grad!.ToArray<double>());
    });

    [Fact]
    public void SettingWritesTheElementsThatTheRulesName() => Check(seed =>
    {
        var random = Seeded(seed);
        var (shape, index) = Case(random);
        var expected = new NaiveIndexing(shape, index);
        var x = Counting(random, shape);
        var content = x.ToArray<double>();
        bool one = random.Next(3) == 0;
        Tensor value = one ? -1.5 : -1 - Tensor.Arange(expected.Sources.Length, DType.Float64).Reshape(expected.Shape);
        x[Given(index)] = value;
        for (int i = 0; i < expected.Sources.Length; i++) content[expected.Sources[i]] = one ? -1.5 : -1 - i;
        Assert.Equal(content, x.ToArray<double>());
    });

    [Fact]
    public void GradientsOfSettingGoWhereTheValuesWent() => Check(seed =>
    {
        var random = Seeded(seed);
        var (shape, index) = Case(random);
        var expected = new NaiveIndexing(shape, index);
        if (expected.Sources.Distinct().Count() != expected.Sources.Length) return; // which of two values counts is not defined
        var leaf = Counting(random, shape).RequiresGradInPlace();
        var value = Tensor.Zeros(expected.Shape, DType.Float64, requiresGrad: true);
        var x = leaf.Clone();
        x[Given(index)] = value;
        var weights = Tensor.Arange(1, x.NumElements + 1, dtype: DType.Float64).Reshape(shape);
        (x * weights).Sum().Backward();
        var rest = Enumerable.Range(0, (int)x.NumElements).Select(i => expected.Sources.Contains(i) ? 0.0 : i + 1).ToArray();
        Assert.Equal(rest, leaf.Grad!.ToArray<double>());
        Assert.Equal([.. expected.Sources.Select(s => s + 1.0)], value.Grad!.ToArray<double>());
    });
}
