namespace Firesteel;

/// <summary>
/// Normal draws, by Box and Muller's transformation in the two ways of PyTorch: contiguous outputs of 16 or more elements are filled
/// with uniform numbers that are then transformed in blocks of 16, in place and in the precision of the output; all others take
/// pairs in double precision, of which the second waits in the generator.
/// </summary>
internal static unsafe class CpuRandomNormal
{
    private const int Block = 16;

    public static void Run(Generator generator, in CpuView output, double mean, double std)
    {
        CpuRandom.RequireFloating(output.DType, "normal");
        if (!(std >= 0)) throw new ArgumentException($"normal expects std >= 0.0, but found std {std}");
        long count = output.Shape.NumElements;
        if (count < Block || !output.IsContiguous)
        {
            Serial(generator, output, new NormalDraw(mean, std));
            return;
        }
        switch (output.DType)
        {
            case DType.Float64: Fill(new DoubleBlocks(generator.Engine, mean, std), (double*)output.Data, count); break;
            case DType.Float32: Fill(new FloatBlocks(generator, (float)mean, (float)std), (float*)output.Data, count); break;
            case DType.Float16: Fill(new HalfBlocks(generator.Engine, (Half)(float)mean, (Half)(float)std), (Half*)output.Data, count); break;
            default: Fill(new BFloat16Blocks(generator.Engine, (BFloat16)mean, (BFloat16)std), (BFloat16*)output.Data, count); break;
        }
    }

    /// <summary>The exponential of normal draws, always of the serial kind.</summary>
    public static void RunLog(Generator generator, in CpuView output, double mean, double std)
    {
        CpuRandom.RequireFloating(output.DType, "log_normal");
        if (!(std > 0)) throw new ArgumentException($"log_normal_ expects std > 0.0, but found std={std}");
        Serial(generator, output, new LogNormalDraw(mean, std));
    }

    private static void Serial<TDraw>(Generator generator, in CpuView output, TDraw draw)
        where TDraw : struct, IUniformTransform
    {
        var writer = new CpuRandomWriter(output);
        Span<double> values = stackalloc double[CpuRandomWriter.Chunk];
        for (int count; (count = writer.Remaining) > 0;)
        {
            for (int i = 0; i < count; i++) values[i] = draw.Apply(Standard(generator));
            writer.Write<double>(values[..count]);
        }
    }

    /// <summary>One standard normal number: the one that waits, or the first of a new pair.</summary>
    private static double Standard(Generator generator)
    {
        if (generator.NextNormal is { } waiting)
        {
            generator.NextNormal = null;
            return waiting;
        }
        Span<double> u = stackalloc double[2];
        CpuRandom.Uniforms(generator.Engine, u);
        // 1 - u is exact for a multiple of 2^-53, so this is log1p(-u).
        double r = Math.Sqrt(-2.0 * Math.Log(1.0 - u[1]));
        var (sin, cos) = Math.SinCos(2.0 * Math.PI * u[0]);
        generator.NextNormal = r * sin;
        return r * cos;
    }

    private static void Fill<T, TBlocks>(TBlocks blocks, T* data, long count)
        where T : unmanaged
        where TBlocks : struct, INormalBlocks<T>
    {
        blocks.Uniforms(data, count);
        for (long i = 0; i <= count - Block; i += Block) blocks.Transform(data + i);
        if (count % Block == 0) return;
        // The last 16 are drawn again, over some that were done already.
        data += count - Block;
        blocks.Uniforms(data, Block);
        blocks.Transform(data);
    }

    /// <summary>How a type draws blocks of 16, in its own precision.</summary>
    private interface INormalBlocks<T>
        where T : unmanaged
    {
        /// <summary>Numbers in [0, 1).</summary>
        void Uniforms(T* data, long count);

        /// <summary>16 of them become normal: the first eight give radii, the others angles.</summary>
        void Transform(T* block);
    }

    private readonly struct FloatBlocks(Generator generator, float mean, float std) : INormalBlocks<float>
    {
        public void Uniforms(float* data, long count) => CpuRandomUniform.Standard(generator, data, count);

        public void Transform(float* block) => CpuBoxMuller.Transform(block, mean, std);
    }

    private readonly struct DoubleBlocks(Mt19937 engine, double mean, double std) : INormalBlocks<double>
    {
        public void Uniforms(double* data, long count)
        {
            for (long i = 0; i < count; i += 1 << 20) CpuRandom.Uniforms(engine, new Span<double>(data + i, (int)Math.Min(count - i, 1 << 20)));
        }

        public void Transform(double* block)
        {
            for (int j = 0; j < Block / 2; j++)
            {
                double radius = Math.Sqrt(-2 * Math.Log(1 - block[j]));
                var (sin, cos) = Math.SinCos(2 * Math.PI * block[j + 8]);
                block[j] = Math.FusedMultiplyAdd(radius * cos, std, mean);
                block[j + 8] = Math.FusedMultiplyAdd(radius * sin, std, mean);
            }
        }
    }

    private readonly struct HalfBlocks(Mt19937 engine, Half mean, Half std) : INormalBlocks<Half>
    {
        public void Uniforms(Half* data, long count)
        {
            for (long i = 0; i < count; i++) data[i] = (Half)((engine.Next() & 0x7FF) * (1f / 0x800));
        }

        public void Transform(Half* block)
        {
            for (int j = 0; j < Block / 2; j++)
            {
                Half u1 = (Half)(1 - (float)block[j]);
                Half radius = (Half)MathF.Sqrt(-2 * MathF.Log((float)u1));
                Half theta = (Half)(float)(2 * Math.PI * (double)block[j + 8]);
                block[j] = (Half)MathF.FusedMultiplyAdd((float)radius * MathF.Cos((float)theta), (float)std, (float)mean);
                block[j + 8] = (Half)MathF.FusedMultiplyAdd((float)radius * MathF.Sin((float)theta), (float)std, (float)mean);
            }
        }
    }

    private readonly struct BFloat16Blocks(Mt19937 engine, BFloat16 mean, BFloat16 std) : INormalBlocks<BFloat16>
    {
        public void Uniforms(BFloat16* data, long count)
        {
            for (long i = 0; i < count; i++) data[i] = (BFloat16)((engine.Next() & 0xFF) * (1f / 0x100));
        }

        public void Transform(BFloat16* block)
        {
            for (int j = 0; j < Block / 2; j++)
            {
                var u1 = (BFloat16)(1 - block[j]);
                var radius = (BFloat16)MathF.Sqrt((BFloat16)(-2 * (BFloat16)MathF.Log(u1)));
                var theta = (BFloat16)(2 * Math.PI * block[j + 8]);
                block[j] = Scale((BFloat16)(radius * (BFloat16)MathF.Cos(theta)));
                block[j + 8] = Scale((BFloat16)(radius * (BFloat16)MathF.Sin(theta)));
            }
        }

        private BFloat16 Scale(BFloat16 value) => (BFloat16)((BFloat16)(value * std) + mean);
    }

    private readonly struct NormalDraw(double mean, double std) : IUniformTransform
    {
        public double Apply(double u) => Math.FusedMultiplyAdd(u, std, mean);
    }

    private readonly struct LogNormalDraw(double mean, double std) : IUniformTransform
    {
        public double Apply(double u) => Math.Exp(Math.FusedMultiplyAdd(u, std, mean));
    }
}
