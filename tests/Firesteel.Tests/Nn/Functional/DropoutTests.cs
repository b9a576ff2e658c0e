using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Nn.Functional;

/// <summary>Numbers are PyTorch 1.13's for the same calls in the same order after manual_seed(5).</summary>
public class DropoutTests
{
    private static void Near(float[] expected, Tensor actual)
    {
        float[] found = actual.ToArray<float>();
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++) Assert.True(Math.Abs(expected[i] - found[i]) <= 1e-5 + 1.3e-6 * Math.Abs(expected[i]), $"element {i}: {found[i]} instead of {expected[i]}");
    }

    [Fact]
    public void EveryKindTakesFromOneStream()
    {
        var g = new Generator().ManualSeed(5);
        var x = Tensor.Arange(1.0, 13.0).View(2, 3, 2);
        Near([1.4285714626312256f, 10, 4.285714149475098f, 12.85714340209961f, 7.142857551574707f, 0, 2.857142925262451f, 0, 0, 14.285715103149414f, 8.571428298950195f, 17.14285659790039f], F.Dropout(x.Transpose(0, 2), 0.3, generator: g));
        Near([0, 0, 6, 8, 10, 12], F.Dropout1d(x.Select(0, 0), 0.5, generator: g));
        Near([2, 4, 6, 8, 10, 12, 0, 0, 0, 0, 0, 0], F.Dropout2d(x, 0.5, generator: g));
        Near([2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24], F.Dropout3d(x.View(1, 3, 2, 2), 0.5, generator: g));
        Near([1.4703772068023682f, 2.3336598873138428f, -0.9106420278549194f, 4.060225009918213f, 4.9235076904296875f, 5.786790370941162f], F.AlphaDropout(x.Select(0, 0), 0.4, true, generator: g));
        const float Dropped = -0.9106420278549194f;
        Near([1.4703772068023682f, 2.3336598873138428f, Dropped, Dropped, Dropped, Dropped, Dropped, Dropped, 8.376638412475586f, 9.239920616149902f, 10.103203773498535f, 10.966485977172852f], F.FeatureAlphaDropout(x, 0.4, true, generator: g));
    }

    [Fact]
    public void InPlaceGivesTheSame()
    {
        foreach (bool alpha in new[] { false, true })
        {
            var x = Tensor.Arange(1.0, 9.0);
            var expected = alpha ? F.AlphaDropout(x, 0.4, true, generator: new Generator().ManualSeed(1)) : F.Dropout(x, 0.4, generator: new Generator().ManualSeed(1));
            var y = x.Clone();
            var result = alpha ? F.AlphaDropout(y, 0.4, true, true, new Generator().ManualSeed(1)) : F.Dropout(y, 0.4, true, true, new Generator().ManualSeed(1));
            Assert.Same(y, result);
            Assert.Equal(expected.ToArray<float>(), y.ToArray<float>());
        }
        var batch = Tensor.Ones(3, 4);
        Assert.Same(batch, F.Dropout1d(batch, 0.5, inplace: true, generator: new Generator().ManualSeed(1)));
        Assert.DoesNotContain(1f, batch.ToArray<float>());
    }

    [Fact]
    public void NothingIsDrawnWhereNothingIsDropped()
    {
        var g = new Generator();
        byte[] before = g.GetState();
        var x = Tensor.Ones(4);
        Assert.Same(x, F.Dropout(x, 0.5, training: false, generator: g));
        Assert.Same(x, F.Dropout(x, 0, generator: g));
        Assert.Equal([0f, 0, 0, 0], F.Dropout(x, 1, generator: g).ToArray<float>());
        Assert.Equal(before, g.GetState());
    }

    [Fact]
    public void BadInput()
    {
        var x = Tensor.Ones(4);
        Assert.Throws<ArgumentException>(() => F.Dropout(x, 1.5));
        Assert.Throws<ArgumentException>(() => F.Dropout(x, double.NaN));
        Assert.Throws<ArgumentException>(() => F.Dropout1d(x));
        Assert.Throws<ArgumentException>(() => F.Dropout2d(x));
        Assert.Throws<NotSupportedException>(() => F.Dropout(x.Long()));
    }
}
