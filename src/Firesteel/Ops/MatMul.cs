namespace Firesteel;

public partial class Tensor
{
    /// <summary>The operands of a product that are read with rows and columns exchanged.</summary>
    [Flags]
    internal enum Transposes
    {
        None,
        Left,
        Right,
    }

    // Of c = l r, where l is a or its transpose and r is b or its transpose: l has the gradient g r^T and r has l^T g, and a and b those or their transposes.
    private static readonly (Save, GradientFormula<Transposes>)[] s_productGradients =
    [
        (Save.Input1, static (in s, g) =>
        {
            bool right = (s.State & Transposes.Right) != 0;
            return (s.State & Transposes.Left) == 0 ? Product(g, s.Input(1), right ? Transposes.None : Transposes.Right) : Product(s.Input(1), g, Transposes.Right | (right ? Transposes.Left : 0));
        }),
        (Save.Input0, static (in s, g) =>
        {
            bool left = (s.State & Transposes.Left) != 0;
            return (s.State & Transposes.Right) == 0 ? Product(s.Input(0), g, left ? Transposes.None : Transposes.Left) : Product(g, s.Input(0), Transposes.Left | (left ? Transposes.Right : 0));
        }),
    ];

    private static readonly Operation<Transposes> s_mm = new("mm", s_productGradients);
    private static readonly Operation<Transposes> s_bmm = new("bmm", s_productGradients);

    private static readonly Operation<ValueTuple> s_mv = new("mv",
        (Save.Input1, static (in s, g) => g.Unsqueeze(1).Mul(s.Input(1))),
        (Save.Input0, static (in s, g) => s.Input(0).Transpose(0, 1).MatrixVector(g)));

    private static readonly Operation<ValueTuple> s_dot = new("dot",
        (Save.Input1, static (in s, g) => g.Mul(s.Input(1))),
        (Save.Input0, static (in s, g) => g.Mul(s.Input(0))));

    private static readonly Operation<ValueTuple> s_vdot = s_dot.Renamed("vdot");

    private Tensor Product(Tensor other) => Product(this, other, Transposes.None);

    /// <summary>The product of two matrices, or of two stacks of matrices with the same leading sizes, each read as it is or transposed without a copy. Shapes and dtypes fit.</summary>
    internal static Tensor Product(Tensor a, Tensor b, Transposes transposes)
    {
        var left = (transposes & Transposes.Left) != 0 ? a.Layout.Transposed : a.Layout;
        var right = (transposes & Transposes.Right) != 0 ? b.Layout.Transposed : b.Layout;
        return (a.Ndim == 2 ? s_mm : s_bmm).Record(Multiplied(left, right), [a, b], transposes);
    }

    private static View Multiplied(in View left, in View right)
    {
        if (left.DType == DType.Bool) throw OperationError.NotSupported("matmul", "products of bool matrices are not supported; convert with To(DType.UInt8) or To(DType.Float32)");
        var device = left.Storage.Device;
        var view = Allocate(OfProduct(left.Shape, right.Shape), left.DType, device);
        device.Run(new KernelCall(MatMulKernel.Instance, [view], [left, right]));
        return view;
    }

    /// <summary>A matrix times a vector; both fit.</summary>
    private Tensor MatrixVector(Tensor vec) => s_mv.Record(Multiplied(Layout, Column(vec.Layout)).With(new Shape([Shape.Sizes[0]])), [this, vec], default);

    private static View Column(in View vector) => vector.With(new Shape([vector.Shape.Sizes[0], 1]), [vector.Strides[0], 1], vector.Offset);

    private static Shape OfProduct(Shape left, Shape right)
    {
        if (left.Length == 2) return Shape.Create([left.Sizes[0], right.Sizes[1]]);
        long[] sizes = left.ToArray();
        sizes[^1] = right.Sizes[^1];
        return Shape.Create(sizes);
    }

    /// <summary>
    /// The matrix product (<c>torch.matmul</c>): of two vectors the dot product, of matrices their product; a vector stands for a row on the
    /// left and a column on the right; leading dimensions are a batch, and broadcast without copies.
    /// </summary>
    /// <exception cref="ArgumentException">A 0-d operand, inner dimensions or dtypes that differ, leading dimensions that do not broadcast.</exception>
    public Tensor Matmul(Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Ndim == 0 || other.Ndim == 0)
            throw OperationError.Argument("matmul", $"{OperationError.Text(Shape)} x {OperationError.Text(other.Shape)}: both arguments to matmul need to be at least 1D, but they are {Ndim}D and {other.Ndim}D; use Mul for numbers");
        long inner = Shape.Sizes[^1], otherInner = other.Shape.Sizes[other.Ndim == 1 ? 0 : other.Ndim - 2];
        if (inner != otherInner)
            throw OperationError.Argument("matmul", $"{OperationError.Text(Shape)} x {OperationError.Text(other.Shape)}: inner dimensions {inner} and {otherInner} differ");
        CheckSameDType("matmul", other);

        if (Ndim == 1 && other.Ndim == 1) return DotProduct(s_dot, other);
        if (Ndim == 1) return Unsqueeze(0).Matmul(other).Squeeze(-2);
        if (Ndim == 2 && other.Ndim == 1) return MatrixVector(other);
        if (other.Ndim == 1) return Matmul(other.Unsqueeze(1)).Squeeze(-1);
        if (Ndim == 2 && other.Ndim == 2) return Product(other);

        // One matrix on the right: all rows of the left side are the rows of one large matrix, which also makes the gradient of the right side one product.
        if (other.Ndim == 2 && (other.RequiresGrad || StridesFor(Shape.Create([NumElements / Math.Max(inner, 1), inner])) is not null) && inner > 0)
        {
            long[] sizes = Shape.ToArray();
            sizes[^1] = other.Shape.Sizes[1];
            return Reshape(NumElements / inner, inner).Product(other).Reshape(sizes);
        }
        var batchA = Shape.Create([.. Shape.Sizes[..^2]]);
        var batchB = Shape.Create([.. other.Shape.Sizes[..^2]]);
        long[] batch = [.. Broadcasting.Of("matmul", batchA, batchB).Sizes];
        return Expanded(this, batch).Product(Expanded(other, batch));
    }

    /// <summary>A stack of matrices repeated over the leading sizes of a product.</summary>
    private static Tensor Expanded(Tensor x, long[] batch)
    {
        long[] sizes = [.. batch, .. x.Shape.Sizes.AsSpan(x.Ndim - 2)];
        return x.Shape.Sizes.AsSpan().SequenceEqual(sizes) ? x : x.Expand(sizes);
    }

    /// <summary><c>other @ this</c>: <see cref="Matmul"/> with the operands exchanged (<c>Tensor.__rmatmul__</c>).</summary>
    public Tensor Rmatmul(Tensor other) => other.Matmul(this);

    /// <summary>The product of two matrices, [m, k] x [k, n] (<c>torch.mm</c>).</summary>
    /// <exception cref="ArgumentException">No matrices, other inner dimensions or dtypes.</exception>
    public Tensor Mm(Tensor mat2)
    {
        CheckProduct("mm", this, mat2, 2);
        return Product(mat2);
    }

    /// <summary>The products of two stacks of matrices, [b, m, k] x [b, k, n] (<c>torch.bmm</c>).</summary>
    /// <exception cref="ArgumentException">Not two stacks of the same length, other inner dimensions or dtypes.</exception>
    public Tensor Bmm(Tensor mat2)
    {
        CheckProduct("bmm", this, mat2, 3);
        return Product(mat2);
    }

    /// <summary>The product of a matrix and a vector, [m, k] x [k] (<c>torch.mv</c>).</summary>
    /// <exception cref="ArgumentException">Other ranks, inner dimensions or dtypes.</exception>
    public Tensor Mv(Tensor vec)
    {
        CheckMatrixVector("mv", this, vec);
        return MatrixVector(vec);
    }

    /// <summary>The dot product of two vectors (<c>torch.dot</c>).</summary>
    /// <exception cref="ArgumentException">Other ranks, lengths or dtypes.</exception>
    public Tensor Dot(Tensor other)
    {
        CheckDot(other);
        return DotProduct(s_dot, other);
    }

    private void CheckDot(Tensor other)
    {
        if (Ndim != 1 || other.Ndim != 1)
            throw OperationError.Argument("dot", $"1D tensors expected, but got {Ndim}D and {other.Ndim}D tensors: {OperationError.Text(Shape)} and {OperationError.Text(other.Shape)}");
        if (NumElements != other.NumElements)
            throw OperationError.Argument("dot", $"inconsistent tensor size, expected tensor {OperationError.Text(Shape)} and src {OperationError.Text(other.Shape)} to have the same number of elements, but got {NumElements} and {other.NumElements} elements respectively");
        CheckSameDType("dot", other);
    }

    /// <summary>The dot product of two vectors; the same as <see cref="Dot"/> for real numbers (<c>torch.vdot</c>).</summary>
    public Tensor Vdot(Tensor other)
    {
        CheckDot(other);
        return DotProduct(s_vdot, other);
    }

    private Tensor DotProduct(Operation<ValueTuple> operation, Tensor other)
    {
        var row = Layout.With(new Shape([1, NumElements]), [1, Layout.Strides[0]], Layout.Offset);
        return operation.Record(Multiplied(row, Column(other.Layout)).With(Shape.Scalar), [this, other], default);
    }

    /// <summary>Sums of products along the last dimension of both tensors, over all pairs of the others; a 0-d operand multiplies (<c>torch.inner</c>).</summary>
    /// <exception cref="ArgumentException">The last sizes or the dtypes differ.</exception>
    public Tensor Inner(Tensor other)
    {
        if (Ndim == 0 || other.Ndim == 0) return Mul(other);
        if (Shape[-1] != other.Shape[-1])
            throw OperationError.Argument("inner", $"the last dimension must match on both input tensors but got shapes {OperationError.Text(Shape)} and {OperationError.Text(other.Shape)}");
        return Tensordot(other, [Ndim - 1], [other.Ndim - 1]);
    }

    /// <summary>All products of an element of one vector and one of the other, [n] x [m] -> [n, m] (<c>torch.outer</c>).</summary>
    /// <exception cref="ArgumentException">An argument is no vector.</exception>
    public Tensor Outer(Tensor vec2)
    {
        if (Ndim != 1 || vec2.Ndim != 1)
            throw OperationError.Argument("outer", $"expected 1-D arguments, but got {Ndim}-D and {vec2.Ndim}-D: {OperationError.Text(Shape)} and {OperationError.Text(vec2.Shape)}");
        return Unsqueeze(1).Mul(vec2);
    }

    /// <summary>Same as <see cref="Outer"/> (<c>torch.ger</c>).</summary>
    public Tensor Ger(Tensor vec2) => Outer(vec2);

    private void CheckSameDType(string operation, Tensor other)
    {
        if (DType != other.DType)
            throw OperationError.Argument(operation, $"expected both tensors to have the same dtype, but got {DType.Name()} and {other.DType.Name()}; convert one with To(DType)");
    }

    /// <summary>Refuses operands of a product that are not both matrices (rank 2) or stacks of the same length (rank 3), or do not fit.</summary>
    private static void CheckProduct(string operation, Tensor a, Tensor b, int rank)
    {
        if (a.Ndim != rank || b.Ndim != rank)
            throw OperationError.Argument(operation, rank == 2
                ? $"{Shapes(a, b)}: both must be matrices; Matmul broadcasts over leading dimensions"
                : $"{Shapes(a, b)}: batch1 must be a 3D tensor, and batch2 too; Matmul takes any rank");
        if (rank == 3 && a.Shape.Sizes[0] != b.Shape.Sizes[0])
            throw OperationError.Argument(operation, $"{Shapes(a, b)}: expected size for the first two dimensions of batch2 tensor to be {OperationError.Text([a.Shape.Sizes[0], a.Shape.Sizes[2]])} but got {OperationError.Text([b.Shape.Sizes[0], b.Shape.Sizes[1]])}");
        if (a.Shape.Sizes[^1] != b.Shape.Sizes[^2])
            throw OperationError.Argument(operation, $"{Shapes(a, b)}: inner dimensions {a.Shape.Sizes[^1]} and {b.Shape.Sizes[^2]} differ");
        a.CheckSameDType(operation, b);
    }

    private static string Shapes(Tensor a, Tensor b) => $"{OperationError.Text(a.Shape)} x {OperationError.Text(b.Shape)}";

    private static void CheckMatrixVector(string operation, Tensor mat, Tensor vec)
    {
        if (mat.Ndim != 2 || vec.Ndim != 1)
            throw OperationError.Argument(operation, $"{OperationError.Text(mat.Shape)} x {OperationError.Text(vec.Shape)}: matrix and vector expected, got {mat.Ndim}D, {vec.Ndim}D");
        if (mat.Shape.Sizes[1] != vec.Shape.Sizes[0])
            throw OperationError.Argument(operation, $"{OperationError.Text(mat.Shape)} x {OperationError.Text(vec.Shape)}: inner dimensions {mat.Shape.Sizes[1]} and {vec.Shape.Sizes[0]} differ");
        mat.CheckSameDType(operation, vec);
    }
}
