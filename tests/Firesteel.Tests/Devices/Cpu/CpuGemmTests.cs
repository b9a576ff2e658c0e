using System.Numerics;
using System.Runtime.Intrinsics;

namespace Firesteel.Tests.Devices.Cpu;

/// <summary>The fast matrix product with every width of vector, on sizes that reach its packing, blocking and threads.</summary>
public unsafe class CpuGemmTests
{
    private const int Seed = 7041;

    /// <summary>m, n, k.</summary>
    private static readonly (int M, int N, int K)[] s_sizes =
    [
        (1, 1, 1), (2, 40, 13), (5, 7, 11), (8, 8, 8), (16, 24, 30), (31, 17, 40), (1, 1, 1000), (1, 700, 40), (1, 2500, 33), (700, 1, 41), (3, 5, 64), (5, 300, 77), (300, 7, 130), (12, 40, 320), (13, 40, 321),
        (31, 33, 35), (64, 10, 512), (97, 129, 60), (200, 110, 70), (50, 150, 650), (110, 300, 20), (20, 4200, 12),
    ];

    private static void AllSizes<T, V, TVector>(Func<Random, T> draw, double epsilon)
        where T : unmanaged, IFloatingPointIeee754<T>
        where V : unmanaged
        where TVector : struct, IGemmVector<T, V>
    {
        var random = new Random(Seed);
        foreach (var (m, n, k) in s_sizes)
        {
            foreach (string layout in new[] { "NN", "NT", "TN", "TT", "GG" })
            {
                bool columnMajor = random.Next(2) == 0, add = random.Next(2) == 0;
                int gap = layout == "GG" ? 3 : 1;
                T[] a = Fill(m * k * gap), b = Fill(k * n * gap), c = Fill(m * n * gap);
                T[] before = [.. c];
                fixed (T* pa = a, pb = b, pc = c)
                {
                    var product = new GemmProduct<T>
                    {
                        A = pa, B = pb, C = pc, M = m, N = n, K = k, Add = add,
                        ARow = layout[0] == 'T' ? 1 : k * gap, ACol = layout[0] == 'T' ? m : gap,
                        BRow = layout[1] == 'T' ? 1 : n * gap, BCol = layout[1] == 'T' ? k : gap,
                        CRow = columnMajor ? gap : n * gap, CCol = columnMajor ? m * gap : gap,
                    };
                    CpuGemm<T, V, TVector>.Run(product, random.Next(2) == 0);
                    Check(product, a, b, c, before, epsilon, $"seed {Seed}: {layout} {m} x {k} x {n}, columnMajor {columnMajor}, add {add}");
                }
            }
        }

        T[] Fill(int count)
        {
            var values = new T[count];
            foreach (ref var value in values.AsSpan()) value = draw(random);
            return values;
        }
    }

    private static void Check<T>(in GemmProduct<T> product, T[] a, T[] b, T[] c, T[] before, double epsilon, string what)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // Row by row in double; every row for small products, some rows for large ones.
        int m = (int)product.M, n = (int)product.N, k = (int)product.K;
        int step = Math.Max(1, m * n * k / 50_000);
        var sum = new double[n];
        var size = new double[n];
        for (int row = 0; row < m; row += row + step >= m && row < m - 1 ? m - 1 - row : step)
        {
            for (int j = 0; j < n; j++) size[j] = Math.Abs(sum[j] = product.Add ? double.CreateChecked(before[row * product.CRow + j * product.CCol]) : 0);
            for (int p = 0; p < k; p++)
            {
                double x = double.CreateChecked(a[row * product.ARow + p * product.ACol]);
                for (int j = 0; j < n; j++)
                {
                    double y = x * double.CreateChecked(b[p * product.BRow + j * product.BCol]);
                    sum[j] += y;
                    size[j] += Math.Abs(y);
                }
            }
            for (int j = 0; j < n; j++)
            {
                double actual = double.CreateChecked(c[row * product.CRow + j * product.CCol]);
                if (!(Math.Abs(actual - sum[j]) <= epsilon * (k + 2) * size[j])) Assert.Fail($"{what}: [{row}, {j}] is {actual}, expected {sum[j]}");
            }
        }
        if (c.Length == 3 * m * n)
            for (int i = 0; i < c.Length; i++) if (i % 3 != 0) Assert.Equal(before[i], c[i]); // the gaps are not ours
    }

    private static float Single(Random random) => random.NextSingle() - 0.5f;

    private static double Double(Random random) => random.NextDouble() - 0.5;

    [Fact]
    public void Single512() => AllSizes<float, Vector512<float>, GemmVectors.Single512>(Single, 6e-8);

    [Fact]
    public void Single256() => AllSizes<float, Vector256<float>, GemmVectors.Single256>(Single, 6e-8);

    [Fact]
    public void Single128() => AllSizes<float, Vector128<float>, GemmVectors.Single128>(Single, 6e-8);

    [Fact]
    public void SingleWithoutVectors() => AllSizes<float, float, GemmVectors.One<float>>(Single, 6e-8);

    [Fact]
    public void Double512() => AllSizes<double, Vector512<double>, GemmVectors.Double512>(Double, 1.2e-16);

    [Fact]
    public void Double256() => AllSizes<double, Vector256<double>, GemmVectors.Double256>(Double, 1.2e-16);

    [Fact]
    public void Double128() => AllSizes<double, Vector128<double>, GemmVectors.Double128>(Double, 1.2e-16);

    [Fact]
    public void DoubleWithoutVectors() => AllSizes<double, double, GemmVectors.One<double>>(Double, 1.2e-16);

    [Fact]
    public void TheSameBitsOnVectorsOfAnyWidth()
    {
        foreach (var (m, n, k) in s_sizes)
        {
            foreach (string layout in new[] { "NN", "NT", "TN", "TT" })
            {
                var single = new[] { Of<float, Vector256<float>, GemmVectors.Single256>(m, n, k, layout, Single), Of<float, Vector512<float>, GemmVectors.Single512>(m, n, k, layout, Single), Of<float, Vector128<float>, GemmVectors.Single128>(m, n, k, layout, Single), Of<float, float, GemmVectors.One<float>>(m, n, k, layout, Single) };
                var wide = new[] { Of<double, Vector256<double>, GemmVectors.Double256>(m, n, k, layout, Double), Of<double, Vector512<double>, GemmVectors.Double512>(m, n, k, layout, Double), Of<double, Vector128<double>, GemmVectors.Double128>(m, n, k, layout, Double), Of<double, double, GemmVectors.One<double>>(m, n, k, layout, Double) };
                for (int i = 1; i < 4; i++)
                {
                    Assert.True(single[0].AsSpan().SequenceEqual(single[i]), $"float32 {layout} {m} x {k} x {n}: way {i}");
                    Assert.True(wide[0].AsSpan().SequenceEqual(wide[i]), $"float64 {layout} {m} x {k} x {n}: way {i}");
                }
            }
        }

        static T[] Of<T, V, TVector>(int m, int n, int k, string layout, Func<Random, T> draw)
            where T : unmanaged, IFloatingPointIeee754<T>
            where V : unmanaged
            where TVector : struct, IGemmVector<T, V>
        {
            var random = new Random(Seed);
            T[] a = new T[m * k], b = new T[k * n], c = new T[m * n];
            foreach (ref var value in a.AsSpan()) value = draw(random);
            foreach (ref var value in b.AsSpan()) value = draw(random);
            fixed (T* pa = a, pb = b, pc = c)
                CpuGemm<T, V, TVector>.Run(new GemmProduct<T>
                {
                    A = pa, B = pb, C = pc, M = m, N = n, K = k, CRow = n, CCol = 1,
                    ARow = layout[0] == 'T' ? 1 : k, ACol = layout[0] == 'T' ? m : 1, BRow = layout[1] == 'T' ? 1 : n, BCol = layout[1] == 'T' ? k : 1,
                }, false);
            return c;
        }
    }

    [Fact]
    public void TheSameBitsOnAnyNumberOfThreads()
    {
        var random = new Random(Seed);
        foreach (var (batch, m, n, k) in new[] { (1, 260, 300, 700), (1, 64, 512, 784), (1, 1, 5000, 300), (1, 5, 2000, 300), (40, 30, 64, 50), (3, 200, 200, 200), (1, 1000, 10, 128) })
        {
            foreach (bool transposed in new[] { false, true })
            {
                var a = new TestBuffer(DType.Float32, [batch, m, k], [m * k, k, 1], random);
                var b = new TestBuffer(DType.Float32, [batch, k, n], transposed ? [k * n, 1, k] : [k * n, n, 1], random);
                byte[]? first = null;
                CpuThreadsTests.WithThreads(
                    count =>
                    {
                        var c = new TestBuffer(DType.Float32, [batch, m, n], [m * n, n, 1], null);
                        Device.Cpu.Run(new KernelCall(MatMulKernel.Instance, [c.View], [a.View, b.View]));
                        first ??= c.Bytes;
                        Assert.True(first.AsSpan().SequenceEqual(c.Bytes), $"seed {Seed}, {batch} x {m} x {k} x {n}: other bits with {count} threads");
                    },
                    1, 2, 5);
            }
        }
    }

    [Fact]
    public void SmallProductsAllocateNothing()
    {
        var random = new Random(Seed);
        var a = new TestBuffer(DType.Float32, [64, 32], [32, 1], random);
        var b = new TestBuffer(DType.Float32, [32, 10], [1, 32], random);
        var c = new TestBuffer(DType.Float32, [64, 10], [10, 1], null);
        View[] outputs = [c.View];
        KernelInput[] inputs = [a.View, b.View];
        Device.Cpu.Run(new KernelCall(MatMulKernel.Instance, outputs, inputs));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) Device.Cpu.Run(new KernelCall(MatMulKernel.Instance, outputs, inputs));
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    /// <summary>A batch of rows times one matrix is one product; numbers from the definition.</summary>
    [Fact]
    public void ABatchOfRowsWithOneMatrix()
    {
        var random = new Random(Seed);
        foreach (var (batch, m) in new[] { (6, 4), (6, 1), (1, 6) })
        {
            var a = new TestBuffer(DType.Float32, [batch, m, 20], [m * 20, 20, 1], random);
            var b = new TestBuffer(DType.Float32, [batch, 20, 30], [0, 30, 1], random);
            var c = new TestBuffer(DType.Float32, [batch, m, 30], [m * 30, 30, 1], null);
            Device.Cpu.Run(new KernelCall(MatMulKernel.Instance, [c.View], [a.View, b.View]));
            foreach (var index in TestBuffer.Indices([batch, m, 30]))
            {
                double sum = 0;
                for (int p = 0; p < 20; p++) sum += a[index[0], index[1], p] * b[0, p, index[2]];
                Assert.Equal(sum, c[index], 2e-6);
            }
        }
    }
}
