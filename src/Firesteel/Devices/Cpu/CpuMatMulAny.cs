using System.Numerics;

namespace Firesteel;

/// <summary>Element types of <see cref="CpuMatMulAny{T, TSum, TConvert}"/>: how they are widened to what sums are kept in.</summary>
internal static class CpuMatMulAny
{
    /// <summary>Widens an element and narrows a sum; integers wrap around.</summary>
    public interface IConvert<T, TSum>
    {
        static abstract TSum Widen(T value);

        static abstract T Narrow(TSum value);
    }

    public readonly struct Same<T> : IConvert<T, T>
    {
        public static T Widen(T value) => value;

        public static T Narrow(T value) => value;
    }

    public readonly struct Int16ToInt32 : IConvert<short, int>
    {
        public static int Widen(short value) => value;

        public static short Narrow(int value) => unchecked((short)value);
    }

    public readonly struct Int8ToInt32 : IConvert<sbyte, int>
    {
        public static int Widen(sbyte value) => value;

        public static sbyte Narrow(int value) => unchecked((sbyte)value);
    }

    public readonly struct UInt8ToInt32 : IConvert<byte, int>
    {
        public static int Widen(byte value) => value;

        public static byte Narrow(int value) => unchecked((byte)value);
    }
}

/// <summary>The plain matrix product of integers of any strides: one row of the result at a time, k ascending.</summary>
internal static unsafe class CpuMatMulAny<T, TSum, TConvert>
    where T : unmanaged
    where TSum : unmanaged, INumberBase<TSum>
    where TConvert : struct, CpuMatMulAny.IConvert<T, TSum>
{
    private const int Strip = 256;

    public static void Run(in MatMulProblem problem)
    {
        long perRow = Math.Max(1, problem.K * problem.N);
        CpuThreads.For(problem.Batch * problem.M, Math.Max(1, CpuMatMul.SerialWork / perRow), new Rows { Problem = problem });
    }

    private struct Rows : IRangeBody
    {
        public MatMulProblem Problem;

        public readonly void Run(long start, long end)
        {
            TSum* sums = stackalloc TSum[Strip];
            for (long row = start; row < end; row++)
            {
                (long batch, long i) = Math.DivRem(row, Problem.M);
                Problem.Offsets(batch, out long aOffset, out long bOffset, out long cOffset, out long startOffset);
                T* a = (T*)Problem.A + aOffset + i * Problem.ARow;
                T* c = (T*)Problem.C + cOffset + i * Problem.CRow;
                T* first = Problem.Start is null ? null : (T*)Problem.Start + startOffset + i * Problem.StartRow;
                for (long j = 0; j < Problem.N; j += Strip)
                {
                    int width = (int)Math.Min(Strip, Problem.N - j);
                    new Span<TSum>(sums, width).Clear();
                    if (first is not null)
                        for (int q = 0; q < width; q++) sums[q] = TConvert.Widen(first[(j + q) * Problem.StartCol]);
                    for (long p = 0; p < Problem.K; p++)
                    {
                        TSum factor = TConvert.Widen(a[p * Problem.ACol]);
                        T* b = (T*)Problem.B + bOffset + p * Problem.BRow + j * Problem.BCol;
                        if (Problem.BCol == 1)
                            for (int q = 0; q < width; q++) sums[q] += factor * TConvert.Widen(b[q]);
                        else
                            for (int q = 0; q < width; q++) sums[q] += factor * TConvert.Widen(b[q * Problem.BCol]);
                    }
                    for (int q = 0; q < width; q++) c[(j + q) * Problem.CCol] = TConvert.Narrow(sums[q]);
                }
            }
        }
    }
}
