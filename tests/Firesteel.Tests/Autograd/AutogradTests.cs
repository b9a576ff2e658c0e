namespace Firesteel.Tests.Autograd;

using Autograd = Firesteel.Autograd;

public class AutogradTests
{
    private static Tensor Leaf(params double[] values) => Tensor.From(values, requiresGrad: true);

    [Fact]
    public void ProductAndSumGiveTheOtherFactor()
    {
        Tensor a = Leaf(1, 2, 3), b = Leaf(4, 5, 6);
        (a * b).Sum().Backward();
        Assert.Equal([4, 5, 6], a.Grad!.ToArray<double>());
        Assert.Equal([1, 2, 3], b.Grad!.ToArray<double>());
    }

    [Fact]
    public void BroadcastInputsAreSummedBack()
    {
        Tensor a = Tensor.Ones([2, 3], dtype: DType.Float64, requiresGrad: true), b = Leaf(1, 2, 3);
        (a * b).Sum().Backward();
        Assert.Equal([2, 2, 2], b.Grad!.ToArray<double>());
        Assert.Equal([1, 2, 3, 1, 2, 3], a.Grad!.ToArray<double>());
    }

    [Fact]
    public void ThirdDerivativeOfACube()
    {
        var x = Leaf(2);
        var y = x * x * x;
        var d1 = Autograd.Grad(y, x, createGraph: true);
        var d2 = Autograd.Grad(d1, x, createGraph: true);
        var d3 = Autograd.Grad(d2, x);
        Assert.Equal((12, 12, 6), (d1.Item(), d2.Item(), d3.Item()));
    }

    [Fact]
    public void MatrixProduct()
    {
        var a = Tensor.From(new double[,] { { 1, 2 }, { 3, 4 } }, requiresGrad: true);
        var b = Tensor.From(new double[,] { { 5, 6 }, { 7, 8 } }, requiresGrad: true);
        var c = a.Mm(b);
        Assert.Equal([19, 22, 43, 50], c.ToArray<double>());
        c.Sum().Backward();
        Assert.Equal([11, 15, 11, 15], a.Grad!.ToArray<double>());
        Assert.Equal([4, 4, 6, 6], b.Grad!.ToArray<double>());
    }

    [Fact]
    public void WritingThroughAViewChangesTheGradientOfTheBase()
    {
        Tensor x = Leaf(1, 2, 3), w = Leaf(10);
        var y = x * 2;
        var part = y.Slice(0, 1, 2);
        part.MulInPlace(w); // y = [2, 4w, 6]
        Assert.Equal([2, 40, 6], y.ToArray<double>());
        (y * y).Sum().Backward();
        Assert.Equal([8, 1600, 24], x.Grad!.ToArray<double>());
        Assert.Equal([320], w.Grad!.ToArray<double>());
    }

    [Fact]
    public void AVersionThatChangedIsNamed()
    {
        var x = Leaf(1, 2);
        var y = x * 3;
        var z = y * y;
        y.AddInPlace(1);
        var e = Assert.Throws<InvalidOperationException>(() => z.Sum().Backward());
        Assert.Contains("addInPlace", e.Message);
        Assert.Contains("MulBackward0", e.Message);
    }

    [Fact]
    public void ALeafIsNotWrittenToWhileRecording()
    {
        var x = Leaf(1, 2);
        Assert.Contains("leaf", Assert.Throws<InvalidOperationException>(() => x.AddInPlace(1)).Message);
        using (Autograd.NoGrad()) x -= 1;
        Assert.Equal([0, 1], x.ToArray<double>());
        Assert.True(x.RequiresGrad);
    }

    [Fact]
    public void BackwardTwiceNeedsRetainGraph()
    {
        var x = Leaf(3);
        var y = x * x;
        y.Backward(retainGraph: true);
        y.Backward();
        Assert.Equal(12, x.Grad!.Item());
        Assert.Contains("second time", Assert.Throws<InvalidOperationException>(() => y.Backward()).Message);
    }

    [Fact]
    public void AChainOf100000NodesFits()
    {
        var x = Leaf(1);
        var y = x;
        for (int i = 0; i < 100_000; i++) y = y + 1;
        y.Backward();
        Assert.Equal(1, x.Grad!.Item());
    }

    [Fact]
    public void TheSameTensorTwiceDoesNotShareTheGradient()
    {
        Tensor a = Leaf(1), b = Leaf(2);
        (a + b).Backward();
        a.Grad!.AddInPlace(5);
        Assert.Equal(1, b.Grad!.Item());
    }
}
