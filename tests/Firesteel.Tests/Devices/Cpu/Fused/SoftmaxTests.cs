namespace Firesteel.Tests.Devices.Cpu.Fused;

public class SoftmaxTests
{
    [Fact]
    public void RandomShapesAndDimensions()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        Rng.ManualSeed(seed);
        for (int trial = 0; trial < 60; trial++)
        {
            int rank = random.Next(1, 5);
            var sizes = new long[rank];
            for (int d = 0; d < rank; d++) sizes[d] = random.Next(1, rank == 1 ? 3000 : 20);
            if (random.Next(3) == 0) sizes[random.Next(rank)] = random.Next(60, 140);
            int dim = random.Next(rank);
            var x = (Tensor.Randn(sizes) * 4).RequiresGradInPlace();
            if (rank > 1 && random.Next(3) == 0) x = x.Detach().Transpose(0, rank - 1).RequiresGradInPlace();
            dim = Math.Min(dim, x.Ndim - 1);
            FusedCheck.SameAsInDouble(t => t[0].Softmax(dim), [x], what: $"softmax {x.Shape} {dim} (seed {seed})");
            FusedCheck.SameAsInDouble(t => t[0].LogSoftmax(dim), [x], what: $"log_softmax {x.Shape} {dim} (seed {seed})");
        }
    }

    // torch.softmax and torch.log_softmax of these rows.
    [Theory]
    [InlineData(new[] { 1e30f, 1, -1e30f }, new[] { 1f, 0, 0 }, new[] { 0, -1e30f, -2e30f })]
    [InlineData(new[] { float.NegativeInfinity, 0, 0 }, new[] { 0, 0.5f, 0.5f }, new[] { float.NegativeInfinity, -0.6931472f, -0.6931472f })]
    [InlineData(new[] { float.NegativeInfinity, float.NegativeInfinity, float.NegativeInfinity }, new[] { float.NaN, float.NaN, float.NaN }, new[] { float.NaN, float.NaN, float.NaN })]
    [InlineData(new[] { float.PositiveInfinity, 0, 1 }, new[] { float.NaN, float.NaN, float.NaN }, new[] { float.NaN, float.NaN, float.NaN })]
    [InlineData(new[] { float.NaN, 0, 1 }, new[] { float.NaN, float.NaN, float.NaN }, new[] { float.NaN, float.NaN, float.NaN })]
    [InlineData(new[] { -200f, -200, -200 }, new[] { 0.33333334f, 0.33333334f, 0.33333334f }, new[] { -1.0986123f, -1.0986123f, -1.0986123f })]
    public void Extremes(float[] row, float[] softmax, float[] logSoftmax)
    {
        // The row among others, along the last dimension and along the first, in vectors and in what is left over.
        foreach (int others in (int[])[0, 1, 9, 70])
        {
            var x = Tensor.Randn(others + 1, 3);
            x[others] = Tensor.From(row);
            Assert.Equal(softmax, x.Softmax(1)[others].ToArray<float>());
            Assert.Equal(softmax, x.T.Contiguous().Softmax(0)[.., others].ToArray<float>());
            Equal(logSoftmax, x.LogSoftmax(1)[others].ToArray<float>());
            Equal(logSoftmax, x.T.Contiguous().LogSoftmax(0)[.., others].ToArray<float>());
        }

        static void Equal(float[] expected, float[] actual)
        {
            for (int i = 0; i < expected.Length; i++) Assert.True(expected[i].Equals(actual[i]) || Math.Abs(expected[i] - actual[i]) <= 1e-6f * Math.Abs(expected[i]), $"{actual[i]:R} for {expected[i]:R}");
        }
    }
}
