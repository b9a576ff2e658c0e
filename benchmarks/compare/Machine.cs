using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace Firesteel.Compare;

/// <summary>What the machine can do at most with a number of threads, measured.</summary>
internal sealed class Machine
{
    private const int Tries = 12, Rounds = 1_000_000;

    // Chains of multiply-adds, enough to hide the latency of two units; with two constants they fill the 16 registers of AVX2.
    private const int Chains = 14;

    private readonly Dictionary<int, double> _bandwidth = [];

    public Machine(int threads)
    {
        Threads = threads;
        var (bits, action) = Vector512.IsHardwareAccelerated ? (512, MultiplyAdd512) : Vector256.IsHardwareAccelerated ? (256, MultiplyAdd256) : (128, (Action)MultiplyAdd128);
        FlopsPerSecond = Best(2.0 * Chains * (bits / 32) * Rounds, () => action);
    }

    public int Threads { get; }

    /// <summary>How many threads of other programs wanted to run in the last minute; null where the system does not tell.</summary>
    public static double? Load() => OperatingSystem.IsLinux() ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0]) : null;

    /// <summary>Multiply-adds of float32 in registers, times two, on all threads together.</summary>
    public double FlopsPerSecond { get; }

    /// <summary>Bytes read and written by copies between arrays that are together of about a size, on all threads together.</summary>
    public double BytesPerSecond(double bytes)
    {
        int size = 1 << Math.Clamp((int)Math.Ceiling(Math.Log2(Math.Max(bytes, 1) / 2 / Threads)), 12, 27);
        if (_bandwidth.TryGetValue(size, out double known)) return known;
        int rounds = Math.Max(1, (1 << 26) / size);
        return _bandwidth[size] = Best(2.0 * size * rounds, () => new Copy(size, rounds).Run);
    }

    /// <summary>The best rate of several tries; every thread does the work once, on memory of its own.</summary>
    private double Best(double work, Func<Action> prepare)
    {
        var times = new (long Start, long End)[Tries, Threads];
        using var barrier = new Barrier(Threads);
        var threads = Enumerable.Range(0, Threads).Select(k => new Thread(() => Loop(k))).ToList();
        threads.ForEach(static t => t.Start());
        threads.ForEach(static t => t.Join());
        return Enumerable.Range(0, Tries).Max(Rate);

        void Loop(int thread)
        {
            var action = prepare();
            for (int i = 0; i < Tries; i++)
            {
                barrier.SignalAndWait();
                long start = Stopwatch.GetTimestamp();
                action();
                times[i, thread] = (start, Stopwatch.GetTimestamp());
            }
        }

        double Rate(int i)
        {
            var all = Enumerable.Range(0, Threads).Select(k => times[i, k]).ToList();
            return work * Threads / Stopwatch.GetElapsedTime(all.Min(static t => t.Start), all.Max(static t => t.End)).TotalSeconds;
        }
    }

    private static float s_sink; // keeps the loops from being left out

    private static void MultiplyAdd512()
    {
        Vector512<float> a = Vector512.Create(0.999f), b = Vector512.Create(0.001f);
        Vector512<float> x0 = b, x1 = b, x2 = b, x3 = b, x4 = b, x5 = b, x6 = b, x7 = b, x8 = b, x9 = b, x10 = b, x11 = b, x12 = b, x13 = b;
        for (int i = 0; i < Rounds; i++)
        {
            x0 = Vector512.FusedMultiplyAdd(x0, a, b); x1 = Vector512.FusedMultiplyAdd(x1, a, b);
            x2 = Vector512.FusedMultiplyAdd(x2, a, b); x3 = Vector512.FusedMultiplyAdd(x3, a, b);
            x4 = Vector512.FusedMultiplyAdd(x4, a, b); x5 = Vector512.FusedMultiplyAdd(x5, a, b);
            x6 = Vector512.FusedMultiplyAdd(x6, a, b); x7 = Vector512.FusedMultiplyAdd(x7, a, b);
            x8 = Vector512.FusedMultiplyAdd(x8, a, b); x9 = Vector512.FusedMultiplyAdd(x9, a, b);
            x10 = Vector512.FusedMultiplyAdd(x10, a, b); x11 = Vector512.FusedMultiplyAdd(x11, a, b);
            x12 = Vector512.FusedMultiplyAdd(x12, a, b); x13 = Vector512.FusedMultiplyAdd(x13, a, b);
        }
        s_sink = Vector512.Sum(x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11 + x12 + x13);
    }

    private static void MultiplyAdd256()
    {
        Vector256<float> a = Vector256.Create(0.999f), b = Vector256.Create(0.001f);
        Vector256<float> x0 = b, x1 = b, x2 = b, x3 = b, x4 = b, x5 = b, x6 = b, x7 = b, x8 = b, x9 = b, x10 = b, x11 = b, x12 = b, x13 = b;
        for (int i = 0; i < Rounds; i++)
        {
            x0 = Vector256.FusedMultiplyAdd(x0, a, b); x1 = Vector256.FusedMultiplyAdd(x1, a, b);
            x2 = Vector256.FusedMultiplyAdd(x2, a, b); x3 = Vector256.FusedMultiplyAdd(x3, a, b);
            x4 = Vector256.FusedMultiplyAdd(x4, a, b); x5 = Vector256.FusedMultiplyAdd(x5, a, b);
            x6 = Vector256.FusedMultiplyAdd(x6, a, b); x7 = Vector256.FusedMultiplyAdd(x7, a, b);
            x8 = Vector256.FusedMultiplyAdd(x8, a, b); x9 = Vector256.FusedMultiplyAdd(x9, a, b);
            x10 = Vector256.FusedMultiplyAdd(x10, a, b); x11 = Vector256.FusedMultiplyAdd(x11, a, b);
            x12 = Vector256.FusedMultiplyAdd(x12, a, b); x13 = Vector256.FusedMultiplyAdd(x13, a, b);
        }
        s_sink = Vector256.Sum(x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11 + x12 + x13);
    }

    private static void MultiplyAdd128()
    {
        Vector128<float> a = Vector128.Create(0.999f), b = Vector128.Create(0.001f);
        Vector128<float> x0 = b, x1 = b, x2 = b, x3 = b, x4 = b, x5 = b, x6 = b, x7 = b, x8 = b, x9 = b, x10 = b, x11 = b, x12 = b, x13 = b;
        for (int i = 0; i < Rounds; i++)
        {
            x0 = Vector128.FusedMultiplyAdd(x0, a, b); x1 = Vector128.FusedMultiplyAdd(x1, a, b);
            x2 = Vector128.FusedMultiplyAdd(x2, a, b); x3 = Vector128.FusedMultiplyAdd(x3, a, b);
            x4 = Vector128.FusedMultiplyAdd(x4, a, b); x5 = Vector128.FusedMultiplyAdd(x5, a, b);
            x6 = Vector128.FusedMultiplyAdd(x6, a, b); x7 = Vector128.FusedMultiplyAdd(x7, a, b);
            x8 = Vector128.FusedMultiplyAdd(x8, a, b); x9 = Vector128.FusedMultiplyAdd(x9, a, b);
            x10 = Vector128.FusedMultiplyAdd(x10, a, b); x11 = Vector128.FusedMultiplyAdd(x11, a, b);
            x12 = Vector128.FusedMultiplyAdd(x12, a, b); x13 = Vector128.FusedMultiplyAdd(x13, a, b);
        }
        s_sink = Vector128.Sum(x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11 + x12 + x13);
    }

    private sealed class Copy(int size, int rounds)
    {
        private readonly byte[] _from = new byte[size], _to = new byte[size];

        public void Run()
        {
            for (int i = 0; i < rounds; i++) _from.AsSpan().CopyTo(_to);
        }
    }
}
