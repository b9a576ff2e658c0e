namespace Firesteel.Tests.Ops;

/// <summary>Matrices to factorize, and how near to what they should be the products of their factors are.</summary>
public static class Matrices
{
    /// <summary>Normal numbers; the seed goes with the sizes, so that a failing case repeats.</summary>
    public static Tensor Random(DType dtype, params long[] sizes)
    {
        var random = new Random(HashCode(sizes) ^ Draws.Seed);
        var values = new double[sizes.Aggregate(1L, static (a, b) => a * b)];
        for (int i = 0; i < values.Length; i++) values[i] = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return Tensor.From<double>(values, sizes, dtype);
    }

    /// <summary>Fails unless all elements agree to some roundings of the dtype, relative to the largest element and the size.</summary>
    public static void Close(Tensor expected, Tensor actual, double roundings = 60)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.Equal(expected.DType, actual.DType);
        if (expected.NumElements == 0) return;
        double epsilon = expected.DType == DType.Float32 ? 1.2e-7 : 2.3e-16;
        double scale = Math.Max(expected.Abs().Max().Item(), actual.Abs().Max().Item());
        double bound = epsilon * roundings * Math.Sqrt(Math.Max(expected.Shape[^1], expected.Shape[^2])) * scale, difference = (expected - actual).Abs().Max().Item();
        Assert.True(difference <= bound, $"differ by {difference} where {bound} is allowed (seed {Draws.Seed})");
    }

    /// <summary>Fails unless the columns are orthonormal.</summary>
    public static void Orthonormal(Tensor q) => Close(Tensor.Eye(q.Shape[^1], dtype: q.DType).Expand([.. q.Shape[..^2], q.Shape[^1], q.Shape[^1]]).Clone(), q.MT.Matmul(q));

    private static int HashCode(long[] sizes)
    {
        int hash = 17;
        foreach (long size in sizes) hash = (hash * 31) + (int)size;
        return hash;
    }
}
