namespace Firesteel;

public partial class Tensor
{
    private static readonly Operation<(Shape Input, long Offset, int Dim1, int Dim2)> s_diagonal = new("diagonal",
        (Save.None, static (in s, g) => DiagonalBackward(g, s.State.Input, s.State.Offset, s.State.Dim1, s.State.Dim2)));

    private static readonly Operation<(long Offset, int Dim1, int Dim2)> s_diagonalBackward = new("diagonal_backward",
        (Save.None, static (in s, g) => g.Diagonal(s.State.Offset, s.State.Dim1, s.State.Dim2)));

    // Rows and columns come as vectors that broadcast, so no mask as large as the matrix is made.
    private static readonly Pointwise s_tril = new("tril", 3, static x => Expr.Where(x[1] <= x[0], x[2], 0), null, ResultType.Promoted, firstPromoted: 2);
    private static readonly Pointwise s_triu = new("triu", 3, static x => Expr.Where(x[0] <= x[1], x[2], 0), null, ResultType.Promoted, firstPromoted: 2);

    /// <summary>A view of a diagonal: of two dimensions there is left one, the last (<c>torch.diagonal</c>).</summary>
    /// <exception cref="ArgumentException">The two dimensions are the same.</exception>
    public Tensor Diagonal(long offset = 0, long dim1 = 0, long dim2 = 1)
    {
        int a = OperationError.Dim("diagonal", dim1, Ndim), b = OperationError.Dim("diagonal", dim2, Ndim);
        if (a == b) throw OperationError.Argument("diagonal", $"diagonal dimensions cannot be identical {dim1}, {dim2}");
        return s_diagonal.RecordView(this, DiagonalOf(Layout, offset, a, b), (Shape, offset, a, b));
    }

    private static View DiagonalOf(in View view, long offset, int a, int b)
    {
        var sizes = view.Shape.Sizes;
        var strides = view.Strides;
        long length = Math.Max(offset >= 0 ? Math.Min(sizes[a], sizes[b] - offset) : Math.Min(sizes[a] + offset, sizes[b]), 0);
        long start = length == 0 ? 0 : offset >= 0 ? offset * strides[b] : -offset * strides[a];
        int[] others = [.. Enumerable.Range(0, sizes.Length).Where(d => d != a && d != b)];
        return view.With(
            Shape.Create([.. others.Select(d => sizes[d]), length]),
            [.. others.Select(d => strides[d]), strides[a] + strides[b]],
            view.Offset + start);
    }

    private static Tensor DiagonalBackward(Tensor g, Shape input, long offset, int dim1, int dim2)
    {
        var result = Zeros(input, g.DType, g.Device).Layout;
        if (g.NumElements > 0) g.Device.Run(new KernelCall(CopyKernel(g.DType), [DiagonalOf(result, offset, dim1, dim2)], [g.Layout]));
        return s_diagonalBackward.Record(result, [g], (offset, dim1, dim2));
    }

    /// <summary>The diagonal of a matrix as a copy, or a matrix with a vector on its diagonal (<c>torch.diag</c>).</summary>
    /// <exception cref="ArgumentException">Neither a vector nor a matrix.</exception>
    public Tensor Diag(long diagonal = 0) => Ndim switch
    {
        1 => DiagEmbed(diagonal),
        2 => Diagonal(diagonal).Clone(),
        _ => throw OperationError.Argument("diag", $"matrix or a vector expected, got {OperationError.Text(Shape)}"),
    };

    /// <summary>Zeros with the last dimension on a diagonal of two new dimensions (<c>torch.diag_embed</c>).</summary>
    /// <exception cref="ArgumentException">The two dimensions are the same.</exception>
    public Tensor DiagEmbed(long offset = 0, long dim1 = -2, long dim2 = -1)
    {
        int a = OperationError.Dim("diag_embed", dim1, Ndim + 1), b = OperationError.Dim("diag_embed", dim2, Ndim + 1);
        if (a == b) throw OperationError.Argument("diag_embed", $"diagonal dimensions cannot be identical {dim1}, {dim2}");
        if (Ndim == 0) throw OperationError.Argument("diag_embed", "a tensor with at least one dimension is needed, got []");
        long length = Shape.Sizes[^1] + Math.Abs(offset);
        var sizes = Shape.Sizes[..^1].ToList();
        sizes.Insert(Math.Min(a, b), length);
        sizes.Insert(Math.Max(a, b), length);
        return DiagonalBackward(this, Shape.Create([.. sizes]), offset, a, b);
    }

    /// <summary>A matrix with all elements on a diagonal (<c>torch.diagflat</c>).</summary>
    public Tensor Diagflat(long offset = 0) => Flatten().DiagEmbed(offset);

    /// <summary>The sum of the main diagonal of a matrix (<c>torch.trace</c>).</summary>
    /// <exception cref="ArgumentException">Not a matrix.</exception>
    public Tensor Trace() => Ndim == 2 ? Diagonal().Sum() : throw OperationError.Argument("trace", $"expected a matrix, but got tensor with dim {Ndim}: {OperationError.Text(Shape)}");

    /// <summary>The elements on and below a diagonal of every matrix, zeros above it (<c>torch.tril</c>).</summary>
    /// <exception cref="ArgumentException">Less than two dimensions.</exception>
    public Tensor Tril(long diagonal = 0) => Triangle("tril", s_tril, diagonal);

    /// <summary><see cref="Tril"/> into this tensor (<c>tril_</c>).</summary>
    public Tensor TrilInPlace(long diagonal = 0) => CopyInPlace(Tril(diagonal));

    /// <summary>The elements on and above a diagonal of every matrix, zeros below it (<c>torch.triu</c>).</summary>
    /// <exception cref="ArgumentException">Less than two dimensions.</exception>
    public Tensor Triu(long diagonal = 0) => Triangle("triu", s_triu, diagonal);

    /// <summary><see cref="Triu"/> into this tensor (<c>triu_</c>).</summary>
    public Tensor TriuInPlace(long diagonal = 0) => CopyInPlace(Triu(diagonal));

    private Tensor Triangle(string name, Pointwise operation, long diagonal)
    {
        if (Ndim < 2) throw OperationError.Argument(name, $"input tensor must have at least 2 dimensions, got {OperationError.Text(Shape)}");
        long rows = Shape.Sizes[^2], columns = Shape.Sizes[^1];
        diagonal = Math.Clamp(diagonal, -rows - 1, columns + 1);
        return operation.Apply(Arange(diagonal, rows + diagonal).Unsqueeze(1), Arange(columns), this);
    }

    /// <summary>Row and column numbers of the lower triangle of a matrix, as [2, count] (<c>torch.tril_indices</c>).</summary>
    /// <exception cref="ArgumentException">A negative size.</exception>
    public static Tensor TrilIndices(long row, long col, long offset = 0, DType dtype = DType.Int64, Device? device = null) =>
        TriangleIndices("tril_indices", row, col, dtype, device, i => (0, Math.Clamp(i + offset + 1, 0, col)));

    /// <summary>Row and column numbers of the upper triangle of a matrix, as [2, count] (<c>torch.triu_indices</c>).</summary>
    /// <exception cref="ArgumentException">A negative size.</exception>
    public static Tensor TriuIndices(long row, long col, long offset = 0, DType dtype = DType.Int64, Device? device = null) =>
        TriangleIndices("triu_indices", row, col, dtype, device, i => (Math.Clamp(i + offset, 0, col), col));

    private static Tensor TriangleIndices(string operation, long row, long col, DType dtype, Device? device, Func<long, (long From, long To)> columns)
    {
        if (row < 0 || col < 0) throw OperationError.Argument(operation, $"row and col must be non-negative, got {row} and {col}");
        List<long> rows = [], cols = [];
        for (long i = 0; i < row; i++)
        {
            var (from, to) = columns(i);
            for (long j = from; j < to; j++)
            {
                rows.Add(i);
                cols.Add(j);
            }
        }
        return From([.. rows, .. cols], [2, rows.Count], dtype).To(device ?? Device.Cpu);
    }

    /// <summary>A matrix with ones on its diagonal (<c>torch.eye</c>).</summary>
    /// <exception cref="ArgumentException">A negative size.</exception>
    public static Tensor Eye(long n, long? m = null, DType dtype = DType.Float32, Device? device = null, bool requiresGrad = false)
    {
        if (n < 0) throw OperationError.Argument("eye", $"n must be greater or equal to 0, got {n}");
        if (m is < 0) throw OperationError.Argument("eye", $"m must be greater or equal to 0, got {m}");
        var result = Zeros([n, m ?? n], dtype, device);
        result.Device.Run(new KernelCall(NumberKernel(dtype), [DiagonalOf(result.Layout, 0, 0, 1)], [(Scalar)1]));
        result.RequiresGrad = requiresGrad;
        return result;
    }
}
