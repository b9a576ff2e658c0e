namespace Firesteel.Tests.Devices.Cpu;

/// <summary>The bits of a result do not depend on how many threads worked on it.</summary>
public unsafe class CpuKernelThreadsTests
{
    [Theory]
    [InlineData(0, 500_000)]
    [InlineData(0, 200_000, 5)]
    [InlineData(0, 20_000, 33)]
    [InlineData(1, 33, 20_000)]
    [InlineData(0, 300, 700)]
    [InlineData(1, 3, 200_000)]
    [InlineData(1, 90, 40, 60)]
    [InlineData(2, 60_000, 2, 4)]
    public void SameBits(int dim, params int[] sizes)
    {
        long[] shape = [.. sizes.Select(size => (long)size)];
        var random = new Random(23);
        var input = new CpuArray(DType.Float32, shape);
        long n = input.Shape.NumElements;
        for (long i = 0; i < n; i++) ((float*)input.View.Data)[i] = random.NextSingle() - 0.3f;
        long[] reduced = CpuArray.With(shape, dim, 1);
        var index = new CpuArray(DType.Int64, shape);
        for (long i = 0; i < n; i++) ((long*)index.View.Data)[i] = random.Next(20);
        long[] target = CpuArray.With(shape, dim, 20);

        Check(new CpuArray(DType.Float32, reduced), output => CpuReduce.Run(new ReduceKernel(ReduceOp.Sum, DType.Float32), output.View, input.View));
        Check(new CpuArray(DType.Float32, [.. shape.Select(_ => 1L)]), output => CpuReduce.Run(new ReduceKernel(ReduceOp.Sum, DType.Float32), output.View, input.View));
        Check(new CpuArray(DType.Int64, reduced), output => CpuArgReduce.Run(new ArgReduceKernel(true, dim), new CpuArray(DType.Float32, reduced).View, output.View, input.View));
        Check(new CpuArray(DType.Float32, shape), output => CpuScan.Run(new ScanKernel(ScanOp.Sum, dim), [output.View], input.View));
        Check(new CpuArray(DType.Int64, shape), output => CpuSort.Run(new SortKernel(dim, false), new CpuArray(DType.Float32, shape).View, output.View, input.View));
        Check(new CpuArray(DType.Float32, target), output =>
        {
            new Span<byte>(output.View.Data, (int)output.Shape.NumElements * 4).Clear();
            CpuScatter.Run(new ScatterKernel(dim, ScatterOp.Add), output.View, index.View, input.View);
        });
        var table = new CpuArray(DType.Float32, target);
        for (long i = 0; i < table.Shape.NumElements; i++) ((float*)table.View.Data)[i] = i;
        Check(new CpuArray(DType.Float32, shape), output => CpuGather.Run(new GatherKernel(dim), output.View, table.View, index.View));
    }

    private static void Check(CpuArray output, Action<CpuArray> run)
    {
        int before = Threads.Count;
        try
        {
            byte[]? expected = null;
            foreach (int count in (int[])[1, 2, 3, 7])
            {
                Threads.Count = count;
                Array.Fill(output.Bytes, (byte)count);
                run(output);
                byte[] bytes = output.Bytes[8..^8];
                expected ??= bytes;
                Assert.True(expected.AsSpan().SequenceEqual(bytes), $"{count} threads");
            }
        }
        finally
        {
            Threads.Count = before;
        }
    }
}
