using Firesteel.Nn;
using Module = Firesteel.Nn.Module;

namespace Firesteel.Tests.Nn;

/// <summary>First values of recurrent layers and transformers after seed 5 in PyTorch 1.13: the sum of value i times cos(i + 1) over the state dictionary, and the number drawn next.</summary>
[Collection(Conformance.GeneratorCollection.Name)]
public class SequenceLayerDrawTests
{
    public static TheoryData<Func<Module>, double, float> Layers => new()
    {
        { () => new RNNCell(2, 3), -2.0185196652072586, 0.261473119f },
        { () => new LSTMCell(2, 3), -1.9972448379006993, 0.843671381f },
        { () => new GRUCell(2, 3), -2.4431388849025506, 0.338395238f },
        { () => new RNN(2, 3, 2), -2.295492075140643, 0.900936961f },
        { () => new LSTM(2, 3, 2, bidirectional: true, projSize: 2), -8.00983080454241, 0.397114992f },
        { () => new GRU(2, 3, 2, bias: false), -2.1041077230856238, 0.827861488f },
        { () => new MultiheadAttention(4, 2, addBiasKv: true), -3.381037122764557, 0.843671381f },
        { () => new MultiheadAttention(4, 2, kdim: 3, vdim: 5), -0.3516156688811767, 0.870871305f },
        { () => new TransformerEncoder(new TransformerEncoderLayer(4, 2, 8), 2), -2.7661835216086366, 0.562308252f },
        { () => new TransformerDecoder(new TransformerDecoderLayer(4, 2, 8), 2, new LayerNorm(4)), -1.9542185814729855, 0.00432598591f },
        { () => new Transformer(4, 2, 1, 1, 8), -8.06208948457498, 0.940868199f },
    };

    [Theory]
    [MemberData(nameof(Layers))]
    public void FirstValues(Func<Module> make, double sum, float next)
    {
        Rng.ManualSeed(5);
        var module = make();
        Assert.Equal(next, Tensor.Rand(1).ToArray<float>()[0]);
        double actual = 0;
        int i = 0;
        foreach (var tensor in module.StateDict().Values)
            foreach (float value in tensor.ToArray<float>()) actual += value * Math.Cos(++i);
        Assert.Equal(sum, actual, 1e-6);
    }

    [Fact]
    public void NamesAreThoseOfPyTorch()
    {
        Assert.Equal(
            ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0", "weight_hr_l0", "weight_ih_l0_reverse", "weight_hh_l0_reverse", "bias_ih_l0_reverse", "bias_hh_l0_reverse", "weight_hr_l0_reverse"],
            new LSTM(2, 3, bidirectional: true, projSize: 2).StateDict().Keys);
        Assert.Equal(["in_proj_weight", "in_proj_bias", "bias_k", "bias_v", "out_proj.weight", "out_proj.bias"], new MultiheadAttention(4, 2, addBiasKv: true).StateDict().Keys);
        Assert.Equal(["q_proj_weight", "k_proj_weight", "v_proj_weight", "out_proj.weight"], new MultiheadAttention(4, 2, kdim: 3, bias: false).StateDict().Keys);
        Assert.Equal(2, new GRU(2, 3, 2, bias: false).AllWeights[1].Count);
    }

    public static TheoryData<Module, string> Reprs => new()
    {
        { new LSTM(10, 20, 2, dropout: 0.5, bidirectional: true, projSize: 3, batchFirst: true, bias: false), "LSTM(10, 20, proj_size=3, num_layers=2, bias=False, batch_first=True, dropout=0.5, bidirectional=True)" },
        { new RNN(3, 4, nonlinearity: "relu"), "RNN(3, 4)" },
        { new GRU(3, 4), "GRU(3, 4)" },
        { new RNNCell(1, 2, false, "relu"), "RNNCell(1, 2, bias=False, nonlinearity=relu)" },
        { new LSTMCell(1, 2), "LSTMCell(1, 2)" },
        { new MultiheadAttention(4, 2), "MultiheadAttention(\n  (out_proj): NonDynamicallyQuantizableLinear(in_features=4, out_features=4, bias=True)\n)" },
    };

    [Theory]
    [MemberData(nameof(Reprs))]
    public void Prints(Module module, string expected) => Assert.Equal(expected, module.ToString());
}
