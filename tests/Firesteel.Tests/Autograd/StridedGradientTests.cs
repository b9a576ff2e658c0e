namespace Firesteel.Tests.Autograd;

/// <summary>Strided views of leaves whose own elements overlap, or have gaps between them: first and second gradients of PyTorch 1.13.</summary>
public class StridedGradientTests
{
    private static Tensor Count(params long[] sizes) => Tensor.Arange(((Shape)sizes).NumElements, dtype: DType.Float32).Reshape(sizes) + 1;

    private static void Same(Tensor leaf, Func<Tensor, Tensor> view, float[] first, float[] second)
    {
        var x = leaf.Detach().RequiresGradInPlace();
        var y = view(x);
        Assert.True(y.SharesStorageWith(x));
        var g = Firesteel.Autograd.Grad([(y * y * Count(y.Shape.ToArray())).Sum()], [x], createGraph: true)[0]!;
        Near(first, g);
        Near(second, Firesteel.Autograd.Grad([(g * Count(g.Shape.ToArray())).Sum()], [x])[0]!);

        static void Near(float[] expected, Tensor actual)
        {
            var values = actual.ToArray<float>();
            Assert.Equal(expected.Length, values.Length);
            for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], values[i], 1e-4f);
        }
    }

    [Fact]
    public void RowsThatAreOneRow() => Same(Count(1, 3).Expand(4, 3), static x => x.AsStrided([2, 2], [1, 1], 0),
        [0.5f, 5, 6, 0.5f, 5, 6, 0.5f, 5, 6, 0.5f, 5, 6],
        [2.75f, 16.25f, 15, 2.75f, 16.25f, 15, 2.75f, 16.25f, 15, 2.75f, 16.25f, 15]);

    [Fact]
    public void WindowsThatShareElements()
    {
        var windows = Count(5).AsStrided([3, 3], [1, 1]);
        Same(windows, static x => x.AsStrided([2, 3], [2, 1], 0), [2, 4, 14, 4, 14, 20, 14, 20, 60], [2, 6, 23.333334f, 6, 23.333334f, 35, 23.333334f, 35, 108]);
        Same(windows, static x => x.AsStrided([4], [1], 1), [0, 2, 4, 2, 4, 12, 4, 12, 40], [0, 3, 6.6666665f, 3, 6.6666665f, 21, 6.6666665f, 21, 72]);
    }

    [Fact]
    public void ElementsWithGaps()
    {
        var sparse = Count(8).AsStrided([2, 2], [4, 2]);
        Same(sparse, static x => x.AsStrided([3], [1], 0), [2, 18, 0, 0], [2, 12, 0, 0]);
        Same(sparse, static x => x.AsStrided([2, 2], [2, 4], 0), [2, 18, 20, 56], [2, 12, 12, 32]);
    }
}
