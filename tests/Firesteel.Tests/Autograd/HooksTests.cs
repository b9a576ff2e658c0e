namespace Firesteel.Tests.Autograd;

using Autograd = Firesteel.Autograd;

/// <summary>Tensor hooks and retained gradients.</summary>
public class HooksTests
{
    private static Tensor Leaf(params double[] values) => Tensor.From(values, requiresGrad: true);

    [Fact]
    public void HooksRunInTheOrderOfRegistrationAndReplaceTheGradient()
    {
        var x = Leaf(1);
        var y = x * 2;
        var seen = new List<(string, double)>();
        y.RegisterHook(g => { seen.Add(("first", g.Item())); return null; });
        y.RegisterHook(static g => g * 3);
        y.RegisterHook(g => { seen.Add(("third", g.Item())); return null; });
        y.RetainGrad();
        y.Backward();
        Assert.Equal([("first", 1), ("third", 3)], seen);
        Assert.Equal((3, 6), (y.Grad!.Item(), x.Grad!.Item()));
    }

    [Fact]
    public void ARemovedHookDoesNotRun()
    {
        var x = Leaf(1);
        int calls = 0;
        var first = x.RegisterHook(g => { calls++; return null; });
        using (x.RegisterHook(static g => g * 10)) (x * 2).Backward();
        Assert.Equal((1, 20), (calls, x.Grad!.Item()));
        first.Remove();
        first.Remove();
        (x * 2).Backward();
        Assert.Equal((1, 22), (calls, x.Grad!.Item()));
    }

    [Fact]
    public void AHookMayRemoveItself()
    {
        var x = Leaf(1);
        int calls = 0;
        HookHandle? handle = null;
        handle = x.RegisterHook(g => { calls++; handle!.Remove(); return null; });
        (x * 2).Backward();
        (x * 2).Backward();
        Assert.Equal((1, 4), (calls, x.Grad!.Item()));
    }

    [Fact]
    public void AHookSeesTheSumOfAllPathsOnce()
    {
        var x = Leaf(1);
        var y = x * 2;
        var seen = new List<double>();
        y.RegisterHook(g => { seen.Add(g.Item()); return null; });
        (y * 3 + y * 4).Backward();
        Assert.Equal([7], seen);
    }

    [Fact]
    public void HooksRunForAutogradGradToo()
    {
        var x = Leaf(1, 1);
        var y = x * 2;
        y.RegisterHook(static g => g * 7);
        Assert.Equal([14, 14], Autograd.Grad(y.Sum(), x).ToArray<double>());
    }

    [Fact]
    public void EachOutputOfAnOperationHasItsOwn()
    {
        var x = Leaf(3, 1, 2);
        var (values, _) = x.Sort();
        var parts = (x * 1).Unbind();
        values.RegisterHook(static g => g * 2);
        parts[1].RegisterHook(static g => g * 100);
        (values.Sum() + parts[0] + parts[1]).Backward();
        Assert.Equal([3, 102, 2], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void OneOfAnotherShapeIsRefused()
    {
        var x = Leaf(1, 2);
        var y = x * 2;
        y.RegisterHook(static g => Tensor.Ones([3], dtype: DType.Float64));
        Assert.NotNull(Record.Exception(() => y.Sum().Backward()));
    }

    [Fact]
    public void OnlyWhereAGradientArrives()
    {
        var constant = Tensor.From([1.0]);
        Assert.Contains("cannot register a hook on a tensor that doesn't require gradient", Assert.Throws<InvalidOperationException>(() => constant.RegisterHook(static g => g)).Message);
        Assert.Contains("can't retain_grad on a tensor that has requires_grad=False", Assert.Throws<InvalidOperationException>(constant.RetainGrad).Message);
    }

    [Fact]
    public void RetainedGradientsAddUpAndOthersAreNull()
    {
        var x = Leaf(1, 2);
        var y = x * 2;
        var z = y * y;
        y.RetainGrad();
        y.RetainGrad();
        z.Sum().Backward(retainGraph: true);
        Assert.Equal([4, 8], y.Grad!.ToArray<double>());
        z.Sum().Backward();
        Assert.Equal([8, 16], y.Grad!.ToArray<double>());
        Assert.Null(z.Grad);
    }

    [Fact]
    public void ARetainedGradientIsThatOfTheLastContent()
    {
        var x = Leaf(1, 1);
        var y = x * 1;
        y.RetainGrad();
        y.MulInPlace(2);
        y.Sum().Backward();
        Assert.Equal([1, 1], y.Grad!.ToArray<double>());
        Assert.Equal([2, 2], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void HooksOfTheOldContentSeeItsGradient()
    {
        var x = Leaf(1, 1);
        var y = x * 2;
        var seen = new List<(string, double)>();
        y.RegisterHook(g => { seen.Add(("old", g.Sum().Item())); return null; });
        y.MulInPlace(5);
        y.RegisterHook(g => { seen.Add(("new", g.Sum().Item())); return null; });
        y.Sum().Backward();
        Assert.Equal([("new", 2), ("old", 10)], seen);
    }
}
