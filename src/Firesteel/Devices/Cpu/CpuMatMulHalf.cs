namespace Firesteel;

/// <summary>
/// The matrix product of float16 and bfloat16: blocks are converted to float32 and multiplied as such, the sums stay in float32, and every element of
/// the result is rounded once.
/// </summary>
internal static unsafe class CpuMatMulHalf
{
    // Large enough that converting a block takes a few hundredths of multiplying it, and small enough that all three stay in the second cache.
    private const int RowBlock = 128, ColumnBlock = 256, KBlock = 320;

    public static void Run(in MatMulProblem problem, DType dtype)
    {
        var body = new Blocks
        {
            Problem = problem, DType = dtype, Batch = problem.Batch, M = problem.M,
            ARow = problem.ARow, CRow = problem.CRow, StartRow = problem.StartRow,
        };
        if (problem.Batch > 1 && problem.BatchContinuesRows(out long aRow, out long cRow, out long startRow))
            (body.Batch, body.M, body.ARow, body.CRow, body.StartRow) = (1, problem.Batch * problem.M, aRow, cRow, startRow);
        long work = Math.Max(1, Math.Min(body.M, RowBlock) * Math.Min(problem.N, ColumnBlock) * problem.K);
        CpuThreads.For(body.Batch * body.RowBlocks * body.ColumnBlocks, Math.Max(1, CpuMatMul.SerialWork / work), body);
    }

    /// <summary>The blocks of the result, one after the other.</summary>
    private struct Blocks : IRangeBody
    {
        public MatMulProblem Problem;
        public DType DType;
        public long Batch, M, ARow, CRow, StartRow;

        public readonly long RowBlocks => (M - 1) / RowBlock + 1;

        public readonly long ColumnBlocks => (Problem.N - 1) / ColumnBlock + 1;

        public readonly void Run(long start, long end)
        {
            float* a = GemmScratch.Get<float>(GemmScratch.Use.WideA, RowBlock * KBlock);
            float* b = GemmScratch.Get<float>(GemmScratch.Use.WideB, KBlock * ColumnBlock);
            float* c = GemmScratch.Get<float>(GemmScratch.Use.WideC, RowBlock * ColumnBlock);
            for (long i = start; i < end; i++)
            {
                (long rest, long column) = Math.DivRem(i, ColumnBlocks);
                (long batch, long row) = Math.DivRem(rest, RowBlocks);
                row *= RowBlock;
                column *= ColumnBlock;
                int rows = (int)Math.Min(RowBlock, M - row), columns = (int)Math.Min(ColumnBlock, Problem.N - column);
                Problem.Offsets(batch, out long aAt, out long bAt, out long cAt, out long startAt);
                var product = new GemmProduct<float> { A = a, B = b, C = c, M = rows, N = columns, CRow = columns, CCol = 1 };
                if (Problem.Start is not null)
                {
                    Widen(Problem.Start, startAt + row * StartRow + column * Problem.StartCol, StartRow, Problem.StartCol, rows, columns, c, byRows: true);
                    product.Add = true;
                }
                for (long k = 0; k < Problem.K || k == 0; k += KBlock)
                {
                    int depth = (int)Math.Min(KBlock, Problem.K - k);
                    product.K = depth;
                    (product.ARow, product.ACol) = Widen(Problem.A, aAt + row * ARow + k * Problem.ACol, ARow, Problem.ACol, rows, depth, a, byRows: Problem.ACol == 1 || ARow != 1);
                    (product.BRow, product.BCol) = Widen(Problem.B, bAt + k * Problem.BRow + column * Problem.BCol, Problem.BRow, Problem.BCol, depth, columns, b, byRows: Problem.BCol == 1 || Problem.BRow != 1);
                    CpuMatMul.Single(product);
                    product.Add = true;
                }
                for (int r = 0; r < rows; r++)
                    CpuElement.Store(DType, c + r * columns, Problem.C + (cAt + (row + r) * CRow + column * Problem.CCol) * sizeof(Half), Problem.CCol, columns);
            }
        }

        /// <summary>Converts a part of a matrix, row by row or column by column; returns the strides of the copy.</summary>
        private readonly (nint Row, nint Col) Widen(byte* matrix, long offset, long row, long col, int rows, int columns, float* to, bool byRows)
        {
            byte* from = matrix + offset * sizeof(Half);
            if (byRows)
            {
                for (int r = 0; r < rows; r++) CpuElement.Load(DType, from + r * row * sizeof(Half), col, to + (nint)r * columns, columns);
                return (columns, 1);
            }
            for (int c = 0; c < columns; c++) CpuElement.Load(DType, from + c * col * sizeof(Half), row, to + (nint)c * rows, rows);
            return (1, rows);
        }
    }
}
