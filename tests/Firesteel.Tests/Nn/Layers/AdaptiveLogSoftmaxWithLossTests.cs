using Firesteel.Nn;

namespace Firesteel.Tests.Nn.Layers;

/// <summary>Numbers of PyTorch 1.13.</summary>
[Collection(Conformance.GeneratorCollection.Name)]
public class AdaptiveLogSoftmaxWithLossTests
{
    private static AdaptiveLogSoftmaxWithLoss Layer(DType dtype = DType.Float32)
    {
        Rng.ManualSeed(5);
        return new AdaptiveLogSoftmaxWithLoss(8, 12, [3, 7], divValue: 2, headBias: true, dtype: dtype);
    }

    private static Tensor Input() => Tensor.Arange(40.0).To(DType.Float32).Reshape(5, 8).Mul(0.37).Sin();

    private static void Near(float[] expected, Tensor actual, float tolerance = 1e-5f)
    {
        var values = actual.ToArray<float>();
        Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], values[i], tolerance);
    }

    [Fact]
    public void KeysAndFirstValues()
    {
        var layer = Layer();
        Assert.Equal(["head.weight [5, 8]", "head.bias [5]", "tail.0.0.weight [4, 8]", "tail.0.1.weight [4, 4]", "tail.1.0.weight [2, 8]", "tail.1.1.weight [5, 2]"], layer.StateDict().Select(static p => $"{p.Key} {OperationError.Text(p.Value.Shape)}"));
        Near([0.057894174f, -0.099701196f, -0.318413615f, 0.164524049f, 0.268407971f], layer.Head.Bias!);
        Near([-0.10600733f, -0.256327182f, 0.602678239f, -0.681203842f], layer.StateDict()["tail.1.1.weight"].Slice(0, 0, 2));
        var first = layer.StateDict().Values.Select(static t => t.ToArray<float>()).ToArray();
        Rng.ManualSeed(5);
        layer.ResetParameters();
        Assert.Equal(first, layer.StateDict().Values.Select(static t => t.ToArray<float>()));
        Rng.ManualSeed(5);
        layer.Double().ResetParameters(); // draws other numbers
        Assert.NotEqual(first[0][0], layer.StateDict()["head.weight"].ToArray<float>()[0]);
    }

    [Fact]
    public void LossAndGradients()
    {
        var layer = Layer();
        var x = Input().RequiresGradInPlace();
        var (output, loss) = layer.Forward(x, Tensor.From(new long[] { 0, 3, 11, 6, 2 }));
        Near([-1.47952092f, -2.38978457f, -2.85958529f, -2.06495953f, -2.36286235f], output);
        Near([2.23134255f], loss);
        loss.Backward();
        Near([-0.055292286f, 0.0483490676f, -0.0333560631f, -0.0113218445f, -0.0347471349f, 0.0182706434f, 0.0261265561f, 0.000956740405f, -0.0740728974f, 0.0132641569f, -0.00737890927f, -0.0217732005f, 0.0533797741f, -0.0313887708f, 0.0203792416f, 0.0584952012f], x.Grad!.Slice(0, 0, 2));
        Near([-0.00796388835f, 0.170267016f, -0.0724851936f, -0.175931543f, 0.0861136317f], layer.Head.Bias!.Grad!);
        Near([0.0525297895f, 0.0129442243f, 0.0253815111f, 0.086824663f], layer.GetParameter("tail.0.1.weight").Grad!.Slice(0, 0, 1));
        (output, loss) = layer.Forward(Input().Select(0, 0), Tensor.From(5L));
        Near([-3.68105221f], output);
        Assert.Equal(0, output.Ndim);
        Near([3.68105221f], loss);
    }

    [Fact]
    public void AllClasses()
    {
        var layer = Layer();
        Near([-1.47952092f, -1.69710124f, -2.19409609f, -3.42603421f, -3.14269638f, -3.68105221f, -3.85304785f, -2.63714719f, -2.32089996f, -2.99542856f, -2.36956692f, -3.16533399f], layer.LogProb(Input().Slice(0, 0, 1)));
        Assert.Equal([8, 6, 8, 6, 8], layer.Predict(Input() * 6).ToArray<long>());
        // Rows of all kinds: of the head, of either cluster, together and alone.
        Rng.ManualSeed(1);
        var many = Tensor.Randn(200, 8) * 6;
        var best = layer.LogProb(many).Argmax(1).ToArray<long>();
        Assert.Contains(best, static c => c < 3);
        Assert.Contains(best, static c => c >= 3);
        Assert.Equal(best, layer.Predict(many).ToArray<long>());
        var frequent = many.IndexSelect(0, Tensor.From(Enumerable.Range(0, 200).Where(i => best[i] < 3).Select(static i => (long)i).ToArray()));
        Assert.Equal(best.Where(static c => c < 3), layer.Predict(frequent).ToArray<long>());
        Assert.Equal(1, layer.LogProb(many).Exp().Sum(1).Max().Item(), 1e-5);
    }

    [Fact]
    public void GradientsByDifferences()
    {
        var layer = Layer(DType.Float64);
        var target = Tensor.From(new long[] { 0, 3, 11, 6, 2 });
        Assert.True(Firesteel.Autograd.Gradcheck(x => layer.Forward(x[0], target).Loss, [Input().To(DType.Float64).Detach().RequiresGradInPlace()]));
    }

    [Fact]
    public void BadArgumentsAreRefused()
    {
        foreach (long[] cutoffs in new long[][] { [], [0, 3], [5, 3], [3, 3], [3, 12] })
            Assert.Contains("between 1 and n_classes-1", Assert.Throws<ArgumentException>(() => new AdaptiveLogSoftmaxWithLoss(8, 12, cutoffs)).Message);
        var layer = Layer();
        Assert.Contains("[0, 11], but values in range [-1, 3]", Assert.Throws<ArgumentException>(() => layer.Forward(Input(), Tensor.From(new long[] { 0, 3, -1, 2, 1 }))).Message);
        Assert.Contains("same size", Assert.Throws<ArgumentException>(() => layer.Forward(Input(), Tensor.From(new long[] { 0, 3 }))).Message);
        Assert.Contains("multi-target", Assert.Throws<ArgumentException>(() => layer.Forward(Input(), Tensor.Zeros([5, 1], DType.Int64))).Message);
        Assert.Contains("expects 1D input", Assert.Throws<ArgumentException>(() => layer.Forward(Input(), Tensor.From(1L))).Message);
        Assert.Contains("float32", Assert.Throws<ArgumentException>(() => layer.Forward(Input(), Tensor.Zeros(5))).Message);
    }
}
