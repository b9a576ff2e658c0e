namespace Firesteel.Tests;

/// <summary>torch.multinomial of PyTorch 1.13.1 after manual_seed(13); the three dtypes agree on these weights.</summary>
public class CpuMultinomialTests
{
    private static readonly double[] s_row = [0.1, 3, 0, 2, 0.5, 1, 7, 0.25];
    private static readonly double[] s_table = [.. Enumerable.Range(0, 24).Select(i => i % 7 + 1.0)]; // 4 x 6

    [Theory]
    [InlineData(1, false, "6")]
    [InlineData(1, true, "6")]
    [InlineData(2, false, "61")]
    [InlineData(7, false, "6135740")]
    [InlineData(2, true, "66")]
    [InlineData(12, true, "661666331663")]
    public void OneRow(int samples, bool replacement, string expected)
    {
        foreach (var weights in Weights(s_row, [8])) Assert.Equal(expected, Draw([samples], weights, replacement));
    }

    [Theory]
    [InlineData(1, false, "2214")]
    [InlineData(1, true, "5304")]
    [InlineData(3, false, "251250130402")]
    [InlineData(6, false, "251430250143130542402351")]
    [InlineData(5, true, "54155410044050214414")]
    public void Rows(int samples, bool replacement, string expected)
    {
        foreach (var weights in Weights(s_table, [4, 6])) Assert.Equal(expected, Draw([4, samples], weights, replacement));
    }

    [Theory]
    [InlineData(1, false, "121231")]
    [InlineData(1, true, "220232")]
    [InlineData(3, false, "132210103231310103")]
    [InlineData(4, false, "132021031032231031021032")]
    [InlineData(4, true, "221333220330201032032001")]
    public void TransposedWeightsAreDrawnInTheOrderOfMemory(int samples, bool replacement, string expected)
    {
        double[] transposed = [.. Enumerable.Range(0, 24).Select(i => s_table[i % 4 * 6 + i / 4])];
        foreach (var weights in Weights(transposed, [6, 4], [1, 6])) Assert.Equal(expected, Draw([6, samples], weights, replacement));
    }

    [Fact]
    public void WeightsWithGaps()
    {
        double[] even = [.. Enumerable.Range(0, 12).Select(i => s_table[i / 3 * 6 + i % 3 * 2])];
        foreach (var weights in Weights(even, [4, 3], [6, 2])) Assert.Equal("21202021", Draw([4, 2], weights, false));
        double[] transposed = [.. Enumerable.Range(0, 12).Select(i => even[i % 4 * 3 + i / 4])];
        foreach (var weights in Weights(transposed, [3, 4], [2, 6])) Assert.Equal("233020", Draw([3, 2], weights, false));
    }

    [Fact]
    public void ManyCategories()
    {
        var g = new Generator().ManualSeed(13);
        var single = RandomBuffer.From(Enumerable.Range(1, 1000).Select(i => (float)i).ToArray(), [1000]);
        var wide = RandomBuffer.From(Enumerable.Range(1, 1000).Select(i => (double)i).ToArray(), [1000]);
        Assert.Equal("a8e4dd7b81807502", CpuRandomTests.Hash(new RandomBuffer(DType.Int64, [900]).Draw(Distribution.Multinomial, g, single, false).RowMajor())[..16]);
        Assert.Equal("a8287b472f4e9673", CpuRandomTests.Hash(new RandomBuffer(DType.Int64, [900]).Draw(Distribution.Multinomial, g, single, true).RowMajor())[..16]);
        Assert.Equal("69df9a8be844605e", CpuRandomTests.Hash(new RandomBuffer(DType.Int64, [900]).Draw(Distribution.Multinomial, g, wide, true).RowMajor())[..16]);
    }

    [Fact]
    public void BadWeightsAreRefusedBeforeAnythingIsDrawn()
    {
        var g = new Generator();
        byte[] before = g.GetState();
        Refuse([1, -1], 1);
        Refuse([1, float.NaN], 1);
        Refuse([1, float.PositiveInfinity], 2);
        Refuse([0, 0], 1);
        Refuse([1, 2], 3, replacement: false);
        Refuse([1, 2], 0);
        Refuse([], 1);
        var two = RandomBuffer.From(new float[] { 1, 2 }, [2]);
        Assert.Throws<ArgumentException>(() => new RandomBuffer(DType.Int32, [2]).Draw(Distribution.Multinomial, g, two, true));
        Assert.Throws<ArgumentException>(() => new RandomBuffer(DType.Int64, [1, 2]).Draw(Distribution.Multinomial, g, two, true));
        Assert.Throws<ArgumentException>(() => new RandomBuffer(DType.Int64, [2]).Draw(Distribution.Multinomial, g, RandomBuffer.From(new long[] { 1, 2 }, [2]), true));
        Assert.Throws<ArgumentException>(() => new RandomBuffer(DType.Int64, [1, 1, 2]).Draw(Distribution.Multinomial, g, RandomBuffer.From(new float[] { 1, 2 }, [1, 1, 2]), true));
        Assert.Equal(before, g.GetState());

        void Refuse(float[] weights, int samples, bool replacement = true)
        {
            var output = new RandomBuffer(DType.Int64, [samples]);
            Assert.Throws<ArgumentException>(() => output.Draw(Distribution.Multinomial, g, RandomBuffer.From(weights, [weights.Length]), replacement));
            Assert.True(output.Untouched(everything: true));
        }
    }

    private static RandomBuffer[] Weights(double[] values, long[] sizes, long[]? strides = null) =>
    [
        RandomBuffer.From(values, sizes, strides),
        RandomBuffer.From(values.Select(v => (float)v).ToArray(), sizes, strides),
        RandomBuffer.From(values.Select(v => (BFloat16)v).ToArray(), sizes, strides),
    ];

    private static string Draw(long[] sizes, RandomBuffer weights, bool replacement) =>
        string.Concat(new RandomBuffer(DType.Int64, sizes).Draw(Distribution.Multinomial, new Generator().ManualSeed(13), weights, replacement).Longs());
}
