using Firesteel.Nn;

namespace Firesteel.Tests.Nn;

/// <summary>Numbers of PyTorch 1.13 with the same seeds.</summary>
[Collection(Conformance.GeneratorCollection.Name)]
public class InitTests
{
    private static float[] Seeded(Func<Tensor, Tensor> fill, params long[] size)
    {
        Rng.ManualSeed(7);
        return fill(Tensor.Empty(size)).ToArray<float>();
    }

    private static void Near(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 2e-6f);
    }

    [Fact]
    public void LinearDrawsWeightThenBias()
    {
        Rng.ManualSeed(2021);
        var layer = new Linear(3, 2);
        Assert.Equal([-0.42673224210739136f, 0.015458003617823124f, 0.2800808250904083f, 0.24928711354732513f, 0.08137357234954834f, -0.3865088224411011f], layer.Weight.ToArray<float>());
        Assert.Equal([-0.5261865854263306f, 0.5343621373176575f], layer.Bias!.ToArray<float>());
        Rng.ManualSeed(2021);
        layer = new Linear(4, 5);
        Assert.Equal(0.24048268795013428f, layer.Weight.ToArray<float>()[^1]);
        Assert.Equal(-0.1266261339187622f, layer.Bias!.ToArray<float>()[^1]);
    }

    [Fact]
    public void XavierAndKaiming()
    {
        Assert.Equal([0.1293279528617859f, -1.1154162883758545f, 0.5896055698394775f], Seeded(w => Init.XavierUniformInPlace(w, 2), 3, 4)[..3]);
        Assert.Equal([0.09877585619688034f, -0.8519132137298584f, 0.45031866431236267f], Seeded(w => Init.KaimingUniformInPlace(w, mode: "fan_out", nonlinearity: "relu"), 3, 4)[..3]);
        Near([-0.0784652829170227f, 0.42021021246910095f, 0.5060974359512329f], Seeded(w => Init.XavierNormalInPlace(w), 3, 4)[..3]);
        Near([-0.10379981249570847f, 0.5558858513832092f, 0.6695039868354797f], Seeded(w => Init.KaimingNormalInPlace(w), 3, 4)[..3]);
    }

    [Fact]
    public void TruncatedNormal() =>
        Near([0.2366817146539688f, -0.21608354151248932f, 0.41183626651763916f, 0.40846386551856995f, -0.16987407207489014f, 0.08787838369607925f, -0.2047736793756485f, 0.369347482919693f, 0.007972742430865765f, 0.7130722403526306f, 0.7194151878356934f, 0.2587341368198395f],
            Seeded(w => Init.TruncNormalInPlace(w, a: -.5, b: 1), 3, 4));

    [Fact]
    public void OrthogonalInBothOrientations()
    {
        Near([-0.17615342140197754f, 0.9433656930923462f, 1.136181354522705f, -1.337207317352295f, 1.8680607080459595f, -0.17058271169662476f, 0.6647502779960632f, 0.19839107990264893f, -0.38231462240219116f, -1.728572130203247f, 0.7815285325050354f, -0.5050612688064575f],
            Seeded(w => Init.OrthogonalInPlace(w, 2), 3, 4));
        Near([-0.07430160045623779f, 0.5155433416366577f, 0.4792414903640747f, -0.2752968966960907f, 0.8558072447776794f, 0.3526333272457123f, -0.18000251054763794f, 0.7308053970336914f],
            Seeded(w => Init.OrthogonalInPlace(w), 4, 2));
    }

    [Fact]
    public void SparseDiracEyeConstant()
    {
        Near([0, 0, 0, 0, 0, -0.8948279023170471f, 0, 0, 0.13817265629768372f, 0, 0.317678302526474f, 0.13280697166919708f], Seeded(w => Init.SparseInPlace(w, 0.5, 1), 3, 4));
        Assert.Equal([0f, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0], Init.DiracInPlace(Tensor.Ones(4, 2, 3), 2).ToArray<float>());
        Assert.Equal([1f, 0, 0, 0, 1, 0], Init.EyeInPlace(Tensor.Ones(2, 3)).ToArray<float>());
        Assert.Equal([2.5f, 2.5f], Init.ConstantInPlace(new Parameter(Tensor.Zeros(2)), 2.5).ToArray<float>());
    }

    [Fact]
    public void BadInputIsRefused()
    {
        Assert.Throws<ArgumentException>(() => Init.XavierUniformInPlace(Tensor.Zeros(3)));
        Assert.Throws<ArgumentException>(() => Init.KaimingNormalInPlace(Tensor.Zeros(3, 3), mode: "fan"));
        Assert.Throws<ArgumentException>(() => Init.CalculateGain("gelu"));
        Assert.Throws<ArgumentException>(() => Init.DiracInPlace(Tensor.Zeros(3, 2, 2), 2));
        Assert.Throws<ArgumentException>(() => Init.EyeInPlace(Tensor.Zeros(3)));
        Assert.Equal(Math.Sqrt(2 / 1.04), Init.CalculateGain("leaky_relu", 0.2));
    }
}
