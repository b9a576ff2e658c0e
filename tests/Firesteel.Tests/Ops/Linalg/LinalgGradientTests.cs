namespace Firesteel.Tests.Ops;

using Autograd = global::Firesteel.Autograd;

/// <summary>Derivatives at matrices where the usual formula divides by zero.</summary>
public class LinalgGradientTests
{
    /// <summary>The gradient of the determinant is the matrix of cofactors, which every matrix has. (PyTorch 1.13 gives zeros here.)</summary>
    [Fact]
    public void DeterminantsOfSingularMatrices()
    {
        var x = Tensor.From(new[,] { { 1.0, 2 }, { 2, 4 } }, requiresGrad: true);
        Linalg.Det(x).Backward();
        Matrices.Close(Tensor.From(new[,] { { 4.0, -2 }, { -2, 1 } }), x.Grad!);
        var kept = Autograd.Grad([Linalg.Det(x)], [x], createGraph: true)[0]!;
        Matrices.Close(x.Grad!, kept.Detach());

        var low = Matrices.Random(DType.Float64, 4, 2).Matmul(Matrices.Random(DType.Float64, 2, 4));
        low.RequiresGrad = true;
        Linalg.Det(low).Backward();
        Assert.True(low.Grad!.Abs().Max().Item() < 1e-12, "two ranks less than full: all cofactors are zero");
        var three = Matrices.Random(DType.Float64, 4, 3).Matmul(Matrices.Random(DType.Float64, 3, 4));
        three.RequiresGrad = true;
        Assert.True(Autograd.Gradcheck(t => Linalg.Det(t[0]), [three]));
    }

    [Fact]
    public void EqualEigenvaluesAndSingularValuesAreNoObstacleIfVectorsAreNotAskedFor()
    {
        var x = Tensor.Eye(3, dtype: DType.Float64, requiresGrad: true);
        Linalg.Eigh(x).Eigenvalues.Sum().Backward();
        Matrices.Close(Tensor.Eye(3, dtype: DType.Float64), x.Grad!);
        x.Grad = null;
        Linalg.MatrixNorm(x, "nuc").Backward();
        Matrices.Close(Tensor.Eye(3, dtype: DType.Float64), x.Grad!);
    }

    [Fact]
    public void PseudoInverseOfConstantRank()
    {
        var left = Matrices.Random(DType.Float64, 4, 2);
        var right = Matrices.Random(DType.Float64, 3, 2);
        left.RequiresGrad = right.RequiresGrad = true;
        Assert.True(Autograd.Gradgradcheck(t => Linalg.Pinv(t[0].Matmul(t[1].MT)), [left, right]));
    }

    [Fact]
    public void FullSingularVectorsPassOnTheGradientsOfTheirDeterminedPart()
    {
        var x = Matrices.Random(DType.Float64, 4, 2);
        x.RequiresGrad = true;
        Assert.True(Autograd.Gradcheck(t => { var (u, s, vh) = Linalg.Svd(t[0]); return [u.Narrow(-1, 0, 2).Square(), s, vh.Square()]; }, [x]));
    }
}
