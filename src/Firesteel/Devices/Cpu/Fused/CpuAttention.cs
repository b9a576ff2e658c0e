using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>
/// Scaled dot-product attention in blocks of queries and keys, so that no matrix of all scores arises: the softmax of a row goes on from block to block with its largest score and
/// its sum so far. Backward computes the scores of a block again.
/// </summary>
internal static unsafe class CpuAttention
{
    private const int QueryBlock = 64, KeyBlock = 256;

    /// <summary>With as few queries, keys are read as they lie; with more, they are transposed once.</summary>
    private const int FewQueries = 12;

    public static void Forward(ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs)
    {
        var problem = new Problem(inputs);
        long blocks = (problem.Queries - 1) / QueryBlock + 1, heads = problem.Batch * problem.Heads;
        // A head is a task, and with few heads a part of its queries is.
        long parts = heads >= 16 ? 1 : Math.Min(blocks, (15 + heads) / heads), perPart = (blocks - 1) / parts + 1;
        parts = (blocks - 1) / perPart + 1;
        var body = new Rows { Problem = problem, Output = new Matrices(outputs[0]), Statistics = (float*)outputs[1].Data, Parts = parts, PerPart = perPart };
        long work = Math.Max(1, Math.Min(perPart * QueryBlock, problem.Queries) * problem.Keys * (problem.Width + problem.ValueWidth));
        CpuThreads.For(heads * parts, Math.Max(1, CpuMatMul.SerialWork / work), body);
    }

    public static void Backward(ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs)
    {
        var problem = new Problem(inputs);
        var body = new Gradients
        {
            Problem = problem, Output = new Matrices(inputs[6]), Statistics = (float*)inputs[7].Data, G = new Matrices(inputs[8]),
            Dq = new Matrices(outputs[0]), Dk = new Matrices(outputs[1]), Dv = new Matrices(outputs[2]),
        };
        long work = Math.Max(1, problem.Queries * problem.Keys * (problem.Width + problem.ValueWidth));
        CpuThreads.For(problem.Batch * problem.Heads, Math.Max(1, CpuMatMul.SerialWork / work), body);
    }

    /// <summary>The matrices of a view [batch, heads, rows, columns] whose columns are adjacent.</summary>
    private readonly struct Matrices
    {
        private readonly float* _data;
        private readonly long _batchStride, _headStride;
        public readonly nint Row;

        public Matrices(in CpuView view)
        {
            _data = (float*)view.Data;
            (_batchStride, _headStride, Row) = (view.Strides[0], view.Strides[1], (nint)view.Strides[2]);
        }

        public float* At(long batch, long head) => _data + batch * _batchStride + head * _headStride;
    }

    private readonly struct Problem
    {
        public readonly Matrices Q, K, V;
        public readonly long Batch, Heads, Queries, Keys, Width, ValueWidth;
        public readonly float Scale;
        public readonly bool Causal;
        private readonly CpuView _mask;

        public Problem(ReadOnlySpan<CpuView> inputs)
        {
            (Q, K, V) = (new(inputs[0]), new(inputs[1]), new(inputs[2]));
            long[] q = inputs[0].Shape.Sizes;
            (Batch, Heads, Queries, Width) = (q[0], q[1], q[2], q[3]);
            (Keys, ValueWidth) = (inputs[2].Shape.Sizes[2], inputs[2].Shape.Sizes[3]);
            _mask = inputs[3];
            Scale = (float)inputs[4].Scalar.AsDouble;
            Causal = inputs[5].Scalar.AsLong != 0;
        }

        /// <summary>The end of the keys that some query of a block sees.</summary>
        public long EndOfKeys(long endOfQueries) => Causal ? Math.Min(Keys, endOfQueries) : Keys;

        /// <summary>The end of the keys that the mask leaves to some of a few queries, at least 1: a cache of keys that is not full yet.</summary>
        public long EndOfUnmasked(long batch, long head, long firstQuery, long queries, long end)
        {
            if (_mask.IsScalar || _mask.DType != DType.Bool) return end;
            long[] strides = _mask.Strides;
            byte* mask = _mask.Data + batch * strides[0] + head * strides[1] + firstQuery * strides[2];
            for (long last = end - 1; last > 0; last--)
                for (long query = 0; query < queries; query++)
                    if (mask[query * strides[2] + last * strides[3]] != 0) return last + 1;
            return Math.Min(end, 1);
        }

        /// <summary>How many keys of a block from <paramref name="firstKey"/> on a query sees.</summary>
        public int Seen(long query, long firstKey, long count) => Causal ? (int)Math.Clamp(query + 1 - firstKey, 0, count) : (int)count;

        /// <summary>Adds the mask to a part of a row of scores.</summary>
        public void Mask(long batch, long head, long query, long firstKey, float* scores, int count)
        {
            if (_mask.IsScalar) return;
            long[] strides = _mask.Strides;
            long at = batch * strides[0] + head * strides[1] + query * strides[2] + firstKey * strides[3], step = strides[3];
            if (_mask.DType == DType.Bool)
            {
                byte* mask = _mask.Data + at;
                for (int i = 0; i < count; i++)
                    if (mask[i * step] == 0) scores[i] = float.NegativeInfinity;
            }
            else
            {
                float* mask = (float*)_mask.Data + at;
                if (step == 1) FloatRows.Map(default(Sum), scores, mask, scores, count);
                else for (int i = 0; i < count; i++) scores[i] += mask[i * step];
            }
        }
    }

    private readonly struct Sum : IFloatFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c) => a + b;
    }

    private readonly struct Times(float factor) : IFloatFormula
    {
        private readonly Vector<float> _factor = new(factor);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c) => a * _factor;
    }

    private readonly struct DividedBy(float divisor) : IFloatFormula
    {
        private readonly Vector<float> _divisor = new(divisor);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c) => a / _divisor;
    }

    private readonly struct ExpOfDifference(float max, float logSum) : IFloatFormula
    {
        private readonly Vector<float> _max = new(max), _logSum = new(logSum);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c) => FloatVectors.Exp(a - _max - _logSum);
    }

    private readonly struct Product : IFloatFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c) => a * b;
    }

    /// <summary>a (b - constant).</summary>
    private readonly struct GradientOfScore(float dot) : IFloatFormula
    {
        private readonly Vector<float> _dot = new(dot);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c) => a * (b - _dot);
    }

    /// <summary>c[m, n] = (or +=) a[m, k] b[k, n] on this thread.</summary>
    private static void Multiply(long m, long n, long k, float* a, nint aRow, nint aCol, float* b, nint bRow, nint bCol, float* c, nint cRow, bool add) =>
        CpuMatMul.Single(new GemmProduct<float>
        {
            A = a, B = b, C = c, M = (nint)m, N = (nint)n, K = (nint)k, ARow = aRow, ACol = aCol, BRow = bRow, BCol = bCol, CRow = cRow, CCol = 1, Add = add,
        });

    /// <summary>to[j, i] = from[i, j]; rows of the target lie <paramref name="pitch"/> apart.</summary>
    private static void Transpose(float* from, nint fromRow, long rows, long columns, float* to, nint pitch)
    {
        // Panels of 16 rows: what is written then stays in the first cache.
        for (long i = 0; i < rows; i += 16) GemmPack<float>.Copy(from + i * fromRow, fromRow, 1, (int)Math.Min(16, rows - i), (nint)columns, to + i, (int)pitch);
    }

    private static void Scaled(float* from, nint fromRow, long rows, long width, float scale, float* to)
    {
        for (long i = 0; i < rows; i++) FloatRows.Map(new Times(scale), from + i * fromRow, to + i * width, width);
    }

    /// <summary>Rows of transposed keys lie this far apart: never a multiple of 2 KB, which would fall onto the same lines of the cache.</summary>
    private static nint Pitch(long keys) => (nint)((keys + 15) / 16 * 16 + 16);

    private struct Rows : IRangeBody
    {
        public Problem Problem;
        public Matrices Output;
        public float* Statistics;
        public long Parts, PerPart;

        public readonly void Run(long start, long end)
        {
            long width = Problem.Width, valueWidth = Problem.ValueWidth, keys = Problem.Keys, queries = Problem.Queries;
            bool transposes = queries > FewQueries;
            nint pitch = Pitch(keys);
            float* scratch = GemmScratch.Get<float>(GemmScratch.Use.Columns, (transposes ? pitch * width : 0) + QueryBlock * (width + valueWidth + KeyBlock + 2));
            float* scaled = scratch, sums = scaled + QueryBlock * width, scores = sums + QueryBlock * valueWidth, max = scores + QueryBlock * KeyBlock, sum = max + QueryBlock, transposed = sum + QueryBlock;
            for (long task = start; task < end; task++)
            {
                (long index, long part) = Math.DivRem(task, Parts);
                (long batch, long head) = Math.DivRem(index, Problem.Heads);
                float* q = Problem.Q.At(batch, head), k = Problem.K.At(batch, head), v = Problem.V.At(batch, head), output = Output.At(batch, head);
                float* statistics = Statistics + index * queries;
                long endOfPart = Math.Min(queries, (part + 1) * PerPart * QueryBlock);
                if (transposes) Transpose(k, Problem.K.Row, Problem.EndOfKeys(endOfPart), width, transposed, pitch);
                for (long first = part * PerPart * QueryBlock; first < endOfPart; first += QueryBlock)
                {
                    int rows = (int)Math.Min(QueryBlock, endOfPart - first);
                    Scaled(q + first * Problem.Q.Row, Problem.Q.Row, rows, width, Problem.Scale, scaled);
                    long endOfKeys = Problem.EndOfKeys(first + rows);
                    if (!transposes) endOfKeys = Problem.EndOfUnmasked(batch, head, first, rows, endOfKeys);
                    new Span<float>(max, rows).Fill(float.NegativeInfinity);
                    new Span<float>(sum, rows).Clear();
                    for (long key = 0; key < endOfKeys; key += KeyBlock)
                    {
                        int count = (int)Math.Min(KeyBlock, endOfKeys - key);
                        if (transposes) Multiply(rows, count, width, scaled, (nint)width, 1, transposed + key, pitch, 1, scores, KeyBlock, false);
                        else Multiply(rows, count, width, scaled, (nint)width, 1, k + key * Problem.K.Row, 1, Problem.K.Row, scores, KeyBlock, false);
                        for (int i = 0; i < rows; i++) Softmax(batch, head, first + i, key, scores + i * KeyBlock, count, ref max[i], ref sum[i], key == 0 ? null : sums + i * valueWidth);
                        Multiply(rows, valueWidth, count, scores, KeyBlock, 1, v + key * Problem.V.Row, Problem.V.Row, 1, sums, (nint)valueWidth, key > 0);
                    }
                    for (int i = 0; i < rows; i++)
                    {
                        FloatRows.Map(new DividedBy(sum[i]), sums + i * valueWidth, output + (first + i) * Output.Row, valueWidth);
                        statistics[first + i] = Finite(max[i]);
                        statistics[Problem.Batch * Problem.Heads * queries + first + i] = FloatVectors.Log(new Vector<float>(sum[i]))[0];
                    }
                }
            }
        }

        /// <summary>Turns a part of a row of scores into weights relative to the largest score so far, and what was summed before likewise.</summary>
        private readonly void Softmax(long batch, long head, long query, long key, float* scores, int count, ref float max, ref float sum, float* sums)
        {
            int seen = Problem.Seen(query, key, count);
            new Span<float>(scores + seen, count - seen).Clear();
            if (seen == 0) return;
            Problem.Mask(batch, head, query, key, scores, seen);
            float before = max;
            max = Math.Max(before, FloatRows.Max(scores, seen));
            // Rows that have seen nothing but -inf must not become NaN before they are complete.
            float shift = Finite(max);
            FloatRows.Map(new ExpOfDifference(shift, 0), scores, scores, seen);
            float part = FloatRows.Sum(scores, seen);
            if (sums is null)
            {
                sum = part;
                return;
            }
            float factor = FloatVectors.Exp(new Vector<float>(before - shift))[0];
            sum = sum * factor + part;
            if (factor != 1) FloatRows.Map(new Times(factor), sums, sums, Problem.ValueWidth);
        }

        private static float Finite(float max) => max == float.NegativeInfinity ? 0 : max;
    }

    private struct Gradients : IRangeBody
    {
        public Problem Problem;
        public Matrices Output, G, Dq, Dk, Dv;
        public float* Statistics;

        public readonly void Run(long start, long end)
        {
            long width = Problem.Width, valueWidth = Problem.ValueWidth, keys = Problem.Keys, queries = Problem.Queries;
            nint pitch = Pitch(keys);
            float* scratch = GemmScratch.Get<float>(GemmScratch.Use.Columns, pitch * (width + valueWidth) + QueryBlock * (width + 2 * KeyBlock + 1));
            float* scaled = scratch, weights = scaled + QueryBlock * width, gradients = weights + QueryBlock * KeyBlock, dots = gradients + QueryBlock * KeyBlock;
            float* keysTransposed = dots + QueryBlock, valuesTransposed = keysTransposed + pitch * width;
            for (long index = start; index < end; index++)
            {
                (long batch, long head) = Math.DivRem(index, Problem.Heads);
                float* q = Problem.Q.At(batch, head), k = Problem.K.At(batch, head), v = Problem.V.At(batch, head), g = G.At(batch, head), output = Output.At(batch, head);
                float* dq = Dq.At(batch, head), dk = Dk.At(batch, head), dv = Dv.At(batch, head);
                float* max = Statistics + index * queries, logSum = max + Problem.Batch * Problem.Heads * queries;
                Transpose(k, Problem.K.Row, keys, width, keysTransposed, pitch);
                Transpose(v, Problem.V.Row, keys, valueWidth, valuesTransposed, pitch);
                Clear(dk, Dk.Row, keys, width);
                Clear(dv, Dv.Row, keys, valueWidth);
                for (long first = 0; first < queries; first += QueryBlock)
                {
                    int rows = (int)Math.Min(QueryBlock, queries - first);
                    Scaled(q + first * Problem.Q.Row, Problem.Q.Row, rows, width, Problem.Scale, scaled);
                    float* gBlock = g + first * G.Row;
                    for (int i = 0; i < rows; i++)
                        dots[i] = FloatRows.SumOf(default(Product), gBlock + i * G.Row, output + (first + i) * Output.Row, gBlock, valueWidth);
                    long endOfKeys = Problem.EndOfKeys(first + rows);
                    for (long key = 0; key < endOfKeys; key += KeyBlock)
                    {
                        int count = (int)Math.Min(KeyBlock, endOfKeys - key);
                        Multiply(rows, count, width, scaled, (nint)width, 1, keysTransposed + key, pitch, 1, weights, KeyBlock, false);
                        Multiply(rows, count, valueWidth, gBlock, G.Row, 1, valuesTransposed + key, pitch, 1, gradients, KeyBlock, false);
                        for (int i = 0; i < rows; i++)
                        {
                            float* weight = weights + i * KeyBlock, gradient = gradients + i * KeyBlock;
                            int seen = Problem.Seen(first + i, key, count);
                            Problem.Mask(batch, head, first + i, key, weight, seen);
                            FloatRows.Map(new ExpOfDifference(max[first + i], logSum[first + i]), weight, weight, seen);
                            FloatRows.Map(new GradientOfScore(dots[i]), weight, gradient, gradient, seen);
                            new Span<float>(weight + seen, count - seen).Clear();
                            new Span<float>(gradient + seen, count - seen).Clear();
                        }
                        Multiply(count, valueWidth, rows, weights, 1, KeyBlock, gBlock, G.Row, 1, dv + key * Dv.Row, Dv.Row, true);
                        Multiply(count, width, rows, gradients, 1, KeyBlock, scaled, (nint)width, 1, dk + key * Dk.Row, Dk.Row, true);
                        Multiply(rows, width, count, gradients, KeyBlock, 1, k + key * Problem.K.Row, Problem.K.Row, 1, dq + first * Dq.Row, Dq.Row, key > 0);
                    }
                    for (int i = 0; i < rows; i++) FloatRows.Map(new Times(Problem.Scale), dq + (first + i) * Dq.Row, dq + (first + i) * Dq.Row, width);
                }
            }
        }

        private static void Clear(float* matrix, nint row, long rows, long columns)
        {
            for (long i = 0; i < rows; i++) new Span<float>(matrix + i * row, (int)columns).Clear();
        }
    }
}
