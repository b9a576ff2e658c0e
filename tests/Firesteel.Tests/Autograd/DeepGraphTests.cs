namespace Firesteel.Tests.Autograd;

using Autograd = Firesteel.Autograd;

/// <summary>Graphs far deeper than a stack.</summary>
public class DeepGraphTests
{
    private const int Depth = 100_000;

    [Fact]
    public void GradOfAChain()
    {
        var x = Tensor.From([1.0], requiresGrad: true);
        Assert.Equal(1, Autograd.Grad(Chain(x), x).Item());
    }

    [Fact]
    public void SecondDerivativeOfAChain()
    {
        var x = Tensor.From([1.0], requiresGrad: true);
        var y = Chain(x * x);
        var g = Autograd.Grad(y, x, createGraph: true);
        Assert.Equal(2, g.Item());
        Assert.Equal(2, Autograd.Grad(g, x).Item());
    }

    [Fact]
    public void BackwardThroughAChainOfProductsWithCreateGraph()
    {
        var x = Tensor.From([1.0], requiresGrad: true);
        var y = x;
        for (int i = 0; i < Depth; i++) y = y * 1.00001;
        y.Backward(createGraph: true);
        Assert.Equal(Math.Pow(1.00001, Depth), x.Grad!.Item(), 8);
    }

    [Fact]
    public void AGraphThatIsDroppedIsCollected()
    {
        Build();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        static void Build()
        {
            var x = Tensor.From([1.0], requiresGrad: true);
            GC.KeepAlive(Chain(x));
        }
    }

    private static Tensor Chain(Tensor x)
    {
        for (int i = 0; i < Depth; i++) x = x + 1;
        return x;
    }
}
