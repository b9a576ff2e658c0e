using Firesteel.Nn;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Nn;

public class LossTests
{
    private static Tensor Logits() => Tensor.From(new double[,] { { 0.5, -1, 2 }, { 1.5, 0.25, -0.75 }, { 0, 1, 3 }, { 2, -2, 0.5 } }, requiresGrad: true);

    // Numbers of PyTorch 1.13: target 2 is ignored, classes weigh 0.5, 1, 2.
    [Theory]
    [InlineData(0, false, 1.5960868578117358, 0.26850413734684087)]
    [InlineData(0, true, 1.389781590111072, 0.2301464034401493)]
    [InlineData(0.1, false, 1.6127535244784024, 0.2573930262357298)]
    [InlineData(0.1, true, 1.434221640690662, 0.22922027206891374)]
    public void CrossEntropyWeighsIgnoresAndSmooths(double smoothing, bool weighted, double expected, double gradient)
    {
        var logits = Logits();
        var weight = weighted ? Tensor.From(new[] { 0.5, 1, 2 }) : null;
        var loss = F.CrossEntropy(logits, Tensor.From(new long[] { 2, 0, -100, 1 }), weight, labelSmoothing: smoothing);
        Assert.Equal(expected, loss.Item(), 1e-12);
        loss.Backward();
        Assert.Equal(gradient, logits.Grad!.ToArray<double>()[9], 1e-12);
        Assert.Equal([0, 0, 0], logits.Grad!.ToArray<double>()[6..9]);
    }

    [Fact]
    public void CrossEntropyOfProbabilitiesEqualsPyTorch()
    {
        var logits = Logits();
        var target = logits.Detach().ToArray<double>();
        var flipped = Tensor.From([.. target[9..], .. target[6..9], .. target[3..6], .. target[..3]], [4, 3]).Softmax(1);
        var loss = F.CrossEntropy(logits, flipped, Tensor.From(new[] { 0.5, 1, 2 }), labelSmoothing: 0.2, reduction: Reduction.None);
        double[] expected = [0.9750165922090521, 4.094543820619596, 1.5617871773231877, 2.821506231859878];
        var actual = loss.ToArray<double>();
        for (int i = 0; i < 4; i++) Assert.Equal(expected[i], actual[i], 1e-12);
    }

    [Fact]
    public void AllTargetsIgnoredIsNaN() =>
        Assert.True(double.IsNaN(F.CrossEntropy(Logits(), Tensor.Full([4], -100L)).Item()));

    [Fact]
    public void ATargetThatIsNoClassIsNamed()
    {
        var error = Assert.Throws<IndexOutOfRangeException>(() => F.CrossEntropy(Logits(), Tensor.From(new long[] { 0, 1, 7, 2 })));
        Assert.Contains("target 7", error.Message);
        Assert.Contains("3 classes", error.Message);
        Assert.Throws<IndexOutOfRangeException>(() => F.NllLoss(Logits(), Tensor.From(new long[] { 0, -1, 0, 2 })));
    }

    [Fact]
    public void BadArgumentsAreRefused()
    {
        Assert.Throws<ArgumentException>(() => F.CrossEntropy(Logits(), Tensor.From(new long[] { 0, 1 })));
        Assert.Throws<ArgumentException>(() => F.CrossEntropy(Logits(), Tensor.From(new long[] { 0, 1, 2, 0 }), labelSmoothing: 2));
        Assert.Throws<ArgumentException>(() => F.CrossEntropy(Logits(), Tensor.From(new long[] { 0, 1, 2, 0 }), Tensor.Ones(4)));
        Assert.Throws<ArgumentException>(() => F.CrossEntropy(Logits(), Tensor.Ones(4)));
        Assert.Throws<ArgumentException>(() => F.MseLoss(Logits(), Logits(), Reduction.BatchMean));
        Assert.Throws<ArgumentException>(() => F.BinaryCrossEntropy(Tensor.Ones(3), Tensor.Ones(2)));
    }

    [Fact]
    public void NodesAreNamedAsInPyTorch()
    {
        var x = Logits();
        Assert.Equal("MseLossBackward0", F.MseLoss(x, Tensor.ZerosLike(x)).GradFn!.Name);
        Assert.Equal("NllLossBackward0", F.CrossEntropy(x, Tensor.From(new long[] { 0, 1, 2, 0 })).GradFn!.Name);
        Assert.Equal("BinaryCrossEntropyWithLogitsBackward0", F.BinaryCrossEntropyWithLogits(x, Tensor.ZerosLike(x)).GradFn!.Name);
    }

    [Fact]
    public void LargeLogitsStayFinite()
    {
        var x = Tensor.From(new[] { 1000f, -1000f, 0f }, requiresGrad: true);
        var loss = F.BinaryCrossEntropyWithLogits(x, Tensor.From(new[] { 1f, 0f, 1f }), reduction: Reduction.Sum);
        Assert.Equal(Math.Log(2), loss.Item(), 1e-6);
        loss.Backward();
        Assert.Equal([0f, 0f, -0.5f], x.Grad!.ToArray<float>());
    }
}
