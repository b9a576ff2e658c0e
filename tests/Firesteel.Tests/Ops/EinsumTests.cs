namespace Firesteel.Tests.Ops;

public class EinsumTests
{
    private static Tensor Range(params long[] shape) => Tensor.Arange(Shape.Create(shape).NumElements, dtype: DType.Float64).Reshape(shape);

    [Fact]
    public void ThreeOperandsSumOverSharedLetters()
    {
        Tensor a = Range(2, 3), b = Range(3, 4), c = Range(4, 2);
        Assert.Equal(a.Mm(b).Mm(c).ToArray<double>(), Tensor.Einsum("ij,jk,kl->il", a, b, c).ToArray<double>());
        Assert.Equal(a.Mm(b).Mm(c).T.Contiguous().ToArray<double>(), Tensor.Einsum("ij,jk,kl->li", a, b, c).ToArray<double>());
    }

    [Fact]
    public void ImplicitOutputIsAlphabetical()
    {
        Tensor a = Range(2, 3), b = Range(3, 4);
        Assert.Equal([2, 4], Tensor.Einsum("ij,jk", a, b).Shape);
        Assert.Equal([3, 2], Tensor.Einsum("ba", a).Shape);
        Assert.Equal(2 * 3 / 2.0, Tensor.Einsum("ii", Range(2, 2)).Item());
    }

    [Fact]
    public void EllipsisBroadcasts()
    {
        Tensor a = Range(5, 1, 2, 3), b = Range(4, 3, 2);
        var result = Tensor.Einsum("...ij,...jk->...ik", a, b);
        Assert.Equal([5, 4, 2, 2], result.Shape);
        Assert.Equal(a.Matmul(b).ToArray<double>(), result.ToArray<double>());
    }

    [Fact]
    public void DiagonalHasAGradient()
    {
        var a = Range(3, 3).RequiresGradInPlace();
        Tensor.Einsum("ii->i", a).Sum().Backward();
        Assert.Equal([1, 0, 0, 0, 1, 0, 0, 0, 1], a.Grad!.ToArray<double>());
    }

    [Theory]
    [InlineData("ij,jk->ik", "names 2 operands")]
    [InlineData("ijk->i", "number of subscripts")]
    [InlineData("ij->iz", "does not appear in the equation")]
    [InlineData("ij->ii", "appears more than once")]
    [InlineData("i1->i", "invalid subscript")]
    [InlineData("ii->i", "sizes don't match")]
    public void BadEquationsAreRefused(string equation, string message) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => Tensor.Einsum(equation, Range(2, 3))).Message);
}
