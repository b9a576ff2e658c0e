namespace Firesteel;

/// <summary>
/// Categories drawn by weight. Without replacement, the largest of weight / exponential; with replacement, a search in the running sum of
/// the weights, both in the precision of the weights as in PyTorch 1.13. (PyTorch 2 takes the first way also for one sample with
/// replacement.)
/// </summary>
internal static unsafe class CpuMultinomial
{
    public static void Run(Generator generator, in CpuView output, in CpuView weights, bool replacement)
    {
        if (output.DType != DType.Int64) throw new ArgumentException($"multinomial expects Long tensor out, got: {output.DType.Name()}");
        if (weights.IsScalar || weights.Shape.Length is not (1 or 2)) throw new ArgumentException("prob_dist must be 1 or 2 dim");
        int rank = weights.Shape.Length;
        long rows = rank == 2 ? weights.Shape.Sizes[0] : 1, categories = weights.Shape.Sizes[rank - 1];
        if (output.Shape.Length != rank || (rank == 2 && output.Shape.Sizes[0] != rows))
            throw new ArgumentException($"multinomial: weights {weights.Shape} do not give an output of {output.Shape}.");
        long samples = output.Shape.Sizes[rank - 1];
        if (samples <= 0) throw new ArgumentException("cannot sample n_sample <= 0 samples");
        if (!replacement && samples > categories) throw new ArgumentException("cannot sample n_sample > prob_dist.size(-1) samples without replacement");
        if (rows == 0) return;

        double[] table = Read(weights, rows, categories);
        Check(table, rows, categories);
        bool isDouble = weights.DType == DType.Float64;
        if (replacement) Search(generator, output, table, rows, categories, samples, isDouble);
        else Race(generator, output, weights, table, rows, categories, samples);
    }

    private static double[] Read(in CpuView weights, long rows, long categories)
    {
        var table = new double[rows * categories];
        long rowStride = weights.Shape.Length == 2 ? weights.Strides[0] : 0, stride = weights.Strides[^1];
        for (long r = 0, k = 0; r < rows; r++)
        {
            for (long c = 0; c < categories; c++, k++)
            {
                long at = r * rowStride + c * stride;
                table[k] = weights.DType switch
                {
                    DType.Float64 => ((double*)weights.Data)[at],
                    DType.Float32 => ((float*)weights.Data)[at],
                    DType.Float16 => (double)((Half*)weights.Data)[at],
                    DType.BFloat16 => ((BFloat16*)weights.Data)[at],
                    _ => throw new ArgumentException($"multinomial only supports floating-point dtypes for input, got: {weights.DType.Name()}"),
                };
            }
        }
        return table;
    }

    private static void Check(double[] table, long rows, long categories)
    {
        foreach (double weight in table)
            if (!(weight >= 0) || double.IsInfinity(weight)) throw new ArgumentException("probability tensor contains either `inf`, `nan` or element < 0");
        for (long r = 0; r < rows; r++)
            if (!table.AsSpan(checked((int)(r * categories)), checked((int)categories)).ContainsAnyExcept(0.0)) throw new ArgumentException("invalid multinomial distribution (sum of probabilities <= 0)");
    }

    private static void Race(Generator generator, in CpuView output, in CpuView weights, double[] table, long rows, long categories, long samples)
    {
        // PyTorch draws into a tensor laid out like the weights, in the order of its memory.
        var order = new CpuDrawOrder(weights.Shape, weights.Strides, weights.Shape.ContiguousStrides);
        Span<long> ignored = stackalloc long[CpuRandomWriter.Chunk], at = stackalloc long[CpuRandomWriter.Chunk];
        Span<double> values = stackalloc double[CpuRandomWriter.Chunk];
        var exponential = new ExponentialDraw(1);
        for (long done = 0; done < table.Length; done += at.Length)
        {
            int count = (int)Math.Min(at.Length, table.Length - done);
            order.Next(ignored[..count], at[..count]);
            CpuRandom.Uniforms(generator.Engine, values[..count]);
            for (int i = 0; i < count; i++) table[at[i]] = Divide(table[at[i]], exponential.Apply(values[i]), weights.DType);
        }

        var places = new int[categories];
        for (long r = 0; r < rows; r++)
        {
            var keys = table.AsSpan((int)(r * categories), (int)categories);
            for (int c = 0; c < places.Length; c++) places[c] = c;
            if (samples == 1)
            {
                int best = 0;
                for (int c = 1; c < keys.Length; c++) if (keys[c] > keys[best]) best = c;
                places[0] = best;
            }
            else
            {
                for (int c = 0; c < keys.Length; c++) keys[c] = -keys[c];
                keys.Sort(places.AsSpan());
            }
            for (long s = 0; s < samples; s++) Write(output, r, s, places[s]);
        }
    }

    private static double Divide(double weight, double q, DType dtype) => dtype switch
    {
        DType.Float64 => weight / q,
        DType.Float32 => (float)weight / (float)q,
        DType.Float16 => (double)(Half)((float)weight / (float)(Half)(float)q),
        _ => (BFloat16)((float)weight / (BFloat16)q),
    };

    private static void Search(Generator generator, in CpuView output, double[] table, long rows, long categories, long samples, bool isDouble)
    {
        Span<double> u = stackalloc double[1];
        for (long r = 0; r < rows; r++)
        {
            var cumulative = table.AsSpan((int)(r * categories), (int)categories);
            double sum = 0;
            for (int c = 0; c < cumulative.Length; c++)
            {
                sum = isDouble ? sum + cumulative[c] : (float)sum + (float)cumulative[c];
                cumulative[c] = sum;
            }
            for (int c = 0; c < cumulative.Length; c++) cumulative[c] = isDouble ? cumulative[c] / sum : (float)cumulative[c] / (float)sum;
            cumulative[^1] = 1;
            for (long s = 0; s < samples; s++)
            {
                CpuRandom.Uniforms(generator.Engine, u);
                int left = 0, right = cumulative.Length;
                while (left < right)
                {
                    int middle = left + (right - left) / 2;
                    if (cumulative[middle] < u[0]) left = middle + 1;
                    else right = middle;
                }
                Write(output, r, s, left);
            }
        }
    }

    private static void Write(in CpuView output, long row, long sample, long value) =>
        ((long*)output.Data)[(output.Shape.Length == 2 ? row * output.Strides[0] : 0) + sample * output.Strides[^1]] = value;
}
