namespace Firesteel.Tests.Ops;

/// <summary>What has no answer is refused with the numbers at fault, and codes tell the same without an exception.</summary>
public class LinearAlgebraErrorTests
{
    private static Tensor Singular => Tensor.From(new[,] { { 1f, 2 }, { 2, 4 } });

    [Fact]
    public void SingularMatrices()
    {
        Assert.Contains("linalg.inv: The diagonal element 2 is zero, the inversion could not be completed because the input matrix is singular.", Assert.Throws<InvalidOperationException>(() => Linalg.Inv(Singular)).Message, StringComparison.Ordinal);
        Assert.Contains("(Batch element 1): The diagonal element 2 is zero", Assert.Throws<InvalidOperationException>(() => Tensor.Stack([Tensor.Eye(2), Singular]).Inverse()).Message, StringComparison.Ordinal);
        Assert.Contains("singular", Assert.Throws<InvalidOperationException>(() => Linalg.Solve(Singular, Tensor.Ones(2))).Message, StringComparison.Ordinal);
        Assert.Contains("U[2,2] is zero", Assert.Throws<InvalidOperationException>(() => Linalg.LuFactor(Singular)).Message, StringComparison.Ordinal);
        Assert.Contains("The diagonal element 1 is zero", Assert.Throws<InvalidOperationException>(() => Tensor.Zeros([3, 3]).CholeskyInverse()).Message, StringComparison.Ordinal);
        Assert.Equal([0, 2], Linalg.InvEx(Tensor.Stack([Tensor.Eye(2), Singular])).Info.ToArray<int>());
        Assert.Equal(2, Linalg.SolveEx(Singular, Tensor.Ones(2)).Info.Item());
        Assert.Equal(0, Linalg.Det(Singular).Item());
        Assert.Equal(double.NegativeInfinity, Singular.Logdet().Item());
        Assert.True(double.IsNaN(Tensor.From(new[,] { { 0f, 1 }, { 1, 0 } }).Logdet().Item()), "the logarithm of a negative determinant");
        Assert.Equal(double.PositiveInfinity, Linalg.Cond(Singular, "fro").Item());
    }

    [Fact]
    public void NotPositiveDefinite()
    {
        var a = Tensor.From(new[,] { { 1.0, 2 }, { 2, 1 } });
        Assert.Contains("linalg.cholesky: The factorization could not be completed because the input is not positive-definite (the leading minor of order 2 is not positive-definite).", Assert.Throws<InvalidOperationException>(() => Linalg.Cholesky(a)).Message, StringComparison.Ordinal);
        Assert.Equal(2, Linalg.CholeskyEx(a).Info.Item());
        Assert.Throws<InvalidOperationException>(() => Linalg.CholeskyEx(a, checkErrors: true));
        Assert.Throws<InvalidOperationException>(() => Tensor.Full([2, 2], double.NaN).Cholesky());
    }

    [Fact]
    public void NumbersThatAreNone()
    {
        var a = Tensor.Full([3, 3], double.NaN);
        Assert.Contains("non-finite", Assert.Throws<InvalidOperationException>(() => Linalg.Svd(a)).Message, StringComparison.Ordinal);
        Assert.Contains("non-finite", Assert.Throws<InvalidOperationException>(() => Linalg.Eigh(a)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => Linalg.Pinv(Tensor.Full([2, 3], double.PositiveInfinity)));
    }

    [Fact]
    public void Shapes()
    {
        foreach (var call in (Func<Tensor, object>[])[x => Linalg.Inv(x), x => Linalg.Det(x), x => Linalg.Slogdet(x), x => Linalg.Cholesky(x), x => Linalg.Eigh(x), x => Linalg.LdlFactor(x), x => Linalg.MatrixExp(x), x => Linalg.MatrixPower(x, 2)])
        {
            Assert.Contains("[2, 3]", Assert.Throws<ArgumentException>(() => call(Tensor.Ones(2, 3))).Message, StringComparison.Ordinal);
            Assert.Contains("at least 2 dimensions", Assert.Throws<ArgumentException>(() => call(Tensor.Ones(3))).Message, StringComparison.Ordinal);
        }
        foreach (var call in (Func<Tensor, object>[])[x => Linalg.Svd(x), x => Linalg.Qr(x), x => Linalg.Lu(x), x => Linalg.Pinv(x), x => x.Geqrf(), x => Linalg.MatrixRank(x), x => Linalg.Lstsq(x, x)])
            Assert.Contains("at least 2 dimensions", Assert.Throws<ArgumentException>(() => call(Tensor.Ones(3))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Linalg.Solve(Tensor.Eye(3), Tensor.Ones(4, 2)));
        Assert.Throws<ArgumentException>(() => Linalg.Solve(Tensor.Ones(2, 3, 3), Tensor.Ones(4, 3, 1)));
        Assert.Throws<ArgumentException>(() => Linalg.SolveTriangular(Tensor.Eye(3), Tensor.Ones(4, 2), upper: true));
        Assert.Throws<ArgumentException>(() => Tensor.Ones(4, 2).CholeskySolve(Tensor.Eye(3)));
        Assert.Throws<ArgumentException>(() => Linalg.LuSolve(Tensor.Eye(3), Tensor.Ones([2], DType.Int32), Tensor.Ones(3, 1)));
        Assert.Throws<ArgumentException>(() => Linalg.HouseholderProduct(Tensor.Ones(2, 3), Tensor.Ones(2)));
        Assert.Throws<ArgumentException>(() => Linalg.Lstsq(Tensor.Ones(4, 2), Tensor.Ones(3, 2)));
        Assert.Throws<ArgumentException>(() => Linalg.Tensorinv(Tensor.Ones(2, 3)));
        Assert.Throws<ArgumentException>(() => Linalg.Tensorsolve(Tensor.Ones(2, 3), Tensor.Ones(2)));
        Assert.Throws<ArgumentException>(() => Linalg.Vander(Tensor.Ones(3), 1));
    }

    [Fact]
    public void OtherArguments()
    {
        Assert.Throws<NotSupportedException>(() => Linalg.Inv(Tensor.Ones([2, 2], DType.Int64)));
        Assert.Throws<NotSupportedException>(() => Linalg.Svd(Tensor.Ones([2, 2], DType.Float16)));
        Assert.Throws<ArgumentException>(() => Linalg.Solve(Tensor.Eye(2), Tensor.Ones([2, 1], DType.Float64)));
        Assert.Throws<ArgumentException>(() => Linalg.Qr(Tensor.Eye(2), "full"));
        Assert.Throws<ArgumentException>(() => Linalg.Eigh(Tensor.Eye(2), "X"));
        Assert.Throws<ArgumentException>(() => Linalg.Lstsq(Tensor.Eye(2), Tensor.Eye(2), driver: "gelsx"));
        Assert.Throws<ArgumentException>(() => Linalg.Cond(Tensor.Eye(2), "frob"));
        Assert.Throws<ArgumentException>(() => Tensor.Ones(3, 2).PcaLowrank(q: 3));
        Assert.Contains("complex", Assert.Throws<NotSupportedException>(() => Linalg.Eig(Tensor.Eye(2))).Message, StringComparison.Ordinal);
        Assert.Contains("complex", Assert.Throws<NotSupportedException>(() => Linalg.Eigvals(Tensor.Eye(2))).Message, StringComparison.Ordinal);
        // Pivots that point outside are noticed before anything is written through them.
        Assert.Throws<IndexOutOfRangeException>(() => Linalg.LdlSolve(Tensor.Eye(2), Tensor.Full([2], 7, DType.Int32), Tensor.Ones(2, 1)));
        Assert.Throws<IndexOutOfRangeException>(() => Linalg.LuSolve(Tensor.Eye(2), Tensor.Full([2], 7, DType.Int32), Tensor.Ones(2, 1)));
        Assert.Throws<IndexOutOfRangeException>(() => Tensor.LuUnpack(Tensor.Eye(2), Tensor.Zeros([2], DType.Int32)));
    }

    [Fact]
    public void DerivativesThatDoNotExistAreRefused()
    {
        var x = Tensor.Ones([4, 2]) + Tensor.Eye(4, 2);
        x.RequiresGrad = true;
        Assert.Contains("complete", Assert.Throws<NotSupportedException>(() => Linalg.Qr(x, "complete").R.Sum().Backward()).Message, StringComparison.Ordinal);
        Assert.Contains("mode='r'", Assert.Throws<NotSupportedException>(() => Linalg.Qr(x, "r").R.Sum().Backward()).Message, StringComparison.Ordinal);
    }
}
