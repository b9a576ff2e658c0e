namespace Firesteel.Tests.Ops;

/// <summary>Factors multiply to the matrix, whatever its shape, rank and scale.</summary>
public class DecompositionTests
{
    public static TheoryData<DType, long, long> Sizes
    {
        get
        {
            var rows = new TheoryData<DType, long, long>();
            foreach (var dtype in (DType[])[DType.Float32, DType.Float64])
                foreach (var (m, n) in (ReadOnlySpan<(long, long)>)[(0, 0), (0, 4), (4, 0), (1, 1), (1, 6), (6, 1), (2, 2), (3, 5), (5, 3), (17, 17), (40, 23), (23, 40), (64, 8), (8, 64), (90, 90)]) rows.Add(dtype, m, n);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void FactorsMultiplyToTheMatrix(DType dtype, long m, long n)
    {
        var a = Matrices.Random(dtype, 2, m, n);
        var (p, l, u) = Linalg.Lu(a);
        Matrices.Close(a, p.Matmul(l).Matmul(u));
        Assert.True(l.Abs().Le(1).All().Item() != 0, "partial pivoting keeps L within 1");
        (p, l, u) = Linalg.Lu(a + Tensor.Eye(m, n, dtype) * 100, pivot: false);
        Assert.Equal(0, p.NumElements);
        Matrices.Close(a + Tensor.Eye(m, n, dtype) * 100, l.Matmul(u));
        foreach (string mode in (string[])["reduced", "complete"])
        {
            var (q, r) = Linalg.Qr(a, mode);
            Matrices.Orthonormal(q);
            Matrices.Close(a, q.Matmul(r));
            Matrices.Close(r.Triu(), r, 0);
        }
        Assert.Equal(Linalg.Qr(a).R.ToArray<double>(), Linalg.Qr(a, "r").R.ToArray<double>());
        foreach (bool full in (bool[])[true, false])
        {
            var (left, s, right) = Linalg.Svd(a, full);
            long k = Math.Min(m, n);
            Matrices.Orthonormal(left);
            Matrices.Orthonormal(right.MT);
            Matrices.Close(a, (left.Narrow(-1, 0, k) * s.Unsqueeze(-2)).Matmul(right.Narrow(-2, 0, k)));
            Matrices.Close(s.Sort(-1, descending: true).Values, s, 0);
            Matrices.Close(Linalg.Svdvals(a), s);
        }
        var inverse = Linalg.Pinv(a);
        Matrices.Close(a, a.Matmul(inverse).Matmul(a), 600);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void SymmetricMatrices(DType dtype, long n, long m)
    {
        if (n != m) return;
        var x = Matrices.Random(dtype, 2, n, n);
        var a = x + x.MT;
        foreach (string triangle in (string[])["L", "U"])
        {
            var (values, vectors) = Linalg.Eigh(a, triangle);
            Matrices.Orthonormal(vectors);
            Matrices.Close(a, (vectors * values.Unsqueeze(-2)).Matmul(vectors.MT));
            Matrices.Close(values.Sort().Values, values, 0);
            Matrices.Close(values, Linalg.Eigvalsh(a, triangle));
            // The other triangle is not read.
            var half = triangle == "L" ? a.Tril() : a.Triu();
            Assert.Equal(values.ToArray<double>(), Linalg.Eigh(half, triangle).Eigenvalues.ToArray<double>());
        }
        var b = Matrices.Random(dtype, 2, n, 3);
        var (ld, pivots) = Linalg.LdlFactor(a);
        Matrices.Close(b, a.Matmul(Linalg.LdlSolve(ld, pivots, b)), 3000);
        var definite = x.Matmul(x.MT) + Tensor.Eye(n, dtype: dtype);
        Matrices.Close(definite, Linalg.Cholesky(definite).Matmul(Linalg.Cholesky(definite).MT));
        Matrices.Close(Linalg.Cholesky(definite).MT.Contiguous(), Linalg.Cholesky(definite, upper: true), 0);
        Matrices.Close(Linalg.Cholesky(definite), Linalg.Cholesky(definite.Tril()), 0);
    }

    [Theory]
    [InlineData(DType.Float64, 1e-300)]
    [InlineData(DType.Float64, 1e300)]
    [InlineData(DType.Float32, 1e-36)]
    [InlineData(DType.Float32, 1e36)]
    public void NeitherOverflowNorUnderflow(DType dtype, double scale)
    {
        var a = Matrices.Random(dtype, 1, 6, 4) * scale;
        var (q, r) = Linalg.Qr(a);
        Matrices.Orthonormal(q);
        Matrices.Close(a, q.Matmul(r));
        var (u, s, vh) = Linalg.Svd(a, false);
        Matrices.Orthonormal(u);
        Matrices.Close(a, (u * s.Unsqueeze(-2)).Matmul(vh));
        var square = a.Narrow(-2, 0, 4);
        var (values, vectors) = Linalg.Eigh(square);
        Matrices.Orthonormal(vectors);
        Matrices.Close(square.Tril() + square.Tril(-1).MT, (vectors * values.Unsqueeze(-2)).Matmul(vectors.MT));
    }

    [Fact]
    public void LowRankZerosAndRepeatedValues()
    {
        var a = Matrices.Random(DType.Float64, 8, 2).Matmul(Matrices.Random(DType.Float64, 2, 6));
        Assert.Equal(2, Linalg.MatrixRank(a).Item());
        var (u, s, vh) = Linalg.Svd(a);
        Matrices.Orthonormal(u);
        Matrices.Orthonormal(vh.MT);
        Assert.True(s.Narrow(0, 2, 4).Max().Item() < 1e-13, "four singular values are rounding errors");
        var inverse = Linalg.Pinv(a);
        Matrices.Close(inverse, inverse.Matmul(a).Matmul(inverse));

        foreach (var x in (Tensor[])[Tensor.Zeros([4, 4]), Tensor.Eye(4), Tensor.Ones([4, 4])])
        {
            (u, s, vh) = Linalg.Svd(x);
            Matrices.Orthonormal(u);
            Matrices.Orthonormal(vh.MT);
            Matrices.Close(x, (u * s).Matmul(vh));
            var (values, vectors) = Linalg.Eigh(x);
            Matrices.Orthonormal(vectors);
            Matrices.Close(x, (vectors * values).Matmul(vectors.MT));
            Matrices.Orthonormal(Linalg.Qr(x).Q);
        }
        Assert.Equal(0, Linalg.Pinv(Tensor.Zeros([2, 3])).Abs().Sum().Item());
        Assert.Equal(1, Linalg.MatrixRank(Tensor.From(new double[,] { { 1, 2 }, { 2, 4.001 } }), atol: 0.01).Item());
    }

    /// <summary>From PyTorch 1.13 with LAPACK: signs and order are theirs.</summary>
    [Fact]
    public void SignsAsInPyTorch()
    {
        var (values, vectors) = Linalg.Eigh(Tensor.From(new[,] { { 2.0, -1, 0.5 }, { 1, 3, -2 }, { 0, 4, 1 } }));
        Matrices.Close(Tensor.From(new[,] { { -2.214585237967, 1.944434913554, 6.270150324413 } }), values.Unsqueeze(0), 1e4);
        Matrices.Close(Tensor.From(new[,] { { 0.147017957239, 0.971987176758, -0.183375703045 }, { -0.619619712297, -0.054008551501, -0.783041817847 }, { 0.771010461915, -0.228744408856, -0.594322187904 } }), vectors, 1e4);
        var (u, s, vh) = Linalg.Svd(Tensor.From(new[,] { { 1.0, 2 }, { 3, 4 }, { 5, 6 } }));
        Matrices.Close(Tensor.From(new[,] { { -0.229847696400, 0.883461017699, 0.408248290464 }, { -0.524744818760, 0.240782492133, -0.816496580928 }, { -0.819641941121, -0.401896033433, 0.408248290464 } }), u, 1e4);
        Matrices.Close(Tensor.From(new[,] { { 9.525518091565, 0.514300580659 } }), s.Unsqueeze(0), 1e4);
        Matrices.Close(Tensor.From(new[,] { { -0.619629483829, -0.784894453267 }, { -0.784894453267, 0.619629483829 } }), vh, 1e4);
        var (ld, pivots) = Linalg.LdlFactor(Tensor.From(new[,] { { 0.0, 2, 1 }, { 2, 0, 3 }, { 1, 3, 0 } }));
        Matrices.Close(Tensor.From(new[,] { { 0, 0, 0 }, { 2, 0, 0 }, { 1.5, 0.5, -3 } }), ld);
        Assert.Equal([-2, -2, 3], pivots.ToArray<int>());
    }
}
