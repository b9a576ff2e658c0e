using Firesteel.Nn;

namespace Firesteel.Tests.Nn.Layers;

/// <summary>Layers that pad and enlarge; PyTorch has <see cref="CircularPad1d"/> and its relatives since version 2, and their function before that.</summary>
public class PaddingTests
{
    private static Tensor Numbers(params long[] sizes) => Tensor.Arange((double)((Shape)sizes).NumElements).To(DType.Float32).Reshape(sizes);

    [Fact]
    public void Circles()
    {
        Assert.Equal([2f, 0, 1, 2, 0, 1], new CircularPad1d((1, 2)).Forward(Numbers(1, 1, 3)).ToArray<float>());
        var plane = new CircularPad2d([1, 2, 1, 0]).Forward(Numbers(1, 2, 4));
        Assert.Equal([1L, 3, 7], plane.Shape.ToArray());
        Assert.Equal([7f, 4, 5, 6, 7, 4, 5, 3, 0, 1, 2, 3, 0, 1, 7, 4, 5, 6, 7, 4, 5], plane.ToArray<float>());
        var volume = new CircularPad3d(1).Forward(Numbers(1, 1, 2, 3, 4));
        Assert.Equal([1L, 1, 4, 5, 6], volume.Shape.ToArray());
        // An element of the result is the one whose coordinates are the same up to the sizes.
        for (int d = 0; d < 4; d++)
            for (int h = 0; h < 5; h++)
                for (int w = 0; w < 6; w++)
                    Assert.Equal((d + 1) % 2 * 12 + (h + 2) % 3 * 4 + (w + 3) % 4, volume[0, 0, d, h, w].Item());
        Assert.Contains("wrapping around more than once", Assert.Throws<ArgumentException>(() => new CircularPad1d(4).Forward(Numbers(1, 1, 3))).Message);
        Assert.True(Firesteel.Autograd.Gradcheck(static x => new CircularPad2d([1, 2, 1, 0]).Forward(x[0]), [Numbers(1, 2, 4).To(DType.Float64).RequiresGradInPlace()]));
    }

    [Fact]
    public void Zeros()
    {
        Assert.Equal([0f, 0, 1, 2, 0], new ZeroPad1d((2, 1)).Forward(Numbers(1, 1, 2) + 1).ToArray<float>());
        Assert.Equal([1f, 2], new ZeroPad1d((-1, 0)).Forward(Numbers(1, 1, 3)).ToArray<float>());
        var volume = new ZeroPad3d([1, 0, 0, 1, 2, 0]).Forward(Numbers(1, 2, 3, 4) + 1);
        Assert.Equal([1L, 4, 4, 5], volume.Shape.ToArray());
        Assert.Equal(300, volume.Sum().Item());
        Assert.Equal(24, volume[0, 3, 2, 4].Item());
        Assert.Equal(0, volume[0, 3, 3, 4].Item());
        Assert.Contains("tuple of 6 ints", Assert.Throws<ArgumentException>(() => new ZeroPad3d((1, 2))).Message);
    }

    [Fact]
    public void Enlarging()
    {
        var x = Numbers(1, 1, 2, 4);
        var near = new UpsamplingNearest2d(scaleFactor: (1.5, 2)).Forward(x);
        Assert.Equal([0, 0, 1, 1, 2, 2, 3, 3, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7], near.ToArray<float>());
        var smooth = new UpsamplingBilinear2d(size: (3, 5)).Forward(x);
        Assert.Equal([0, 0.75f, 1.5f, 2.25f, 3, 2, 2.75f, 3.5f, 4.25f, 5, 4, 4.75f, 5.5f, 6.25f, 7], smooth.ToArray<float>());
        Assert.IsAssignableFrom<Upsample>(new UpsamplingBilinear2d(2));
    }

    [Fact]
    public void NormsOverVolumes()
    {
        // PyTorch has LPPool3d since version 2.3: the square root of the sum of squares of each block of two in every direction.
        var x = Numbers(1, 1, 2, 2, 4);
        var result = new LPPool3d(2, 2).Forward(x);
        Assert.Equal([1L, 1, 1, 1, 2], result.Shape.ToArray());
        double Norm(params double[] v) => Math.Sqrt(v.Sum(static e => e * e));
        Assert.Equal(Norm(0, 1, 4, 5, 8, 9, 12, 13), result[0, 0, 0, 0, 0].Item(), 1e-5);
        Assert.Equal(Norm(2, 3, 6, 7, 10, 11, 14, 15), result[0, 0, 0, 0, 1].Item(), 1e-5);
        Assert.Equal(4L, new LPPool3d(1, (1, 2, 2), stride: 1).Forward(Numbers(1, 3, 3, 3)).Shape.Length);
    }
}
