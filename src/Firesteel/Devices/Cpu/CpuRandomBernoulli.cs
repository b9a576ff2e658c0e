namespace Firesteel;

/// <summary>Zeros and ones. With one probability, and with float64 probabilities, a draw takes 64 bits; with others, 32.</summary>
internal static unsafe class CpuRandomBernoulli
{
    public static void Run(Generator generator, in CpuView output, in CpuView p)
    {
        if (p.IsScalar)
        {
            double probability = p.Scalar.AsDouble;
            if (!(probability >= 0 && probability <= 1)) throw new ArgumentException($"bernoulli_ expects p to be in [0, 1], but got p={probability}");
            CpuRandom.Transform(generator, output, new BernoulliDraw(probability));
            return;
        }
        switch (p.DType)
        {
            case DType.Float64: Each<double>(generator, output, p); break;
            case DType.Float32: Each<float>(generator, output, p); break;
            case DType.Float16: Each<Half>(generator, output, p); break;
            case DType.BFloat16: Each<BFloat16>(generator, output, p); break;
            default: throw new ArgumentException($"bernoulli: probabilities must be floating point, not {p.DType.Name()}.");
        }
    }

    private static void Each<T>(Generator generator, in CpuView output, in CpuView p)
        where T : unmanaged
    {
        long[] pStrides = Broadcast(p, output.Shape);
        long total = output.Shape.NumElements;
        Span<long> offsets = stackalloc long[CpuRandomWriter.Chunk], pOffsets = stackalloc long[CpuRandomWriter.Chunk];
        Span<double> values = stackalloc double[CpuRandomWriter.Chunk];
        T* probabilities = (T*)p.Data;

        var check = new CpuDrawOrder(output.Shape, output.Strides, pStrides);
        for (long done = 0; done < total; done += offsets.Length)
        {
            int count = (int)Math.Min(offsets.Length, total - done);
            check.Next(offsets[..count], pOffsets[..count]);
            for (int i = 0; i < count; i++)
            {
                double probability = Widen(probabilities[pOffsets[i]]);
                if (!(probability >= 0 && probability <= 1)) throw new ArgumentException($"bernoulli_ expects p to be in [0, 1], but found p={probability}");
            }
        }

        var order = new CpuDrawOrder(output.Shape, output.Strides, pStrides);
        var writer = new CpuRandomWriter(output, pStrides);
        for (int count; (count = writer.Remaining) > 0;)
        {
            order.Next(offsets[..count], pOffsets[..count]);
            if (typeof(T) == typeof(double))
            {
                CpuRandom.Uniforms(generator.Engine, values[..count]);
            }
            else
            {
                for (int i = 0; i < count; i++) values[i] = (generator.Engine.Next() & 0xFFFFFF) * (1.0 / (1 << 24));
            }
            for (int i = 0; i < count; i++) values[i] = values[i] < Widen(probabilities[pOffsets[i]]) ? 1 : 0;
            writer.Write<double>(values[..count]);
        }
    }

    private static double Widen<T>(T value)
        where T : unmanaged
    {
        if (typeof(T) == typeof(double)) return (double)(object)value;
        if (typeof(T) == typeof(float)) return (float)(object)value;
        if (typeof(T) == typeof(Half)) return (double)(Half)(object)value;
        return (BFloat16)(object)value;
    }

    private static long[] Broadcast(in CpuView view, Shape shape)
    {
        var strides = new long[shape.Length];
        int added = shape.Length - view.Shape.Length;
        if (added < 0) throw Mismatch(view, shape);
        for (int d = 0; d < view.Shape.Length; d++)
        {
            if (view.Shape.Sizes[d] == shape.Sizes[added + d]) strides[added + d] = view.Strides[d];
            else if (view.Shape.Sizes[d] != 1) throw Mismatch(view, shape);
        }
        return strides;
    }

    private static ArgumentException Mismatch(in CpuView view, Shape shape) =>
        new($"bernoulli: probabilities of shape {view.Shape} do not broadcast to {shape}.");
}
