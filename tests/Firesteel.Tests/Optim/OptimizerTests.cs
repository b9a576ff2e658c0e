using Firesteel.Nn;
using Firesteel.Optim;

namespace Firesteel.Tests.Optim;

public class OptimizerTests
{
    private static Parameter P(params float[] values) => new(Tensor.From(values));

    private static void Gradients(Optimizer optimizer, int step)
    {
        foreach (var group in optimizer.ParamGroups)
            foreach (var p in group.Params)
                p.Grad = Tensor.From(Enumerable.Range(0, (int)p.NumElements).Select(i => MathF.Cos(i + 3 * step)).ToArray());
    }

    public static TheoryData<Func<IEnumerable<Tensor>, Optimizer>> All => new()
    {
        p => new SGD(p, 0.1), p => new SGD(p, 0.1, momentum: 0.9, nesterov: true), p => new Adam(p, amsgrad: true), p => new AdamW(p), p => new Adagrad(p, initialAccumulatorValue: 0.1), p => new RMSprop(p, momentum: 0.5, centered: true),
        p => new Adadelta(p), p => new Adamax(p), p => new NAdam(p), p => new RAdam(p), p => new ASGD(p, t0: 2), p => new Rprop(p),
    };

    [Theory]
    [MemberData(nameof(All))]
    public void GoesOnFromItsStateAsIfNothingHadHappened(Func<IEnumerable<Tensor>, Optimizer> make)
    {
        Parameter[] a = [P(1, 2, 3), P(-1)];
        var first = make(a);
        for (int step = 0; step < 7; step++)
        {
            Gradients(first, step);
            first.Step();
        }
        Parameter[] b = [new(a[0].Detach().Clone()), new(a[1].Detach().Clone())];
        var second = make(b);
        second.LoadStateDict(first.StateDict());
        for (int step = 7; step < 12; step++)
        {
            Gradients(first, step);
            Gradients(second, step);
            first.Step();
            second.Step();
        }
        Assert.Equal(a[0].ToArray<float>(), b[0].ToArray<float>());
        Assert.Equal(a[1].ToArray<float>(), b[1].ToArray<float>());
        Assert.NotEqual([1f, 2, 3], a[0].ToArray<float>());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void StridedParametersAreUpdatedTheSame(Func<IEnumerable<Tensor>, Optimizer> make)
    {
        var dense = new Parameter(Tensor.From(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } }));
        var strided = new Parameter(Tensor.From(new float[,] { { 1, 4 }, { 2, 5 }, { 3, 6 } }).Transpose(0, 1));
        Assert.False(strided.IsContiguous());
        var optimizer = make([dense, strided]);
        for (int step = 0; step < 7; step++)
        {
            dense.Grad = Tensor.From([0.5f, -1, 0, 2, -0.1f, step]).Reshape(2, 3);
            strided.Grad = dense.Grad.Clone();
            optimizer.Step();
        }
        Assert.Equal(dense.ToArray<float>(), strided.ToArray<float>());
    }

    [Fact]
    public void ParametersWithoutGradientStayAndZeroGradForgets()
    {
        Parameter[] p = [P(1), P(2)];
        var sgd = new SGD(p, lr: 1);
        p[0].Grad = Tensor.Ones(1);
        sgd.Step();
        Assert.Equal(0, p[0].Item());
        Assert.Equal(2, p[1].Item());
        sgd.ZeroGrad(setToNone: false);
        Assert.Equal(0, p[0].Grad!.Item());
        sgd.ZeroGrad();
        Assert.Null(p[0].Grad);
        double calls = 0;
        var loss = sgd.Step(() =>
        {
            Assert.True(Firesteel.Autograd.IsGradEnabled);
            calls++;
            var l = (p[1] * 3).Sum();
            l.Backward();
            return l;
        });
        Assert.Equal(6, loss.Item());
        Assert.Equal(-1, p[1].Item());
        Assert.Equal(1, calls);
    }

    [Fact]
    public void GroupsHaveTheirOwnOptions()
    {
        Parameter a = P(0), b = P(0);
        var sgd = new SGD([new ParameterGroup([a]) { Lr = 0.5 }, new ParameterGroup([b])], lr: 0.25);
        a.Grad = b.Grad = Tensor.Ones(1);
        sgd.Step();
        Assert.Equal(-0.5, a.Item());
        Assert.Equal(-0.25, b.Item());
        sgd.ParamGroups[1].Lr = 1;
        sgd.AddParamGroup(new([P(3)]) { WeightDecay = 0.1 });
        sgd.Step();
        Assert.Equal(-1.25, b.Item());
        Assert.Equal(0.25, sgd.ParamGroups[2].Lr);
    }

    [Fact]
    public void WritesAreSeenByBackward()
    {
        var p = P(2);
        var loss = (p * p).Sum();
        p.Grad = Tensor.Ones(1);
        new SGD([p], 0.1).Step();
        Assert.Contains("SGD.step", Assert.Throws<InvalidOperationException>(() => loss.Backward()).Message);
    }

    private sealed class Net : Module
    {
        public Linear A { get; } = new(1, 1);
        public Linear B { get; } = new(1, 1);
    }

    [Fact]
    public void StateIsMatchedByNameWhereTheOrderDiffers()
    {
        var net = new Net();
        var adam = new Adam(net.Parameters());
        net.A.Bias!.Grad = net.B.Bias!.Grad = Tensor.Ones(1);
        net.A.Weight.Grad = Tensor.Full([1, 1], 5.0);
        net.B.Weight.Grad = Tensor.Full([1, 1], 7.0);
        adam.Step();
        var state = adam.StateDict();
        var group = ((List<Dictionary<string, object>>)state["param_groups"])[0];
        Assert.Equal([0L, 1, 2, 3], (List<long>)group["params"]);
        Assert.Equal(["a.weight", "a.bias", "b.weight", "b.bias"], (List<string>)group["param_names"]);

        var other = new Net();
        var parameters = other.Parameters();
        var turned = new Adam([.. parameters.Reverse()]);
        turned.LoadStateDict(state);
        Assert.Equal(0.5f, turned.State[other.A.Weight]["exp_avg"]!.Item<float>(), 1e-6f);
        Assert.Equal(0.7f, turned.State[other.B.Weight]["exp_avg"]!.Item<float>(), 1e-6f);
        Assert.Equal(1, turned.State[other.A.Weight].Step);
    }

    [Fact]
    public void AStateThatDoesNotFitIsRefused()
    {
        var two = new Adam([P(1), P(2)]);
        Gradients(two, 0);
        two.Step();
        var state = two.StateDict();
        Assert.Contains("doesn't match the size", Assert.Throws<ArgumentException>(() => new Adam([P(1)]).LoadStateDict(state)).Message);
        var otherShape = new Adam([P(1, 2), P(1)]);
        Assert.Throws<ArgumentException>(() => otherShape.LoadStateDict(state));
        Assert.Empty(otherShape.State);
        Assert.Throws<ArgumentException>(() => otherShape.LoadStateDict(new Dictionary<string, object>()));
    }

    [Fact]
    public void BadArgumentsAreRefused()
    {
        Assert.Contains("empty parameter list", Assert.Throws<ArgumentException>(() => new SGD(new List<Tensor>(), 0.1)).Message);
        var p = P(1);
        Assert.Contains("duplicate", Assert.Throws<ArgumentException>(() => new SGD([p, p], 0.1)).Message);
        Assert.Contains("non-leaf", Assert.Throws<ArgumentException>(() => new SGD([p * 1], 0.1)).Message);
        Assert.Equal("Invalid learning rate: -1.0", Assert.Throws<ArgumentException>(() => new SGD([p], -1)).Message);
        Assert.Equal("Invalid beta parameter at index 1: 1.0", Assert.Throws<ArgumentException>(() => new Adam([p], betas: (0.9, 1))).Message);
        Assert.Throws<ArgumentException>(() => new Adam([p], lr: double.NaN));
        Assert.Throws<InvalidOperationException>(() => new LBFGS([p]).Step());
        Assert.Throws<ArgumentException>(() => new LBFGS([p], lineSearchFn: "armijo"));
    }

    [Fact]
    public void StrongWolfeFollowsPyTorch()
    {
        var p = new Parameter(Tensor.From([-1.5, 2.0]));
        var lbfgs = new LBFGS([p], lineSearchFn: "strong_wolfe", maxIter: 5);
        double[] expected = [12.5, 5.851898414902332, 5.204910022853519, 3.168584074458795, 1.861610282675157, 0.8122814167085263];
        foreach (double loss in expected)
        {
            Assert.Equal(loss, lbfgs.Step(() =>
            {
                lbfgs.ZeroGrad();
                Tensor x = p.Select(0, 0), y = p.Select(0, 1), a = 1 - x, b = y - x * x;
                var l = a * a + 100 * (b * b);
                l.Backward();
                return l;
            }).Item(), 1e-7);
        }
        Assert.Equal(0.4915000691266005, p.ToArray<double>()[0], 1e-6);
    }

    [Fact]
    public void PrintsItsOptions()
    {
        Assert.Equal("Adam (\nParameter Group 0\n    amsgrad: False\n    betas: (0.9, 0.999)\n    eps: 1e-08\n    lr: 0.001\n    maximize: False\n    weight_decay: 0\n)", new Adam([P(1)]).ToString());
    }
}
