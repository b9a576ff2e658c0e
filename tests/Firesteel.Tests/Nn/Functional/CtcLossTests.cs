using Firesteel.Nn;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Nn;

public class CtcLossTests
{
    private static readonly Tensor s_targets = Tensor.From(new long[,] { { 1, 2, 2 }, { 3, 1, 1 }, { 2, 3, 1 } });
    private static readonly Tensor s_inputs = Tensor.From(new long[] { 6, 5, 3 }), s_lengths = Tensor.From(new long[] { 3, 2, 3 });

    private static Tensor Logits() => (Tensor.Arange(6 * 3 * 4, dtype: DType.Float64).Sin() * 2).Reshape(6, 3, 4).RequiresGradInPlace();

    private static void Close(double[] expected, Tensor actual)
    {
        var values = actual.ToArray<double>();
        for (int i = 0; i < expected.Length; i++)
            if (!expected[i].Equals(values[i])) Assert.Equal(expected[i], values[i], 1e-10);
    }

    // All numbers are PyTorch 1.13's.
    [Fact]
    public void LossesAndGradientsEqualPyTorch()
    {
        var x = Logits();
        Close([8.470291415621723, 1.4029919901072052, 8.24164525845904], F.CtcLoss(x.LogSoftmax(2), s_targets, s_inputs, s_lengths, reduction: Reduction.None));
        Close([8.470291415621723, 1.4029919901072052, 8.24164525845904], F.CtcLoss(x.LogSoftmax(2), Tensor.From(new long[] { 1, 2, 2, 3, 1, 2, 3, 1 }), s_inputs, s_lengths, reduction: Reduction.None));
        Assert.Equal(2.090713851026841, F.CtcLoss(x.LogSoftmax(2), s_targets, s_inputs, s_lengths).Item(), 1e-10);
        F.CtcLoss(x.LogSoftmax(2), s_targets, s_inputs, s_lengths, reduction: Reduction.Sum).Backward();
        Close([0.020872469882519885, -0.03298569424747886, 0.09764252917024624, -0.08552930480528727], x.Grad!.Select(0, 1).Select(0, 1));
        Close([-0.1063688700540843, 0.06258795745749854, -0.5601862484562905, 0.6039671610528763, 0, 0, 0, 0], x.Grad!.Select(0, 5));
    }

    [Fact]
    public void ATargetThatDoesNotFitIsInfiniteOrZero()
    {
        var x = Logits();
        var shorter = Tensor.From(new long[] { 6, 5, 2 });
        Assert.True(double.IsPositiveInfinity(F.CtcLoss(x.LogSoftmax(2), s_targets, shorter, s_lengths, reduction: Reduction.None).ToArray<double>()[2]));
        var loss = F.CtcLoss(x.LogSoftmax(2), s_targets, shorter, s_lengths, zeroInfinity: true);
        Assert.Equal(1.1749754889758368, loss.Item(), 1e-10);
        loss.Backward();
        Assert.All(x.Grad!.ToArray<double>(), g => Assert.True(double.IsFinite(g)));
    }

    [Fact]
    public void AnEmptyTargetIsAllBlanks() =>
        Close([19.37232158309036], F.CtcLoss(Logits().LogSoftmax(2), s_targets, s_inputs, Tensor.From(new long[] { 0, 2, 3 }), reduction: Reduction.None));

    [Fact]
    public void BadArgumentsAreRefused()
    {
        var x = Logits().LogSoftmax(2);
        Assert.Throws<ArgumentException>(() => F.CtcLoss(x, s_targets, Tensor.From(new long[] { 7, 5, 3 }), s_lengths));
        Assert.Throws<ArgumentException>(() => F.CtcLoss(x, s_targets, s_inputs, Tensor.From(new long[] { 4, 2, 3 })));
        Assert.Throws<ArgumentException>(() => F.CtcLoss(x, s_targets * 2, s_inputs, s_lengths));
        Assert.Throws<ArgumentException>(() => F.CtcLoss(x, s_targets, s_inputs, s_lengths, blank: 4));
    }
}
