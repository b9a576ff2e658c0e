namespace Firesteel.Tests.Devices.Cpu;

/// <summary>Kernel calls with any number of operands, in managed arrays and in native memory. Alone, because one test stops all threads again and again by collecting garbage.</summary>
[Collection(nameof(MemoryTests))]
public class CpuDeviceTests
{
    private static void WhileTheCollectorMoves(Action action)
    {
        using var stop = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.Collect(0, GCCollectionMode.Forced, blocking: true, compacting: true);
                Thread.SpinWait(10_000); // without it the calls hardly get to run between collections
            }
        });
        collector.Start();
        try
        {
            action();
        }
        finally
        {
            stop.Cancel();
            collector.Join();
        }
    }

    [Fact]
    public void ReachesAllSetsWhileTheCollectorMovesThem()
    {
        var kernel = new ForeachKernel(new Program(2, Expr.In(0) + Expr.In(1)).KernelFor(DType.Float32), 1);
        WhileTheCollectorMoves(() =>
        {
            for (int round = 0; round < 40; round++)
            {
                View[] to = [.. Enumerable.Range(0, 40).Select(static s => Tensor.Zeros(s % 7 == 0 ? 3000 : s + 1).Layout)];
                KernelInput[] from = [.. Enumerable.Range(0, 40).Select(static s => (KernelInput)Tensor.Full([s % 7 == 0 ? 3000 : s + 1], s).Layout), (Scalar)1.0];
                Device.Cpu.Run(new KernelCall(kernel, to, from));
                for (int s = 0; s < 40; s++) Assert.All(new Tensor(to[s]).ToArray<float>(), x => Assert.Equal(s + 1, x));
            }
        });
    }

    /// <summary>Output k is the sum of all inputs times k + 1.</summary>
    private static Program Sums(int inputs, int outputs)
    {
        var sum = Expr.In(0);
        for (int i = 1; i < inputs; i++) sum += Expr.In(i);
        return new Program(inputs, [.. Enumerable.Range(1, outputs).Select(k => k * sum)]);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(4, 1)]
    [InlineData(5, 1)]
    [InlineData(5, 2)]
    [InlineData(9, 4)]
    [InlineData(15, 3)]
    [InlineData(30, 7)]
    public void ReachesAllOperandsWhileTheCollectorMovesThem(int inputs, int outputs)
    {
        var kernel = Sums(inputs, outputs).KernelFor(DType.Float32);
        WhileTheCollectorMoves(() =>
        {
            for (int round = 0; round < 40; round++)
            {
                // Small ones are managed arrays, which may move; large ones are native.
                long n = round % 5 == 0 ? 3000 : 7;
                var to = new View[outputs];
                for (int k = 0; k < outputs; k++) to[k] = Tensor.Allocate(Shape.Create([n]), DType.Float32);
                var from = new KernelInput[inputs];
                for (int i = 0; i < inputs; i++) from[i] = i % 4 == 3 ? (Scalar)(double)i : Tensor.Full([n], i).Layout;
                Device.Cpu.Run(new KernelCall(kernel, to, from));
                for (int k = 0; k < outputs; k++) Assert.All(new Tensor(to[k]).ToArray<float>(), x => Assert.Equal((k + 1) * inputs * (inputs - 1) / 2, x));
            }
        });
    }

    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    [InlineData(DType.Int64)]
    [InlineData(DType.Int32)]
    [InlineData(DType.Bool)]
    [InlineData(DType.BFloat16)]
    public void SmallCopiesAndFillsAreWhole(DType dtype)
    {
        foreach (long n in new long[] { 0, 1, 3, 64, 1000 })
        {
            double[] Fills(double value) => Tensor.Full([n], value, dtype: dtype).ToArray<double>();
            Assert.All(Fills(1), x => Assert.Equal(1, x));
            Assert.All(Fills(0), x => Assert.Equal(0, x));
            var source = Tensor.Arange(n).To(dtype);
            var copy = source.Clone();
            Assert.Equal(source.ToArray<double>(), copy.ToArray<double>());
            Assert.False(copy.SharesStorageWith(source));
        }
    }
}
