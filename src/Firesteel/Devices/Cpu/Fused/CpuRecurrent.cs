namespace Firesteel;

/// <summary>
/// <see cref="RecurrentKernel"/> on the CPU. Sequences of a batch do not meet, so a task takes some of them through all steps: the weights are transposed once, and
/// no step waits for another thread.
/// </summary>
internal static unsafe class CpuRecurrent
{
    private const int FewRows = 24;

    public static void Run(RecurrentKernel kernel, ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs)
    {
        switch (kernel.Cell)
        {
            case RecurrentCell.Tanh: Run<RecurrentCells.Elman<RecurrentCells.TanhActivation>>(kernel, outputs, inputs); break;
            case RecurrentCell.Relu: Run<RecurrentCells.Elman<RecurrentCells.ReluActivation>>(kernel, outputs, inputs); break;
            case RecurrentCell.Lstm: Run<RecurrentCells.Lstm>(kernel, outputs, inputs); break;
            default: Run<RecurrentCells.Gru>(kernel, outputs, inputs); break;
        }
    }

    private static void Run<TCell>(RecurrentKernel kernel, ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs)
        where TCell : struct, IRecurrentCell
    {
        var first = kernel.Gradient ? inputs[0].Shape : inputs[1].Shape;
        long batch = first.Sizes[0], n = first.Sizes[1], rows = (kernel.Gradient ? inputs[3] : outputs[0]).Shape.NumElements / n;
        var sizes = kernel.BatchSizes;
        long* offsets = stackalloc long[sizes?.Length ?? 0];
        for (int i = 1; i < sizes?.Length; i++) offsets[i] = offsets[i - 1] + sizes[i - 1];
        fixed (long* pinned = sizes)
        {
            var steps = new RecurrentSteps(sizes?.Length ?? rows / batch, batch, pinned, offsets, kernel.Backwards);
            if (kernel.Gradient) Backward<TCell>(steps, n, outputs, inputs);
            else Forward<TCell>(steps, n, outputs, inputs);
        }
    }

    private static float* Pointer(in CpuView view) => view.IsScalar ? null : (float*)view.Data;

    private static void Forward<TCell>(RecurrentSteps steps, long n, ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs)
        where TCell : struct, IRecurrentCell
    {
        float* weight = Packed(new GemmProduct<float> { B = (float*)inputs[3].Data, N = (nint)(TCell.Gates * n), K = (nint)n, BRow = 1, BCol = (nint)n });
        bool hasCell = outputs.Length == 5;
        var body = new Sequences<TCell>
        {
            Steps = steps, N = n, X = (float*)inputs[0].Data, H0 = (float*)inputs[1].Data, C0 = Pointer(inputs[2]), Weight = weight, Bias = Pointer(inputs[4]),
            H = (float*)outputs[0].Data, LastH = (float*)outputs[1].Data,
            LastC = hasCell ? (float*)outputs[2].Data : null, Opened = TCell.Kept == 0 ? (float*)outputs[0].Data : (float*)outputs[hasCell ? 3 : 2].Data, Cells = hasCell ? (float*)outputs[4].Data : null,
        };
        CpuThreads.For(steps.Batch, steps.PerTask, body);
    }

    private static void Backward<TCell>(RecurrentSteps steps, long n, ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs)
        where TCell : struct, IRecurrentCell
    {
        // A few rows, as of a cell, do not pay for a copy of the weights.
        float* packed = inputs[3].Shape.NumElements < FewRows * n ? null : Packed(new GemmProduct<float> { B = (float*)inputs[2].Data, N = (nint)n, K = (nint)(TCell.Gates * n), BRow = (nint)n, BCol = 1 });
        var body = new Gradients<TCell>
        {
            Steps = steps, N = n, H0 = (float*)inputs[0].Data, C0 = Pointer(inputs[1]), Weight = (float*)inputs[2].Data, Packed = packed, H = (float*)inputs[3].Data, Opened = Pointer(inputs[4]), Cells = Pointer(inputs[5]),
            G = Pointer(inputs[6]), GOfLastH = Pointer(inputs[7]), GOfLastC = Pointer(inputs[8]),
            Dx = (float*)outputs[0].Data, OfH0 = (float*)outputs[1].Data, Before = (float*)outputs[2].Data,
            OfC0 = inputs[1].IsScalar ? null : (float*)outputs[3].Data, OfGates = TCell.AddsInput ? (float*)outputs[3].Data : (float*)outputs[0].Data,
        };
        CpuThreads.For(steps.Batch, steps.PerTask, body);
    }

    /// <summary>The weights in the form that tiles read, in a buffer of this thread that all read.</summary>
    private static float* Packed(in GemmProduct<float> product)
    {
        float* packed = GemmScratch.Get<float>(GemmScratch.Use.WideA, CpuMatMul.PackedCount(product.N, product.K));
        CpuMatMul.Pack(product, packed);
        return packed;
    }

    private static void Copy(float* from, float* to, long count) => Buffer.MemoryCopy(from, to, count * sizeof(float), count * sizeof(float));

    private struct Sequences<TCell> : IRangeBody
        where TCell : struct, IRecurrentCell
    {
        public RecurrentSteps Steps;
        public long N;
        public float* X, H0, C0, Weight, Bias, H, LastH, LastC, Opened, Cells;

        public readonly void Run(long start, long end)
        {
            long n = N, width = TCell.Gates * n, kept = Math.Max(TCell.Kept, 1) * n;
            for (long turn = 0; turn < Steps.Count; turn++)
            {
                long step = Steps.At(turn), rows = Steps.RowsOf(step, start, end), goingOn = Steps.RowsGoingOn(step, start, end);
                if (rows == 0) continue;
                long at = Steps.OffsetOf(step) + start, before = goingOn == 0 ? 0 : Steps.OffsetOf(Steps.Before(step)) + start;
                float* opened = Opened + at * kept;
                Product(H + before * n, opened, at, goingOn);
                Product(H0 + (start + goingOn) * n, opened + goingOn * kept, at + goingOn, rows - goingOn);
                for (long row = 0; row < rows; row++)
                {
                    bool goesOn = row < goingOn;
                    TCell.Forward(opened + row * kept, X + (at + row) * width, goesOn ? H + (before + row) * n : H0 + (start + row) * n,
                        goesOn ? Cells + (before + row) * n : C0 + (start + row) * n, Cells + (at + row) * n, H + (at + row) * n, n);
                }
            }
            for (long sequence = start; sequence < end; sequence++)
            {
                long last = Steps.OffsetOf(Steps.LastOf(sequence)) + sequence;
                Copy(H + last * n, LastH + sequence * n, n);
                if (LastC is not null) Copy(Cells + last * n, LastC + sequence * n, n);
            }
        }

        /// <summary>What reaches the gates: the product of states with the weights, and what the input gives or the bias.</summary>
        private readonly void Product(float* states, float* to, long at, long rows)
        {
            if (rows == 0) return;
            long width = TCell.Gates * N;
            CpuMatMul.Single(new GemmProduct<float>
            {
                A = states, PackedB = Weight, C = to, M = (nint)rows, N = (nint)width, K = (nint)N, ARow = (nint)N, ACol = 1, CRow = (nint)(Math.Max(TCell.Kept, 1) * N), CCol = 1,
                Start = TCell.AddsInput ? Bias : X + at * width, StartRow = TCell.AddsInput ? 0 : (nint)width, StartCol = 1,
            });
        }
    }

    private struct Gradients<TCell> : IRangeBody
        where TCell : struct, IRecurrentCell
    {
        public RecurrentSteps Steps;
        public long N;
        public float* H0, C0, Weight, Packed, H, Opened, Cells, G, GOfLastH, GOfLastC, Dx, OfH0, OfC0, Before, OfGates;

        public readonly void Run(long start, long end)
        {
            long n = N, width = TCell.Gates * n, kept = TCell.Kept * n;
            // What comes back from the later step, for hidden and cell state.
            Begin(GOfLastH, OfH0, start, end);
            if (OfC0 is not null) Begin(GOfLastC, OfC0, start, end);
            for (long turn = Steps.Count - 1; turn >= 0; turn--)
            {
                long step = Steps.At(turn), rows = Steps.RowsOf(step, start, end), goingOn = Steps.RowsGoingOn(step, start, end);
                if (rows == 0) continue;
                long at = Steps.OffsetOf(step) + start, before = goingOn == 0 ? 0 : Steps.OffsetOf(Steps.Before(step)) + start;
                Copy(H + before * n, Before + at * n, goingOn * n);
                Copy(H0 + (start + goingOn) * n, Before + (at + goingOn) * n, (rows - goingOn) * n);
                for (long row = 0; row < rows; row++)
                {
                    float* cellBefore = row < goingOn ? Cells + (before + row) * n : C0 + (start + row) * n;
                    TCell.Backward(Opened + (at + row) * kept, H + (at + row) * n, Before + (at + row) * n, Cells + (at + row) * n, cellBefore, G is null ? null : G + (at + row) * n,
                        OfH0 + (start + row) * n, OfC0 + (start + row) * n, Dx + (at + row) * width, OfGates + (at + row) * width, n);
                }
                CpuMatMul.Single(new GemmProduct<float>
                {
                    A = OfGates + at * width, B = Weight, PackedB = Packed, C = OfH0 + start * n, M = (nint)rows, N = (nint)n, K = (nint)width, ARow = (nint)width, ACol = 1, BRow = (nint)n, BCol = 1,
                    CRow = (nint)n, CCol = 1, Add = TCell.AddsInput,
                });
            }
        }

        private readonly void Begin(float* g, float* to, long start, long end)
        {
            long count = (end - start) * N;
            if (g is null) new Span<float>(to + start * N, checked((int)count)).Clear();
            else Copy(g + start * N, to + start * N, count);
        }
    }
}
