using System.Globalization;

namespace Firesteel.Tests.Devices.Cpu;

/// <summary>The matrix product against a plain triple loop in double (integers: in long).</summary>
public class CpuMatMulTests
{
    public static TheoryData<DType> DTypesOfMatMul =>
        [DType.Float32, DType.Float64, DType.Float16, DType.BFloat16, DType.Int64, DType.Int32, DType.Int16, DType.Int8, DType.UInt8];

    private static void Run(TestBuffer c, TestBuffer a, TestBuffer b)
    {
        Device.Cpu.Run(new KernelCall(MatMulKernel.Instance, [c.View], [a.View, b.View]));
    }

    /// <summary>The elements in the order of their indices.</summary>
    private static double[] Values(TestBuffer x) => [.. TestBuffer.Indices(x.View.Shape.ToArray()).Select(i => x[i])];

    private static void Check(TestBuffer c, TestBuffer a, TestBuffer b, long k, string what)
    {
        var dtype = c.View.DType;
        long m = c.View.Shape[^2], n = c.View.Shape[^1], position = 0;
        double[] left = Values(a), right = Values(b);
        foreach (var index in TestBuffer.Indices(c.View.Shape.ToArray()))
        {
            double sum = 0, magnitude = 0;
            long row = position / n, column = position % n + position / (m * n) * k * n;
            position++;
            for (long p = 0; p < k; p++)
            {
                double product = left[row * k + p] * right[column + p * n];
                sum += product;
                magnitude += Math.Abs(product);
            }
            double actual = c[index];
            double expected = dtype switch
            {
                DType.Int8 => unchecked((sbyte)(long)sum),
                DType.UInt8 => unchecked((byte)(long)sum),
                DType.Int16 => unchecked((short)(long)sum),
                _ => sum,
            };
            double tolerance = dtype switch
            {
                DType.Float32 => 1.2e-7 * (k + 1) * magnitude,
                DType.Float64 => 2.3e-16 * (k + 1) * magnitude,
                // one rounding of the result, and the float32 sum before it
                DType.Float16 => Math.Abs(sum) * 0.00049 + 6e-8 + 1.2e-7 * (k + 1) * magnitude,
                DType.BFloat16 => Math.Abs(sum) * 0.0040 + 1.2e-7 * (k + 1) * magnitude,
                _ => 0,
            };
            if (!(Math.Abs(actual - expected) <= tolerance))
                Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"{what}: [{string.Join(", ", index)}] is {actual:R}, expected {expected:R} ± {tolerance:R}"));
        }
        var own = c.Untouched();
        for (int i = 0; i < own.Length; i++)
            if (!own[i]) Assert.Equal(77, c[i]);
    }

    [Theory]
    [MemberData(nameof(DTypesOfMatMul))]
    public void EqualsTheTripleLoopForAnyShapeAndStrides(DType dtype)
    {
        const int seed = 20240611;
        var random = new Random(seed);
        int[] sizes = [0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 10, 13, 15, 16, 17, 24, 31, 32, 33, 48, 65, 100];
        bool fast = dtype is DType.Float32 or DType.Float64;
        for (int round = 0; round < (fast ? 400 : 60); round++)
        {
            long m = sizes[random.Next(sizes.Length)], n = sizes[random.Next(sizes.Length)], k = sizes[random.Next(sizes.Length)];
            long[] batch = [.. Enumerable.Range(0, random.Next(3)).Select(_ => (long)random.Next(1, 4))];
            var a = TestBuffer.Make(dtype, [.. batch, m, k], random);
            var b = TestBuffer.Make(dtype, [.. batch, k, n], random);
            var c = TestBuffer.Make(dtype, [.. batch, m, n], random, output: true);
            Run(c, a, b);
            Check(c, a, b, k, $"seed {seed}, round {round}, {dtype}, batch [{string.Join(", ", batch)}], m {m}, k {k}, n {n}, strides a [{string.Join(", ", a.View.Strides)}] b [{string.Join(", ", b.View.Strides)}] c [{string.Join(", ", c.View.Strides)}]");
        }
    }

    /// <summary>float16 and bfloat16 are multiplied block by block: sizes of several blocks, any layout, also where one matrix serves a whole batch.</summary>
    [Theory]
    [InlineData(DType.Float16)]
    [InlineData(DType.BFloat16)]
    public void SixteenBitsInBlocks(DType dtype)
    {
        const int seed = 614;
        var random = new Random(seed);
        foreach (var (batch, m, n, k) in new (long[], long, long, long)[] { ([], 130, 270, 650), ([], 1, 600, 330), ([], 300, 3, 900), ([2], 150, 20, 321), ([3, 2], 5, 257, 7) })
        {
            for (int round = 0; round < 3; round++)
            {
                var a = TestBuffer.Make(dtype, [.. batch, m, k], random);
                var b = TestBuffer.Make(dtype, [.. batch, k, n], random);
                var c = TestBuffer.Make(dtype, [.. batch, m, n], random, output: true);
                Run(c, a, b);
                Check(c, a, b, k, $"seed {seed}, round {round}, {dtype}, batch [{string.Join(", ", batch)}], m {m}, k {k}, n {n}");
            }
        }
        // One weight for a batch, with a bias: what float32 gives, rounded once.
        Tensor x = Tensor.Randn([7, 40, 500], dtype), w = Tensor.Randn([500, 300], dtype), bias = Tensor.Randn([300], dtype);
        var wide = (x.To(DType.Float64).Matmul(w.To(DType.Float64)) + bias.To(DType.Float64)).To(dtype);
        var ours = Firesteel.Nn.Functional.Linear(x, w.T, bias);
        double step = dtype == DType.Float16 ? 0.001 : 0.008;
        Assert.True(((ours.To(DType.Float64) - wide.To(DType.Float64)).Abs() <= wide.To(DType.Float64).Abs() * step + 1e-4).To(DType.Int64).Sum().Item() == wide.NumElements, $"seed {seed}");
    }

    /// <summary>A third operand is where the sum begins: a bias in every row, in every column, or a whole matrix of any strides.</summary>
    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    [InlineData(DType.Int32)]
    public void AddsAThirdOperand(DType dtype)
    {
        const int seed = 7;
        var random = new Random(seed);
        int[] sizes = [0, 1, 2, 5, 13, 16, 31, 40, 70];
        for (int round = 0; round < 150; round++)
        {
            long m = sizes[random.Next(1, sizes.Length)], n = sizes[random.Next(1, sizes.Length)], k = round % 20 == 0 ? 400 : sizes[random.Next(sizes.Length)];
            long[] batch = [.. Enumerable.Range(0, random.Next(3)).Select(_ => (long)random.Next(1, 4))];
            var a = TestBuffer.Make(dtype, [.. batch, m, k], random);
            var b = TestBuffer.Make(dtype, [.. batch, k, n], random);
            var c = TestBuffer.Make(dtype, [.. batch, m, n], random, output: true);
            var plain = new Tensor(Tensor.Allocate(c.View.Shape, dtype));
            var start = Tensor.Randint(-9, 9, round % 3 == 0 ? [n] : round % 3 == 1 ? [m, 1] : [.. batch, m, n]).To(dtype).Expand([.. batch, m, n]);
            Device.Cpu.Run(new KernelCall(MatMulKernel.Instance, [plain.Layout], [a.View, b.View]));
            Device.Cpu.Run(new KernelCall(MatMulKernel.Instance, [c.View], [a.View, b.View, start.Layout]));
            double[] expected = (plain + start).ToArray<double>(), actual = new Tensor(c.View).ToArray<double>();
            double tolerance = dtype == DType.Float32 ? 1e-4 : 1e-12;
            for (int i = 0; i < expected.Length; i++)
                Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * (1 + Math.Abs(expected[i])), $"round {round}: {c.View.Shape}, k {k}: element {i} is {actual[i]}, expected {expected[i]}");
        }
    }

    [Fact]
    public void IntegersWrapAround()
    {
        var a = new TestBuffer(DType.Int32, [1, 2], [2, 1], null);
        var b = new TestBuffer(DType.Int32, [2, 1], [1, 1], null);
        var c = new TestBuffer(DType.Int32, [1, 1], [1, 1], null);
        a[8] = 1 << 30;
        a[9] = 5;
        b[8] = 4;
        b[9] = 3;
        Run(c, a, b);
        Assert.Equal(15, c[8]); // 2^32 + 15
    }

    [Fact]
    public void RefusesWhatDoesNotFit()
    {
        static TestBuffer Of(DType dtype, params long[] sizes) => new(dtype, sizes, Shape.Create(sizes).ContiguousStrides, null);
        Assert.Throws<ArgumentException>(() => Run(Of(DType.Float32, 2, 3), Of(DType.Float32, 2, 4), Of(DType.Float32, 5, 3)));
        Assert.Throws<ArgumentException>(() => Run(Of(DType.Float32, 2, 3), Of(DType.Float32, 2, 4), Of(DType.Float64, 4, 3)));
        Assert.Throws<ArgumentException>(() => Run(Of(DType.Float32, 1, 2, 3), Of(DType.Float32, 2, 4), Of(DType.Float32, 4, 3)));
        Assert.Throws<NotSupportedException>(() => Run(Of(DType.Bool, 2, 3), Of(DType.Bool, 2, 4), Of(DType.Bool, 4, 3)));
    }

    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    [InlineData(DType.Int32)]
    public void WhatTheProductBeginsWithBroadcasts(DType dtype)
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        foreach (long[] sizes in new long[][] { [], [1], [7], [5, 1], [1, 7], [5, 7], [2, 5, 7], [2, 1, 1], [3, 1, 5, 1], [3, 2, 5, 7] })
        {
            foreach (long[] batch in new long[][] { [], [2], [3, 2] })
            {
                if (batch.Length + 2 < sizes.Length) continue;
                TestBuffer Of(params long[] matrix) => TestBuffer.Make(dtype, [.. batch, .. matrix], random);
                TestBuffer a = Of(5, 4), b = Of(4, 7), c = TestBuffer.Make(dtype, [.. batch, 5, 7], random, output: true), plain = TestBuffer.Make(dtype, [.. batch, 5, 7], random, output: true);
                var start = sizes.Length == 0 ? new TestBuffer(dtype, [], [], random) : TestBuffer.Make(dtype, sizes, random);
                Run(plain, a, b);
                Device.Cpu.Run(new KernelCall(MatMulKernel.Instance, [c.View], [a.View, b.View, start.View]));
                foreach (var index in TestBuffer.Indices([.. batch, 5, 7]))
                {
                    long[] own = [.. index[^sizes.Length..].Select((i, d) => sizes[d] == 1 ? 0 : i)];
                    Assert.Equal(plain[index] + start[own], c[index], dtype == DType.Float32 ? 1e-5 : dtype == DType.Float64 ? 1e-13 : 0);
                }
            }
        }
    }

    [Fact]
    public void RefusesABeginningThatDoesNotBroadcast()
    {
        var random = new Random(0);
        TestBuffer a = TestBuffer.Make(DType.Float32, [5, 4], random), b = TestBuffer.Make(DType.Float32, [4, 7], random), c = TestBuffer.Make(DType.Float32, [5, 7], random, output: true);
        foreach (var start in new[] { TestBuffer.Make(DType.Float32, [5], random), TestBuffer.Make(DType.Float32, [2, 5, 7], random), TestBuffer.Make(DType.Float64, [7], random) })
            Assert.Throws<ArgumentException>(() => Device.Cpu.Run(new KernelCall(MatMulKernel.Instance, [c.View], [a.View, b.View, start.View])));
    }

    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    public void ProductsOverOneElementAreOuterProducts(DType dtype)
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        foreach (var (m, n) in new[] { (1L, 9L), (3, 4), (7, 33), (32, 512), (300, 1000), (1000, 300), (5, 8) })
        {
            for (int trial = 0; trial < 4; trial++)
            {
                TestBuffer a = TestBuffer.Make(dtype, [m, 1], random), b = TestBuffer.Make(dtype, [1, n], random), c = TestBuffer.Make(dtype, [m, n], random, output: true);
                var start = trial switch { 0 => null, 1 => TestBuffer.Make(dtype, [n], random), 2 => TestBuffer.Make(dtype, [m, 1], random), _ => TestBuffer.Make(dtype, [m, n], random) };
                Device.Cpu.Run(start is null ? new KernelCall(MatMulKernel.Instance, [c.View], [a.View, b.View]) : new KernelCall(MatMulKernel.Instance, [c.View], [a.View, b.View, start.View]));
                for (long i = 0; i < m; i++)
                {
                    for (long j = 0; j < n; j++)
                    {
                        double product = a[[i, 0L]] * b[[0L, j]], begin = trial switch { 0 => 0, 1 => start![[j]], 2 => start![[i, 0L]], _ => start![[i, j]] };
                        double expected = dtype == DType.Float32 ? (float)((float)product + begin) : product + begin;
                        if (c[[i, j]] != expected) Assert.Fail($"[{m}, 1] x [1, {n}], {trial}: [{i}, {j}] is {c[[i, j]]:R}, expected {expected:R} (seed {seed})");
                    }
                }
            }
        }
        // A product is added to zero.
        Assert.All(Tensor.Full([3, 1], -1, dtype: dtype).Mm(Tensor.Zeros([1, 20], dtype: dtype)).ToArray<double>(), static x => Assert.False(double.IsNegative(x)));
    }
}
