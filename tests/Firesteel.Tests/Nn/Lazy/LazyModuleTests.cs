using Firesteel.Io;
using Firesteel.Nn;
using Firesteel.Optim;
using Module = Firesteel.Nn.Module;

namespace Firesteel.Tests.Nn.Lazy;

/// <summary>Lazy layers, with the numbers and texts of PyTorch 1.13.</summary>
[Collection(Conformance.GeneratorCollection.Name)]
public class LazyModuleTests
{
    private static Tensor Waves(params long[] sizes) => Tensor.Arange((double)((Shape)sizes).NumElements).To(DType.Float32).Reshape(sizes).Mul(0.37).Sin();

    private static void Near(float[] expected, Tensor actual)
    {
        var values = actual.ToArray<float>();
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], values[i], 1e-5f);
    }

    [Fact]
    public void AModelGetsItsSizesFromTheFirstInput()
    {
        Rng.ManualSeed(5);
        var net = new Sequential(new LazyConv2d(2, 3, groups: 2), new LazyBatchNorm2d(), new ReLU(), new Flatten(), new LazyLinear(2));
        Near([0.8303f, 0.1261f], Tensor.Rand(2).Mul(10000).Round().Div(10000)); // nothing was drawn yet
        Assert.True(net.HasUninitializedParams());
        Assert.Equal("""
            Sequential(
              (0): LazyConv2d(0, 2, kernel_size=(3, 3), stride=(1, 1), groups=2)
              (1): LazyBatchNorm2d(0, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
              (2): ReLU()
              (3): Flatten(start_dim=1, end_dim=-1)
              (4): LazyLinear(in_features=0, out_features=2, bias=True)
            )
            """.ReplaceLineEndings("\n"), net.ToString());
        string[] keys = ["0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked", "4.weight", "4.bias"];
        Assert.Equal(keys, net.StateDict().Keys);

        Near([0.6413069367408752f, -0.062060773372650146f, 0.7333362698554993f, -0.14915066957473755f, 0.8260406255722046f, 0.21204301714897156f, 0.8792165517807007f, 0.7410521507263184f], net.Forward(Waves(4, 4, 5, 5)));
        Assert.False(net.HasUninitializedParams());
        Assert.Equal("""
            Sequential(
              (0): Conv2d(4, 2, kernel_size=(3, 3), stride=(1, 1), groups=2)
              (1): BatchNorm2d(2, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
              (2): ReLU()
              (3): Flatten(start_dim=1, end_dim=-1)
              (4): Linear(in_features=18, out_features=2, bias=True)
            )
            """.ReplaceLineEndings("\n"), net.ToString());
        Assert.Equal(keys, net.StateDict().Keys);
        Near([0.19208306074142456f, 0.15081505477428436f, 0.19803865253925323f], net.GetParameter("0.weight"));
        Near([0.13555867969989777f, 0.21907705068588257f], net.GetParameter("4.bias"));
        Assert.Equal(1, net.GetBuffer("1.num_batches_tracked").Item());
    }

    [Fact]
    public void FirstValuesAreThoseOfTheOtherLayers()
    {
        Same(new LazyLinear(3), static () => new Linear(4, 3), Waves(2, 4));
        Same(new LazyLinear(3, bias: false), static () => new Linear(4, 3, false), Waves(4));
        Same(new LazyConv1d(4, 3, padding: 1, groups: 2), static () => new Conv1d(2, 4, 3, padding: 1, groups: 2), Waves(2, 2, 5));
        Same(new LazyConv2d(4, 3, stride: 2, bias: false), static () => new Conv2d(2, 4, 3, 2, bias: false), Waves(2, 5, 5));
        Same(new LazyConv3d(4, 2, dilation: 2, paddingMode: "circular", padding: 1), static () => new Conv3d(2, 4, 2, dilation: 2, paddingMode: "circular", padding: 1), Waves(1, 2, 4, 4, 4));
        Same(new LazyConvTranspose1d(4, 3), static () => new ConvTranspose1d(2, 4, 3), Waves(1, 2, 2));
        Same(new LazyConvTranspose2d(4, 3, 2, 1, 1, 2), static () => new ConvTranspose2d(2, 4, 3, 2, 1, 1, 2), Waves(2, 3, 3));
        Same(new LazyConvTranspose3d(4, 2, bias: false), static () => new ConvTranspose3d(2, 4, 2, bias: false), Waves(1, 2, 2, 2, 2));
        Same(new LazyBatchNorm1d(), static () => new BatchNorm1d(3), Waves(4, 3));
        Same(new LazyBatchNorm2d(momentum: null), static () => new BatchNorm2d(3, momentum: null), Waves(4, 3, 2, 2));
        Same(new LazyBatchNorm3d(affine: false, trackRunningStats: false), static () => new BatchNorm3d(3, affine: false, trackRunningStats: false), Waves(4, 3, 2, 2, 2));
        Same(new LazyInstanceNorm1d(), static () => new InstanceNorm1d(3, affine: true, trackRunningStats: true), Waves(3, 4)); // PyTorch 1.13 takes 4 for the channels of one sequence, and fails
        Same(new LazyInstanceNorm2d(affine: false), static () => new InstanceNorm2d(3, trackRunningStats: true), Waves(2, 3, 4, 4));
        Same(new LazyInstanceNorm3d(trackRunningStats: false), static () => new InstanceNorm3d(3, affine: true), Waves(2, 3, 2, 2, 2));

        static void Same(Module lazy, Func<Module> make, Tensor input)
        {
            Rng.ManualSeed(5);
            var expected = make();
            Rng.ManualSeed(5);
            var output = lazy.Forward(input);
            Assert.Equal(expected.Forward(input).ToArray<float>(), output.ToArray<float>());
            Assert.Equal(expected.ToString(), lazy.ToString());
            Assert.Equal(expected.StateDict().Keys, lazy.StateDict().Keys);
            foreach (var (key, value) in expected.StateDict()) Assert.Equal(value.ToArray<double>(), lazy.StateDict()[key].ToArray<double>());
            Assert.Equal(output.ToArray<float>(), lazy.Eval().Train().Call(input).ToArray<float>());
        }
    }

    [Fact]
    public void BeforeTheFirstInputThereAreNoSizesAndNoElements()
    {
        var layer = new LazyLinear(3);
        Assert.Equal("<UninitializedParameter>", layer.Weight.ToString());
        Assert.Equal("<UninitializedBuffer>", new LazyBatchNorm1d().RunningMean!.ToString());
        Assert.Same(layer.Weight, layer.StateDict()["weight"]);
        Assert.True(layer.Weight.IsLeaf && layer.Weight.RequiresGrad);
        Assert.Null(layer.Weight.Grad);
        Refused(() => layer.Weight.Shape.Length);
        Refused(() => layer.Weight.NumElements);
        Refused(() => layer.Parameters().Sum(static p => p.NumElements));
        Refused(() => layer.Weight + 1);
        Refused(() => Tensor.Ones(2, 3).Matmul(layer.Weight));
        Refused(() => layer.Weight.Clone());
        Refused(() => layer.Weight.Item());
        Refused(() => layer.Weight.ToArray<float>());
        Refused(() => layer.Weight.AsSpan<float>().Length);
        Refused(() => Init.ZerosInPlace(layer.Weight));
        Refused(() => layer.Weight.Grad = Tensor.Zeros(3, 4));
        layer.ResetParameters(); // as in PyTorch: nothing to reset yet
        layer.ZeroGrad();
        Assert.False(((UninitializedParameter)layer.Weight).IsMaterialized);
        layer.Forward(Waves(2, 4));
        Assert.Equal([3L, 4], layer.Weight.Shape.ToArray());
        Assert.StartsWith("Parameter containing:\ntensor(", layer.Weight.ToString());
        Assert.Contains("its shape is [3, 4]", Assert.Throws<InvalidOperationException>(() => ((UninitializedParameter)layer.Weight).Materialize([3, 4])).Message);

        static void Refused(Func<object?> use) => Assert.Contains("Run one batch through the model", Assert.Throws<InvalidOperationException>(() => use()).Message);
    }

    [Fact]
    public void SavingRefusesAndLeavesNoFile()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            var state = new Sequential(new Linear(1, 1), new LazyLinear(3)).StateDict();
            Assert.Throws<InvalidOperationException>(() => Pt.Save(state, Path.Combine(folder, "a.pt")));
            Assert.Throws<InvalidOperationException>(() => Safetensors.Save(state, Path.Combine(folder, "a.safetensors")));
            Assert.Empty(Directory.GetFileSystemEntries(folder));
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    [Fact]
    public void OptimizersTakeThem()
    {
        var layer = new LazyLinear(1);
        var optimizer = new SGD(layer.Parameters(), lr: 0.5, momentum: 0.9);
        optimizer.Step();
        optimizer.ZeroGrad();
        layer.Forward(Waves(2, 4)).Sum().Backward();
        var before = layer.Weight.ToArray<float>();
        var gradient = layer.Weight.Grad!.ToArray<float>();
        optimizer.Step();
        var after = layer.Weight.ToArray<float>();
        for (int i = 0; i < 4; i++) Assert.Equal(before[i] - 0.5f * gradient[i], after[i], 1e-6f);
    }

    [Fact]
    public void DtypesChangeBeforeTheFirstInput()
    {
        var layer = new LazyBatchNorm1d().Double();
        Assert.Equal(DType.Float64, layer.Weight!.DType);
        Assert.True(layer.HasUninitializedParams());
        layer.Forward(Waves(4, 3).Double());
        Assert.Equal(DType.Float64, layer.RunningMean!.DType);
        Assert.Equal(DType.BFloat16, new LazyLinear(2, dtype: DType.BFloat16).To("cpu").Weight.DType);
    }

    [Fact]
    public void LoadingGivesShapes()
    {
        var trained = new Sequential(new LazyConv1d(2, 3), new LazyBatchNorm1d(), new LazyLinear(2));
        trained.Forward(Waves(2, 3, 6));
        var net = new Sequential(new LazyConv1d(2, 3), new LazyBatchNorm1d(), new LazyLinear(2));
        net.LoadStateDict(trained.StateDict());
        Assert.False(net.HasUninitializedParams());
        Assert.StartsWith("LazyConv1d(0, 2", net[0].ToString()); // as in PyTorch, until the first forward
        Rng.ManualSeed(5);
        var next = Tensor.Rand(2).ToArray<float>();
        Rng.ManualSeed(5);
        var x = Waves(1, 3, 6);
        Assert.Equal(trained.Eval().Forward(x).ToArray<float>(), net.Eval().Forward(x).ToArray<float>());
        Assert.Equal(next, Tensor.Rand(2).ToArray<float>()); // nothing was drawn
        Assert.Equal(trained.ToString(), net.ToString());

        // Taken over, not copied.
        net = new Sequential(new LazyConv1d(2, 3), new LazyBatchNorm1d(), new LazyLinear(2));
        net.LoadStateDict(trained.StateDict(), assign: true);
        Assert.True(net.GetParameter("2.weight").SharesStorageWith(trained.GetParameter("2.weight")));

        // A state without shapes fits a model without shapes, and no other.
        new LazyLinear(3).LoadStateDict(new LazyLinear(3).StateDict());
        var error = Assert.Throws<ArgumentException>(() => new Linear(4, 3).LoadStateDict(new LazyLinear(3).StateDict()));
        Assert.Contains("uninitialized value for weight", error.Message);
        Assert.Contains("uninitialized value for bias", error.Message);
    }

    [Fact]
    public void LoadingThatFailsChangesNothing()
    {
        var net = new Sequential(new LazyLinear(2), new Linear(2, 2));
        var state = new Sequential(new Linear(3, 2), new Linear(2, 1)).StateDict();
        Assert.Throws<ArgumentException>(() => net.LoadStateDict(state));
        Assert.True(net.HasUninitializedParams());

        // What was loaded has to fit what the layer was made for.
        var layer = new LazyLinear(2);
        layer.LoadStateDict(new Linear(4, 3).StateDict());
        Assert.Contains("ask for a weight of shape [2, 4], but one of [3, 4]", Assert.Throws<ArgumentException>(() => layer.Forward(Waves(1, 4))).Message);

        // A bias that was not in the file is drawn, the weight that was stays.
        layer = new LazyLinear(2);
        var weight = new Linear(4, 2).Weight;
        layer.LoadStateDict(new Dictionary<string, Tensor> { ["weight"] = weight }, strict: false);
        layer.Forward(Waves(1, 4));
        Assert.Equal(weight.ToArray<float>(), layer.Weight.ToArray<float>());
        Assert.All(layer.Bias!.ToArray<float>(), static b => Assert.InRange(b, -0.5f, 0.5f));
    }

    [Fact]
    public void InputsThatDoNotFitLeaveThemAsTheyAre()
    {
        var conv = new LazyConv2d(4, 3, groups: 2);
        Assert.Contains("expected 3D (unbatched) or 4D (batched) input, but got input of size: [2, 3]", Assert.Throws<ArgumentException>(() => conv.Forward(Tensor.Ones(2, 3))).Message);
        Assert.Contains("divisible by groups: 3 and 2 (in LazyConv2d(0, 4", Assert.Throws<ArgumentException>(() => conv.Forward(Tensor.Ones(3, 4, 4))).Message);
        Assert.True(conv.HasUninitializedParams());
        Assert.Equal(0, conv.InChannels);
        Assert.Equal([1L, 4, 2, 2], conv.Forward(Tensor.Ones(1, 2, 4, 4)).Shape.ToArray());
        var norm = new LazyBatchNorm1d();
        Assert.Contains("expected 2D or 3D input", Assert.Throws<ArgumentException>(() => norm.Forward(Tensor.Ones(1, 2, 3, 4))).Message);
        Assert.True(norm.HasUninitializedParams());
        Assert.Throws<ArgumentException>(() => new LazyLinear(2).Forward(Tensor.From(1.0)));
        Assert.Throws<ArgumentException>(() => new LazyConv2d(3, 3, groups: 2));
    }

    private sealed class Scale : Module
    {
        private readonly UninitializedParameter _factor = new();

        public Scale(bool forget = false) => InitializeWithFirstInput(input =>
        {
            if (forget || _factor.IsMaterialized) return;
            _factor.Materialize([input.Shape[-1]]);
            Init.OnesInPlace(_factor);
        });

        public override Tensor Forward(Tensor input)
        {
            using var scope = Enter(ref input);
            return scope.Exit(input * _factor);
        }
    }

    [Fact]
    public void LayersOfOnesOwn()
    {
        var layer = new Scale();
        Assert.Equal(["factor"], layer.StateDict().Keys);
        Assert.Equal([1f, 1, 1], layer.Forward(Tensor.Ones(3)).ToArray<float>());
        Assert.Equal("Scale()", layer.ToString());
        Assert.Single(layer.Parameters());
        Assert.Contains("Scale has not been fully initialized", Assert.Throws<InvalidOperationException>(() => new Scale(true).Forward(Tensor.Ones(3))).Message);
        Assert.Contains("being captured", Assert.Throws<InvalidOperationException>(() => Firesteel.Compiler.Compile(new Scale().Forward).Run(Tensor.Ones(3))).Message);
    }
}
