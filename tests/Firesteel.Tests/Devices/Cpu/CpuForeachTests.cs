namespace Firesteel.Tests.Devices.Cpu;

/// <summary>One kernel for several sets of operands does what a kernel for each set does, bit for bit.</summary>
[Collection(Ops.OpTableThreadsTests.Name)]
public class CpuForeachTests
{
    private static readonly Program s_program = new(5, Expr.In(0) * Expr.In(3) + Expr.Tanh(Expr.In(1)) / (Expr.In(2) + Expr.In(4)), Expr.In(1) * 0.5);

    private static readonly Program s_oneStep = new(2, Expr.In(0) + Expr.In(1));

    private static Tensor Operand(Random random, long[] shape, DType dtype, bool whole)
    {
        var values = Tensor.Rand(shape, dtype: DType.Float64) + 0.25;
        return (whole ? 0 : random.Next(4)) switch
        {
            1 when shape.Length == 2 => values.T.Contiguous().T.To(dtype),
            2 when shape.Length > 0 => Tensor.Stack([values, values], shape.Length).To(dtype).Select(shape.Length, 1),
            3 when shape.Length > 1 => values[0].To(dtype), // broadcast
            _ => values.To(dtype),
        };
    }

    [Fact]
    public void SetsOfAnyShapeAreThatOfEachAlone()
    {
        int seed = Environment.TickCount, before = Threads.Count;
        var random = new Random(seed);
        Rng.ManualSeed(seed);
        long[][] shapes = [[], [1], [0], [3, 0], [5], [17], [4, 6], [3, 2, 5], [513], [40, 33], [70_001], [300, 400]];
        try
        {
            for (int round = 0; round < 60; round++)
            {
                Threads.Count = round % 3 + 1;
                MapCodes.Enabled = round % 4 != 0;
                var compute = round % 2 == 0 ? DType.Float32 : DType.Float64;
                DType[] dtypes = compute == DType.Float64 ? [DType.Float64, DType.Float32] : [DType.Float32, DType.Float32, DType.Float16, DType.BFloat16];
                int sets = random.Next(1, 12);
                List<View> outputs = [], expected = [];
                List<KernelInput> inputs = [];
                KernelInput number = (Scalar)1.25, memory = Tensor.From(0.75, round % 5 == 0 ? DType.Float32 : DType.Float64).Layout;
                var kernel = s_program.KernelFor(compute);
                for (int s = 0; s < sets; s++)
                {
                    long[] shape = shapes[random.Next(shapes.Length)];
                    KernelInput[] own = [.. Enumerable.Range(0, 3).Select(_ => random.Next(8) == 0 ? (KernelInput)(Scalar)random.NextDouble() : Operand(random, shape, dtypes[random.Next(dtypes.Length)], false).Layout)];
                    View[] to = [.. Enumerable.Range(0, 2).Select(_ => Operand(random, shape, dtypes[random.Next(dtypes.Length)], true).Layout)];
                    View[] same = [.. to.Select(static v => new Tensor(v).Clone().Layout)];
                    Device.Cpu.Run(new KernelCall(kernel, same, [.. own, number, memory]));
                    outputs.AddRange(to);
                    expected.AddRange(same);
                    inputs.AddRange(own);
                }
                Device.Cpu.Run(new KernelCall(new ForeachKernel(kernel, 3), outputs.ToArray(), [.. inputs, number, memory]));
                for (int o = 0; o < outputs.Count; o++)
                {
                    double[] want = new Tensor(expected[o]).To(DType.Float64).ToArray<double>(), got = new Tensor(outputs[o]).To(DType.Float64).ToArray<double>();
                    Assert.True(want.AsSpan().SequenceEqual(got), $"seed {seed}, round {round}, output {o}");
                }
            }
        }
        finally
        {
            Threads.Count = before;
            MapCodes.Enabled = true;
        }
    }

    [Fact]
    public void OneStepFillsAndIntegersWork()
    {
        View[] sums = [Tensor.Zeros(3).Layout, Tensor.Zeros(2, 2).Layout];
        Device.Cpu.Run(new KernelCall(new ForeachKernel(s_oneStep.KernelFor(DType.Float32), 1), sums, [Tensor.Full([3], 2).Layout, Tensor.Full([2, 2], 3).Layout, (Scalar)0.5]));
        Assert.Equal([2.5f, 2.5f, 2.5f], new Tensor(sums[0]).ToArray<float>());
        Assert.Equal([3.5f, 3.5f, 3.5f, 3.5f], new Tensor(sums[1]).ToArray<float>());

        View[] fills = [Tensor.Zeros([70_000], dtype: DType.Int64).Layout, Tensor.Zeros([5], dtype: DType.Int32).Layout];
        Device.Cpu.Run(new KernelCall(new ForeachKernel(Program.Identity.KernelFor(DType.Int64), 0), fills, [(Scalar)((1L << 60) + 1)]));
        Assert.All(new Tensor(fills[0]).ToArray<long>(), static x => Assert.Equal((1L << 60) + 1, x));
        Assert.All(new Tensor(fills[1]).ToArray<int>(), static x => Assert.Equal(1, x));
    }

    [Fact]
    public void TooManyOperandsAndMemoryThatIsGoneAreRefusedBeforeAnythingIsWritten()
    {
        View[] many = [.. Enumerable.Range(0, 3000).Select(static _ => Tensor.Zeros(1).Layout)];
        KernelInput[] inputs = [.. many.Select(static v => (KernelInput)v), (Scalar)1.0];
        Assert.Contains("4096", Assert.Throws<ArgumentException>(() => Device.Cpu.Run(new KernelCall(new ForeachKernel(s_oneStep.KernelFor(DType.Float32), 1), many, inputs))).Message);
        Tensor first = Tensor.Zeros(5000), gone = Tensor.Zeros(5000);
        gone.Layout.Storage.Release();
        Assert.Throws<ObjectDisposedException>(() => Device.Cpu.Run(new KernelCall(new ForeachKernel(s_oneStep.KernelFor(DType.Float32), 1), [first.Layout, gone.Layout], [first.Layout, gone.Layout, (Scalar)1.0])));
        Assert.All(first.ToArray<float>(), static x => Assert.Equal(0, x));
    }
}
