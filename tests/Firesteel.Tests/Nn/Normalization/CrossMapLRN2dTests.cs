using Firesteel.Nn;

namespace Firesteel.Tests.Nn.Normalization;

/// <summary>Numbers of PyTorch 1.13.</summary>
public class CrossMapLRN2dTests
{
    private static Tensor Input(long channels, DType dtype = DType.Float32) => Tensor.Arange(4.0 * channels).To(dtype).Reshape(2, channels, 1, 2).Mul(0.37).Sin().Mul(3);

    private static void Near(float[] expected, Tensor actual, float tolerance = 1e-5f)
    {
        var values = actual.ToArray<float>();
        Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], values[i], tolerance);
    }

    [Fact]
    public void WindowThatHoldsAllChannels()
    {
        var x = Input(3).RequiresGradInPlace();
        var output = new CrossMapLRN2d(5, alpha: 0.5, beta: 0.6, k: 1.5).Forward(x);
        Near([0, 0.542773962f, 1.09019578f, 1.34441698f, 1.61015046f, 1.44284534f, 1.43008399f, 0.940195262f, 0.324226707f, -0.33602792f, -0.951221585f, -1.43648803f], output);
        // The gradient of the formula in PyTorch. (The layer's own backward of PyTorch 1.13 is none: its gradcheck fails.)
        (output * (Tensor.Arange(12, dtype: DType.Float32) + 1).Reshape(2, 3, 1, 2)).Sum().Backward();
        Near([0.538936794f, 0.379976511f, 0.635946333f, 0.463932335f, 1.24600983f, 1.35202467f, 3.88863564f, 5.8315444f, 5.31782532f, 5.60609579f, 6.78264236f, 5.57642078f], x.Grad!);
    }

    public static TheoryData<int, int, float[]> Narrow => new()
    {
        { 3, 7, [0, 0.5727548f, 0.927237153f, 1.12220931f, 1.19251072f, 1.13984275f, 1.04199529f, 0.735510468f, 0.284734994f, -0.283766717f, -0.76797545f, -1.01593101f, -1.40835261f, -1.27241385f, -1.41825914f, -1.26066566f, -0.541856825f, 0.010873544f, 0.460143298f, 0.84310478f, 0.970455885f, 1.09964013f, 1.01399004f, 0.945563734f, 0.627609134f, 0.242315814f, -0.292097718f, -0.895909786f] },
        { 4, 7, [0, 0.618696451f, 1.02063203f, 1.24819529f, 1.33246756f, 1.27482903f, 1.15359414f, 0.807582438f, 0.307780713f, -0.308474213f, -0.839800715f, -1.12847698f, -1.53830504f, -1.41222787f, -1.5313164f, -1.32304561f, -0.588488936f, 0.0117329061f, 0.511902511f, 0.938674569f, 1.09453106f, 1.23794937f, 1.14564633f, 1.05689907f, 0.7004866f, 0.266294569f, -0.317799449f, -0.959730804f] },
        { 1, 4, [0, 0.697387695f, 0.946507871f, 0.945841193f, 1.02340972f, 0.960682333f, 0.988394737f, 0.764668584f, 0.401652604f, -0.414875954f, -0.837382436f, -0.968694746f, -1.00416529f, -1.00740969f, -0.99215126f, -0.91974479f] },
    };

    /// <summary>The first channel stays in the sum of all others.</summary>
    [Theory]
    [MemberData(nameof(Narrow))]
    public void NarrowWindows(int size, int channels, float[] expected) => Near(expected, new CrossMapLRN2d(size, alpha: 0.5, beta: 0.6, k: 1.5).Forward(Input(channels)));

    [Fact]
    public void Gradients()
    {
        var x = Input(5, DType.Float64).RequiresGradInPlace();
        Assert.True(Firesteel.Autograd.Gradcheck(static x => new CrossMapLRN2d(3, alpha: 0.5).Forward(x[0]), [x]));
        Assert.True(Firesteel.Autograd.Gradgradcheck(static x => new CrossMapLRN2d(3, alpha: 0.5).Forward(x[0]), [x]));
    }

    [Fact]
    public void OtherInputsAreRefused()
    {
        Assert.Contains("expected 4D input (got 3D input [2, 3, 4])", Assert.Throws<ArgumentException>(() => new CrossMapLRN2d(3).Forward(Tensor.Ones(2, 3, 4))).Message);
        Assert.Contains("got 0", Assert.Throws<ArgumentException>(() => new CrossMapLRN2d(0)).Message);
        Assert.Equal([2L, 0, 1, 1], new CrossMapLRN2d(3).Forward(Tensor.Ones(2, 0, 1, 1)).Shape.ToArray());
    }
}
