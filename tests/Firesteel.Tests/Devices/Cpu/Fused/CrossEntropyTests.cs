using Firesteel.Nn;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Devices.Cpu.Fused;

public class CrossEntropyTests
{
    [Fact]
    public void RandomShapesAndOptions()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        Rng.ManualSeed(seed);
        foreach (var reduction in (Reduction[])[Reduction.None, Reduction.Sum, Reduction.Mean])
        {
            for (int trial = 0; trial < 12; trial++)
            {
                long n = random.Next(1, 40), classes = random.Next(2, trial == 0 ? 3000 : 40);
                var x = (Tensor.Randn(n, classes) * 3).RequiresGradInPlace();
                if (trial % 4 == 3) x = (Tensor.Randn(classes, n) * 3).T.RequiresGradInPlace();
                var target = Tensor.Randint(0, classes, [n]);
                target[0] = -100;
                string what = $"cross_entropy {x.Shape} {reduction} (seed {seed})";
                if (n == 1) continue; // the mean of nothing
                FusedCheck.SameAsInDouble(t => F.CrossEntropy(t[0], t[1], reduction: reduction), [x, target], what: what);
                FusedCheck.SameAsInDouble(t => F.CrossEntropy(t[0], t[1], t[2], reduction: reduction), [x, target, Tensor.Rand(classes) + 0.1], what: what + " weighted");
                FusedCheck.SameAsInDouble(t => F.CrossEntropy(t[0], t[1], ignoreIndex: 1, reduction: reduction, labelSmoothing: 0.2), [x, target.ClampMin(0), Tensor.Zeros(1)], what: what + " smooth");
            }
        }
    }

    [Fact]
    public void MoreDimensions()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        Rng.ManualSeed(seed);
        foreach (var reduction in (Reduction[])[Reduction.None, Reduction.Sum, Reduction.Mean])
        {
            foreach (long[] places in new long[][] { [5], [3, 4], [2, 1, 3] })
            {
                long n = random.Next(2, 6), classes = random.Next(2, 12);
                var x = (Tensor.Randn([n, classes, .. places]) * 3).RequiresGradInPlace();
                var target = Tensor.Randint(0, classes, [n, .. places]);
                target[0] = -100;
                string what = $"cross_entropy {x.Shape} {reduction} (seed {seed})";
                FusedCheck.SameAsInDouble(t => F.CrossEntropy(t[0], t[1], reduction: reduction), [x, target], what: what);
                FusedCheck.SameAsInDouble(t => F.CrossEntropy(t[0], t[1], t[2], reduction: reduction), [x, target, Tensor.Rand(classes) + 0.1], what: what + " weighted");
                FusedCheck.SameAsInDouble(t => F.CrossEntropy(t[0], t[1], reduction: reduction, labelSmoothing: 0.2), [x, target, Tensor.Zeros(1)], what: what + " smooth");
            }
        }
        var wrong = Tensor.Full([2, 4], 3).To(DType.Int64);
        Assert.Contains("target 3 is out of bounds", Assert.Throws<IndexOutOfRangeException>(() => F.CrossEntropy(Tensor.Zeros(2, 3, 4), wrong)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => F.CrossEntropy(Tensor.Zeros(2, 3, 4), Tensor.Zeros([2, 5], dtype: DType.Int64)));
        Assert.Throws<ArgumentException>(() => F.CrossEntropy(Tensor.Zeros(2, 3, 4), Tensor.Zeros([8], dtype: DType.Int64)));
    }

    // torch.nn.functional.cross_entropy([[1e4, 0, -1e4], [inf, 0, 0], [-inf, 0, 0], [nan, 0, 0]], [0, 0, 1, 1], reduction='none'), and its gradient.
    [Fact]
    public void Extremes()
    {
        float inf = float.PositiveInfinity, nan = float.NaN;
        var x = Tensor.From(new[,] { { 1e4f, 0, -1e4f }, { inf, 0, 0 }, { -inf, 0, 0 }, { nan, 0, 0 } }).RequiresGradInPlace();
        var loss = F.CrossEntropy(x, Tensor.From(new long[] { 0, 0, 1, 1 }), reduction: Reduction.None);
        Assert.Equal([0, nan, 0.6931472f, nan], loss.ToArray<float>());
        loss.Backward(Tensor.Ones(4));
        Assert.Equal([0, 0, 0, nan, nan, nan, 0, -0.5f, 0.5f, nan, nan, nan], x.Grad!.ToArray<float>());
        Assert.True(double.IsNaN(F.CrossEntropy(Tensor.Zeros(2, 3), Tensor.From(new long[] { -100, -100 })).Item()));

        // The same as places of one sample.
        var places = x.Detach().T.Contiguous().Unsqueeze(0).RequiresGradInPlace();
        loss = F.CrossEntropy(places, Tensor.From(new long[,] { { 0, 0, 1, 1 } }), reduction: Reduction.None);
        Assert.Equal([0, nan, 0.6931472f, nan], loss.ToArray<float>());
        loss.Backward(Tensor.Ones(1, 4));
        Assert.Equal([0, 0, 0, nan, nan, nan, 0, -0.5f, 0.5f, nan, nan, nan], places.Grad![0].T.ToArray<float>());

        // What is ignored counts nothing, whatever is in it.
        places = Tensor.Full([1, 2, 5], float.NaN).RequiresGradInPlace();
        F.CrossEntropy(places, Tensor.Full([1, 5], -100).To(DType.Int64), reduction: Reduction.Sum).Backward();
        Assert.All(places.Grad!.ToArray<float>(), static g => Assert.Equal(0, g));
    }

    [Fact]
    public void TargetsThatAreNoClassAreNamed()
    {
        var x = Tensor.Zeros(2, 3).RequiresGradInPlace();
        Assert.Contains("target 3 is out of bounds", Assert.Throws<IndexOutOfRangeException>(() => F.CrossEntropy(x, Tensor.From(new long[] { 0, 3 }))).Message, StringComparison.Ordinal);
        Assert.Contains("target -1 is out of bounds", Assert.Throws<IndexOutOfRangeException>(() => F.CrossEntropy(x, Tensor.From(new long[] { 0, -1 }))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => F.CrossEntropy(x, Tensor.From(new long[] { 0 })));
    }
}
