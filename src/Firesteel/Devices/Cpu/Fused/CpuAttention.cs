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

    /// <summary>Queries of a block that go together where a causal mask hides keys: products leave out what all of them do not see.</summary>
    private const int CausalPiece = 32;

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

        public int Piece => Causal ? CausalPiece : QueryBlock;

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

    /// <summary>The same where b is the first <paramref name="k"/> rows and <paramref name="n"/> columns of what was packed.</summary>
    private static void Multiply(long m, long n, long k, float* a, nint aRow, nint aCol, float* packed, long packedN, long packedK, float* c, nint cRow, bool add) =>
        CpuMatMul.Single(new GemmProduct<float>
        {
            A = a, PackedB = packed, PackedN = (nint)packedN, PackedK = (nint)packedK, C = c, M = (nint)m, N = (nint)n, K = (nint)k, ARow = aRow, ACol = aCol, CRow = cRow, CCol = 1, Add = add,
        });

    /// <summary>Rows [keys, width], transposed, as b of products: every block of keys for itself, those from key on at <paramref name="width"/> times key.</summary>
    private static void PackTransposed(float* rows, nint row, long keys, long width, float* to)
    {
        for (long key = 0; key < keys; key += KeyBlock)
            CpuMatMul.Pack(new GemmProduct<float> { B = rows + key * row, BRow = 1, BCol = row, N = (nint)Math.Min(KeyBlock, keys - key), K = (nint)width }, to + key * width);
    }

    /// <summary>Rows [keys, width] as b of products, likewise; those from key on are at <see cref="CpuMatMul.PackedCount"/> of width and key.</summary>
    private static void Pack(float* rows, nint row, long keys, long width, float* to)
    {
        for (long key = 0; key < keys; key += KeyBlock)
            CpuMatMul.Pack(new GemmProduct<float> { B = rows + key * row, BRow = row, BCol = 1, N = (nint)width, K = (nint)Math.Min(KeyBlock, keys - key) }, to + CpuMatMul.PackedCount(width, key));
    }

    private static void Scaled(float* from, nint fromRow, long rows, long width, float scale, float* to)
    {
        for (long i = 0; i < rows; i++) FloatRows.Map(new Times(scale), from + i * fromRow, to + i * width, width);
    }

    private struct Rows : IRangeBody
    {
        public Problem Problem;
        public Matrices Output;
        public float* Statistics;
        public long Parts, PerPart;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            long width = Problem.Width, valueWidth = Problem.ValueWidth, keys = Problem.Keys, queries = Problem.Queries;
            bool packs = queries > FewQueries, packsValues = Math.Min(queries, PerPart * QueryBlock) > QueryBlock;
            long ofKeys = packs ? CpuMatMul.PackedCount(keys, width) : 0, ofValues = packsValues ? CpuMatMul.PackedCount(valueWidth, keys) : 0;
            float* scratch = GemmScratch.Get<float>(GemmScratch.Use.Columns, ofKeys + ofValues + QueryBlock * (width + valueWidth + KeyBlock + 2));
            float* scaled = scratch, sums = scaled + QueryBlock * width, scores = sums + QueryBlock * valueWidth, max = scores + QueryBlock * KeyBlock, sum = max + QueryBlock;
            float* packedKeys = sum + QueryBlock, packedValues = packedKeys + ofKeys;
            for (long task = start; task < end; task++)
            {
                (long index, long part) = Math.DivRem(task, Parts);
                (long batch, long head) = Math.DivRem(index, Problem.Heads);
                float* q = Problem.Q.At(batch, head), k = Problem.K.At(batch, head), v = Problem.V.At(batch, head), output = Output.At(batch, head);
                float* statistics = Statistics + index * queries;
                long endOfPart = Math.Min(queries, (part + 1) * PerPart * QueryBlock), reached = Problem.EndOfKeys(endOfPart);
                if (packs) PackTransposed(k, Problem.K.Row, reached, width, packedKeys);
                if (packsValues) Pack(v, Problem.V.Row, reached, valueWidth, packedValues);
                for (long first = part * PerPart * QueryBlock; first < endOfPart; first += QueryBlock)
                {
                    int rows = (int)Math.Min(QueryBlock, endOfPart - first);
                    Scaled(q + first * Problem.Q.Row, Problem.Q.Row, rows, width, Problem.Scale, scaled);
                    long endOfKeys = Problem.EndOfKeys(first + rows);
                    if (!packs) endOfKeys = Problem.EndOfUnmasked(batch, head, first, rows, endOfKeys);
                    new Span<float>(max, rows).Fill(float.NegativeInfinity);
                    new Span<float>(sum, rows).Clear();
                    for (long key = 0; key < endOfKeys; key += KeyBlock)
                    {
                        long inBlock = Math.Min(KeyBlock, reached - key);
                        for (int from = 0; from < rows; from += Problem.Piece)
                        {
                            int some = Math.Min(Problem.Piece, rows - from), count = (int)Math.Min(KeyBlock, Math.Min(endOfKeys, Problem.EndOfKeys(first + from + some)) - key);
                            if (count <= 0) continue;
                            float* piece = scores + from * KeyBlock, ofPiece = sums + from * valueWidth;
                            if (packs) Multiply(some, count, width, scaled + from * width, (nint)width, 1, packedKeys + key * width, inBlock, width, piece, KeyBlock, false);
                            else Multiply(some, count, width, scaled + from * width, (nint)width, 1, k + key * Problem.K.Row, 1, Problem.K.Row, piece, KeyBlock, false);
                            for (int i = 0; i < some; i++)
                                Softmax(batch, head, first + from + i, key, piece + i * KeyBlock, count, ref max[from + i], ref sum[from + i], key == 0 ? null : ofPiece + i * valueWidth);
                            if (packsValues) Multiply(some, valueWidth, count, piece, KeyBlock, 1, packedValues + CpuMatMul.PackedCount(valueWidth, key), valueWidth, inBlock, ofPiece, (nint)valueWidth, key > 0);
                            else Multiply(some, valueWidth, count, piece, KeyBlock, 1, v + key * Problem.V.Row, Problem.V.Row, 1, ofPiece, (nint)valueWidth, key > 0);
                        }
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
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            long width = Problem.Width, valueWidth = Problem.ValueWidth, keys = Problem.Keys, queries = Problem.Queries;
            bool packsRows = queries > QueryBlock;
            long ofKeys = CpuMatMul.PackedCount(keys, width), ofValues = CpuMatMul.PackedCount(keys, valueWidth), ofRows = packsRows ? CpuMatMul.PackedCount(width, keys) : 0;
            float* scratch = GemmScratch.Get<float>(GemmScratch.Use.Columns, ofKeys + ofValues + ofRows + QueryBlock * (width + 2 * KeyBlock));
            float* scaled = scratch, weights = scaled + QueryBlock * width, gradients = weights + QueryBlock * KeyBlock;
            float* packedKeys = gradients + QueryBlock * KeyBlock, packedValues = packedKeys + ofKeys, packedRows = packedValues + ofValues;
            for (long index = start; index < end; index++)
            {
                (long batch, long head) = Math.DivRem(index, Problem.Heads);
                float* q = Problem.Q.At(batch, head), k = Problem.K.At(batch, head), v = Problem.V.At(batch, head), g = G.At(batch, head), output = Output.At(batch, head);
                float* dq = Dq.At(batch, head), dk = Dk.At(batch, head), dv = Dv.At(batch, head);
                float* max = Statistics + index * queries, logSum = max + Problem.Batch * Problem.Heads * queries;
                PackTransposed(k, Problem.K.Row, keys, width, packedKeys);
                PackTransposed(v, Problem.V.Row, keys, valueWidth, packedValues);
                if (packsRows) Pack(k, Problem.K.Row, keys, width, packedRows);
                Clear(dk, Dk.Row, keys, width);
                Clear(dv, Dv.Row, keys, valueWidth);
                for (long first = 0; first < queries; first += QueryBlock)
                {
                    int rows = (int)Math.Min(QueryBlock, queries - first);
                    Scaled(q + first * Problem.Q.Row, Problem.Q.Row, rows, width, Problem.Scale, scaled);
                    float* gBlock = g + first * G.Row;
                    long endOfKeys = Problem.EndOfKeys(first + rows);
                    for (long key = 0; key < endOfKeys; key += KeyBlock)
                    {
                        long inBlock = Math.Min(KeyBlock, keys - key);
                        for (int from = 0; from < rows; from += Problem.Piece)
                        {
                            int some = Math.Min(Problem.Piece, rows - from), count = (int)Math.Min(KeyBlock, Problem.EndOfKeys(first + from + some) - key);
                            if (count <= 0) continue;
                            float* weight = weights + from * KeyBlock, gradient = gradients + from * KeyBlock, gPiece = gBlock + from * G.Row, ofQuery = dq + (first + from) * Dq.Row;
                            Multiply(some, count, width, scaled + from * width, (nint)width, 1, packedKeys + key * width, inBlock, width, weight, KeyBlock, false);
                            Multiply(some, count, valueWidth, gPiece, G.Row, 1, packedValues + key * valueWidth, inBlock, valueWidth, gradient, KeyBlock, false);
                            for (int i = 0; i < some; i++)
                            {
                                long query = first + from + i;
                                int seen = Problem.Seen(query, key, count);
                                float dot = FloatRows.SumOf(default(Product), gPiece + i * G.Row, output + query * Output.Row, gPiece, valueWidth);
                                Problem.Mask(batch, head, query, key, weight + i * KeyBlock, seen);
                                WeightsAndGradients(weight + i * KeyBlock, gradient + i * KeyBlock, seen, count, max[query], logSum[query], dot);
                            }
                            if (packsRows) Multiply(some, width, count, gradient, KeyBlock, 1, packedRows + CpuMatMul.PackedCount(width, key), width, inBlock, ofQuery, Dq.Row, key > 0);
                            else Multiply(some, width, count, gradient, KeyBlock, 1, k + key * Problem.K.Row, Problem.K.Row, 1, ofQuery, Dq.Row, key > 0);
                        }
                        // Keys that a piece is the first to see get their gradients from it and those behind.
                        int before = 0;
                        for (int from = 0; from < rows; from += Problem.Piece)
                        {
                            int behind = rows - from, count = (int)Math.Min(KeyBlock, Problem.EndOfKeys(first + from + Math.Min(Problem.Piece, behind)) - key);
                            if (count <= before) continue;
                            long at = key + before;
                            Multiply(count - before, valueWidth, behind, weights + from * KeyBlock + before, 1, KeyBlock, gBlock + from * G.Row, G.Row, 1, dv + at * Dv.Row, Dv.Row, true);
                            Multiply(count - before, width, behind, gradients + from * KeyBlock + before, 1, KeyBlock, scaled + from * width, (nint)width, 1, dk + at * Dk.Row, Dk.Row, true);
                            before = count;
                        }
                    }
                    for (int i = 0; i < rows; i++) FloatRows.Map(new Times(Problem.Scale), dq + (first + i) * Dq.Row, dq + (first + i) * Dq.Row, width);
                }
            }
        }

        /// <summary>Scores become weights, and the gradients of weights those of scores; both 0 from <paramref name="seen"/> to <paramref name="count"/>. There is room for whole vectors.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void WeightsAndGradients(float* weight, float* gradient, int seen, int count, float max, float logSum, float dot)
        {
            var exp = new ExpOfDifference(max, logSum);
            var ofScore = new GradientOfScore(dot);
            for (int i = 0; i < seen; i += Vector<float>.Count)
            {
                var w = exp.Of(Vector.Load(weight + i), default, default);
                Vector.Store(w, weight + i);
                Vector.Store(ofScore.Of(w, Vector.Load(gradient + i), default), gradient + i);
            }
            for (int i = seen; i < count; i++) weight[i] = gradient[i] = 0;
        }

        private static void Clear(float* matrix, nint row, long rows, long columns)
        {
            for (long i = 0; i < rows; i++) new Span<float>(matrix + i * row, (int)columns).Clear();
        }
    }
}
