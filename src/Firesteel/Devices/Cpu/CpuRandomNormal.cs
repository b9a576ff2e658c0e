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
            case DType.Float64: FillDouble(generator.Engine, (double*)output.Data, count, mean, std); break;
            case DType.Float32: FillFloat(generator, (float*)output.Data, count, (float)mean, (float)std); break;
            case DType.Float16: FillHalf(generator.Engine, (Half*)output.Data, count, (Half)(float)mean, (Half)(float)std); break;
            default: FillBFloat16(generator.Engine, (BFloat16*)output.Data, count, (BFloat16)mean, (BFloat16)std); break;
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

    private static void FillFloat(Generator generator, float* data, long count, float mean, float std)
    {
        CpuRandomUniform.Standard(generator, data, count);
        for (long i = 0; i <= count - Block; i += Block) CpuBoxMuller.Transform(data + i, mean, std);
        if (count % Block == 0) return;
        // The last 16 are drawn again, over some that were done already.
        data += count - Block;
        CpuRandomUniform.Standard(generator, data, Block);
        CpuBoxMuller.Transform(data, mean, std);
    }

    private static void FillDouble(Mt19937 engine, double* data, long count, double mean, double std)
    {
        for (long i = 0; i < count; i += 1 << 20) CpuRandom.Uniforms(engine, new Span<double>(data + i, (int)Math.Min(count - i, 1 << 20)));
        for (long i = 0; i <= count - Block; i += Block) Transform(data + i);
        if (count % Block == 0) return;
        data += count - Block;
        CpuRandom.Uniforms(engine, new Span<double>(data, Block));
        Transform(data);

        void Transform(double* block)
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

    private static void FillHalf(Mt19937 engine, Half* data, long count, Half mean, Half std)
    {
        Uniforms(count);
        for (long i = 0; i <= count - Block; i += Block) Transform(data + i);
        if (count % Block == 0) return;
        data += count - Block;
        Uniforms(Block);
        Transform(data);

        void Uniforms(long n)
        {
            for (long i = 0; i < n; i++) data[i] = (Half)((engine.Next() & 0x7FF) * (1f / 0x800));
        }

        void Transform(Half* block)
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

    private static void FillBFloat16(Mt19937 engine, BFloat16* data, long count, BFloat16 mean, BFloat16 std)
    {
        Uniforms(count);
        for (long i = 0; i <= count - Block; i += Block) Transform(data + i);
        if (count % Block == 0) return;
        data += count - Block;
        Uniforms(Block);
        Transform(data);

        void Uniforms(long n)
        {
            for (long i = 0; i < n; i++) data[i] = (BFloat16)((engine.Next() & 0xFF) * (1f / 0x100));
        }

        void Transform(BFloat16* block)
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

        BFloat16 Scale(BFloat16 value) => (BFloat16)((BFloat16)(value * std) + mean);
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
