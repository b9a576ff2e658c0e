using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>The cross entropy of logits and classes, and its gradient.</summary>
internal static unsafe class CpuCrossEntropy
{
    /// <summary>Elements that a task should have.</summary>
    private const long TaskSize = 16384;

    /// <summary>Up to so many classes a vector holds one class of several rows instead of the classes of one row.</summary>
    private const int FewClasses = 16;

    public static void Forward(ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs)
    {
        var problem = new Problem(inputs);
        problem.Check();
        problem.Statistics = (float*)outputs[1].Data;
        long n = problem.Rows;
        bool reduced = outputs[0].Shape.Length == 0;
        float* losses = reduced ? GemmScratch.Get<float>(GemmScratch.Use.Sums, Math.Max(n, 1) * 2) : (float*)outputs[0].Data;
        float* weights = reduced ? losses + n : null;
        CpuThreads.For(n, Math.Max(1, TaskSize / Math.Max(problem.Classes, 1)), new Losses { Problem = problem, Target = losses, Factors = weights });
        if (!reduced)
        {
            *(float*)outputs[2].Data = 1;
            return;
        }
        float sum = FloatRows.Sum(losses, n), weight = FloatRows.Sum(weights, n);
        *(float*)outputs[2].Data = problem.Mean ? weight : 1;
        *(float*)outputs[0].Data = problem.Mean ? sum / weight : sum;
    }

    public static void Backward(in CpuView output, ReadOnlySpan<CpuView> inputs)
    {
        var problem = new Problem(inputs) { Statistics = (float*)inputs[6].Data };
        var body = new Gradients
        {
            Problem = problem, Target = (float*)output.Data, G = (float*)inputs[8].Data, GStride = inputs[8].Shape.Length == 0 ? 0 : 1, InverseWeight = 1 / *(float*)inputs[7].Data,
        };
        CpuThreads.For(problem.Rows, Math.Max(1, TaskSize / Math.Max(problem.Classes, 1)), body);
    }

    private struct Problem
    {
        public readonly float* X, Weight;
        public readonly long* Targets;
        public readonly long Rows, Classes, Ignored;

        /// <summary>The places of a sample, whose logits of one class lie side by side; 1 if it is the classes that do.</summary>
        public readonly long Places;
        public readonly float Smoothing;
        public readonly bool Mean;
        public float* Statistics;

        public Problem(ReadOnlySpan<CpuView> inputs)
        {
            X = (float*)inputs[0].Data;
            Classes = inputs[0].Shape.Sizes[1];
            Rows = inputs[0].Shape.NumElements / Classes;
            Places = Rows / inputs[0].Shape.Sizes[0];
            Targets = (long*)inputs[1].Data;
            Weight = inputs[2].IsScalar ? null : (float*)inputs[2].Data;
            Ignored = inputs[3].Scalar.AsLong;
            Smoothing = (float)inputs[4].Scalar.AsDouble;
            Mean = inputs[5].Scalar.AsLong != 0;
        }

        public readonly void Check()
        {
            for (long i = 0; i < Rows; i++)
                if (Targets[i] != Ignored && (ulong)Targets[i] >= (ulong)Classes) throw new IndexOutOfRangeException($"Target {Targets[i]} is none of {Classes} classes.");
        }

        /// <summary>Lays out rows as columns: one vector per class, in which every lane is a row; what is no row is 0.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Transpose(long row, int rows, float* columns)
        {
            float* x = X + row * Classes;
            for (int lane = 0; lane < Vector<float>.Count; lane++)
                for (int c = 0; c < (int)Classes; c++) columns[c * Vector<float>.Count + lane] = lane < rows ? *x++ : 0;
        }

        /// <summary>Where the first class of a row lies among samples of several places, and how many rows go on from there up to <paramref name="end"/>, a vector's number at most.</summary>
        public readonly long At(long row, long end, out int lanes)
        {
            var (sample, place) = Math.DivRem(row, Places);
            lanes = (int)Math.Min(Math.Min(Vector<float>.Count, end - row), Places - place);
            return sample * Classes * Places + place;
        }

        /// <summary>The classes of as many rows as a vector has lanes, and which of them are ignored.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly Vector<int> TargetsOf(long row, out Vector<int> ignored)
        {
            Vector<long> low = Vector.Load(Targets + row), high = Vector.Load(Targets + row + Vector<long>.Count), none = new(Ignored);
            ignored = Vector.Narrow(Vector.Equals(low, none), Vector.Equals(high, none));
            return Vector.Narrow(low, high);
        }

        /// <summary>What the losses of these rows count.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly Vector<float> FactorsOf(long row, Vector<int> ignored)
        {
            if (Weight is null) return Vector.ConditionalSelect(ignored, Vector<float>.Zero, Vector<float>.One);
            float* factors = stackalloc float[Vector<float>.Count];
            for (int lane = 0; lane < Vector<float>.Count; lane++) factors[lane] = FactorOf(row + lane);
            return Vector.Load(factors);
        }

        /// <summary>What a row's loss counts.</summary>
        public readonly float FactorOf(long row) => Targets[row] == Ignored ? 0 : Weight is null ? 1 : Weight[Targets[row]];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Load(float* source, int n) => n == Vector<float>.Count ? Vector.Load(source) : FloatRows.Load(source, n);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector<float> value, float* target, int n)
    {
        if (n == Vector<float>.Count) Vector.Store(value, target);
        else FloatRows.Store(value, target, n);
    }

    private readonly struct ExpOfDifference(float max) : IFloatFormula
    {
        private readonly Vector<float> _max = new(max);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c) => FloatVectors.Exp(a - _max);
    }

    private struct Losses : IRangeBody
    {
        public Problem Problem;
        public float* Target;

        /// <summary>Gets what each row's loss counts, unless nobody adds them up.</summary>
        public float* Factors;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            long classes = Problem.Classes;
            if (Problem.Places > 1)
            {
                RunPlaces(start, end);
                return;
            }
            if (classes <= FewClasses)
            {
                RunFewClasses(start, end);
                return;
            }
            for (long row = start; row < end; row++)
            {
                float* x = Problem.X + row * classes;
                float max = FloatRows.Max(x, classes);
                float logSum = FloatVectors.Log(new Vector<float>(FloatRows.SumOf(new ExpOfDifference(max), x, x, x, classes)))[0];
                Finish(row, x, max, logSum);
            }
        }

        /// <summary>Vectors of neighbouring places, a class at a time.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void RunPlaces(long start, long end)
        {
            long classes = Problem.Classes, places = Problem.Places;
            int lanes;
            for (long row = start; row < end; row += lanes)
            {
                float* x = Problem.X + Problem.At(row, end, out lanes);
                Vector<float> max = Load(x, lanes), sum = Vector<float>.Zero, plain = Vector<float>.Zero;
                for (long c = 1; c < classes; c++) max = Vector.Max(max, Load(x + c * places, lanes));
                for (long c = 0; c < classes; c++)
                {
                    var value = Load(x + c * places, lanes);
                    sum += FloatVectors.Exp(value - max);
                    plain += value;
                }
                var logSum = FloatVectors.Log(sum);
                for (int lane = 0; lane < lanes; lane++)
                {
                    long target = Problem.Targets[row + lane];
                    Finish(row + lane, target == Problem.Ignored ? 0 : x[target * places + lane], plain[lane], max[lane], logSum[lane]);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void RunFewClasses(long start, long end)
        {
            int width = Vector<float>.Count, classes = (int)Problem.Classes;
            float* columns = stackalloc float[FewClasses * width];
            for (long row = start; row < end; row += width)
            {
                int rows = (int)Math.Min(width, end - row);
                Problem.Transpose(row, rows, columns);
                var max = Vector.Load(columns);
                for (int c = 1; c < classes; c++) max = Vector.Max(max, Vector.Load(columns + c * width));
                var sum = Vector<float>.Zero;
                for (int c = 0; c < classes; c++) sum += FloatVectors.Exp(Vector.Load(columns + c * width) - max);
                var logSum = FloatVectors.Log(sum);
                if (rows < width || Problem.Smoothing > 0)
                {
                    for (int lane = 0; lane < rows; lane++) Finish(row + lane, Problem.X + (row + lane) * classes, max[lane], logSum[lane]);
                    continue;
                }
                // As Finish, all rows together.
                var targets = Problem.TargetsOf(row, out var ignored);
                var logit = Vector.Load(columns);
                for (int c = 1; c < classes; c++) logit = Vector.ConditionalSelect(Vector.Equals(targets, new Vector<int>(c)), Vector.Load(columns + c * width), logit);
                var factors = Problem.FactorsOf(row, ignored);
                Vector.Store(max, Problem.Statistics + row);
                Vector.Store(logSum, Problem.Statistics + Problem.Rows + row);
                Vector.Store(Vector.ConditionalSelect(ignored, Vector<float>.Zero, (logSum - (logit - max)) * factors), Target + row);
                if (Factors is not null) Vector.Store(factors, Factors + row);
            }
        }

        private readonly void Finish(long row, float* x, float max, float logSum) =>
            Finish(row, Problem.Targets[row] == Problem.Ignored ? 0 : x[Problem.Targets[row]], Problem.Smoothing > 0 ? FloatRows.Sum(x, Problem.Classes) : 0, max, logSum);

        private readonly void Finish(long row, float logit, float sumOfLogits, float max, float logSum)
        {
            Problem.Statistics[row] = max;
            Problem.Statistics[Problem.Rows + row] = logSum;
            float factor = Problem.FactorOf(row), loss = 0;
            // An ignored row counts nothing, whatever is in it.
            if (Problem.Targets[row] != Problem.Ignored)
            {
                loss = logSum - (logit - max);
                if (Problem.Smoothing > 0) loss = (1 - Problem.Smoothing) * loss + Problem.Smoothing * (logSum + (max - sumOfLogits / Problem.Classes));
                loss *= factor;
            }
            Target[row] = loss;
            if (Factors is not null) Factors[row] = factor;
        }
    }

    private readonly struct Gradient(float max, float logSum, float factor, float everywhere) : IFloatFormula
    {
        private readonly Vector<float> _max = new(max), _logSum = new(logSum), _factor = new(factor), _everywhere = new(everywhere);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c) => (FloatVectors.Exp(a - _max - _logSum) - _everywhere) * _factor;
    }

    private struct Gradients : IRangeBody
    {
        public Problem Problem;
        public float* Target, G;
        public int GStride;
        public float InverseWeight;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            long classes = Problem.Classes;
            if (Problem.Places > 1)
            {
                RunPlaces(start, end);
                return;
            }
            if (classes <= FewClasses)
            {
                RunFewClasses(start, end);
                return;
            }
            for (long row = start; row < end; row++)
            {
                float* x = Problem.X + row * classes, y = Target + row * classes;
                if (Problem.Targets[row] == Problem.Ignored)
                {
                    new Span<float>(y, (int)classes).Clear();
                    continue;
                }
                float factor = G[row * GStride] * Problem.FactorOf(row) * InverseWeight;
                FloatRows.Map(new Gradient(Problem.Statistics[row], Problem.Statistics[Problem.Rows + row], factor, Problem.Smoothing / classes), x, y, classes);
                y[Problem.Targets[row]] -= factor * (1 - Problem.Smoothing);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void RunPlaces(long start, long end)
        {
            long classes = Problem.Classes, places = Problem.Places;
            int width = Vector<float>.Count, lanes;
            float* factors = stackalloc float[2 * width], counts = factors + width;
            new Span<float>(factors, 2 * width).Clear();
            var everywhere = new Vector<float>(Problem.Smoothing / classes);
            for (long row = start; row < end; row += lanes)
            {
                long at = Problem.At(row, end, out lanes);
                float* x = Problem.X + at, y = Target + at;
                for (int lane = 0; lane < lanes; lane++)
                {
                    counts[lane] = Problem.Targets[row + lane] == Problem.Ignored ? 0 : 1;
                    factors[lane] = counts[lane] == 0 ? 0 : G[(row + lane) * GStride] * Problem.FactorOf(row + lane) * InverseWeight;
                }
                Vector<float> max = Load(Problem.Statistics + row, lanes), logSum = Load(Problem.Statistics + Problem.Rows + row, lanes), factor = Vector.Load(factors);
                var ignored = Vector.Equals(Vector.Load(counts), Vector<float>.Zero); // 0, whatever is in them
                for (long c = 0; c < classes; c++)
                {
                    var gradient = (FloatVectors.Exp(Load(x + c * places, lanes) - max - logSum) - everywhere) * factor;
                    Store(Vector.ConditionalSelect(ignored, Vector<float>.Zero, gradient), y + c * places, lanes);
                }
                for (int lane = 0; lane < lanes; lane++)
                    if (counts[lane] != 0) y[Problem.Targets[row + lane] * places + lane] -= factors[lane] * (1 - Problem.Smoothing);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void RunFewClasses(long start, long end)
        {
            int width = Vector<float>.Count, classes = (int)Problem.Classes;
            float* columns = stackalloc float[(FewClasses + 3) * width];
            float* max = columns + FewClasses * width, logSum = max + width, factor = logSum + width;
            var everywhere = new Vector<float>(Problem.Smoothing / classes);
            for (long row = start; row < end; row += width)
            {
                int rows = (int)Math.Min(width, end - row);
                Problem.Transpose(row, rows, columns);
                if (rows == width && GStride == 0)
                {
                    RunRows(row, columns, everywhere);
                    continue;
                }
                for (int lane = 0; lane < width; lane++)
                {
                    bool isRow = lane < rows;
                    max[lane] = isRow ? Problem.Statistics[row + lane] : 0;
                    logSum[lane] = isRow ? Problem.Statistics[Problem.Rows + row + lane] : 0;
                    factor[lane] = isRow ? G[(row + lane) * GStride] * Problem.FactorOf(row + lane) * InverseWeight : 0;
                }
                for (int c = 0; c < classes; c++)
                {
                    float* column = columns + c * width;
                    Vector.Store((FloatVectors.Exp(Vector.Load(column) - Vector.Load(max) - Vector.Load(logSum)) - everywhere) * Vector.Load(factor), column);
                }
                for (int lane = 0; lane < rows; lane++)
                {
                    float* y = Target + (row + lane) * classes;
                    long target = Problem.Targets[row + lane];
                    for (int c = 0; c < classes; c++) y[c] = target == Problem.Ignored ? 0 : columns[c * width + lane];
                    if (target != Problem.Ignored) y[target] -= factor[lane] * (1 - Problem.Smoothing);
                }
            }
        }

        /// <summary>The same for as many rows as a vector has lanes, all of which have one gradient.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly void RunRows(long row, float* columns, Vector<float> everywhere)
        {
            int width = Vector<float>.Count, classes = (int)Problem.Classes;
            Vector<float> max = Vector.Load(Problem.Statistics + row), logSum = Vector.Load(Problem.Statistics + Problem.Rows + row);
            var targets = Problem.TargetsOf(row, out var ignored);
            var factor = new Vector<float>(*G) * Problem.FactorsOf(row, ignored) * new Vector<float>(InverseWeight);
            var atTarget = factor * new Vector<float>(1 - Problem.Smoothing);
            for (int c = 0; c < classes; c++)
            {
                var gradient = (FloatVectors.Exp(Vector.Load(columns + c * width) - max - logSum) - everywhere) * factor;
                gradient = Vector.ConditionalSelect(Vector.Equals(targets, new Vector<int>(c)), gradient - atTarget, gradient);
                Vector.Store(Vector.ConditionalSelect(ignored, Vector<float>.Zero, gradient), columns + c * width);
            }
            float* y = Target + row * classes;
            for (int lane = 0; lane < width; lane++)
                for (int c = 0; c < classes; c++) *y++ = columns[c * width + lane];
        }
    }
}
