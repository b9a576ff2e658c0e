using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary><see cref="ScanKernel"/> on the CPU.</summary>
/// <remarks>As PyTorch on a CPU, sums, products and logarithms of sums of floating-point numbers run in float64 and are rounded at every element.</remarks>
internal static unsafe class CpuScan
{
    public static void Run(ScanKernel kernel, ReadOnlySpan<CpuView> outputs, in CpuView input)
    {
        var body = new Typed { Kernel = kernel, Output = outputs[0], Indices = outputs.Length > 1 ? outputs[1] : default, Input = input };
        if (kernel.Op is ScanOp.Max or ScanOp.Min)
        {
            if (outputs.Length < 2 || outputs[1].DType != DType.Int64) throw new ArgumentException("A running extreme has a second output of int64 positions.");
            if (outputs[0].DType != input.DType) throw new ArgumentException($"A running extreme keeps the dtype: {input.DType.Name()} into {outputs[0].DType.Name()}.");
        }
        if (kernel.Op == ScanOp.LogSumExp && !outputs[0].DType.IsFloatingPoint()) throw new ArgumentException($"logcumsumexp gives floating-point numbers, not {outputs[0].DType.Name()}.");
        if (outputs[0].Shape != input.Shape) throw new ArgumentException($"A scan keeps the shape: {input.Shape} into {outputs[0].Shape}.");
        if (input.Shape.NumElements == 0) return;
        CpuElement.Dispatch(outputs[0].DType, ref body);
    }

    /// <summary>Picks the type that runs for an output of type T.</summary>
    private struct Typed : IElementBody
    {
        public ScanKernel Kernel;
        public CpuView Output;
        public CpuView Indices;
        public CpuView Input;

        public readonly void Run<T>()
            where T : unmanaged
        {
            switch (Kernel.Op)
            {
                case ScanOp.Max or ScanOp.Min when Input.DType.ComputeType() == DType.Int64: RunIn<T, long>(); break;
                case ScanOp.Max or ScanOp.Min: RunIn<T, double>(); break;
                default:
                    if (Output.DType.IsFloatingPoint()) RunIn<T, double>();
                    else RunIn<T, long>();
                    break;
            }
        }

        private readonly void RunIn<T, TSum>()
            where T : unmanaged
            where TSum : unmanaged, INumber<TSum>
        {
            int rank = Input.Shape.Length;
            LoopDim* dims = stackalloc LoopDim[rank + 1];
            int count = 0;
            bool positions = Kernel.Op is ScanOp.Max or ScanOp.Min;
            for (int d = 0; d < rank; d++)
            {
                if (d != Kernel.Dim) dims[count++] = new LoopDim(Input.Shape.Sizes[d], Input.Strides[d], Output.Strides[d], positions ? Indices.Strides[d] : 0);
            }
            CpuLoop.SortByStride(new Span<LoopDim>(dims, count));
            count = CpuLoop.Coalesce(new Span<LoopDim>(dims, count));
            int dim = Kernel.Dim;
            var scanned = rank == 0 ? new LoopDim(1, 0) : new LoopDim(Input.Shape.Sizes[dim], Input.Strides[dim], Output.Strides[dim], positions ? Indices.Strides[dim] : 0);
            if (count == 0) dims[count++] = new LoopDim(1, 0);
            var inner = dims[count - 1];
            // Lines that lie side by side run together, so that memory is read in order.
            int width = inner.A != 0 && Math.Abs(inner.A) < Math.Abs(scanned.A) ? (int)Math.Min(inner.Size, Body<T, TSum>.MaxWidth) : 1;
            long tiles = (inner.Size + width - 1) / width;
            var body = new Body<T, TSum>
            {
                Op = Kernel.Op,
                Input = Input.Data,
                InputType = Input.DType,
                InputSize = Input.DType.ItemSize(),
                Output = (T*)Output.Data,
                Positions = (long*)Indices.Data,
                Dims = dims,
                Rank = count - 1,
                Inner = inner,
                Scanned = scanned,
                Width = width,
                Tiles = tiles,
            };
            CpuThreads.For(CpuLoop.Count(new ReadOnlySpan<LoopDim>(dims, count - 1)) * tiles, Math.Max(1, 16384 / (scanned.Size * width)), body);
        }
    }

    private struct Body<T, TSum> : IRangeBody
        where T : unmanaged
        where TSum : unmanaged, INumber<TSum>
    {
        public const int MaxWidth = 128;
        private const int TileSize = 512;

        public ScanOp Op;
        public byte* Input;
        public DType InputType;
        public int InputSize;
        public T* Output;
        public long* Positions;
        public LoopDim* Dims;
        public int Rank;
        public LoopDim Inner;
        public LoopDim Scanned;
        public int Width;
        public long Tiles;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            long* counters = stackalloc long[Rank];
            TSum* tile = stackalloc TSum[TileSize], state = stackalloc TSum[MaxWidth];
            long* at = stackalloc long[MaxWidth];
            for (long n = start; n < end; n++)
            {
                var cursor = new LoopCursor(Dims, Rank, counters, n / Tiles);
                long column = n % Tiles * Width;
                int count = (int)Math.Min(Width, Inner.Size - column);
                byte* input = Input + (cursor.A + column * Inner.A) * InputSize;
                T* output = Output + cursor.B + column * Inner.B;
                long* positions = Positions + cursor.C + column * Inner.C;
                TSum first = Op switch
                {
                    ScanOp.Prod => TSum.One,
                    ScanOp.LogSumExp => TSum.CreateSaturating(double.NegativeInfinity),
                    _ => TSum.Zero,
                };
                new Span<TSum>(state, count).Fill(first);
                if (Width == 1)
                {
                    for (long j = 0; j < Scanned.Size; j += TileSize)
                    {
                        int length = (int)Math.Min(TileSize, Scanned.Size - j);
                        Load(input + j * Scanned.A * InputSize, Scanned.A, tile, length);
                        T* to = output + j * Scanned.B;
                        if (Op is ScanOp.Max or ScanOp.Min)
                        {
                            for (int i = 0; i < length; i++)
                            {
                                Extreme(tile[i], j + i, state, at);
                                to[i * Scanned.B] = CpuElement.Convert<TSum, T>(*state);
                                positions[(j + i) * Scanned.C] = *at;
                            }
                        }
                        else
                        {
                            TSum running = *state;
                            for (int i = 0; i < length; i++)
                            {
                                running = Step(running, tile[i]);
                                to[i * Scanned.B] = CpuElement.Convert<TSum, T>(running);
                            }
                            *state = running;
                        }
                    }
                    continue;
                }
                for (long j = 0; j < Scanned.Size; j++, input += Scanned.A * InputSize, output += Scanned.B, positions += Scanned.C)
                {
                    Load(input, Inner.A, tile, count);
                    if (Op is ScanOp.Max or ScanOp.Min)
                    {
                        for (int i = 0; i < count; i++)
                        {
                            Extreme(tile[i], j, state + i, at + i);
                            output[i * Inner.B] = CpuElement.Convert<TSum, T>(state[i]);
                            positions[i * Inner.C] = at[i];
                        }
                    }
                    else
                    {
                        for (int i = 0; i < count; i++)
                        {
                            state[i] = Step(state[i], tile[i]);
                            output[i * Inner.B] = CpuElement.Convert<TSum, T>(state[i]);
                        }
                    }
                }
            }
        }

        /// <summary>Elements in the running type, by way of the dtype of the output.</summary>
        private readonly void Load(byte* source, long stride, TSum* tile, int count)
        {
            CpuElement.Load(InputType, source, stride, tile, count);
            if (InputType == DTypes.Of<T>() || typeof(T) == typeof(double) || typeof(T) == typeof(long)) return;
            for (int i = 0; i < count; i++) tile[i] = CpuElement.Convert<T, TSum>(CpuElement.Convert<TSum, T>(tile[i]));
        }

        private readonly TSum Step(TSum running, TSum value) => Op switch
        {
            ScanOp.Sum => running + value,
            ScanOp.Prod => running * value,
            _ => LogAddExp(running, value),
        };

        /// <summary>The last of equals wins, and so does NaN; a NaN gives way to the next one only.</summary>
        private readonly void Extreme(TSum value, long position, TSum* best, long* at)
        {
            if (position != 0 && !TSum.IsNaN(value) && (TSum.IsNaN(*best) || !(Op == ScanOp.Max ? value >= *best : value <= *best))) return;
            *best = value;
            *at = position;
        }

        private static TSum LogAddExp(TSum a, TSum b)
        {
            if (typeof(TSum) != typeof(double)) return default;
            double x = double.CreateTruncating(a), y = double.CreateTruncating(b);
            double min = Math.Min(x, y), max = Math.Max(x, y);
            if (min == max && !double.IsFinite(min)) return b; // two infinities of one sign
            return TSum.CreateTruncating(max + Log1p(Math.Exp(min - max)));
        }

        /// <summary>log(1 + x) for 0 &lt;= x &lt;= 1, or NaN; the correction puts back what 1 + x lost.</summary>
        private static double Log1p(double x)
        {
            double sum = 1 + x;
            return sum == 1 ? x : Math.Log(sum) * (x / (sum - 1));
        }
    }
}
