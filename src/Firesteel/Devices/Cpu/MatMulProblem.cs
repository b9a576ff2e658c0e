namespace Firesteel;

/// <summary>A batched matrix product as pointers, sizes and strides in elements: c[m, n] = a[m, k] b[k, n] for every index of the leading dimensions.</summary>
internal readonly unsafe struct MatMulProblem
{
    public readonly byte* A, B, C;

    /// <summary>What is told of parts of c that are complete; then c is contiguous.</summary>
    public readonly ResultFinish? Finish;

    /// <summary>What is added to the product; null for nothing.</summary>
    public readonly byte* Start;
    public readonly long M, N, K;

    /// <summary>Strides from row to row and from column to column.</summary>
    public readonly long ARow, ACol, BRow, BCol, CRow, CCol, StartRow, StartCol;

    /// <summary>The number of matrices, and how to find each.</summary>
    public readonly long Batch;
    private readonly long[] _sizes, _aStrides, _bStrides, _cStrides, _startStrides;

    public MatMulProblem(in CpuView output, in CpuView a, in CpuView b, in CpuView start, ResultFinish? finish = null)
    {
        int rank = output.Shape.Length;
        if (rank < 2 || a.Shape.Length != rank || b.Shape.Length != rank)
            throw new ArgumentException($"matmul kernel: operands of rank {a.Shape.Length} and {b.Shape.Length} into rank {rank}; all must be equal and at least 2.");
        if (a.DType != output.DType || b.DType != output.DType)
            throw new ArgumentException($"matmul kernel: {a.DType.Name()} x {b.DType.Name()} -> {output.DType.Name()}; all must be the same dtype.");
        Finish = finish;
        _sizes = output.Shape.Sizes;
        _aStrides = a.Strides;
        _bStrides = b.Strides;
        _cStrides = output.Strides;
        M = _sizes[rank - 2];
        N = _sizes[rank - 1];
        K = a.Shape.Sizes[rank - 1];
        Batch = 1;
        bool fits = a.Shape.Sizes[rank - 2] == M && b.Shape.Sizes[rank - 2] == K && b.Shape.Sizes[rank - 1] == N;
        for (int d = 0; d < rank - 2; d++)
        {
            Batch *= _sizes[d];
            fits &= a.Shape.Sizes[d] == _sizes[d] && b.Shape.Sizes[d] == _sizes[d];
        }
        if (!fits) throw new ArgumentException($"matmul kernel: {a.Shape} x {b.Shape} -> {output.Shape} do not fit.");
        _startStrides = [];
        if (start.Data is not null)
        {
            int added = rank - start.Shape.Length;
            bool broadcasts = start.DType == output.DType && added >= 0;
            for (int d = added; d < rank && broadcasts; d++) broadcasts = start.Shape.Sizes[d - added] == 1 || start.Shape.Sizes[d - added] == _sizes[d];
            if (!broadcasts) throw new ArgumentException($"matmul kernel: {start.DType.Name()} {start.Shape} cannot be added to {output.DType.Name()} {output.Shape}.");
            Start = start.Data;
            StartRow = StrideOf(start, rank - 2 - added);
            StartCol = StrideOf(start, rank - 1 - added);
            if (rank > 2)
            {
                _startStrides = new long[rank];
                for (int d = 0; d < rank; d++) _startStrides[d] = StrideOf(start, d - added);
            }
        }
        A = a.Data;
        B = b.Data;
        C = output.Data;
        ARow = _aStrides[rank - 2];
        ACol = _aStrides[rank - 1];
        BRow = _bStrides[rank - 2];
        BCol = _bStrides[rank - 1];
        CRow = _cStrides[rank - 2];
        CCol = _cStrides[rank - 1];
    }

    /// <summary>The stride of an operand that broadcasts, along one of its dimensions or one that it lacks.</summary>
    private static long StrideOf(in CpuView view, int d) => d < 0 || view.Shape.Sizes[d] == 1 ? 0 : view.Strides[d];

    /// <summary>Offsets in elements of the matrices of one batch index.</summary>
    public void Offsets(long batch, out long a, out long b, out long c, out long start)
    {
        a = b = c = start = 0;
        for (int d = _sizes.Length - 3; d >= 0 && batch != 0; d--)
        {
            (batch, long i) = Math.DivRem(batch, _sizes[d]);
            a += i * _aStrides[d];
            b += i * _bStrides[d];
            c += i * _cStrides[d];
            if (Start is not null) start += i * _startStrides[d];
        }
    }

    /// <summary>
    /// True if the whole batch is one product, because b is the same for all and the rows of a and of c go on from matrix to matrix; then tells the
    /// strides from row to row of it.
    /// </summary>
    public bool BatchContinuesRows(out long aRow, out long cRow, out long startRow)
    {
        long rows = M;
        aRow = ARow;
        cRow = CRow;
        startRow = StartRow;
        for (int d = _sizes.Length - 3; d >= 0; d--)
        {
            if (_sizes[d] == 1) continue;
            if (_bStrides[d] != 0) return false;
            if (rows == 1)
            {
                // Matrices of a single row: the stride between rows is the one between matrices.
                aRow = _aStrides[d];
                cRow = _cStrides[d];
                if (Start is not null) startRow = _startStrides[d];
            }
            else if (_aStrides[d] != rows * aRow || _cStrides[d] != rows * cRow || (Start is not null && _startStrides[d] != rows * startRow)) return false;
            rows *= _sizes[d];
        }
        return true;
    }
}
