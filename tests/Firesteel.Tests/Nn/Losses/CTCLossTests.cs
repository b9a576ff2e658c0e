using Firesteel.Nn;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Nn.Losses;

/// <summary>Numbers of PyTorch 1.13.</summary>
public class CTCLossTests
{
    private static readonly Tensor s_logProbs = F.LogSoftmax(Tensor.Arange(36.0).To(DType.Float32).Reshape(6, 2, 3).Mul(0.37).Sin(), 2);

    private static float[] Losses(CTCLoss loss, long[,] targets, long[] inputs, long[] lengths) =>
        loss.Forward(s_logProbs, Tensor.From(targets), Tensor.From(inputs), Tensor.From(lengths)).ToArray<float>();

    private static void Near(float[] expected, Tensor actual, float tolerance = 1e-5f)
    {
        var values = actual.ToArray<float>();
        Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], values[i], tolerance);
    }

    [Fact]
    public void Reductions()
    {
        long[,] targets = { { 0, 2, 2 }, { 2, 0, 0 } };
        Near([2.02339768f], Tensor.From(Losses(new CTCLoss(blank: 1), targets, [6, 5], [3, 1])));
        Near([6.29007816f], Tensor.From(Losses(new CTCLoss(1, Reduction.Sum), targets, [6, 5], [3, 1])));
        Near([3.36492467f, 2.92515373f], Tensor.From(Losses(new CTCLoss(1, Reduction.None), targets, [6, 5], [3, 1])));
    }

    [Fact]
    public void TargetsThatDoNotFit()
    {
        long[,] targets = { { 1, 1, 1 }, { 2, 1, 1 } };
        var losses = Losses(new CTCLoss(reduction: Reduction.None), targets, [3, 5], [3, 1]);
        Assert.Equal(float.PositiveInfinity, losses[0]);
        Near([0, 2.70041466f], Tensor.From(Losses(new CTCLoss(reduction: Reduction.None, zeroInfinity: true), targets, [3, 5], [3, 1])));
        Assert.Contains("(in CTCLoss())", Assert.Throws<ArgumentException>(() => Losses(new CTCLoss(), targets, [3, 9], [3, 1])).Message);
    }
}
