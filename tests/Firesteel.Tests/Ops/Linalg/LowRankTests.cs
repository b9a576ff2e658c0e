namespace Firesteel.Tests.Ops;

public class LowRankTests
{
    [Theory]
    [InlineData(30, 20)]
    [InlineData(20, 30)]
    public void AMatrixOfLowRankIsFoundExactly(long m, long n)
    {
        Rng.ManualSeed(3);
        var a = Matrices.Random(DType.Float64, m, 4).Matmul(Matrices.Random(DType.Float64, 4, n));
        var (u, s, v) = a.SvdLowrank(q: 6);
        Assert.Equal([m, 6], u.Shape.ToArray());
        Assert.Equal([n, 6], v.Shape.ToArray());
        Matrices.Orthonormal(v);
        Matrices.Close(a, (u * s).Matmul(v.MT), 600);
        Matrices.Close(Linalg.Svdvals(a).Narrow(0, 0, 4).Unsqueeze(0), s.Narrow(0, 0, 4).Unsqueeze(0), 600);
    }

    [Fact]
    public void PrincipalComponentsAreThoseOfCentredRows()
    {
        Rng.ManualSeed(4);
        var a = Matrices.Random(DType.Float64, 50, 3) + 10;
        var (u, s, v) = a.PcaLowrank();
        var centred = a - a.Mean(0);
        Matrices.Close(centred, (u * s).Matmul(v.MT), 600);
        Matrices.Close(Linalg.Svdvals(centred).Unsqueeze(0), s.Unsqueeze(0), 600);
    }

    [Fact]
    public void LeastSquaresAndItsByproducts()
    {
        var a = Matrices.Random(DType.Float64, 7, 3);
        var b = Matrices.Random(DType.Float64, 7, 2);
        foreach (string driver in (string[])["gels", "gelsy", "gelsd", "gelss"])
        {
            var (x, residuals, rank, values) = Linalg.Lstsq(a, b, driver: driver);
            // The residual is perpendicular to all columns.
            Matrices.Close(a.MT.Matmul(b), a.MT.Matmul(a).Matmul(x), 200);
            Assert.Equal(driver == "gels" ? 0 : 1, rank.NumElements);
            Assert.Equal(driver is "gelsd" or "gelss" ? 3 : 0, values.NumElements);
            if (driver != "gelsy") Matrices.Close((a.Matmul(x) - b).Square().Sum(0).Unsqueeze(0), residuals.Unsqueeze(0), 200);
            else Assert.Equal(0, residuals.NumElements);
        }
        // Of a row of two, the shortest of all solutions.
        Matrices.Close(Tensor.From(new[,] { { 0.2 }, { 0.4 } }), Linalg.Lstsq(Tensor.From(new[,] { { 1.0, 2 } }), Tensor.From(new[,] { { 1.0 } })).Solution);
    }
}
