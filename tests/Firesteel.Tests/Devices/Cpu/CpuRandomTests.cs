using System.Globalization;
using System.Security.Cryptography;

namespace Firesteel.Tests;

/// <summary>Every kind of draw against the numbers of PyTorch.</summary>
public class CpuRandomTests
{
    public static TheoryData<string> Lines()
    {
        var data = new TheoryData<string>();
        foreach (string line in CpuRandomNumbers.Table.Split('\n')) data.Add(line.Trim());
        return data;
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void DrawsWhatPyTorchDraws(string line)
    {
        string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var distribution = Enum.Parse<Distribution>(fields[0]);
        var dtype = Enum.Parse<DType>(fields[1]);
        var generator = new Generator().ManualSeed(long.Parse(fields[2], CultureInfo.InvariantCulture));
        long[][] layout = [.. fields[3].Split('/').Select(part => part is "scalar" or "" ? [] : part.Split('x').Select(long.Parse).ToArray())];
        Scalar[] parameters = fields[4] == "-" ? [] : [.. fields[4].Split(',').Select(Number)];

        var output = new RandomBuffer(dtype, layout[0], layout.Length > 1 ? layout[1] : null).Draw(distribution, generator, parameters);

        double[] values = output.Values();
        double[] expected = [.. fields[7..].Select(f => Number(f).AsDouble)];
        double[] ends = values.Length <= 4 ? values : [values[0], values[1], values[^2], values[^1]];
        double tolerance = dtype == DType.Float64 ? 1e-14 : 1e-7;
        Assert.Equal(expected.Length, ends.Length);
        for (int i = 0; i < ends.Length; i++) Assert.Equal(expected[i], ends[i], tolerance * Math.Max(1, Math.Abs(expected[i])));
        if (fields[5].StartsWith("sum=", StringComparison.Ordinal)) Assert.Equal(Number(fields[5][4..]).AsDouble, values.Sum(), 1e-12 * Math.Max(1, values.Sum(Math.Abs)));
        else Assert.Equal(fields[5], Hash(output.RowMajor())[..16]);
        Assert.Equal(fields[6], Hash(generator.GetState()[..5016])[..8]);
        Assert.True(output.Untouched());
    }

    [Fact]
    public void TheSecondOfAPairWaitsForTheNextSerialDraw()
    {
        var g = new Generator().ManualSeed(7);
        float[] Randn(int n) => [.. new RandomBuffer(DType.Float32, [n]).Draw(Distribution.Normal, g, 0, 1).Values().Select(v => (float)v)];
        Assert.Equal([-0.1467951f, 0.7861413f, 0.94682163f], Randn(3));
        Assert.Equal(
            [
                -0.17643793f, 1.7501724f, 1.9300169f, 0.9861118f, -1.3032167f, 0.08747838f, -1.3849614f, 0.5035639f, -0.08352823f, -0.023477932f,
                0.17437536f, 2.2983427f, 1.0955805f, 0.48235416f, 1.3989184f, 1.4058529f, -1.4012508f, 1.2973359f, 1.6409333f, -1.0566841f,
            ],
            Randn(20));
        Assert.Equal([-1.114344f], Randn(1));
        double[] pair = new RandomBuffer(DType.Float64, [2]).Draw(Distribution.Normal, g, 0, 1).Values();
        Assert.Equal(-0.45781890986397766, pair[0], 1e-15);
        Assert.Equal(-0.724473294750947, pair[1], 1e-15);
        Assert.Equal([0.7368624f, 0.0331105f], new RandomBuffer(DType.Float32, [2]).Draw(Distribution.Uniform, g, 0, 1).Values().Select(v => (float)v));
        Assert.Equal([-0.29017374f, -2.4220092f, 0.2915177f, -0.46327382f, 1.1875784f], Randn(5));
        Assert.Equal([1.4275017f, 31.201017f], new RandomBuffer(DType.Float32, [2]).Draw(Distribution.LogNormal, g, 1, 2).Values().Select(v => (float)v));
        Assert.Equal([43, 39, 42], new RandomBuffer(DType.Int64, [3]).Draw(Distribution.Integer, g, 0, 100).Longs());
        Assert.Equal([0.75882685f], Randn(1));
    }

    [Fact]
    public void ManyNumbersCrossEveryChunk()
    {
        // The same words by one call and by many of odd sizes: 24 bits each.
        const int Count = (1 << 20) + 12345;
        var whole = new RandomBuffer(DType.Float32, [Count]).Draw(Distribution.Uniform, new Generator().ManualSeed(1), 0, 1).Values();
        var engine = new Mt19937(1);
        for (int i = 0; i < Count; i++) Assert.Equal((engine.Next() & 0xFFFFFF) / 16777216.0, whole[i]);
    }

    private const string Half32 = "00000001001011011111", Half64 = "00000111010001110101";

    [Theory]
    [InlineData(DType.Float32, Half32, "00110001011100110001", "110110011010110", "000000011111")]
    [InlineData(DType.BFloat16, Half32, "00110001011100110001", "110110011010110", "000000011111")]
    [InlineData(DType.Float64, Half64, "01010100010100100111", "100011110100011", "000010010111")]
    public void BernoulliOfProbabilities(DType dtype, string contiguous, string transposed, string row, string column)
    {
        double[] p = [.. Enumerable.Range(0, 20).Select(i => i / 20.0)];
        Generator Seeded() => new Generator().ManualSeed(11);
        Assert.Equal(contiguous, Bits(new RandomBuffer(DType.Float32, [4, 5]).Draw(Distribution.Bernoulli, Seeded(), Probabilities(p, [4, 5], [5, 1]))));
        Assert.Equal(contiguous, Bits(new RandomBuffer(dtype, [4, 5]).Draw(Distribution.Bernoulli, Seeded(), Probabilities(p, [4, 5], [5, 1]))));
        double[] t = [.. Enumerable.Range(0, 20).Select(i => p[i % 4 * 5 + i / 4])];
        Assert.Equal(transposed, Bits(new RandomBuffer(DType.Int64, [5, 4], [1, 5]).Draw(Distribution.Bernoulli, Seeded(), Probabilities(t, [5, 4], [1, 5]))));
        Assert.Equal(row, Bits(new RandomBuffer(DType.Float32, [3, 5]).Draw(Distribution.Bernoulli, Seeded(), Probabilities(p[10..15], [5], [1]))));
        double[] c = [.. Enumerable.Range(0, 4).Select(i => p[i * 5 + 2])];
        Assert.Equal(column, Bits(new RandomBuffer(DType.Float32, [4, 3], [1, 4]).Draw(Distribution.Bernoulli, Seeded(), Probabilities(c, [4, 1], [5, 1]))));

        RandomBuffer Probabilities(double[] values, long[] sizes, long[] strides) => dtype switch
        {
            DType.Float64 => RandomBuffer.From(values, sizes, strides),
            DType.Float32 => RandomBuffer.From(values.Select(v => (float)v).ToArray(), sizes, strides),
            _ => RandomBuffer.From(values.Select(v => (BFloat16)v).ToArray(), sizes, strides),
        };
    }

    [Fact]
    public void BernoulliOfManyProbabilities()
    {
        var g = new Generator().ManualSeed(11);
        var narrow = RandomBuffer.From(Enumerable.Repeat(0.3f, 1000).ToArray(), [1000]);
        Assert.Equal("68eb412b11031168", Hash(new RandomBuffer(DType.Float32, [1000]).Draw(Distribution.Bernoulli, g, narrow).RowMajor())[..16]);
        var wide = RandomBuffer.From(Enumerable.Repeat(0.3, 1000).ToArray(), [1000]);
        Assert.Equal("9e8913967711f07b", Hash(new RandomBuffer(DType.Float64, [1000]).Draw(Distribution.Bernoulli, g, wide).RowMajor())[..16]);
    }

    [Fact]
    public void DropoutMask() // F.dropout(torch.ones(12), 0.4) keeps with bernoulli_(0.6)
        => Assert.Equal("100011110100", Bits(new RandomBuffer(DType.Float32, [12]).Draw(Distribution.Bernoulli, new Generator().ManualSeed(11), 0.6)));

    [Fact]
    public void AParameterMayBeAViewOfOneElement()
    {
        var mean = RandomBuffer.From([0.3f], [1]);
        var byView = new RandomBuffer(DType.Float64, [20]).Draw(Distribution.Normal, new Generator().ManualSeed(3), mean, 2).RowMajor();
        Assert.Equal(new RandomBuffer(DType.Float64, [20]).Draw(Distribution.Normal, new Generator().ManualSeed(3), (double)0.3f, 2).RowMajor(), byView);
    }

    public static TheoryData<string, string, double[]> Bad() => new()
    {
        { "Uniform", "Float32", [1, 0] },
        { "Uniform", "Float32", [double.NaN, 1] },
        { "Uniform", "Float32", [-3e38, 3e38] },
        { "Uniform", "Float16", [0, 70000] },
        { "Uniform", "Int64", [0, 1] },
        { "Uniform", "Float32", [0] },
        { "Normal", "Float32", [0, -1] },
        { "Normal", "Float32", [0, double.NaN] },
        { "Normal", "Int32", [0, 1] },
        { "LogNormal", "Float32", [0, 0] },
        { "LogNormal", "UInt8", [0, 1] },
        { "Exponential", "Float32", [0] },
        { "Exponential", "Float32", [-1] },
        { "Exponential", "Int64", [1] },
        { "Cauchy", "Float32", [0, 0] },
        { "Cauchy", "Bool", [0, 1] },
        { "Geometric", "Float32", [0] },
        { "Geometric", "Float32", [1] },
        { "Geometric", "Bool", [0.5] },
        { "Bernoulli", "Float32", [-0.1] },
        { "Bernoulli", "Float32", [1.1] },
        { "Bernoulli", "Float32", [double.NaN] },
        { "Integer", "Int64", [5, 5] },
        { "Integer", "Int64", [6, 5] },
        { "Integer", "UInt8", [0, 257] },
        { "Integer", "UInt8", [-1, 5] },
        { "Integer", "Int8", [0, 129] },
        { "Integer", "Int8", [128] },
        { "Integer", "Bool", [0, 3] },
        { "Integer", "Float16", [0, 100000] },
        { "Integer", "Int32", [long.MinValue] },
        { "Integer", "Int64", [0, 1, 2] },
        { "Permutation", "Bool", [] },
        { "Multinomial", "Int64", [0.5, 1] },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void BadParametersAreRefusedBeforeAnythingIsDrawn(string distribution, string dtype, double[] parameters)
    {
        var g = new Generator();
        byte[] before = g.GetState();
        var output = new RandomBuffer(Enum.Parse<DType>(dtype), [20]);
        var numbers = parameters.Select(p => double.IsInteger(p) && Math.Abs(p) < 1e19 ? (Scalar)(long)p : p).ToArray();
        Assert.Throws<ArgumentException>(() => output.Draw(Enum.Parse<Distribution>(distribution), g, numbers));
        Assert.Equal(before, g.GetState());
        Assert.True(output.Untouched(everything: true));
    }

    [Fact]
    public void BadProbabilitiesAreRefusedBeforeAnythingIsDrawn()
    {
        var g = new Generator();
        byte[] before = g.GetState();
        foreach (float wrong in new[] { -0.5f, 1.5f, float.NaN })
        {
            float[] p = [.. Enumerable.Repeat(0.5f, 699), wrong];
            var output = new RandomBuffer(DType.Float32, [700]);
            Assert.Throws<ArgumentException>(() => output.Draw(Distribution.Bernoulli, g, RandomBuffer.From(p, [700])));
            Assert.Throws<ArgumentException>(() => output.Draw(Distribution.Bernoulli, g, RandomBuffer.From(p[..699], [699])));
            Assert.True(output.Untouched(everything: true));
        }
        Assert.Throws<ArgumentException>(() => new RandomBuffer(DType.Float32, [2]).Draw(Distribution.Bernoulli, g, RandomBuffer.From(new long[] { 0, 1 }, [2])));
        Assert.Throws<ArgumentException>(() => new RandomBuffer(DType.Float32, [2]).Draw(Distribution.Bernoulli, g, RandomBuffer.From(new float[4], [2, 2])));
        Assert.Throws<ArgumentException>(() => new RandomBuffer(DType.Float32, [2]).Draw(Distribution.Normal, g, RandomBuffer.From(new float[2], [2]), 1));
        Assert.Equal(before, g.GetState());
    }

    [Theory]
    [InlineData(DType.UInt8, 256)]
    [InlineData(DType.Int8, 128)]
    [InlineData(DType.BFloat16, 257)]
    [InlineData(DType.Float16, 2049)]
    public void PermutationsAreRefusedWhereTheirNumbersDoNotFit(DType dtype, int largest)
    {
        double[] order = new RandomBuffer(dtype, [largest]).Draw(Distribution.Permutation, new Generator()).Values();
        Assert.Equal(Enumerable.Range(0, largest).Select(i => (double)i), order.Order());
        Assert.Throws<ArgumentException>(() => new RandomBuffer(dtype, [largest + 1]).Draw(Distribution.Permutation, new Generator()));
        Assert.Throws<ArgumentException>(() => new RandomBuffer(dtype, [2, 2]).Draw(Distribution.Permutation, new Generator()));
    }

    [Fact]
    public void PermutationIntoAStridedOutput()
    {
        long[] plain = new RandomBuffer(DType.Int64, [50]).Draw(Distribution.Permutation, new Generator().ManualSeed(5)).Longs();
        var spread = new RandomBuffer(DType.Int64, [50], [3]).Draw(Distribution.Permutation, new Generator().ManualSeed(5));
        Assert.Equal(plain, spread.Longs());
        Assert.True(spread.Untouched());
    }

    internal static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static string Bits(RandomBuffer buffer) => string.Concat(buffer.Values().Select(v => v == 1 ? '1' : v == 0 ? '0' : '?'));

    private static Scalar Number(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer) ? integer : (Scalar)double.Parse(text, CultureInfo.InvariantCulture);
}
