using Firesteel.Nn;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Nn.Transformers;

/// <summary>Attention and transformers with numbers of PyTorch 1.13: dropout, masks, copies, and what is refused.</summary>
[Collection(Conformance.GeneratorCollection.Name)]
public class TransformerTests
{
    private static T Seeded<T>(Func<T> make)
    {
        Rng.ManualSeed(5);
        return make();
    }

    private static void Near(float[] expected, Tensor actual, float tolerance = 5e-6f)
    {
        var values = actual.ToArray<float>();
        Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], values[i], tolerance);
    }

    private static Tensor Sines(params long[] shape) => Tensor.Arange(1.0, shape.Aggregate(1L, static (a, b) => a * b) + 1).Sin().Reshape(shape);

    private static Tensor Cosines(params long[] shape) => Tensor.Arange(1.0, shape.Aggregate(1L, static (a, b) => a * b) + 1).Cos().Reshape(shape);

    [Fact]
    public void KeysAndValuesOfOtherSizes()
    {
        var attention = Seeded(() => new MultiheadAttention(4, 2, dropout: 0.5, kdim: 3, vdim: 5, batchFirst: true));
        var (q, k, v) = (Sines(2, 3, 4), Sines(2, 2, 3), Sines(2, 2, 5));
        Rng.ManualSeed(7);
        var (output, weights) = attention.Forward(q, k, v, averageAttnWeights: false);
        Near([-0.222719669f, -0.305583894f, 0.270221174f, -0.168708339f, 0, 0, 0, 0, 0.19130902f, -0.0928536728f, 0.0475175753f, 0.0893968567f, -0.14114821f, 0.139051825f, 0.270992279f, 0.306767374f, -0.282354593f, -0.317575842f, 0.38361302f, 0.219146252f, -0.450954884f, 0.191131979f, 0.37681669f, 0.0958729386f], output);
        Near([0.935142875f, 1.06485713f, 0, 0, 0, 0, 0.300348163f, 0, 0, 0, 0.210449889f, 1.78955007f, 1.0604589f, 0.939541221f, 0.926680446f, 0, 1.03547454f, 0, 0.762509167f, 0, 0, 0, 0, 1.85215521f], weights!);
        attention.Eval();
        var padding = Tensor.From(new[,] { { false, true }, { false, false } });
        (output, weights) = attention.Forward(q, k, v, keyPaddingMask: padding, attnMask: Tensor.From(new float[,] { { 0, 1 }, { 2, 3 }, { 0, -1 } }));
        Near([0.125336677f, -0.355492115f, -0.161933258f, -0.132523596f, 0.125336677f, -0.355492115f, -0.161933258f, -0.132523596f, 0.125336677f, -0.355492115f, -0.161933258f, -0.132523596f, -0.0351936929f, 0.308354735f, -0.0250750445f, 0.0744927451f, 0.0680395216f, 0.478072643f, -0.0430477932f, 0.0725097582f, -0.239302903f, 0.10795401f, 0.239877686f, 0.12735419f], output);
        Near([1, 0, 1, 0, 1, 0, 0.239094228f, 0.760905743f, 0.513792872f, 0.486207187f, 0.461539f, 0.53846097f], weights!);
        Assert.Null(attention.Forward(q, k, v, needWeights: false).Weights);
    }

    [Fact]
    public void TheSameTensorIsProjectedOnceWithTheSameResult()
    {
        var attention = Seeded(() => new MultiheadAttention(4, 2));
        var x = Sines(3, 2, 4);
        float[] expected = attention.Forward(x, x.Clone(), x.Clone()).Output.ToArray<float>();
        Near(expected, attention.Forward(x, x, x).Output);
        var memory = x.Clone();
        Near(expected, attention.Forward(x, memory, memory).Output);
    }

    [Fact]
    public void BoolMasksAreAdditiveMasksOfMinusInfinity()
    {
        var attention = Seeded(() => new MultiheadAttention(4, 2, addBiasKv: true, addZeroAttn: true));
        var x = Sines(3, 2, 4);
        var mask = Tensor.Ones([3, 3], DType.Bool).Triu(1);
        var additive = Transformer.GenerateSquareSubsequentMask(3);
        Assert.Equal([0, float.NegativeInfinity, float.NegativeInfinity, 0, 0, float.NegativeInfinity, 0, 0, 0], additive.ToArray<float>());
        var (expected, weights) = attention.Forward(x, x, x, attnMask: mask);
        Assert.Equal([2L, 3, 5], weights!.Shape.ToArray());
        Near(expected.ToArray<float>(), attention.Forward(x, x, x, attnMask: additive, isCausal: true).Output);
        Near(expected.ToArray<float>(), attention.Forward(x, x, x, attnMask: mask.Expand(4, 3, 3)).Output);
        var padding = Tensor.From(new[,] { { false, false, true }, { false, false, false } });
        var both = padding.Reshape(2, 1, 1, 3).LogicalOr(mask).Expand(2, 2, 3, 3).Reshape(4, 3, 3);
        Near(attention.Forward(x, x, x, attnMask: both).Output.ToArray<float>(), attention.Forward(x, x, x, padding, attnMask: mask).Output);
    }

    [Fact]
    public void WholeModel()
    {
        var model = Seeded(() => new Transformer(4, 2, 2, 2, 8, dropout: 0.5, activation: "gelu"));
        var (source, target) = (Sines(3, 2, 4), Cosines(2, 2, 4));
        Rng.ManualSeed(7);
        Near([0.769866765f, 0.941644073f, -1.5823698f, -0.129141182f, 0.827602148f, -1.22954893f, -0.727052331f, 1.12899911f, -0.441367f, -0.00150979182f, 1.58288682f, -1.14001f, 0.796217501f, 1.18480253f, -0.993748069f, -0.987271845f], model.Forward(source, target, tgtMask: Transformer.GenerateSquareSubsequentMask(2)));
        model.Eval();
        Near([1.55252886f, -0.949082434f, 0.201656923f, -0.805103421f, -1.56495428f, 1.19656432f, 0.344283402f, 0.0241065435f, -1.24520504f, 0.0318506919f, -0.318605363f, 1.53195977f, 1.46503782f, -0.720347762f, -1.09947681f, 0.354786783f], model.Forward(source, target));
        Assert.Equal(Sines(3, 2, 4).ToArray<float>(), source.ToArray<float>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void InputsAreNotWrittenTo(bool normFirst)
    {
        var (source, target) = (Sines(3, 2, 4), Cosines(2, 2, 4));
        new Transformer(4, 2, 1, 1, 8, normFirst: normFirst).Forward(source, target);
        Assert.Equal(Sines(3, 2, 4).ToArray<float>(), source.ToArray<float>());
        Assert.Equal(Cosines(2, 2, 4).ToArray<float>(), target.ToArray<float>());
    }

    [Fact]
    public void StackedLayersAreIndependentCopies()
    {
        var layer = new TransformerEncoderLayer(4, 2, 8, activation: new GELU(), normFirst: true).Double().Eval();
        layer.Linear1.Bias!.RequiresGrad = false;
        var encoder = new TransformerEncoder(layer, 2);
        var first = (TransformerEncoderLayer)encoder.Layers[0];
        Assert.Equal(layer.Linear1.Weight.ToArray<double>(), first.Linear1.Weight.ToArray<double>());
        Assert.False(first.Training);
        Assert.True(first.NormFirst);
        Assert.False(first.Linear1.Bias!.RequiresGrad);
        Assert.Contains("(activation): GELU(approximate='none')", encoder.ToString());
        Init.ZerosInPlace(first.Linear1.Weight);
        Assert.NotEqual(layer.Linear1.Weight.ToArray<double>(), first.Linear1.Weight.ToArray<double>());
        Assert.NotEqual(((TransformerEncoderLayer)encoder.Layers[1]).Linear1.Weight.ToArray<double>(), first.Linear1.Weight.ToArray<double>());
        Assert.Equal(24, encoder.Parameters().Count);
        Assert.Throws<NotSupportedException>(() => new TransformerEncoder(new Derived(), 2));
        Assert.Equal(2, new TransformerEncoder([new Derived(), new Derived()]).NumLayers);
    }

    private sealed class Derived() : TransformerEncoderLayer(4, 2);

    [Fact]
    public void ActivationsAreNamesModulesAndFunctions()
    {
        var x = Sines(3, 2, 4);
        var byName = Seeded(() => new TransformerEncoderLayer(4, 2, 8, 0, "gelu"));
        Near(byName.Forward(x).ToArray<float>(), Seeded(() => new TransformerEncoderLayer(4, 2, 8, 0, new GELU())).Forward(x));
        Near(byName.Forward(x).ToArray<float>(), Seeded(() => new TransformerEncoderLayer(4, 2, 8, 0, new(static y => F.Gelu(y)))).Forward(x));
        Assert.Throws<ArgumentException>(() => new TransformerEncoderLayer(4, 2, activation: "tanh"));
        Assert.Equal([3L, 2, 4], new Sequential(byName, byName).Forward(x).Shape.ToArray());
    }

    [Fact]
    public void BadArgumentsAreRefused()
    {
        Assert.Throws<ArgumentException>(() => new MultiheadAttention(4, 3));
        Assert.Throws<ArgumentException>(() => new MultiheadAttention(0, 1));
        Assert.Throws<ArgumentException>(() => new MultiheadAttention(4, 2, dropout: 2));
        var attention = new MultiheadAttention(4, 2);
        var x = Tensor.Zeros(3, 2, 4);
        string Message(Action action) => Assert.Throws<ArgumentException>(action).Message;
        Assert.Contains("Need attn_mask", Message(() => attention.Forward(x, x, x, isCausal: true)));
        Assert.Contains("should be [3, 3]", Message(() => attention.Forward(x, x, x, attnMask: Tensor.Zeros(2, 3))));
        Assert.Contains("should be [4, 3, 3]", Message(() => attention.Forward(x, x, x, attnMask: Tensor.Zeros(2, 3, 3))));
        Assert.Contains("key_padding_mask shape of [2, 3]", Message(() => attention.Forward(x, x, x, Tensor.Zeros(3, 2))));
        Assert.Contains("only bool and floating types", Message(() => attention.Forward(x, x, x, Tensor.Zeros([2, 3], DType.Int64))));
        Assert.Contains("expecting embedding dimension of 4, but got 6", Message(() => attention.Forward(Tensor.Zeros(3, 2, 6), x, x)));
        Assert.Contains("does not match value shape", Message(() => attention.Forward(x, x, Tensor.Zeros(2, 2, 4))));
        Assert.Contains("to be 3-D", Message(() => attention.Forward(x, Tensor.Zeros(3, 4), x)));
        Assert.Contains("unbatched 2D or batched 3D", Message(() => attention.Forward(Tensor.Zeros(4), x, x)));
        Assert.Contains("(in MultiheadAttention(", Message(() => attention.Forward(Tensor.Zeros(4), x, x)));
        var model = new Transformer(4, 2, 1, 1, 8);
        Assert.Contains("batch number", Message(() => model.Forward(x, Tensor.Zeros(3, 1, 4))));
        Assert.Contains("d_model 4", Message(() => model.Forward(x, Tensor.Zeros(3, 2, 5))));
    }
}
