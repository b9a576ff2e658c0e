using Firesteel.Nn;

namespace Firesteel.Tests.Nn.Recurrent;

/// <summary>Recurrent layers with numbers of PyTorch 1.13: dropout between layers, packed batches, first states, and what is refused.</summary>
[Collection(Conformance.GeneratorCollection.Name)]
public class RecurrentTests
{
    private static T Seeded<T>(Func<T> make)
    {
        Rng.ManualSeed(5);
        return make();
    }

    private static void Near(float[] expected, Tensor actual)
    {
        var values = actual.ToArray<float>();
        Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], values[i], 2e-6f);
    }

    private static Tensor Sines(params long[] shape) => Tensor.Arange(1.0, shape.Aggregate(1L, static (a, b) => a * b) + 1).Sin().Reshape(shape);

    private static Tensor Cosines(params long[] shape) => Tensor.Arange(1.0, shape.Aggregate(1L, static (a, b) => a * b) + 1).Cos().Reshape(shape);

    private static PackedSequence Packed() => Rnn.PackPaddedSequence(Sines(4, 3, 3), [2, 4, 1], enforceSorted: false);

    [Fact]
    public void DropoutBetweenLayers()
    {
        var gru = Seeded(() => new GRU(2, 3, 2, dropout: 0.5));
        Rng.ManualSeed(7);
        var (output, h) = gru.Forward(Sines(3, 2, 2));
        Near([-0.112362437f, -0.26837942f, 0.172705233f, -0.123779908f, -0.15855597f, 0.155253261f, -0.184531987f, -0.258579612f, 0.195671707f, -0.202870935f, -0.0452424809f, 0.193271697f, -0.275170982f, -0.0974177271f, 0.244509369f, -0.218743131f, 0.0348612368f, 0.205110848f], output);
        Near([-0.296140105f, -0.322652847f, -0.216552019f, -0.134818658f, -0.432345569f, -0.268598229f, -0.275170982f, -0.0974177271f, 0.244509369f, -0.218743131f, 0.0348612368f, 0.205110848f], h);
        gru.Eval();
        Assert.Equal(gru.Forward(Sines(3, 2, 2)).Output.ToArray<float>(), gru.Forward(Sines(3, 2, 2)).Output.ToArray<float>());
    }

    [Fact]
    public void ProjectionInBothDirectionsWithBatchFirstAndStates()
    {
        var lstm = Seeded(() => new LSTM(2, 3, 2, dropout: 0.5, bidirectional: true, projSize: 2, batchFirst: true));
        Rng.ManualSeed(7);
        var (output, (h, c)) = lstm.Forward(Sines(3, 2, 2), (Tensor.Ones(4, 3, 2), -Tensor.Ones(4, 3, 3)));
        Assert.Equal([3L, 2, 4], output.Shape.ToArray());
        Near([0.0120778605f, 0.186449096f, -0.00916923955f, -0.0215692054f, 0.0289265048f, 0.199304596f, -0.0399925932f, -0.0960542187f, 0.017259378f, 0.201179937f, -0.00743008545f, -0.0246325489f, 0.0253195837f, 0.189438865f, -0.0322523229f, -0.10567864f, 0.0172489006f, 0.197300538f, -0.000830212201f, -0.0179727133f, 0.017117044f, 0.165955693f, -0.0211155657f, -0.0870079845f], output);
        Near([0.116540842f, 0.110721134f, 0.0883453041f, 0.0978340209f, -0.00348693714f, 0.0427999869f, 0.0858147889f, -0.0231046136f, 0.00146631105f, 0.0112849884f, 0.0339952223f, 0.01053546f, 0.0289265048f, 0.199304596f, 0.0253195837f, 0.189438865f, 0.017117044f, 0.165955693f, -0.00916923955f, -0.0215692054f, -0.00743008545f, -0.0246325489f, -0.000830212201f, -0.0179727133f], h);
        Near([0.0415295064f, 0.20213443f, 0.268329591f, 0.0882428885f, 0.23047471f, 0.175512135f, 0.235722214f, 0.114153787f, -0.0608097315f, -0.454342782f, -0.0581512228f, -0.317384541f, 0.0133874714f, 0.0984726697f, -0.0885064602f, -0.167641461f, -0.0365837365f, -0.168819383f, -0.993967772f, -0.546713352f, -0.566564262f, -0.975210071f, -0.560562372f, -0.560382068f, -0.970823884f, -0.521106482f, -0.585567474f, -0.181544036f, -0.0564236939f, -0.122866839f, -0.202375606f, -0.0628194362f, -0.118316673f, -0.204840004f, -0.0197348297f, -0.0819806084f], c);
    }

    [Fact]
    public void PackedRnnInBothDirections()
    {
        var rnn = Seeded(() => new RNN(3, 2, 2, bidirectional: true));
        var (output, h) = rnn.Forward(Packed(), Cosines(4, 3, 2));
        Near([-0.00302824192f, 0.597282052f, 0.127290502f, 0.534502268f, -0.332722038f, -0.327569455f, -0.221003011f, 0.701051533f, -0.898064911f, 0.759323955f, 0.668270946f, 0.302544743f, -0.721566379f, 0.422287554f, 0.160767674f, 0.674270809f, -0.61371845f, 0.302019924f, 0.440861404f, 0.622314513f, 0, 0, 0, 0, 0, 0, 0, 0, -0.774277091f, 0.298400015f, 0.252295852f, 0.471310347f, 0, 0, 0, 0, 0, 0, 0, 0, -0.939429939f, 0.674219012f, 0.862455666f, 0.120971084f, 0, 0, 0, 0], Rnn.PadPackedSequence(output).Output);
        Near([0.000107429922f, 0.505232811f, -0.0347962193f, 0.494813114f, -0.239796788f, 0.898056626f, 0.892448783f, -0.785725176f, 0.56699723f, -0.734722972f, 0.769085109f, -0.220652238f, -0.721566379f, 0.422287554f, -0.939429939f, 0.674219012f, -0.898064911f, 0.759323955f, 0.127290502f, 0.534502268f, -0.221003011f, 0.701051533f, 0.668270946f, 0.302544743f], h);
        (output.Data * Cosines(output.Data.Shape.ToArray())).Sum().Backward();
        Near([-0.620620549f, 0.757326066f, -0.355775952f, -0.113521047f], rnn.GetParameter("weight_hh_l0_reverse").Grad!);
    }

    [Fact]
    public void PackedGruInBothDirections()
    {
        var gru = Seeded(() => new GRU(3, 2, 2, bidirectional: true));
        var (output, h) = gru.Forward(Packed(), Cosines(4, 3, 2));
        Near([-0.354847252f, 0.314830422f, 0.190756649f, -0.214691401f, -0.544625223f, 0.122912228f, 0.286622673f, -0.474335521f, -0.634122372f, 0.377190888f, -0.453679413f, 0.113509148f, -0.446184397f, 0.326588511f, 0.487989843f, 0.0324621797f, -0.542605877f, 0.281111091f, 0.149259284f, -0.375370473f, 0, 0, 0, 0, 0, 0, 0, 0, -0.442109644f, 0.402729571f, 0.0760928243f, -0.34770447f, 0, 0, 0, 0, 0, 0, 0, 0, -0.486637861f, 0.395882547f, -0.225420222f, -0.443087786f, 0, 0, 0, 0], Rnn.PadPackedSequence(output).Output);
        Near([0.325355947f, -0.371602297f, 0.64340657f, 0.00443840027f, 0.462171167f, 0.906725943f, 0.361449569f, 0.220765963f, -0.207374394f, 0.489386082f, 0.164539218f, 0.646415591f, -0.446184397f, 0.326588511f, -0.486637861f, 0.395882547f, -0.634122372f, 0.377190888f, 0.190756649f, -0.214691401f, 0.286622673f, -0.474335521f, -0.453679413f, 0.113509148f], h);
        (output.Data * Cosines(output.Data.Shape.ToArray())).Sum().Backward();
        Near([-0.0154696833f, 0.00232979655f, 0.00299143209f, -0.0018357666f, 0.201486081f, 0.303960532f, 0.0119982362f, 0.0214745477f, -0.378627479f, -0.0659183115f, -0.00755738001f, -0.0665686503f], gru.GetParameter("weight_hh_l0_reverse").Grad!);
    }

    [Fact]
    public void PackedLstmWithDropout()
    {
        var lstm = Seeded(() => new LSTM(3, 2, 2, dropout: 0.5));
        Rng.ManualSeed(7);
        var (output, (h, c)) = lstm.Forward(Packed());
        Near([-0.118296973f, -0.076816462f, -0.0613407716f, -0.0732182041f, -0.0613407716f, -0.0732182041f, -0.160158873f, -0.116702631f, -0.0886273086f, -0.114775926f, -0.118012786f, -0.12628983f, -0.159951627f, -0.14931719f], output.Data);
        Near([0.137144893f, 0.0273475107f, 0.424165756f, 0.131992504f, 0.164817169f, 0.180850983f, -0.0886273086f, -0.114775926f, -0.159951627f, -0.14931719f, -0.0613407716f, -0.0732182041f], h);
        Near([0.2222386f, 0.0359826535f, 0.541618705f, 0.206865922f, 0.215639099f, 0.446002692f, -0.348270059f, -0.355435431f, -0.524942517f, -0.362185478f, -0.237388447f, -0.227365181f], c);
    }

    [Fact]
    public void APackedBatchGivesEverySequenceWhatItGetsAlone()
    {
        var lstm = Seeded(() => new LSTM(3, 4, 2, bidirectional: true)).Double();
        var x = Sines(5, 4, 3).Double();
        long[] lengths = [3, 5, 1, 5];
        var (packed, (h, c)) = lstm.Forward(Rnn.PackPaddedSequence(x, lengths, enforceSorted: false));
        var sequences = Rnn.UnpackSequence(packed);
        for (int i = 0; i < lengths.Length; i++)
        {
            var (alone, (hAlone, cAlone)) = lstm.Forward(x.Select(1, i)[..(int)lengths[i]]);
            Assert.True(alone.Allclose(sequences[i], 1e-12, 1e-12), $"sequence {i}");
            Assert.True(hAlone.Allclose(h.Select(1, i), 1e-12, 1e-12) && cAlone.Allclose(c.Select(1, i), 1e-12, 1e-12), $"states of sequence {i}");
        }
    }

    [Fact]
    public void CellsAreStepsOfLayers()
    {
        var layer = Seeded(() => new LSTM(3, 4));
        var cell = new LSTMCell(3, 4);
        foreach (var (mine, theirs) in cell.Parameters().Zip(layer.Parameters())) mine.Data = theirs;
        var x = Sines(3, 2, 3);
        var (output, (h, c)) = layer.Forward(x);
        (Tensor H, Tensor C)? state = null;
        for (int t = 0; t < 3; t++)
        {
            state = cell.Forward(x.Select(0, t), state);
            Near(output.Select(0, t).ToArray<float>(), state.Value.H);
        }
        Near(h.ToArray<float>(), state!.Value.H);
        Near(c.ToArray<float>(), state.Value.C);
    }

    [Theory]
    [InlineData("RNN")]
    [InlineData("LSTM")]
    [InlineData("GRU")]
    public void SecondDerivatives(string kind)
    {
        var (recurrence, layer) = kind switch
        {
            "RNN" => ((Recurrence)ElmanRecurrence.Tanh, (RNNBase)Seeded(() => new RNN(2, 2))),
            "LSTM" => (LstmRecurrence.Instance, Seeded(() => new LSTM(2, 3, projSize: 2))),
            _ => (GruRecurrence.Instance, Seeded(() => new GRU(2, 2))),
        };
        // x, the first states, and the weights in their order.
        var inputs = layer.Double().Parameters().Select(static p => p.Detach()).Prepend(Cosines(1, kind == "LSTM" ? 3 : 2).Double()).Prepend(Sines(1, 2).Double()).Prepend(Sines(3, 1, 2).Double()).ToArray();
        foreach (var input in inputs) input.RequiresGrad = true;

        Tensor Output(Tensor[] values)
        {
            var state = new RecurrentState(values[1], kind == "LSTM" ? values[2] : null);
            var weights = new RecurrentWeights(values[3], values[4], values[5], values[6], values.Length > 7 ? values[7] : null);
            return recurrence.Run(values[0], null, [state], [weights], 1, 0).Output + (kind == "LSTM" ? 0 : values[2]);
        }

        Assert.True(Firesteel.Autograd.Gradcheck(Output, inputs));
        Assert.True(Firesteel.Autograd.Gradgradcheck(Output, inputs));
    }

    [Fact]
    public void CallAndHooksSeeTheOutput()
    {
        var gru = new GRU(2, 3);
        Shape? seen = null;
        using (gru.RegisterForwardHook((_, _, output) =>
        {
            seen = output.Shape;
            return null;
        })) gru.Forward(Tensor.Zeros(5, 1, 2));
        Assert.Equal([5L, 1, 3], seen!.ToArray());
        Assert.Equal([4L, 3], new Sequential(new GRUCell(2, 3), new RNNCell(3, 3)).Forward(Tensor.Zeros(4, 2)).Shape.ToArray());
    }

    [Fact]
    public void BadArgumentsAreRefused()
    {
        Assert.Throws<ArgumentException>(() => new LSTM(2, 3, projSize: 3));
        Assert.Throws<ArgumentException>(() => new LSTM(2, 3, projSize: -1));
        Assert.Throws<ArgumentException>(() => new GRU(2, 3, dropout: 1.5));
        Assert.Throws<ArgumentException>(() => new GRU(2, 0));
        Assert.Throws<ArgumentException>(() => new GRU(2, 3, numLayers: 0));
        Assert.Throws<ArgumentException>(() => new RNN(2, 3, nonlinearity: "gelu"));
        Assert.Throws<ArgumentException>(() => new RNNCell(2, 3, nonlinearity: "gelu"));

        var gru = new GRU(2, 3);
        Assert.Contains("Expected 2, got 4", Assert.Throws<ArgumentException>(() => gru.Forward(Tensor.Zeros(5, 1, 4))).Message);
        Assert.Contains("(in GRU(2, 3))", Assert.Throws<ArgumentException>(() => gru.Forward(Tensor.Zeros(5, 1, 4))).Message);
        Assert.Contains("sequence length", Assert.Throws<ArgumentException>(() => gru.Forward(Tensor.Zeros(0, 1, 2))).Message);
        Assert.Contains("2-D or 3-D", Assert.Throws<ArgumentException>(() => gru.Forward(Tensor.Zeros(2))).Message);
        Assert.Contains("Expected hidden size [1, 4, 3], got [1, 5, 3]", Assert.Throws<ArgumentException>(() => gru.Forward(Tensor.Zeros(5, 4, 2), Tensor.Zeros(1, 5, 3))).Message);
        Assert.Contains("also be 3-D", Assert.Throws<ArgumentException>(() => gru.Forward(Tensor.Zeros(5, 4, 2), Tensor.Zeros(4, 3))).Message);
        Assert.Contains("also be 2-D", Assert.Throws<ArgumentException>(() => gru.Forward(Tensor.Zeros(5, 2), Tensor.Zeros(1, 1, 3))).Message);
        Assert.Contains("Expected hidden[1] size [1, 4, 3]", Assert.Throws<ArgumentException>(() => new LSTM(2, 3).Forward(Tensor.Zeros(5, 4, 2), (Tensor.Zeros(1, 4, 3), Tensor.Zeros(1, 4, 2)))).Message);
        Assert.Contains("Expected hidden size [1, 3, 3]", Assert.Throws<ArgumentException>(() => new GRU(3, 3).Forward(Packed(), Tensor.Zeros(1, 2, 3))).Message);
        Assert.Contains("dtype", Assert.Throws<ArgumentException>(() => gru.Forward(Tensor.Zeros([5, 4, 2], DType.Float64))).Message);

        var cell = new GRUCell(2, 3);
        Assert.Contains("got 4, expected 2", Assert.Throws<ArgumentException>(() => cell.Forward(Tensor.Zeros(1, 4))).Message);
        Assert.Contains("1-D or 2-D", Assert.Throws<ArgumentException>(() => cell.Forward(Tensor.Zeros(1, 1, 2))).Message);
        Assert.Contains("Input batch size 1 doesn't match", Assert.Throws<ArgumentException>(() => cell.Forward(Tensor.Zeros(1, 2), Tensor.Zeros(2, 3))).Message);
        Assert.Contains("inconsistent hidden_size", Assert.Throws<ArgumentException>(() => cell.Forward(Tensor.Zeros(1, 2), Tensor.Zeros(1, 2))).Message);
    }
}
