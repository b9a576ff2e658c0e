namespace Firesteel.Tests.Autograd;

using Autograd = Firesteel.Autograd;

/// <summary><see cref="Autograd.Grad(Tensor, Tensor, Tensor?, bool?, bool)"/>, the inputs of backward, and their refusals.</summary>
public class GradTests
{
    private static Tensor Leaf(params double[] values) => Tensor.From(values, requiresGrad: true);

    [Fact]
    public void NoLeafChanges()
    {
        Tensor x = Leaf(2, 3), w = Leaf(5, 7);
        var gradients = Autograd.Grad([(x * w).Sum()], [w, x]);
        Assert.Equal([2, 3], gradients[0]!.ToArray<double>());
        Assert.Equal([5, 7], gradients[1]!.ToArray<double>());
        Assert.Null(x.Grad);
        Assert.Null(w.Grad);
    }

    [Fact]
    public void AnUnusedInputIsRefusedOrNull()
    {
        Tensor x = Leaf(2), unused = Leaf(1);
        var y = x * x;
        Assert.Contains("appears to not have been used in the graph", Assert.Throws<InvalidOperationException>(() => Autograd.Grad([y], [x, unused], retainGraph: true)).Message);
        var gradients = Autograd.Grad([y], [unused, x], allowUnused: true);
        Assert.Null(gradients[0]);
        Assert.Equal(4, gradients[1]!.Item());
    }

    [Fact]
    public void AnInputThatNeedsNoGradientIsRefused()
    {
        var x = Leaf(2);
        Assert.Contains("does not require grad", Assert.Throws<InvalidOperationException>(() => Autograd.Grad(x * x, Tensor.From([1.0]))).Message);
        Assert.Contains("does not require grad and does not have a grad_fn", Assert.Throws<InvalidOperationException>(() => Tensor.From([1.0]).Backward()).Message);
    }

    [Fact]
    public void SeveralElementsNeedAGradientOfTheirShape()
    {
        var x = Leaf(2, 3);
        Assert.Contains("grad can be implicitly created only for scalar outputs", Assert.Throws<InvalidOperationException>(() => (x * 2).Backward()).Message);
        Assert.Contains("mismatch in shape", Assert.Throws<ArgumentException>(() => (x * 2).Backward(Tensor.Ones([3], dtype: DType.Float64))).Message);
        Assert.Null(x.Grad);
        (x * 2).Backward(Tensor.From([1.0, 10]));
        Assert.Equal([2, 20], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void ResultsInTheMiddleAreInputsToo()
    {
        var x = Leaf(2);
        var y = x * 3;
        var z = y * y;
        var gradients = Autograd.Grad([z], [y, x, z]);
        Assert.Equal([12, 36, 1], gradients.Select(static g => g!.Item()));
    }

    [Fact]
    public void TheSameInputTwiceAndTheOutputItself()
    {
        var x = Leaf(3);
        Assert.Equal([6, 6], Autograd.Grad([x * x], [x, x]).Select(static g => g!.Item()));
        Assert.Equal(1, Autograd.Grad(x, x).Item());
    }

    [Fact]
    public void SeveralOutputsAreSummedWithTheirGradients()
    {
        var x = Leaf(1, 2);
        var gradient = Autograd.Grad([x * 2, (x * x).Sum()], [x], [Tensor.From([1.0, 10]), null])[0]!;
        Assert.Equal([4, 24], gradient.ToArray<double>());
        Assert.Contains("2 tensors and 1 gradients", Assert.Throws<ArgumentException>(() => Autograd.Grad([x * 2, x.Sum()], [x], [Tensor.From([1.0, 10])])).Message);
    }

    [Fact]
    public void TheGivenGradientStaysTheCallers()
    {
        var x = Leaf(1, 2);
        var given = Tensor.From([1.0, 1]);
        (x + 0).Backward(given);
        (x + 0).Backward(given);
        Assert.Equal([1, 1], given.ToArray<double>());
        Assert.Equal([2, 2], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void WithCreateGraphTheGradientIsDifferentiable()
    {
        var x = Leaf(2);
        var y = x * x * x;
        var g = Autograd.Grad(y, x, createGraph: true);
        Assert.True(g.RequiresGrad);
        Assert.False(Autograd.Grad(y, x, retainGraph: true).RequiresGrad);
        (g * g).Backward();
        Assert.Equal(2 * 12 * 12, x.Grad!.Item()); // d (3 x^2)^2 = 2 * 3x^2 * 6x
    }

    [Fact]
    public void ThePenaltyOnAGradientReachesTheWeights()
    {
        Tensor x = Leaf(1, 2), w = Leaf(3, 4);
        var g = Autograd.Grad((w * x * x).Sum(), x, createGraph: true);
        g.Pow(2).Sum().Backward(); // sum (2 w x)^2
        Assert.Equal([8.0 * 3, 8.0 * 4 * 4], w.Grad!.ToArray<double>());
        Assert.Equal([8.0 * 9, 8.0 * 16 * 2], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void BackwardWithInputsReachesOnlyThose()
    {
        Tensor x = Leaf(2), w = Leaf(3);
        var y = x * w;
        y.Backward(inputs: [x], retainGraph: true);
        Assert.Equal(3, x.Grad!.Item());
        Assert.Null(w.Grad);
        y.Backward(inputs: [y, w]);
        Assert.Equal((1, 2, 3), (y.Grad!.Item(), w.Grad!.Item(), x.Grad!.Item()));
        Assert.Contains("cannot be empty", Assert.Throws<ArgumentException>(() => (x * w).Backward(inputs: [])).Message);
    }

    [Fact]
    public void OnlyTheNeededPartOfTheGraphIsVisited()
    {
        Tensor x = Leaf(2), w = Leaf(3);
        var other = w * 2;
        other.RegisterHook(static g => throw new InvalidOperationException("was visited"));
        Assert.Equal(6, Autograd.Grad(x * other, x).Item());
    }

    [Fact]
    public void AnExceptionInAHookLeavesTheGraphUsable()
    {
        var x = Leaf(2);
        var y = x * x;
        var z = y * 3;
        using (y.RegisterHook(static g => throw new TimeoutException())) Assert.Throws<TimeoutException>(() => z.Backward(retainGraph: true));
        Assert.Null(x.Grad);
        z.Backward();
        Assert.Equal(12, x.Grad!.Item());
    }
}
