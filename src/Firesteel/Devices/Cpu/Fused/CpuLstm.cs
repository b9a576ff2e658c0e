using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>
/// An LSTM over a sequence and its gradient. Sequences of a batch do not meet, so a task takes some of them through all steps: the weights are transposed once, and
/// no step waits for another thread.
/// </summary>
internal static unsafe class CpuLstm
{
    public static void Forward(bool backwards, ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs)
    {
        long[] sizes = outputs[0].Shape.Sizes;
        long steps = sizes[0], batch = sizes[1], hidden = sizes[2];
        var weight = new Transposed((float*)inputs[3].Data, 4 * hidden, hidden);
        var body = new Sequences
        {
            Gates = (float*)inputs[0].Data, H0 = (float*)inputs[1].Data, C0 = (float*)inputs[2].Data, Weight = weight.Data, Pitch = weight.Pitch,
            H = (float*)outputs[0].Data, LastCell = (float*)outputs[1].Data, Cells = (float*)outputs[2].Data, Activations = (float*)outputs[3].Data,
            Steps = steps, Batch = batch, Hidden = hidden, Backwards = backwards,
        };
        CpuThreads.For(batch, PerTask(batch), body);
    }

    public static void Backward(bool backwards, ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs)
    {
        long[] sizes = inputs[1].Shape.Sizes;
        var body = new Gradients
        {
            C0 = (float*)inputs[0].Data, Cells = (float*)inputs[1].Data, Activations = (float*)inputs[2].Data, Weight = (float*)inputs[3].Data,
            G = inputs[4].IsScalar ? null : (float*)inputs[4].Data, GOfCell = inputs[5].IsScalar ? null : (float*)inputs[5].Data,
            Gates = (float*)outputs[0].Data, H0 = (float*)outputs[1].Data, OfC0 = (float*)outputs[2].Data,
            Steps = sizes[0], Batch = sizes[1], Hidden = sizes[2], Backwards = backwards,
        };
        CpuThreads.For(sizes[1], PerTask(sizes[1]), body);
    }

    /// <summary>Sequences for a task: enough for a good product, few enough for several threads.</summary>
    private static long PerTask(long batch) => Math.Clamp((batch + 1) / 2, 8, 18);

    /// <summary>A matrix with rows and columns exchanged, in the buffer of this thread.</summary>
    private readonly struct Transposed
    {
        public readonly float* Data;
        public readonly nint Pitch;

        public Transposed(float* matrix, long rows, long columns)
        {
            // Never a multiple of 2 KB, which would fall onto the same lines of the cache.
            Pitch = (nint)((rows + 15) / 16 * 16 + 16);
            Data = GemmScratch.Get<float>(GemmScratch.Use.WideA, Pitch * columns);
            for (long i = 0; i < rows; i += 16) GemmPack<float>.Copy(matrix + i * columns, (nint)columns, 1, (int)Math.Min(16, rows - i), (nint)columns, Data + i, (int)Pitch);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Load(float* source, int n) => n == Vector<float>.Count ? Vector.Load(source) : FloatRows.Load(source, n);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector<float> value, float* target, int n)
    {
        if (n == Vector<float>.Count) Vector.Store(value, target);
        else FloatRows.Store(value, target, n);
    }

    private struct Sequences : IRangeBody
    {
        public float* Gates, H0, C0, Weight, H, LastCell, Cells, Activations;
        public nint Pitch;
        public long Steps, Batch, Hidden;
        public bool Backwards;

        public readonly void Run(long start, long end)
        {
            long rows = end - start, width = 4 * Hidden;
            float* h = H0 + start * Hidden, c = C0 + start * Hidden;
            for (long step = 0; step < Steps; step++)
            {
                long at = (Backwards ? Steps - 1 - step : step) * Batch + start;
                float* gates = Activations + at * width;
                new ReadOnlySpan<float>(Gates + at * width, (int)(rows * width)).CopyTo(new Span<float>(gates, (int)(rows * width)));
                CpuMatMul.Single(new GemmProduct<float>
                {
                    A = h, B = Weight, C = gates, M = (nint)rows, N = (nint)width, K = (nint)Hidden, ARow = (nint)Hidden, ACol = 1, BRow = Pitch, BCol = 1, CRow = (nint)width, CCol = 1, Add = true,
                });
                float* nextH = H + at * Hidden, nextC = Cells + at * Hidden;
                for (long row = 0; row < rows; row++) Cell(gates + row * width, c + row * Hidden, nextC + row * Hidden, nextH + row * Hidden, Hidden);
                h = nextH;
                c = nextC;
            }
            new ReadOnlySpan<float>(c, (int)(rows * Hidden)).CopyTo(new Span<float>(LastCell + start * Hidden, (int)(rows * Hidden)));
        }

        /// <summary>Gates become what they let through; the order is input, forget, candidate, output.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Cell(float* gates, float* c, float* nextC, float* h, long hidden)
        {
            float* f = gates + hidden, g = f + hidden, o = g + hidden;
            for (long j = 0; j < hidden; j += Vector<float>.Count)
            {
                int n = (int)Math.Min(Vector<float>.Count, hidden - j);
                var input = FloatVectors.Sigmoid(Load(gates + j, n));
                var forget = FloatVectors.Sigmoid(Load(f + j, n));
                var candidate = FloatVectors.Tanh(Load(g + j, n));
                var output = FloatVectors.Sigmoid(Load(o + j, n));
                var cell = forget * Load(c + j, n) + input * candidate;
                Store(input, gates + j, n);
                Store(forget, f + j, n);
                Store(candidate, g + j, n);
                Store(output, o + j, n);
                Store(cell, nextC + j, n);
                Store(output * FloatVectors.Tanh(cell), h + j, n);
            }
        }
    }

    private struct Gradients : IRangeBody
    {
        public float* C0, Cells, Activations, Weight, G, GOfCell, Gates, H0, OfC0;
        public long Steps, Batch, Hidden;
        public bool Backwards;

        public readonly void Run(long start, long end)
        {
            long rows = end - start, width = 4 * Hidden, count = rows * Hidden;
            // What comes back from the later step, for hidden and cell state.
            float* dh = H0 + start * Hidden, dc = OfC0 + start * Hidden;
            new Span<float>(dh, (int)count).Clear();
            if (GOfCell is null) new Span<float>(dc, (int)count).Clear();
            else new ReadOnlySpan<float>(GOfCell + start * Hidden, (int)count).CopyTo(new Span<float>(dc, (int)count));
            for (long step = Steps - 1; step >= 0; step--)
            {
                long at = (Backwards ? Steps - 1 - step : step) * Batch + start;
                float* before = step == 0 ? C0 + start * Hidden : Cells + (Backwards ? at + Batch : at - Batch) * Hidden;
                float* gates = Gates + at * width;
                for (long row = 0; row < rows; row++)
                {
                    float* g = G is null ? null : G + (at + row) * Hidden;
                    Cell(Activations + (at + row) * width, Cells + (at + row) * Hidden, before + row * Hidden, g, dh + row * Hidden, dc + row * Hidden, gates + row * width, Hidden);
                }
                CpuMatMul.Single(new GemmProduct<float>
                {
                    A = gates, B = Weight, C = dh, M = (nint)rows, N = (nint)Hidden, K = (nint)width, ARow = (nint)width, ACol = 1, BRow = (nint)Hidden, BCol = 1, CRow = (nint)Hidden, CCol = 1,
                });
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Cell(float* activations, float* cell, float* before, float* g, float* dh, float* dc, float* gates, long hidden)
        {
            float* f = activations + hidden, c = f + hidden, o = c + hidden;
            var one = Vector<float>.One;
            for (long j = 0; j < hidden; j += Vector<float>.Count)
            {
                int n = (int)Math.Min(Vector<float>.Count, hidden - j);
                Vector<float> input = Load(activations + j, n), forget = Load(f + j, n), candidate = Load(c + j, n), output = Load(o + j, n);
                var ofHidden = Load(dh + j, n);
                if (g is not null) ofHidden += Load(g + j, n);
                var tanh = FloatVectors.Tanh(Load(cell + j, n));
                var ofCell = Load(dc + j, n) + ofHidden * output * (one - tanh * tanh);
                Store(ofCell * candidate * input * (one - input), gates + j, n);
                Store(ofCell * Load(before + j, n) * forget * (one - forget), gates + hidden + j, n);
                Store(ofCell * input * (one - candidate * candidate), gates + 2 * hidden + j, n);
                Store(ofHidden * tanh * output * (one - output), gates + 3 * hidden + j, n);
                Store(ofCell * forget, dc + j, n);
            }
        }
    }
}
