using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>Layer norm and RMS norm over the last dimensions, and their gradients.</summary>
internal static unsafe class CpuLayerNorm
{
    /// <summary>Elements that a task should have.</summary>
    private const long TaskSize = 16384;

    /// <summary>Rows whose parts of the gradients of weight and bias are added one after another before they join the rest.</summary>
    private const int BlockRows = 64;

    public interface IKind
    {
        static abstract bool Centres { get; }
    }

    /// <summary>Layer norm.</summary>
    public readonly struct Centred : IKind
    {
        public static bool Centres => true;
    }

    /// <summary>RMS norm.</summary>
    public readonly struct Uncentred : IKind
    {
        public static bool Centres => false;
    }

    public static void Forward<TKind>(int dim, ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs)
        where TKind : struct, IKind
    {
        Sizes(inputs[0].Shape, dim, out long rows, out long n);
        var body = new Rows<TKind>
        {
            X = (float*)inputs[0].Data, Weight = Pointer(inputs[1]), Bias = Pointer(inputs[2]), Eps = inputs[3].Scalar.AsDouble,
            Y = (float*)outputs[0].Data, Mean = (float*)outputs[1].Data, Rstd = (float*)outputs[2].Data, N = n,
        };
        CpuThreads.For(rows, Math.Max(1, TaskSize / Math.Max(n, 1)), body);
    }

    public static void Backward<TKind>(int dim, ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs)
        where TKind : struct, IKind
    {
        Sizes(inputs[0].Shape, dim, out long rows, out long n);
        // Every task sums up its part of the gradients of weight and bias; how many there are follows from the shape.
        long perTask = Math.Max(Math.Max(1, TaskSize / Math.Max(n, 1)), (rows + 31) / 32), tasks = (rows + perTask - 1) / perTask;
        int sums = outputs.Length - 1;
        float* parts = sums == 0 ? null : GemmScratch.Get<float>(GemmScratch.Use.Sums, Math.Max(1, tasks) * 2 * n);
        var body = new GradientRows<TKind>
        {
            X = (float*)inputs[0].Data, G = (float*)inputs[1].Data, Weight = Pointer(inputs[2]), Mean = (float*)inputs[3].Data, Rstd = (float*)inputs[4].Data,
            Dx = (float*)outputs[0].Data, Parts = parts, N = n, PerTask = perTask,
        };
        CpuThreads.For(rows, perTask, body);
        for (int i = 0; i < sums; i++)
        {
            float* sum = (float*)outputs[i + 1].Data;
            new Span<float>(sum, (int)n).Clear();
            for (long task = 0; task < tasks; task++) FloatRows.Map(default(AddFormula), sum, parts + (task * 2 + i) * n, sum, n);
        }
    }

    private static void Sizes(Shape shape, int dim, out long rows, out long n)
    {
        rows = n = 1;
        for (int d = 0; d < shape.Length; d++)
        {
            if (d < dim) rows *= shape.Sizes[d];
            else n *= shape.Sizes[d];
        }
    }

    private static float* Pointer(in CpuView view) => view.IsScalar ? null : (float*)view.Data;

    private readonly struct AddFormula : IFloatFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c) => a + b;
    }

    private readonly struct SquareOfDifference(float mean) : IFloatFormula
    {
        private readonly Vector<float> _mean = new(mean);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c)
        {
            var centred = a - _mean;
            return centred * centred;
        }
    }

    private readonly struct Normalized(float mean, float rstd) : IFloatFormula
    {
        private readonly Vector<float> _mean = new(mean), _rstd = new(rstd);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c) => (a - _mean) * _rstd;
    }

    private readonly struct Scaled(float mean, float rstd) : IFloatFormula
    {
        private readonly Vector<float> _mean = new(mean), _rstd = new(rstd);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c) => (a - _mean) * _rstd * b;
    }

    private readonly struct ScaledAndShifted(float mean, float rstd) : IFloatFormula
    {
        private readonly Vector<float> _mean = new(mean), _rstd = new(rstd);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c) => (a - _mean) * _rstd * b + c;
    }

    private struct Rows<TKind> : IRangeBody
        where TKind : struct, IKind
    {
        public float* X, Weight, Bias, Y, Mean, Rstd;
        public long N;
        public double Eps;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            for (long row = start; row < end; row++)
            {
                float* x = X + row * N, y = Y + row * N;
                float mean = TKind.Centres ? FloatRows.Sum(x, N) / N : 0;
                float rstd = (float)(1 / Math.Sqrt(FloatRows.SumOf(new SquareOfDifference(mean), x, x, x, N) / (double)N + Eps));
                Mean[row] = mean;
                Rstd[row] = rstd;
                if (Weight is null) FloatRows.Map(new Normalized(mean, rstd), x, y, N);
                else if (Bias is null) FloatRows.Map(new Scaled(mean, rstd), x, Weight, y, N);
                else FloatRows.Map(new ScaledAndShifted(mean, rstd), x, Weight, Bias, y, N);
            }
        }
    }

    /// <summary>x: input, b: gradient, c: weight.</summary>
    private readonly struct TimesNormalized<TWeighted>(float mean, float rstd) : IFloatFormula
        where TWeighted : struct, IFlag
    {
        private readonly Vector<float> _mean = new(mean), _rstd = new(rstd);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c) => (TWeighted.Value ? b * c : b) * ((a - _mean) * _rstd);
    }

    private readonly struct OfInput<TWeighted>(float mean, float rstd, float sum, float sumTimesNormalized) : IFloatFormula
        where TWeighted : struct, IFlag
    {
        private readonly Vector<float> _mean = new(mean), _rstd = new(rstd), _sum = new(sum), _product = new(sumTimesNormalized);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c) =>
            _rstd * ((TWeighted.Value ? b * c : b) - _sum - (a - _mean) * _rstd * _product);
    }

    private readonly struct ProductFormula : IFloatFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c) => a * b;
    }

    private interface IFlag
    {
        static abstract bool Value { get; }
    }

    private readonly struct Yes : IFlag
    {
        public static bool Value => true;
    }

    private readonly struct No : IFlag
    {
        public static bool Value => false;
    }

    /// <summary>c + b (a - mean) rstd.</summary>
    private readonly struct AddTimesNormalized(float mean, float rstd) : IFloatFormula
    {
        private readonly Vector<float> _mean = new(mean), _rstd = new(rstd);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c) => c + b * ((a - _mean) * _rstd);
    }

    private struct GradientRows<TKind> : IRangeBody
        where TKind : struct, IKind
    {
        public float* X, G, Weight, Mean, Rstd, Dx, Parts;
        public long N, PerTask;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            // A serial run gets all rows at once; it must sum in the same parts.
            for (long first = start; first < end; first += PerTask) Task(first, Math.Min(first + PerTask, end));
        }

        private readonly void Task(long start, long end)
        {
            float* part = Parts is null ? null : Parts + start / PerTask * 2 * N;
            float* block = part is null ? null : GemmScratch.Get<float>(GemmScratch.Use.Columns, 2 * N);
            if (part is not null)
            {
                new Span<float>(part, (int)(2 * N)).Clear();
                new Span<float>(block, (int)(2 * N)).Clear();
            }
            for (long row = start; row < end; row++)
            {
                float* x = X + row * N, g = G + row * N;
                float mean = Mean[row], rstd = Rstd[row];
                if (Weight is null) OfRow<No>(x, g, x, Dx + row * N, mean, rstd);
                else OfRow<Yes>(x, g, Weight, Dx + row * N, mean, rstd);
                if (part is null) continue;
                FloatRows.Map(new AddTimesNormalized(mean, rstd), x, g, block, block, N);
                FloatRows.Map(default(AddFormula), block + N, g, block + N, N);
                if ((row - start) % BlockRows != BlockRows - 1 && row != end - 1) continue;
                FloatRows.Map(default(AddFormula), part, block, part, 2 * N);
                new Span<float>(block, (int)(2 * N)).Clear();
            }
        }

        private readonly void OfRow<TWeighted>(float* x, float* g, float* weight, float* dx, float mean, float rstd)
            where TWeighted : struct, IFlag
        {
            float sum = !TKind.Centres ? 0 : TWeighted.Value ? FloatRows.SumOf(default(ProductFormula), g, weight, g, N) / N : FloatRows.Sum(g, N) / N;
            float product = FloatRows.SumOf(new TimesNormalized<TWeighted>(mean, rstd), x, g, weight, N) / N;
            FloatRows.Map(new OfInput<TWeighted>(mean, rstd, sum, product), x, g, weight, dx, N);
        }
    }
}
