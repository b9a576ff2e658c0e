namespace Firesteel;

/// <summary>One matrix product c[m, n] (= or +=) a[m, k] b[k, n] as pointers and strides in elements.</summary>
internal unsafe struct GemmProduct<T>
    where T : unmanaged
{
    public T* A, B, C;
    public nint M, N, K, ARow, ACol, BRow, BCol, CRow, CCol;

    /// <summary>b in the form that tiles read, made once by <see cref="CpuMatMul.Pack"/> for several products; null to read <see cref="B"/>.</summary>
    public T* PackedB;

    /// <summary>Columns and rows of what was packed, if the product takes only the first of them; 0 for all.</summary>
    public nint PackedN, PackedK;

    /// <summary>Adds to c instead of overwriting it.</summary>
    public bool Add;

    /// <summary>What c begins with, if not null and not <see cref="Add"/>: a matrix of any strides, such as a bias in every row.</summary>
    public T* Start;
    public nint StartRow, StartCol;

    /// <summary>What is told of parts of c that are complete, and where the result that c is a part of starts.</summary>
    public ResultFinish? Finish;
    public T* Origin;

    /// <summary>The same product seen from the other side: the transpose of c is the transpose of b times that of a.</summary>
    public readonly GemmProduct<T> Transposed() => new()
    {
        A = B, B = A, C = C,
        M = N, N = M, K = K,
        ARow = BCol, ACol = BRow,
        BRow = ACol, BCol = ARow,
        CRow = CCol, CCol = CRow,
        Add = Add,
        Start = Start, StartRow = StartCol, StartCol = StartRow,
        Finish = Finish, Origin = Origin,
    };

    /// <summary>Writes what c begins with into a part of it.</summary>
    public readonly void PutStart(nint row, nint column, nint rows, nint columns)
    {
        for (nint i = row; i < row + rows; i++)
        {
            T* from = Start + i * StartRow + column * StartCol, to = C + i * CRow + column * CCol;
            if (CCol == 1 && StartCol == 1) new ReadOnlySpan<T>(from, (int)columns).CopyTo(new Span<T>(to, (int)columns));
            else for (nint j = 0; j < columns; j++) to[j * CCol] = from[j * StartCol];
        }
    }
}
