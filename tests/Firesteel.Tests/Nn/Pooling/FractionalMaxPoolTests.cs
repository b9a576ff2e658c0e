using Firesteel.Nn;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Nn.Pooling;

/// <summary>Numbers of PyTorch 1.13.</summary>
[Collection(Conformance.GeneratorCollection.Name)]
public class FractionalMaxPoolTests
{
    private static Tensor Input(params long[] sizes) => Tensor.Arange((double)((Shape)sizes).NumElements).To(DType.Float32).Reshape(sizes).Mul(0.37).Sin();

    private static Tensor Samples() => Tensor.From([0.3f, 0.8f, 0.6f, 0.1f]).Reshape(1, 2, 2);

    private static void Near(float[] expected, Tensor actual, float tolerance = 1e-5f)
    {
        var values = actual.ToArray<float>();
        Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], values[i], tolerance);
    }

    [Fact]
    public void PlacesThatAreGiven()
    {
        var pool = new FractionalMaxPool2d((2, 3), outputSize: (3, 4), randomSamples: Samples());
        var (output, indices) = pool.ForwardWithIndices(Input(1, 2, 7, 8));
        Near([0.674287915f, 0.995880842f, 0.995880842f, 0.96127522f, 0.518228114f, 0.898708165f, 0.996475637f, 0.996475637f, 0.788251936f, 0.380598903f, 0.689243674f, 0.997526288f, 0.955440164f, 0.784040272f, 0.386892676f, 0.907485545f, 0.997982144f, 0.953406692f, 0.500636518f, 0.69905287f, 0.998754919f, 0.998754919f, 0.949206471f, 0.488790363f], output);
        Assert.Equal([2, 4, 4, 5, 24, 20, 21, 21, 40, 52, 53, 55, 0, 1, 13, 15, 16, 17, 19, 31, 50, 50, 51, 53], indices.ToArray<long>());
        Assert.Equal(output.ToArray<float>(), pool.Forward(Input(1, 2, 7, 8)).ToArray<float>());
        Assert.Equal(["_random_samples"], pool.StateDict().Keys);
    }

    [Fact]
    public void PlacesThatAreDrawn()
    {
        var pool = new FractionalMaxPool2d(2, outputRatio: (0.5, 0.75));
        Rng.ManualSeed(5);
        var (output, indices) = pool.ForwardWithIndices(Input(2, 7, 8));
        Assert.Equal([2L, 3, 6], output.Shape.ToArray());
        Near([0.361615449f, 0.895698667f, 0.995880842f, 0.995880842f, 0.96127522f, 0.796565473f, 0.518228114f, 0.679304779f, 0.898708165f, 0.996475637f, 0.996475637f, 0.959374726f, 0.788251936f, 0.167174667f, 0.380598903f, 0.689243674f, 0.904601395f, 0.997526288f, 0.955440164f, 0.784040272f, 0.506523132f, 0.160452083f, 0.386892676f, 0.907485545f, 0.997982144f, 0.953406692f, 0.779791594f, 0.500636518f, 0.153721109f, 0.69905287f, 0.913127303f, 0.998754919f, 0.998754919f, 0.949206471f, 0.77118814f, 0.399424285f], output);
        Assert.Equal([1, 3, 4, 4, 5, 6, 24, 19, 20, 21, 21, 22, 40, 42, 52, 53, 54, 55, 0, 1, 2, 3, 13, 15, 16, 17, 18, 19, 20, 31, 49, 50, 50, 51, 52, 47], indices.ToArray<long>());
        Assert.Empty(pool.StateDict());
        Rng.ManualSeed(5);
        Near([0.901675999f, 0.997024119f, 0.995880842f, 0.901675999f, 0.997024119f, 0.788251936f, 0.997526288f, 0.996475637f, 0.959374726f, 0.901675999f, 0.997024119f, 0.907485545f, 0.997982144f, 0.997024119f, 0.907485545f, 0.997526288f, 0.955440164f, 0.998391688f, 0.951328993f, 0.999071717f, 0.947039902f, 0.482836455f, 0.913127303f, 0.998754919f, 0.918597877f, 0.999341965f, 0.762439013f], new FractionalMaxPool3d(2, outputSize: 3).Forward(Input(1, 1, 5, 5, 6)));
    }

    [Fact]
    public void Gradients()
    {
        var x = Input(1, 2, 7, 8).To(DType.Float64).Detach().RequiresGradInPlace();
        Assert.True(Firesteel.Autograd.Gradcheck(static x => F.FractionalMaxPool2d(x[0], 2, outputRatio: 0.5, randomSamples: Samples()), [x]));
    }

    [Fact]
    public void SizeOrRatio()
    {
        Assert.Contains("either an output_size or an output_ratio", Assert.Throws<ArgumentException>(() => new FractionalMaxPool2d(2)).Message);
        Assert.Contains("only one of", Assert.Throws<ArgumentException>(() => new FractionalMaxPool3d(2, 3, 0.5)).Message);
        Assert.Contains("between 0 and 1 (got (0.5, 1.0))", Assert.Throws<ArgumentException>(() => new FractionalMaxPool2d(2, outputRatio: (0.5, 1))).Message);
        Assert.Contains("output_ratio must be one number or a list of 3", Assert.Throws<ArgumentException>(() => new FractionalMaxPool3d(2, outputRatio: (0.5, 0.5))).Message);
        Assert.Contains("pool size 2 and output size 7", Assert.Throws<ArgumentException>(() => new FractionalMaxPool2d(2, 7).Forward(Input(1, 1, 7, 7))).Message);
        Assert.Contains("(in FractionalMaxPool2d())", Assert.Throws<ArgumentException>(() => new FractionalMaxPool2d(2, 3, randomSamples: Samples()).Forward(Input(1, 1, 7, 7))).Message);
    }
}
