namespace Firesteel;

/// <summary>
/// <see cref="RecurrentKernel"/> on the CPU. Sequences of a batch do not meet, so a task takes some of them through all steps: the weights are transposed once, and
/// no step waits for another thread.
/// </summary>
internal static unsafe class CpuRecurrent
{
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
        var weight = new Transposed((float*)inputs[3].Data, TCell.Gates * n, n);
        bool hasCell = outputs.Length == 5;
        var body = new Sequences<TCell>
        {
            Steps = steps, N = n, X = (float*)inputs[0].Data, H0 = (float*)inputs[1].Data, C0 = Pointer(inputs[2]), Weight = weight.Data, Pitch = weight.Pitch, Bias = Pointer(inputs[4]),
            H = (float*)outputs[0].Data, LastH = (float*)outputs[1].Data,
            LastC = hasCell ? (float*)outputs[2].Data : null, Opened = TCell.Kept == 0 ? (float*)outputs[0].Data : (float*)outputs[hasCell ? 3 : 2].Data, Cells = hasCell ? (float*)outputs[4].Data : null,
        };
        CpuThreads.For(steps.Batch, steps.PerTask, body);
    }

    private static void Backward<TCell>(RecurrentSteps steps, long n, ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs)
        where TCell : struct, IRecurrentCell
    {
        var body = new Gradients<TCell>
        {
            Steps = steps, N = n, H0 = (float*)inputs[0].Data, C0 = Pointer(inputs[1]), Weight = (float*)inputs[2].Data, H = (float*)inputs[3].Data, Opened = Pointer(inputs[4]), Cells = Pointer(inputs[5]),
            G = Pointer(inputs[6]), GOfLastH = Pointer(inputs[7]), GOfLastC = Pointer(inputs[8]),
            Dx = (float*)outputs[0].Data, OfH0 = (float*)outputs[1].Data, Before = (float*)outputs[2].Data,
            OfC0 = inputs[1].IsScalar ? null : (float*)outputs[3].Data, OfGates = TCell.AddsInput ? (float*)outputs[3].Data : (float*)outputs[0].Data,
        };
        CpuThreads.For(steps.Batch, steps.PerTask, body);
    }

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

    private static void Copy(float* from, float* to, long count) => Buffer.MemoryCopy(from, to, count * sizeof(float), count * sizeof(float));

    private struct Sequences<TCell> : IRangeBody
        where TCell : struct, IRecurrentCell
    {
        public RecurrentSteps Steps;
        public long N;
        public float* X, H0, C0, Weight, Bias, H, LastH, LastC, Opened, Cells;
        public nint Pitch;

        public readonly void Run(long start, long end)
        {
            long n = N, width = TCell.Gates * n, kept = Math.Max(TCell.Kept, 1) * n;
            for (long turn = 0; turn < Steps.Count; turn++)
            {
                long step = Steps.At(turn), rows = Steps.RowsOf(step, start, end), goingOn = Steps.RowsGoingOn(step, start, end);
                if (rows == 0) continue;
                long at = Steps.OffsetOf(step) + start, before = goingOn == 0 ? 0 : Steps.OffsetOf(Steps.Before(step)) + start;
                float* opened = Opened + at * kept;
                // The product is added to what else reaches the gates.
                for (long row = 0; row < rows; row++)
                {
                    if (!TCell.AddsInput) Copy(X + (at + row) * width, opened + row * kept, width);
                    else if (Bias is not null) Copy(Bias, opened + row * kept, width);
                }
                Product(H + before * n, opened, goingOn);
                Product(H0 + (start + goingOn) * n, opened + goingOn * kept, rows - goingOn);
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

        private readonly void Product(float* states, float* to, long rows)
        {
            if (rows == 0) return;
            CpuMatMul.Single(new GemmProduct<float>
            {
                A = states, B = Weight, C = to, M = (nint)rows, N = (nint)(TCell.Gates * N), K = (nint)N, ARow = (nint)N, ACol = 1, BRow = Pitch, BCol = 1,
                CRow = (nint)(Math.Max(TCell.Kept, 1) * N), CCol = 1, Add = !TCell.AddsInput || Bias is not null,
            });
        }
    }

    private struct Gradients<TCell> : IRangeBody
        where TCell : struct, IRecurrentCell
    {
        public RecurrentSteps Steps;
        public long N;
        public float* H0, C0, Weight, H, Opened, Cells, G, GOfLastH, GOfLastC, Dx, OfH0, OfC0, Before, OfGates;

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
                    A = OfGates + at * width, B = Weight, C = OfH0 + start * n, M = (nint)rows, N = (nint)n, K = (nint)width, ARow = (nint)width, ACol = 1, BRow = (nint)n, BCol = 1,
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
