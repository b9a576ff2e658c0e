namespace Firesteel.Tests.Ops;

/// <summary>Numbers are PyTorch 1.13's for the same calls in the same order after manual_seed(5).</summary>
public class RandomInPlaceTests
{
    private static Generator Seeded() => new Generator().ManualSeed(5);

    private static void Near(double[] expected, Tensor actual)
    {
        double[] found = actual.ToArray<double>();
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++) Assert.True(Math.Abs(expected[i] - found[i]) <= 1e-5 + 1.3e-6 * Math.Abs(expected[i]), $"element {i}: {found[i]} instead of {expected[i]}");
    }

    [Fact]
    public void EveryDistributionTakesFromOneStream()
    {
        var g = Seeded();
        var a = Tensor.Zeros(4);
        Near([1.490755558013916, -0.6216672658920288, 1.7224090099334717, 1.4597811698913574], a.UniformInPlace(-1, 2, g));
        Near([-0.11619246006011963, 2.3350486755371094, 0.6051698327064514, 4.8855671882629395], a.NormalInPlace(1, 2, g));
        Near([0.4329149127006531, 0.6365655064582825, 0.9400197267532349, 0.3017185926437378], a.ExponentialInPlace(2, g));
        Near([1.4341202974319458, 1.959481120109558, 1.7430119514465332, 1.3957664966583252], a.LogNormalInPlace(0.5, 0.25, g));
        Near([-7.24772834777832, -0.78590989112854, -0.4892386198043823, -0.27919742465019226], a.CauchyInPlace(1, 3, g));
        Near([1, 2, 2, 3], a.GeometricInPlace(0.3, g));
        Near([14756936, 15115191, 15411141, 10030695], a.RandomInPlace(g));
        Near([6, 0, 2, 2], a.RandomInPlace(10, g));
        Assert.Equal([3055017955520700270, 8558007744562711077, 8489684553847157516, 3475636816084279595], Tensor.Zeros([4], DType.Int64).RandomInPlace(5, null, g).ToArray<long>());
        Near([0, 0, 1, 0], a.BernoulliInPlace(0.4, g));
        Near([0, 1, 0, 0, 1, 0], Tensor.Zeros(2, 3).BernoulliInPlace(Tensor.From(new[] { 0.2f, 0.5f, 0.8f }), g));
    }

    [Fact]
    public void MultinomialAndNormal()
    {
        var g = Seeded();
        Near([1, 2], Tensor.From(new[] { .1f, .5f, .4f }).Multinomial(2, generator: g));
        var samples = Tensor.From(new[,] { { .1f, .5f, .4f }, { 1, 2, 3 } }).Multinomial(4, true, g);
        Near([1, 1, 2, 1, 2, 2, 1, 1], samples);
        Assert.Equal(DType.Int64, samples.DType);
        var v = Tensor.From(new[] { 1f, 2, 3 });
        Near([-0.6468210220336914, 5.196134567260742, 3.1901941299438477], Tensor.Normal(v, 2, g));
        Near([1.4757885932922363, 0.10981690883636475, 3.4624414443969727], Tensor.Normal(1, v, g));
        Near([0.4172024130821228, 2.6074538230895996, 2.2714293003082275, 0.9282336831092834, 1.7812856435775757, 3.1640841960906982], Tensor.Normal(v, Tensor.From(new[,] { { 0.5f }, { 1f } }), g));
        Near([-1.2665642499923706, 4.176572322845459, 1.0118800401687622], Tensor.Normal(1, 2, [3], g));
    }

    [Fact]
    public void OverwritingCutsTheGradient()
    {
        var x = Tensor.Ones([3], requiresGrad: true);
        var y = x * 2;
        y.UniformInPlace(generator: Seeded());
        y.Sum().Backward();
        Assert.Equal([0f, 0, 0], x.Grad!.ToArray<float>());
    }

    [Fact]
    public void BadParametersChangeNothing()
    {
        var g = Seeded();
        var a = Tensor.Ones(3);
        byte[] state = g.GetState();
        Assert.Throws<ArgumentException>(() => a.UniformInPlace(2, 1, g));
        Assert.Throws<ArgumentException>(() => a.NormalInPlace(0, -1, g));
        Assert.Throws<ArgumentException>(() => a.BernoulliInPlace(1.5, g));
        Assert.Throws<ArgumentException>(() => a.BernoulliInPlace(Tensor.From(new[] { 0.5f, 2f, 0.5f }), g));
        Assert.Throws<ArgumentException>(() => a.BernoulliInPlace(Tensor.Zeros(2), g));
        Assert.Throws<ArgumentException>(() => a.ExponentialInPlace(0, g));
        Assert.Throws<ArgumentException>(() => a.RandomInPlace(5, 5, g));
        Assert.Throws<ArgumentException>(() => a.LogNormalInPlace(0, 0, g));
        Assert.Throws<ArgumentException>(() => a.CauchyInPlace(0, 0, g));
        Assert.Throws<ArgumentException>(() => a.GeometricInPlace(1, g));
        Assert.Throws<NotSupportedException>(() => Tensor.Zeros([2], DType.Int64).UniformInPlace(generator: g));
        Assert.Throws<ArgumentException>(() => Tensor.Normal(a, a - 2, g));
        Assert.Throws<ArgumentException>(() => a.Multinomial(4, generator: g));
        Assert.Throws<ArgumentException>(() => a.Multinomial(0, generator: g));
        Assert.Throws<ArgumentException>(() => (a - 1).Multinomial(1, generator: g));
        Assert.Throws<ArgumentException>(() => Tensor.Zeros(2, 2, 2).Multinomial(1, generator: g));
        Assert.Throws<InvalidOperationException>(() => Tensor.Ones(1).Expand(3).UniformInPlace(generator: g));
        Assert.Throws<InvalidOperationException>(() => Tensor.Ones([3], requiresGrad: true).NormalInPlace(generator: g));
        Assert.Equal([1f, 1, 1], a.ToArray<float>());
        Assert.Equal(state, g.GetState());
    }
}
