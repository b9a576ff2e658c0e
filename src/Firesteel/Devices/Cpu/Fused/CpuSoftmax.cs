using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>Softmax, its logarithm and the gradients of both: a term of every element is summed, and the result is a formula of the element and the sum.</summary>
internal static unsafe class CpuSoftmax
{
    /// <summary>One of the four; the operands a and b are the first and second input.</summary>
    public interface IPass
    {
        static virtual bool SubtractsMax => false;

        static abstract Vector<float> Term(Vector<float> a, Vector<float> b, Vector<float> max);

        /// <summary>What <see cref="Result"/> wants to know of the sum, once for all elements.</summary>
        static virtual Vector<float> OfSum(Vector<float> sum) => sum;

        static abstract Vector<float> Result(Vector<float> a, Vector<float> b, Vector<float> term, Vector<float> max, Vector<float> sum);
    }

    public readonly struct Forward : IPass
    {
        public static bool SubtractsMax => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Term(Vector<float> a, Vector<float> b, Vector<float> max) => FloatVectors.Exp(a - max);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Result(Vector<float> a, Vector<float> b, Vector<float> term, Vector<float> max, Vector<float> sum) => term / sum;
    }

    public readonly struct Backward : IPass
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Term(Vector<float> a, Vector<float> b, Vector<float> max) => a * b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Result(Vector<float> a, Vector<float> b, Vector<float> term, Vector<float> max, Vector<float> sum) => a * (b - sum);
    }

    public readonly struct LogForward : IPass
    {
        public static bool SubtractsMax => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Term(Vector<float> a, Vector<float> b, Vector<float> max) => FloatVectors.Exp(a - max);

        public static Vector<float> OfSum(Vector<float> sum) => FloatVectors.Log(sum);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Result(Vector<float> a, Vector<float> b, Vector<float> term, Vector<float> max, Vector<float> sum) => a - max - sum;
    }

    public readonly struct LogBackward : IPass
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Term(Vector<float> a, Vector<float> b, Vector<float> max) => b;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Result(Vector<float> a, Vector<float> b, Vector<float> term, Vector<float> max, Vector<float> sum) => b - FloatVectors.Exp(a) * sum;
    }

    // A largest element that loses a NaN does no harm: the sum has it.

    /// <summary>Elements that a task should have.</summary>
    private const long TaskSize = 16384;

    /// <summary>Columns that are worked on together when the dimension is not the last.</summary>
    private const int Tile = 64;

    /// <summary>Terms that are added one after another before their sum is added to that of the column.</summary>
    private const int BlockRows = 64;

    public static void Run<TPass>(int dim, in CpuView output, in CpuView a, in CpuView b)
        where TPass : struct, IPass
    {
        long outer = 1, n = output.Shape.Length == 0 ? 1 : output.Shape.Sizes[dim], inner = 1;
        for (int d = 0; d < dim; d++) outer *= output.Shape.Sizes[d];
        for (int d = dim + 1; d < output.Shape.Length; d++) inner *= output.Shape.Sizes[d];
        if (outer * n * inner == 0) return;
        float* y = (float*)output.Data, from = (float*)a.Data, from2 = (float*)b.Data;
        if (inner == 1) CpuThreads.For(outer, Math.Max(1, TaskSize / n), new Rows<TPass> { A = from, B = from2, Y = y, N = n });
        else
        {
            long tiles = (inner - 1) / Tile + 1;
            CpuThreads.For(outer * tiles, Math.Max(1, TaskSize / (n * Math.Min(Tile, inner))), new Columns<TPass> { A = from, B = from2, Y = y, N = n, Inner = inner, Tiles = tiles });
        }
    }

    private readonly struct TermFormula<TPass>(float max) : IFloatFormula
        where TPass : struct, IPass
    {
        private readonly Vector<float> _max = new(max);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c) => TPass.Term(a, b, _max);
    }

    private readonly struct ResultFormula<TPass>(float max, Vector<float> sum) : IFloatFormula
        where TPass : struct, IPass
    {
        private readonly Vector<float> _max = new(max), _sum = sum;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c) => TPass.Result(a, b, c, _max, _sum);
    }

    private struct Rows<TPass> : IRangeBody
        where TPass : struct, IPass
    {
        public float* A, B, Y;
        public long N;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            for (long row = start; row < end; row++)
            {
                float* a = A + row * N, b = B + row * N, y = Y + row * N;
                float max = TPass.SubtractsMax ? FloatRows.Max(a, N) : 0;
                FloatRows.Map(new TermFormula<TPass>(max), a, b, y, N);
                var sum = TPass.OfSum(new Vector<float>(FloatRows.Sum(y, N)));
                FloatRows.Map(new ResultFormula<TPass>(max, sum), a, b, y, y, N);
            }
        }
    }

    private struct Columns<TPass> : IRangeBody
        where TPass : struct, IPass
    {
        public float* A, B, Y;
        public long N, Inner, Tiles;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            float* max = stackalloc float[Tile + Vector<float>.Count], sum = stackalloc float[Tile + Vector<float>.Count], block = stackalloc float[Tile + Vector<float>.Count];
            for (long task = start; task < end; task++)
            {
                (long outer, long tile) = Math.DivRem(task, Tiles);
                long at = outer * N * Inner + tile * Tile;
                Run(A + at, B + at, Y + at, (int)Math.Min(Tile, Inner - tile * Tile), max, sum, block);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Run(float* a, float* b, float* y, int width, float* max, float* sum, float* block)
        {
            int step = Vector<float>.Count, whole = width & -step, rest = width - whole;
            for (int j = 0; j < width; j += step)
            {
                Vector.Store(new Vector<float>(TPass.SubtractsMax ? float.NegativeInfinity : 0), max + j);
                Vector.Store(Vector<float>.Zero, sum + j);
                Vector.Store(Vector<float>.Zero, block + j);
            }
            if (TPass.SubtractsMax)
            {
                for (long r = 0; r < N; r++)
                {
                    float* x = a + r * Inner;
                    for (int j = 0; j < whole; j += step) Vector.Store(Vector.MaxNative(Vector.Load(max + j), Vector.Load(x + j)), max + j);
                    if (rest > 0) Vector.Store(Vector.MaxNative(Vector.Load(max + whole), FloatRows.Load(x + whole, rest)), max + whole);
                }
            }
            for (long r = 0; r < N; r++)
            {
                float* x = a + r * Inner, z = b + r * Inner, to = y + r * Inner;
                for (int j = 0; j < whole; j += step)
                {
                    var term = TPass.Term(Vector.Load(x + j), Vector.Load(z + j), Vector.Load(max + j));
                    Vector.Store(term, to + j);
                    Vector.Store(Vector.Load(block + j) + term, block + j);
                }
                if (rest > 0)
                {
                    var term = TPass.Term(FloatRows.Load(x + whole, rest), FloatRows.Load(z + whole, rest), Vector.Load(max + whole));
                    FloatRows.Store(term, to + whole, rest);
                    Vector.Store(Vector.Load(block + whole) + term, block + whole);
                }
                if (r % BlockRows != BlockRows - 1 && r != N - 1) continue;
                for (int j = 0; j < width; j += step)
                {
                    Vector.Store(Vector.Load(sum + j) + Vector.Load(block + j), sum + j);
                    Vector.Store(Vector<float>.Zero, block + j);
                }
            }
            for (int j = 0; j < width; j += step) Vector.Store(TPass.OfSum(Vector.Load(sum + j)), sum + j);
            for (long r = 0; r < N; r++)
            {
                float* x = a + r * Inner, z = b + r * Inner, to = y + r * Inner;
                for (int j = 0; j < whole; j += step)
                    Vector.Store(TPass.Result(Vector.Load(x + j), Vector.Load(z + j), Vector.Load(to + j), Vector.Load(max + j), Vector.Load(sum + j)), to + j);
                if (rest > 0)
                    FloatRows.Store(TPass.Result(FloatRows.Load(x + whole, rest), FloatRows.Load(z + whole, rest), FloatRows.Load(to + whole, rest), Vector.Load(max + whole), Vector.Load(sum + whole)), to + whole, rest);
            }
        }
    }
}
