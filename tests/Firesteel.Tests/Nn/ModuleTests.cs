using Firesteel.Nn;
using Buffer = Firesteel.Nn.Buffer;
using Module = Firesteel.Nn.Module;

namespace Firesteel.Tests.Nn;

public class ModuleTests
{
    private class Base : Module
    {
        public Linear First { get; set; } = new(2, 3);
        private readonly Parameter _scale = new(Tensor.Ones(3));

        public override Tensor Forward(Tensor input) => First.Forward(input) * _scale;
    }

    private sealed class Derived : Base
    {
        private readonly Linear[] _layers = [new(3, 3), new(3, 3, bias: false)];
        [Key("in_proj_weight")] private readonly Parameter _inner = new(Tensor.Zeros(1));
        private readonly Buffer _runningMean = new(Tensor.Zeros(3)), _cache = new(Tensor.Zeros(1), persistent: false);
        private readonly Dictionary<string, Parameter> _extra = new() { ["b"] = new(Tensor.Zeros(1)), ["a"] = new(Tensor.Zeros(2)) };
        public Parameter? weight_ih_l0 = new(Tensor.Zeros(1));
        private readonly List<Module>? _none = null;
        private readonly Tensor _plain = Tensor.Zeros(7);

        public Linear OutProj { get; } = new(3, 2);

        public override Tensor Forward(Tensor input) => OutProj.Forward(base.Forward(input) + _plain.Select(0, 0).Item() + (_none?.Count ?? 0) + _runningMean.Select(0, 0).Item() + _cache.Select(0, 0).Item());

        public int Count => _layers.Length + _extra.Count + (int)_inner.Item();
    }

    [Fact]
    public void KeysAreThoseOfPyTorch()
    {
        var module = new Derived();
        Assert.Equal(
            ["scale", "in_proj_weight", "extra.b", "extra.a", "weight_ih_l0", "running_mean", "first.weight", "first.bias", "layers.0.weight", "layers.0.bias", "layers.1.weight", "out_proj.weight", "out_proj.bias"],
            module.StateDict().Keys);
        Assert.Equal(["running_mean", "cache"], module.NamedBuffers().Select(b => b.Name));
        Assert.Equal(["scale", "in_proj_weight", "extra.b", "extra.a", "weight_ih_l0", "first.weight"], module.NamedParameters().Select(p => p.Name).Take(6));
        Assert.Equal(["first", "layers.0", "layers.1", "out_proj"], module.NamedChildren().Select(c => c.Name));
        Assert.Equal(["", "first", "layers.0", "layers.1", "out_proj"], module.NamedModules().Select(m => m.Name));
        Assert.Same(module.OutProj.Weight, module.GetParameter("out_proj.weight"));
        Assert.Same(module.OutProj, module.GetSubmodule("out_proj"));
        Assert.Contains("did you mean \"out_proj.weight\"", Assert.Throws<KeyNotFoundException>(() => module.GetParameter("outproj.weight")).Message);
        Assert.Equal(4, module.Count);
    }

    [Fact]
    public void ValuesAreReadLive()
    {
        var module = new Base();
        Assert.Equal(3, module.Parameters().Count);
        module.First = new Linear(2, 3, bias: false);
        Assert.Equal(2, module.Parameters().Count);
        module.First.Weight = new Parameter(Tensor.Ones(3, 2));
        Assert.Equal([2f, 2, 2], module.Forward(Tensor.Ones(1, 2)).ToArray<float>());
    }

    private sealed class Tied : Module
    {
        public Linear A { get; } = new(2, 2);
        public Linear B { get; } = new(2, 2);
        public Linear C { get; }

        public Tied()
        {
            B.Weight = A.Weight;
            C = A;
        }
    }

    [Fact]
    public void SharedParametersAreCountedOnceAndSavedUnderEveryName()
    {
        var tied = new Tied();
        Assert.Equal(["a.weight", "a.bias", "b.bias"], tied.NamedParameters().Select(p => p.Name));
        Assert.Equal(6, tied.StateDict().Count);
        Assert.Equal(3, tied.Modules().Count);
    }

    private sealed class InObject : Module
    {
        private readonly object _hidden = new Linear(1, 1);
        public override string ToString() => _hidden.ToString()!;
    }

    private sealed class InTuple : Module
    {
        private readonly (Linear, int) _pair = (new Linear(1, 1), 2);
        public int Second => _pair.Item2;
    }

    private sealed class InSet : Module
    {
        public HashSet<Parameter> Set { get; } = [new Parameter(Tensor.Zeros(1))];
    }

    private sealed class InTensor : Module
    {
        public Tensor Weight { get; } = new Parameter(Tensor.Zeros(1));
    }

    private sealed class InObjects : Module
    {
        public Dictionary<string, object> Options { get; } = new() { ["x"] = 1, ["y"] = new object?[] { null, new Linear(1, 1) } };
    }

    private sealed class Harmless : Module
    {
        public object Anything { get; } = "text";
        public (int, Tensor) Pair { get; } = (1, Tensor.Zeros(1));
        public Func<Tensor, Tensor> Function { get; } = x => x;
        public int[] Numbers { get; } = [1, 2];
        public List<object> Things { get; } = [1, "a", Tensor.Zeros(1)];
    }

    private sealed class SameKey : Module
    {
        public Parameter Weight { get; } = new(Tensor.Zeros(1));
        private readonly Parameter _weight = new(Tensor.Zeros(1));
        public Parameter Other => _weight;
    }

    [Fact]
    public void StateThatATypeHidesIsRefusedByName()
    {
        foreach (var (module, field) in new (Module, string)[] { (new InObject(), "_hidden"), (new InTuple(), "_pair"), (new InSet(), "Set"), (new InTensor(), "Weight"), (new InObjects(), "Options") })
        {
            string message = Assert.Throws<InvalidOperationException>(() => module.Parameters()).Message;
            Assert.Contains($"'{field}' of {module.GetType().Name}", message);
        }
        Assert.Empty(new Harmless().Parameters());
        Assert.Contains("'weight'", Assert.Throws<InvalidOperationException>(() => new SameKey().Parameters()).Message);
    }

    [Fact]
    public void ACycleIsAnErrorAndNotAnOverflow()
    {
        var list = new ModuleList();
        list.Add(list);
        Assert.Single(list.Modules());
        Assert.Contains("contains itself", Assert.Throws<InvalidOperationException>(() => list.StateDict()).Message);
    }

    [Fact]
    public void LoadReportsEverythingAtOnceAndChangesNothing()
    {
        var module = new Sequential(new Linear(2, 3), new Linear(3, 1));
        var before = module.StateDict().ToDictionary(p => p.Key, p => p.Value.ToArray<float>());
        var state = new Dictionary<string, Tensor>
        {
            ["0.weight"] = Tensor.Zeros(3, 2), ["0.bais"] = Tensor.Zeros(3), ["1.weight"] = Tensor.Zeros(1, 4), ["1.bias"] = Tensor.Zeros(1), ["extra"] = Tensor.Zeros(1),
        };
        string message = Assert.Throws<ArgumentException>(() => module.LoadStateDict(state)).Message;
        Assert.Contains("\"0.bais\" (did you mean \"0.bias\"?), \"extra\".", message);
        Assert.Contains("Missing key(s) in state_dict: \"0.bias\".", message);
        Assert.Contains("size mismatch for 1.weight: copying a param with shape torch.Size([1, 4]) from checkpoint, the shape in current model is torch.Size([1, 3]).", message);
        foreach (var (name, value) in module.StateDict()) Assert.Equal(before[name], value.ToArray<float>());

        Assert.Throws<ArgumentException>(() => module.LoadStateDict(state, strict: false));
        state["1.weight"] = Tensor.Ones([1, 3], DType.Float64);
        var (missing, unexpected) = module.LoadStateDict(state, strict: false);
        Assert.Equal(["0.bias"], missing);
        Assert.Equal(["0.bais", "extra"], unexpected);
        Assert.Equal([1f, 1, 1], module.GetParameter("1.weight").ToArray<float>());
        Assert.True(module.GetParameter("1.weight").RequiresGrad);
    }

    [Fact]
    public void StateDictSharesTheElements()
    {
        var layer = new Linear(2, 1);
        var state = layer.StateDict();
        Assert.False(state["weight"].RequiresGrad);
        state["weight"].FillInPlace(3);
        Assert.Equal([3f, 3], layer.Weight.ToArray<float>());
        Assert.Equal(["p.weight", "p.bias"], layer.StateDict("p.").Keys);
    }

    [Fact]
    public void ToConvertsInPlaceAndKeepsTheObjects()
    {
        var layer = new Linear(2, 1);
        var weight = layer.Weight;
        layer.Forward(Tensor.Ones(1, 2)).Sum().Backward();
        Assert.Same(layer, layer.To(DType.Float64));
        Assert.Same(weight, layer.Weight);
        Assert.Equal(DType.Float64, weight.DType);
        Assert.Equal(DType.Float64, weight.Grad!.DType);
        Assert.True(weight.RequiresGrad);
        layer.ZeroGrad();
        Assert.Null(weight.Grad);
        layer.Forward(Tensor.Ones([1, 2], DType.Float64)).Sum().Backward();
        Assert.Equal([1.0, 1], weight.Grad!.ToArray<double>());
        layer.ZeroGrad(setToNone: false);
        Assert.Equal([0.0, 0], weight.Grad!.ToArray<double>());
        Assert.Throws<ArgumentException>(() => layer.To(DType.Int64));
        Assert.Throws<NotSupportedException>(() => layer.To("cuda"));
        Assert.Same(layer, layer.To("cpu").Float().Eval());
    }

    [Fact]
    public void TrainReachesAllModules()
    {
        var module = new Derived();
        module.Eval();
        Assert.All(module.Modules(), m => Assert.False(m.Training));
        module.First.Train();
        Assert.True(module.First.Training);
        Assert.False(module.Training);
        var order = new List<string>();
        module.Apply(m => order.Add(m.GetType().Name));
        Assert.Equal(["Linear", "Linear", "Linear", "Linear", "Derived"], order);
        module.RequiresGradInPlace(false);
        Assert.All(module.Parameters(), p => Assert.False(p.RequiresGrad));
    }

    [Fact]
    public void HooksRunOnceHoweverTheModuleIsCalled()
    {
        var layer = new Linear(2, 2);
        var model = new Sequential(layer);
        var calls = new List<string>();
        var before = layer.RegisterForwardPreHook((m, x) =>
        {
            calls.Add("pre");
            return x * 0;
        });
        var after = layer.RegisterForwardHook((m, x, y) =>
        {
            calls.Add("post");
            Assert.Same(layer, m);
            Assert.Equal([0f, 0], x!.ToArray<float>());
            Assert.Equal(layer.Bias!.ToArray<float>(), y.ToArray<float>());
            return y + 1;
        });
        var expected = (layer.Bias! + 1).ToArray<float>();
        Assert.Equal(expected, layer.Forward(Tensor.Ones(1, 2)).ToArray<float>());
        Assert.Equal(expected, layer.Call(Tensor.Ones(1, 2)).ToArray<float>());
        Assert.Equal(expected, model.Forward(Tensor.Ones(1, 2)).ToArray<float>());
        Assert.Equal(["pre", "post", "pre", "post", "pre", "post"], calls);
        before.Remove();
        after.Dispose();
        model.Forward(Tensor.Ones(1, 2));
        Assert.Equal(6, calls.Count);
    }

    private sealed class Plain : Module
    {
        public override Tensor Forward(Tensor input) => input + 1;
    }

    [Fact]
    public void HooksOfAModuleWithoutAScopeRunInContainersAndInCall()
    {
        var plain = new Plain();
        int calls = 0;
        plain.RegisterForwardHook((m, x, y) =>
        {
            calls++;
            return null;
        });
        new Sequential(plain, plain).Forward(Tensor.Zeros(1));
        plain.Call(Tensor.Zeros(1));
        Assert.Equal(3, calls);
    }

    private sealed class Net : Module
    {
        private readonly Sequential _layers = new(new Linear(512, 10));
        public override Tensor Forward(Tensor input) => _layers.Forward(input);
    }

    [Fact]
    public void ErrorsNameTheModule()
    {
        var net = new Net();
        Assert.Equal(2, net.Parameters().Count);
        var error = Assert.Throws<ArgumentException>(() => net.Forward(Tensor.Zeros(64, 784)));
        Assert.Equal("matmul: [64, 784] x [512, 10]: inner dimensions 784 and 512 differ (in layers.0, Linear(512, 10))", error.Message);
        // Nothing of the failed call is left behind.
        error = Assert.Throws<ArgumentException>(() => Tensor.Zeros(2).Reshape(3));
        Assert.DoesNotContain("(in", error.Message);
        error = Assert.Throws<ArgumentException>(() => new Linear(2, 3).Forward(Tensor.Zeros(1, 1)));
        Assert.EndsWith("(in Linear(2, 3))", error.Message);
        Assert.Contains("missing the required", Assert.Throws<NotImplementedException>(() => new ModuleList().Forward(Tensor.Zeros(1))).Message);
    }

    [Fact]
    public void PrintsAsPyTorch()
    {
        Assert.Equal(
            """
            Sequential(
              (0): Linear(in_features=1, out_features=2, bias=True)
              (1): ModuleList(
                (0): Linear(in_features=1, out_features=1, bias=True)
                (1): ModuleDict(
                  (a): Identity()
                )
              )
              (2): ParameterList(  (0): Parameter containing: [torch.float32 of size 2x3])
              (3): ParameterDict(  (w): Parameter containing: [torch.FloatTensor of size 2])
            )
            """.ReplaceLineEndings("\n"),
            new Sequential(new Linear(1, 2), new ModuleList(new Linear(1, 1), new ModuleDict(("a", new Identity()))), new ParameterList(Tensor.Ones(2, 3)), new ParameterDict(("w", Tensor.Ones(2)))).ToString());
        Assert.Equal("ParameterList(\n    (0): Parameter containing: [torch.float32 of size 2x3]\n    (1): Parameter containing: [torch.float32 of size 1]\n)", new ParameterList(Tensor.Ones(2, 3), Tensor.Ones(1)).ToString());
        Assert.Equal("ModuleList()", new ModuleList().ToString());
        Assert.Contains("  (layers): ModuleList(\n    (0): Linear(in_features=3, out_features=3, bias=True)\n", new Derived().ToString());
    }
}
