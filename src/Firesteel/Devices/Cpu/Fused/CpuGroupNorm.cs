using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>
/// Group norm, and instance norm as groups of one channel, with its gradient. A group of a sample is one run of memory, and a task takes whole groups; what
/// all samples give to a channel's weight and bias is summed at the end.
/// </summary>
internal static unsafe class CpuGroupNorm
{
    /// <summary>Elements that a task should have.</summary>
    private const long TaskSize = 16384;

    public static void Forward(ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs)
    {
        var layout = new Layout(inputs[0].Shape, outputs[1].Shape);
        var body = new Groups
        {
            Layout = layout, X = (float*)inputs[0].Data, Weight = (float*)inputs[1].Data, Bias = (float*)inputs[2].Data, Eps = inputs[3].Scalar.AsDouble,
            Y = (float*)outputs[0].Data, Mean = (float*)outputs[1].Data, Rstd = (float*)outputs[2].Data, Variance = (float*)outputs[3].Data,
        };
        CpuThreads.For(layout.Samples * layout.Groups, Math.Max(1, TaskSize / layout.Count), body);
    }

    public static void Backward(ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs)
    {
        var layout = new Layout(inputs[0].Shape, inputs[3].Shape);
        long runs = layout.Samples * layout.Channels;
        var body = new Gradients
        {
            Layout = layout, X = (float*)inputs[0].Data, G = (float*)inputs[1].Data, Weight = (float*)inputs[2].Data, Mean = (float*)inputs[3].Data, Rstd = (float*)inputs[4].Data,
            Dx = (float*)outputs[0].Data, Sums = GemmScratch.Get<float>(GemmScratch.Use.Sums, 2 * runs),
        };
        body.Products = body.Sums + runs;
        CpuThreads.For(layout.Samples * layout.Groups, Math.Max(1, TaskSize / layout.Count), body);
        if (outputs.Length == 1) return;
        float* ofWeight = (float*)outputs[1].Data, ofBias = (float*)outputs[2].Data;
        for (long channel = 0; channel < layout.Channels; channel++)
        {
            Pairwise<float, SumReduction<float>> sum = default, product = default;
            for (long at = channel; at < runs; at += layout.Channels)
            {
                sum.Add(body.Sums[at]);
                product.Add(body.Products[at]);
            }
            ofWeight[channel] = product.Result;
            ofBias[channel] = sum.Result;
        }
    }

    /// <summary>[samples, channels, run...], whose channels make groups.</summary>
    private readonly struct Layout
    {
        public readonly long Samples, Channels, Groups, Run;

        public Layout(Shape x, Shape statistics)
        {
            (Samples, Channels, Groups, Run) = (x.Sizes[0], x.Sizes[1], statistics.Sizes[1], 1);
            for (int d = 2; d < x.Length; d++) Run *= x.Sizes[d];
        }

        public long PerGroup => Channels / Groups;

        /// <summary>The elements of a group of one sample.</summary>
        public long Count => PerGroup * Run;
    }

    private struct Groups : IRangeBody
    {
        public Layout Layout;
        public float* X, Weight, Bias, Y, Mean, Rstd, Variance;
        public double Eps;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            long count = Layout.Count, perGroup = Layout.PerGroup;
            for (long group = start; group < end; group++)
            {
                float* x = X + group * count, y = Y + group * count;
                float mean = FloatRows.Sum(x, count) / count;
                float variance = FloatRows.SumOf(new NormFormulas.SquareOfDifference(mean), x, x, x, count) / count, rstd = (float)(1 / Math.Sqrt(variance + Eps));
                Mean[group] = mean;
                Variance[group] = variance;
                Rstd[group] = rstd;
                long channel = group % Layout.Groups * perGroup;
                if (Weight is null && Bias is null) FloatRows.Map(new NormFormulas.Normalized(mean, rstd, 0), x, y, count);
                else for (long c = 0; c < perGroup; c++)
                {
                    float scale = Weight is null ? rstd : rstd * Weight[channel + c], shift = Bias is null ? 0 : Bias[channel + c];
                    FloatRows.Map(new NormFormulas.Normalized(mean, scale, shift), x + c * Layout.Run, y + c * Layout.Run, Layout.Run);
                }
            }
        }
    }

    /// <summary>rstd (weight g - mean of weight g - (x - mean) factor).</summary>
    private readonly struct OfInput(float mean, float rstd, float weight, float meanOfGradient, float factor) : IFloatFormula
    {
        private readonly Vector<float> _mean = new(mean), _rstd = new(rstd), _weight = new(weight), _meanOfGradient = new(meanOfGradient), _factor = new(factor);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c) => (b * _weight - _meanOfGradient - (a - _mean) * _factor) * _rstd;
    }

    private struct Gradients : IRangeBody
    {
        public Layout Layout;
        public float* X, G, Weight, Mean, Rstd, Dx;

        /// <summary>For every sample and channel the sum of g, and of g times the normalized input.</summary>
        public float* Sums, Products;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            long perGroup = Layout.PerGroup, run = Layout.Run;
            for (long group = start; group < end; group++)
            {
                float mean = Mean[group], rstd = Rstd[group];
                long firstRun = group * perGroup, channel = group % Layout.Groups * perGroup;
                Pairwise<float, SumReduction<float>> sum = default, product = default;
                for (long c = 0; c < perGroup; c++)
                {
                    float* x = X + (firstRun + c) * run, g = G + (firstRun + c) * run;
                    float weight = Weight is null ? 1 : Weight[channel + c];
                    Sums[firstRun + c] = FloatRows.Sum(g, run);
                    Products[firstRun + c] = FloatRows.SumOf(new NormFormulas.TimesNormalized(mean, rstd), x, g, x, run);
                    sum.Add(weight * Sums[firstRun + c]);
                    product.Add(weight * Products[firstRun + c]);
                }
                float meanOfGradient = sum.Result / Layout.Count, factor = rstd * (product.Result / Layout.Count);
                for (long c = 0; c < perGroup; c++)
                {
                    long at = (firstRun + c) * run;
                    FloatRows.Map(new OfInput(mean, rstd, Weight is null ? 1 : Weight[channel + c], meanOfGradient, factor), X + at, G + at, Dx + at, run);
                }
            }
        }
    }
}
