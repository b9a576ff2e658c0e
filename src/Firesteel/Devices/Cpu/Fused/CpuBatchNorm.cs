using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>Batch norm by the statistics of the batch, and its gradient. A channel is a task's: what is read twice is then still in the cache.</summary>
internal static unsafe class CpuBatchNorm
{
    /// <summary>Elements that a task should have.</summary>
    private const long TaskSize = 16384;

    public static void Forward(ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs)
    {
        var layout = new Layout(inputs[0].Shape);
        var body = new Channels
        {
            Layout = layout, X = (float*)inputs[0].Data, Weight = (float*)inputs[1].Data, Bias = (float*)inputs[2].Data, Eps = inputs[3].Scalar.AsDouble,
            Y = (float*)outputs[0].Data, Mean = (float*)outputs[1].Data, Rstd = (float*)outputs[2].Data, Variance = (float*)outputs[3].Data,
        };
        CpuThreads.For(layout.Channels, Math.Max(1, TaskSize / layout.Count), body);
    }

    public static void Backward(ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs)
    {
        var layout = new Layout(inputs[0].Shape);
        var body = new GradientChannels
        {
            Layout = layout, X = (float*)inputs[0].Data, G = (float*)inputs[1].Data, Weight = (float*)inputs[2].Data, Mean = (float*)inputs[3].Data, Rstd = (float*)inputs[4].Data,
            Dx = (float*)outputs[0].Data, OfWeight = (float*)outputs[1].Data, OfBias = (float*)outputs[2].Data,
        };
        CpuThreads.For(layout.Channels, Math.Max(1, TaskSize / layout.Count), body);
    }

    public static void ScaleAndShift(in CpuView output, ReadOnlySpan<CpuView> inputs)
    {
        var layout = new Layout(output.Shape);
        var body = new Runs { Layout = layout, X = (float*)inputs[0].Data, Scale = (float*)inputs[1].Data, Shift = (float*)inputs[2].Data, Y = (float*)output.Data };
        CpuThreads.For(layout.Samples * layout.Channels, Math.Max(1, TaskSize / layout.Run), body);
    }

    /// <summary>A channel of [samples, channels, run...]: a run in every sample.</summary>
    private readonly struct Layout
    {
        public readonly long Samples, Channels, Run;

        public Layout(Shape shape)
        {
            (Samples, Channels, Run) = (shape.Sizes[0], shape.Sizes[1], 1);
            for (int d = 2; d < shape.Length; d++) Run *= shape.Sizes[d];
        }

        public long Count => Samples * Run;

        public long At(long sample, long channel) => (sample * Channels + channel) * Run;
    }

    private struct Channels : IRangeBody
    {
        public Layout Layout;
        public float* X, Weight, Bias, Y, Mean, Rstd, Variance;
        public double Eps;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            for (long channel = start; channel < end; channel++)
            {
                var sum = default(Pairwise<float, SumReduction<float>>);
                for (long i = 0; i < Layout.Samples; i++) sum.Add(FloatRows.Sum(X + Layout.At(i, channel), Layout.Run));
                float mean = sum.Result / Layout.Count;
                var squares = default(Pairwise<float, SumReduction<float>>);
                for (long i = 0; i < Layout.Samples; i++)
                {
                    float* x = X + Layout.At(i, channel);
                    squares.Add(FloatRows.SumOf(new NormFormulas.SquareOfDifference(mean), x, x, x, Layout.Run));
                }
                float variance = squares.Result / Layout.Count, rstd = (float)(1 / Math.Sqrt(variance + Eps));
                Mean[channel] = mean;
                Variance[channel] = variance;
                Rstd[channel] = rstd;
                float scale = Weight is null ? rstd : rstd * Weight[channel], shift = Bias is null ? 0 : Bias[channel];
                for (long i = 0; i < Layout.Samples; i++) FloatRows.Map(new NormFormulas.Normalized(mean, scale, shift), X + Layout.At(i, channel), Y + Layout.At(i, channel), Layout.Run);
            }
        }
    }

    private readonly struct Scaled(float scale, float shift) : IFloatFormula
    {
        private readonly Vector<float> _scale = new(scale), _shift = new(shift);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c) => a * _scale + _shift;
    }

    private struct Runs : IRangeBody
    {
        public Layout Layout;
        public float* X, Scale, Shift, Y;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            for (long run = start; run < end; run++)
            {
                long channel = run % Layout.Channels;
                FloatRows.Map(new Scaled(Scale[channel], Shift[channel]), X + run * Layout.Run, Y + run * Layout.Run, Layout.Run);
            }
        }
    }

    /// <summary>scale (g - mean of g - (x - mean) factor).</summary>
    private readonly struct OfInput(float mean, float scale, float meanOfGradient, float factor) : IFloatFormula
    {
        private readonly Vector<float> _mean = new(mean), _scale = new(scale), _meanOfGradient = new(meanOfGradient), _factor = new(factor);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c) => (b - _meanOfGradient - (a - _mean) * _factor) * _scale;
    }

    private struct GradientChannels : IRangeBody
    {
        public Layout Layout;
        public float* X, G, Weight, Mean, Rstd, Dx, OfWeight, OfBias;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            for (long channel = start; channel < end; channel++)
            {
                float mean = Mean[channel], rstd = Rstd[channel];
                Pairwise<float, SumReduction<float>> sum = default, product = default;
                for (long i = 0; i < Layout.Samples; i++)
                {
                    float* x = X + Layout.At(i, channel), g = G + Layout.At(i, channel);
                    sum.Add(FloatRows.Sum(g, Layout.Run));
                    product.Add(FloatRows.SumOf(new NormFormulas.TimesNormalized(mean, rstd), x, g, x, Layout.Run));
                }
                OfBias[channel] = sum.Result;
                OfWeight[channel] = product.Result;
                var formula = new OfInput(mean, Weight is null ? rstd : rstd * Weight[channel], sum.Result / Layout.Count, rstd * (product.Result / Layout.Count));
                for (long i = 0; i < Layout.Samples; i++) FloatRows.Map(formula, X + Layout.At(i, channel), G + Layout.At(i, channel), Dx + Layout.At(i, channel), Layout.Run);
            }
        }
    }
}
