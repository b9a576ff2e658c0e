using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>The formulas of a cell for one sequence and step. Rows of gates are n numbers for each gate.</summary>
internal unsafe interface IRecurrentCell
{
    /// <summary>The number of gates.</summary>
    static abstract int Gates { get; }

    /// <summary>Rows of n numbers that a step keeps for backward; 0 if backward reads hidden states alone.</summary>
    static abstract int Kept { get; }

    /// <summary>Whether what the input gives is added by the cell itself and not before.</summary>
    static abstract bool AddsInput { get; }

    /// <summary>From <paramref name="opened"/>, which holds what reaches the gates, to the next state.</summary>
    static abstract void Forward(float* opened, float* x, float* before, float* cellBefore, float* cell, float* h, long n);

    /// <summary>
    /// From the gradient of the state, <paramref name="dh"/> and <paramref name="dc"/>, and that of the output, <paramref name="g"/> or null, to those of the gates; dh becomes what goes back to the state
    /// beside the product with the weights, dc what goes back to the cell state.
    /// </summary>
    static abstract void Backward(float* opened, float* h, float* before, float* cell, float* cellBefore, float* g, float* dh, float* dc, float* dx, float* dgates, long n);
}

/// <summary>The cells.</summary>
internal static unsafe class RecurrentCells
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Load(float* source, int n) => n == Vector<float>.Count ? Vector.Load(source) : FloatRows.Load(source, n);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector<float> value, float* target, int n)
    {
        if (n == Vector<float>.Count) Vector.Store(value, target);
        else FloatRows.Store(value, target, n);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Lanes(long n, long j) => (int)Math.Min(Vector<float>.Count, n - j);

    /// <summary>tanh, or relu, of the one gate.</summary>
    public readonly struct Elman<TActivation> : IRecurrentCell
        where TActivation : struct, IActivation
    {
        public static int Gates => 1;

        public static int Kept => 0;

        public static bool AddsInput => false;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Forward(float* opened, float* x, float* before, float* cellBefore, float* cell, float* h, long n)
        {
            for (long j = 0; j < n; j += Vector<float>.Count) Store(TActivation.Of(Load(opened + j, Lanes(n, j))), h + j, Lanes(n, j));
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Backward(float* opened, float* h, float* before, float* cell, float* cellBefore, float* g, float* dh, float* dc, float* dx, float* dgates, long n)
        {
            for (long j = 0; j < n; j += Vector<float>.Count)
            {
                int lanes = Lanes(n, j);
                var ofHidden = Load(dh + j, lanes);
                if (g is not null) ofHidden += Load(g + j, lanes);
                Store(TActivation.Gradient(Load(h + j, lanes), ofHidden), dx + j, lanes);
            }
        }
    }

    /// <summary>What a plain cell does last.</summary>
    public interface IActivation
    {
        static abstract Vector<float> Of(Vector<float> x);

        /// <summary>The gradient of the argument, by the result.</summary>
        static abstract Vector<float> Gradient(Vector<float> y, Vector<float> g);
    }

    public readonly struct TanhActivation : IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Of(Vector<float> x) => FloatVectors.Tanh(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Gradient(Vector<float> y, Vector<float> g) => g * (Vector<float>.One - y * y);
    }

    public readonly struct ReluActivation : IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Of(Vector<float> x) => Vector.Max(x, Vector<float>.Zero); // NaN stays

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Gradient(Vector<float> y, Vector<float> g) => Vector.ConditionalSelect(Vector.LessThanOrEqual(y, Vector<float>.Zero), Vector<float>.Zero, g);
    }

    /// <summary>Gates become what they let through; the order is input, forget, candidate, output.</summary>
    public readonly struct Lstm : IRecurrentCell
    {
        public static int Gates => 4;

        public static int Kept => 4;

        public static bool AddsInput => false;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Forward(float* opened, float* x, float* before, float* cellBefore, float* cell, float* h, long n)
        {
            float* f = opened + n, g = f + n, o = g + n;
            for (long j = 0; j < n; j += Vector<float>.Count)
            {
                int lanes = Lanes(n, j);
                var input = FloatVectors.Sigmoid(Load(opened + j, lanes));
                var forget = FloatVectors.Sigmoid(Load(f + j, lanes));
                var candidate = FloatVectors.Tanh(Load(g + j, lanes));
                var output = FloatVectors.Sigmoid(Load(o + j, lanes));
                var next = forget * Load(cellBefore + j, lanes) + input * candidate;
                Store(input, opened + j, lanes);
                Store(forget, f + j, lanes);
                Store(candidate, g + j, lanes);
                Store(output, o + j, lanes);
                Store(next, cell + j, lanes);
                Store(output * FloatVectors.Tanh(next), h + j, lanes);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Backward(float* opened, float* h, float* before, float* cell, float* cellBefore, float* g, float* dh, float* dc, float* dx, float* dgates, long n)
        {
            float* f = opened + n, c = f + n, o = c + n;
            var one = Vector<float>.One;
            for (long j = 0; j < n; j += Vector<float>.Count)
            {
                int lanes = Lanes(n, j);
                Vector<float> input = Load(opened + j, lanes), forget = Load(f + j, lanes), candidate = Load(c + j, lanes), output = Load(o + j, lanes);
                var ofHidden = Load(dh + j, lanes);
                if (g is not null) ofHidden += Load(g + j, lanes);
                var tanh = FloatVectors.Tanh(Load(cell + j, lanes));
                var ofCell = Load(dc + j, lanes) + ofHidden * output * (one - tanh * tanh);
                Store(ofCell * candidate * input * (one - input), dx + j, lanes);
                Store(ofCell * Load(cellBefore + j, lanes) * forget * (one - forget), dx + n + j, lanes);
                Store(ofCell * input * (one - candidate * candidate), dx + 2 * n + j, lanes);
                Store(ofHidden * tanh * output * (one - output), dx + 3 * n + j, lanes);
                Store(ofCell * forget, dc + j, lanes);
            }
        }
    }

    /// <summary>The order is reset, update, candidate; behind them is kept what the state gives to the candidate.</summary>
    public readonly struct Gru : IRecurrentCell
    {
        public static int Gates => 3;

        public static int Kept => 4;

        public static bool AddsInput => true;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Forward(float* opened, float* x, float* before, float* cellBefore, float* cell, float* h, long n)
        {
            float* z = opened + n, c = z + n, part = c + n;
            for (long j = 0; j < n; j += Vector<float>.Count)
            {
                int lanes = Lanes(n, j);
                var reset = FloatVectors.Sigmoid(Load(x + j, lanes) + Load(opened + j, lanes));
                var update = FloatVectors.Sigmoid(Load(x + n + j, lanes) + Load(z + j, lanes));
                var ofState = Load(c + j, lanes);
                var candidate = FloatVectors.Tanh(Load(x + 2 * n + j, lanes) + reset * ofState);
                Store(reset, opened + j, lanes);
                Store(update, z + j, lanes);
                Store(candidate, c + j, lanes);
                Store(ofState, part + j, lanes);
                Store((Load(before + j, lanes) - candidate) * update + candidate, h + j, lanes);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Backward(float* opened, float* h, float* before, float* cell, float* cellBefore, float* g, float* dh, float* dc, float* dx, float* dgates, long n)
        {
            float* z = opened + n, c = z + n, part = c + n;
            var one = Vector<float>.One;
            for (long j = 0; j < n; j += Vector<float>.Count)
            {
                int lanes = Lanes(n, j);
                Vector<float> reset = Load(opened + j, lanes), update = Load(z + j, lanes), candidate = Load(c + j, lanes);
                var ofHidden = Load(dh + j, lanes);
                if (g is not null) ofHidden += Load(g + j, lanes);
                var ofCandidate = ofHidden * (one - update) * (one - candidate * candidate);
                var ofUpdate = ofHidden * (Load(before + j, lanes) - candidate) * update * (one - update);
                var ofReset = ofCandidate * Load(part + j, lanes) * reset * (one - reset);
                Store(ofReset, dx + j, lanes);
                Store(ofUpdate, dx + n + j, lanes);
                Store(ofCandidate, dx + 2 * n + j, lanes);
                Store(ofReset, dgates + j, lanes);
                Store(ofUpdate, dgates + n + j, lanes);
                Store(ofCandidate * reset, dgates + 2 * n + j, lanes);
                Store(ofHidden * update, dh + j, lanes);
            }
        }
    }
}
