namespace Firesteel;

/// <summary>One matrix product c[m, n] (= or +=) a[m, k] b[k, n] as pointers and strides in elements.</summary>
internal unsafe struct GemmProduct<T>
    where T : unmanaged
{
    public T* A, B, C;
    public nint M, N, K, ARow, ACol, BRow, BCol, CRow, CCol;

    /// <summary>Adds to c instead of overwriting it.</summary>
    public bool Add;

    /// <summary>The same product seen from the other side: the transpose of c is the transpose of b times that of a.</summary>
    public readonly GemmProduct<T> Transposed() => new()
    {
        A = B, B = A, C = C,
        M = N, N = M, K = K,
        ARow = BCol, ACol = BRow,
        BRow = ACol, BCol = ARow,
        CRow = CCol, CCol = CRow,
        Add = Add,
    };
}
