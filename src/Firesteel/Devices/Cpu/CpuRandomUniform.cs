namespace Firesteel;

/// <summary>Uniform draws in the precision of the output: 53 bits for float64, 24 for float32, 11 for float16, 8 for bfloat16.</summary>
internal static unsafe class CpuRandomUniform
{
    public static void Run(Generator generator, in CpuView output, double low, double high)
    {
        CpuRandom.RequireFloating(output.DType, "uniform");
        double max = output.DType.MaxFinite();
        if (!(low >= -max && low <= max)) throw new ArgumentException($"from is out of bounds for {output.DType.Name()}");
        if (!(high >= -max && high <= max)) throw new ArgumentException($"to is out of bounds for {output.DType.Name()}");
        if (low > high) throw new ArgumentException($"uniform_ expects to return a [from, to) range, but found from={low} > to={high}");
        if (high - low > max) throw new ArgumentException($"uniform_ expects to-from <= {max}, but found to={high} and from={low} which result in to-from to exceed the limit");

        switch (output.DType)
        {
            case DType.Float64: CpuRandom.Transform(generator, output, new Affine(low, high)); break;
            case DType.Float32 when output.IsContiguous && low == 0 && high == 1:
                Standard(generator, (float*)output.Data, output.Shape.NumElements);
                break;
            case DType.Float32: Narrow(generator, output, 24, (float)high - (float)low, (float)low); break;
            case DType.Float16: Narrow(generator, output, 11, (float)((Half)(float)high - (Half)(float)low), (float)(Half)(float)low); break;
            default: Narrow(generator, output, 8, (BFloat16)((BFloat16)high - (BFloat16)low), (BFloat16)low); break;
        }
    }

    /// <summary>[0, 1) in float32 straight into memory.</summary>
    public static void Standard(Generator generator, float* data, long count)
    {
        for (long i = 0; i < count; i += 1 << 20) CpuRandom.Uniforms(generator.Engine, new Span<float>(data + i, (int)Math.Min(count - i, 1 << 20)));
    }

    /// <summary>All types that draw 32 bits and compute in float32. PyTorch's compiler contracts x * width + low, so this does.</summary>
    private static void Narrow(Generator generator, in CpuView output, int digits, float width, float low)
    {
        uint mask = (1u << digits) - 1;
        float scale = 1f / (1u << digits);
        var writer = new CpuRandomWriter(output);
        Span<uint> words = stackalloc uint[CpuRandomWriter.Chunk];
        Span<double> values = stackalloc double[CpuRandomWriter.Chunk];
        for (int count; (count = writer.Remaining) > 0;)
        {
            generator.Engine.Fill(words[..count]);
            for (int i = 0; i < count; i++) values[i] = MathF.FusedMultiplyAdd((words[i] & mask) * scale, width, low);
            writer.Write<double>(values[..count]);
        }
    }

    private readonly struct Affine(double low, double high) : IUniformTransform
    {
        private readonly double _width = high - low;

        public double Apply(double u) => Math.FusedMultiplyAdd(u, _width, low);
    }
}
