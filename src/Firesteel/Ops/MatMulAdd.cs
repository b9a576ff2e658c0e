namespace Firesteel;

public partial class Tensor
{
    // beta * input + alpha * product; with beta = 0 the input is not read, so that its NaN do not matter.
    private static Pointwise ScaledSum(string name) => new(name, 4,
        static x => Expr.Where(Expr.Eq(x[2], 0), 0, x[2] * x[0]) + x[3] * x[1], null, ResultType.Promoted);

    private static readonly Pointwise s_addmm = ScaledSum("addmm"), s_addmv = ScaledSum("addmv"), s_addbmm = ScaledSum("addbmm"), s_baddbmm = ScaledSum("baddbmm");
    private static readonly Pointwise s_addr = new("addr", 5,
        static x => Expr.Where(Expr.Eq(x[3], 0), 0, x[3] * x[0]) + x[4] * (x[1] * x[2]), null, ResultType.Promoted);

    /// <summary><c>beta * this + alpha * (mat1 @ mat2)</c> (<c>torch.addmm</c>). This tensor broadcasts to the product; with beta 0 it is ignored, NaN too.</summary>
    /// <exception cref="ArgumentException">No matrices, or shapes or dtypes that do not fit.</exception>
    public Tensor Addmm(Tensor mat1, Tensor mat2, Scalar? beta = null, Scalar? alpha = null)
    {
        CheckProduct("addmm", mat1, mat2, 2);
        return AddProduct(s_addmm, mat1.Product(mat2), beta, alpha);
    }

    /// <summary><see cref="Addmm"/> into this tensor (<c>addmm_</c>).</summary>
    public Tensor AddmmInPlace(Tensor mat1, Tensor mat2, Scalar? beta = null, Scalar? alpha = null)
    {
        CheckProduct("addmm", mat1, mat2, 2);
        return AddProductInPlace(s_addmm, mat1.Product(mat2), beta, alpha);
    }

    /// <summary><c>beta * this + alpha * (mat @ vec)</c> (<c>torch.addmv</c>). This tensor broadcasts to the product; with beta 0 it is ignored, NaN too.</summary>
    /// <exception cref="ArgumentException">Shapes or dtypes that do not fit.</exception>
    public Tensor Addmv(Tensor mat, Tensor vec, Scalar? beta = null, Scalar? alpha = null)
    {
        CheckMatrixVector("addmv", mat, vec);
        return AddProduct(s_addmv, mat.Mv(vec), beta, alpha);
    }

    /// <summary><see cref="Addmv"/> into this tensor (<c>addmv_</c>).</summary>
    public Tensor AddmvInPlace(Tensor mat, Tensor vec, Scalar? beta = null, Scalar? alpha = null)
    {
        CheckMatrixVector("addmv", mat, vec);
        return AddProductInPlace(s_addmv, mat.Mv(vec), beta, alpha);
    }

    /// <summary><c>beta * this + alpha * (sum over i of batch1[i] @ batch2[i])</c> (<c>torch.addbmm</c>). With beta 0 this tensor is ignored, NaN too.</summary>
    /// <exception cref="ArgumentException">Shapes or dtypes that do not fit.</exception>
    public Tensor Addbmm(Tensor batch1, Tensor batch2, Scalar? beta = null, Scalar? alpha = null) =>
        AddProduct(s_addbmm, SumOfProducts(batch1, batch2), beta, alpha);

    /// <summary><see cref="Addbmm"/> into this tensor (<c>addbmm_</c>).</summary>
    public Tensor AddbmmInPlace(Tensor batch1, Tensor batch2, Scalar? beta = null, Scalar? alpha = null) =>
        AddProductInPlace(s_addbmm, SumOfProducts(batch1, batch2), beta, alpha);

    /// <summary><c>beta * this + alpha * (batch1 @ batch2)</c>, matrix by matrix (<c>torch.baddbmm</c>). With beta 0 this tensor is ignored, NaN too.</summary>
    /// <exception cref="ArgumentException">Shapes or dtypes that do not fit.</exception>
    public Tensor Baddbmm(Tensor batch1, Tensor batch2, Scalar? beta = null, Scalar? alpha = null)
    {
        CheckProduct("baddbmm", batch1, batch2, 3);
        return AddProduct(s_baddbmm, batch1.Product(batch2), beta, alpha);
    }

    /// <summary><see cref="Baddbmm"/> into this tensor (<c>baddbmm_</c>).</summary>
    public Tensor BaddbmmInPlace(Tensor batch1, Tensor batch2, Scalar? beta = null, Scalar? alpha = null)
    {
        CheckProduct("baddbmm", batch1, batch2, 3);
        return AddProductInPlace(s_baddbmm, batch1.Product(batch2), beta, alpha);
    }

    /// <summary><c>beta * this + alpha * outer(vec1, vec2)</c> (<c>torch.addr</c>). With beta 0 this tensor is ignored, NaN too.</summary>
    /// <exception cref="ArgumentException">An argument is no vector, or this tensor does not broadcast to their outer product.</exception>
    public Tensor Addr(Tensor vec1, Tensor vec2, Scalar? beta = null, Scalar? alpha = null)
    {
        CheckVectors(vec1, vec2);
        var outer = Shape.Create([vec1.NumElements, vec2.NumElements]);
        CheckBroadcastTo("addr", outer);
        var (b, a) = Factors("addr", DTypes.Promote(DTypes.Promote(DType, vec1.DType), vec2.DType), beta, alpha, truncate: false);
        return s_addr.Run([this, vec1.Unsqueeze(1), vec2, b, a]);
    }

    /// <summary><see cref="Addr"/> into this tensor (<c>addr_</c>).</summary>
    public Tensor AddrInPlace(Tensor vec1, Tensor vec2, Scalar? beta = null, Scalar? alpha = null)
    {
        CheckVectors(vec1, vec2);
        var (b, a) = Factors("addr", DTypes.Promote(DTypes.Promote(DType, vec1.DType), vec2.DType), beta, alpha, truncate: false);
        return s_addr.RunInPlace(this, vec1.Unsqueeze(1), vec2, b, a);
    }

    private Tensor AddProduct(Pointwise sum, Tensor product, Scalar? beta, Scalar? alpha)
    {
        CheckSameDType(sum.Name, product);
        CheckBroadcastTo(sum.Name, product.Shape);
        var (b, a) = Factors(sum.Name, DType, beta, alpha, truncate: true);
        return b == 1 && a == 1 ? sum.Run([this, product, 1, 1]) : sum.Run([this, product, b, a]);
    }

    private Tensor AddProductInPlace(Pointwise sum, Tensor product, Scalar? beta, Scalar? alpha)
    {
        CheckSameDType(sum.Name, product);
        var (b, a) = Factors(sum.Name, DType, beta, alpha, truncate: true);
        return sum.RunInPlace(this, product, b, a);
    }

    private static Tensor SumOfProducts(Tensor batch1, Tensor batch2)
    {
        CheckProduct("addbmm", batch1, batch2, 3);
        // The sum over the batch is one product whose inner dimension runs over batch and inner dimension.
        long b = batch1.Shape.Sizes[0], m = batch1.Shape.Sizes[1], k = batch1.Shape.Sizes[2], n = batch2.Shape.Sizes[2];
        return batch1.Transpose(0, 1).Reshape(m, b * k).Product(batch2.Reshape(b * k, n));
    }

    private void CheckBroadcastTo(string operation, Shape product)
    {
        if (Ndim > product.Length || Broadcasting.Of(operation, Shape, product) != product)
            throw OperationError.Argument(operation, $"input {OperationError.Text(Shape)} does not broadcast to the product {OperationError.Text(product)}");
    }

    private static void CheckVectors(Tensor vec1, Tensor vec2)
    {
        if (vec1.Ndim != 1 || vec2.Ndim != 1)
            throw OperationError.Argument("addr", $"expected 1-D arguments vec1 and vec2, but got {vec1.Ndim}-D and {vec2.Ndim}-D: {OperationError.Text(vec1.Shape)} and {OperationError.Text(vec2.Shape)}");
    }

    /// <summary>beta and alpha as numbers of the result's category, so that they take no part in promotion.</summary>
    private static (Scalar Beta, Scalar Alpha) Factors(string operation, DType dtype, Scalar? beta, Scalar? alpha, bool truncate)
    {
        return (Convert("beta", beta ?? 1), Convert("alpha", alpha ?? 1));

        Scalar Convert(string name, Scalar value)
        {
            if (dtype.IsFloatingPoint()) return value;
            if (value.DType == DType.Float64 && !truncate)
                throw OperationError.Argument(operation, $"for integral input tensors, argument {name} must not be a floating point number, got {value}");
            return dtype == DType.Bool ? value.AsBool : value.AsLong;
        }
    }
}
