using Firesteel.Data;

namespace Firesteel.Tests;

/// <summary>Against sklearn.datasets of scikit-learn 1.2.1.</summary>
public class DatasetsTests
{
    private static void Check((double[,] X, long[] Y) actual, double[] x, long[] y)
    {
        Assert.Equal(y, actual.Y);
        Assert.Equal((y.Length, 2), (actual.X.GetLength(0), actual.X.GetLength(1)));
        for (int i = 0; i < x.Length; i++) Assert.Equal(x[i], actual.X[i / 2, i % 2], 4e-16);
    }

    [Fact]
    public void MoonsWithoutNoise()
    {
        Check(
            Datasets.MakeMoons(7, randomState: 0),
            [2.0, 0.4999999999999999, -1.0, 1.2246467991473532e-16, 6.123233995736766e-17, 1.0, 0.0, 0.5, 1.0, 0.0, 1.4999999999999998, -0.3660254037844387, 0.4999999999999999, -0.3660254037844386],
            [1, 0, 0, 1, 0, 1, 1]);
        Check(Datasets.MakeMoons(5, shuffle: false), [1.0, 0.0, -1.0, 1.2246467991473532e-16, 0.0, 0.5, 0.9999999999999999, -0.5, 2.0, 0.4999999999999999], [0, 0, 1, 1, 1]);
        Check(Datasets.MakeMoons(1, shuffle: false), [0.0, 0.5], [1]);
        Check(Datasets.MakeMoons(2, shuffle: false), [1.0, 0.0, 0.0, 0.5], [0, 1]);
        Check(Datasets.MakeMoons(0), [], []);
    }

    [Fact]
    public void MoonsWithNoise()
    {
        Check(
            Datasets.MakeMoons(6, noise: 0.1, randomState: 42),
            [0.8888119881953079, 0.03189021846893834, 0.027904129220013833, 1.1010515284806526, 1.9419121865976485, 0.4474830192821851, -1.057138016575414, -0.09240828377471037, 0.7387450987306398, -0.4049630317603097, 0.08164450809513274, 0.3476124002384139],
            [0, 0, 1, 0, 1, 1]);
        var (x, y) = Datasets.MakeMoons(1000, noise: 0.2, randomState: 2021);
        double[] first = [.. Enumerable.Range(0, 1000).Select(i => x[i, 0])];
        Assert.Equal(497.1808324785438, first.Sum(), 1e-10);
        Assert.Equal(247.15353253977707, Enumerable.Range(0, 1000).Sum(i => x[i, 1]), 1e-10);
        Assert.Equal(498.8181245307944, first.Zip(y, (a, b) => a * b).Sum(), 1e-10);
        Assert.Equal("00101011110101100101", string.Concat(y[..20]));
    }

    [Fact]
    public void MoonsAreNewWithoutASeed() => Assert.NotEqual(Datasets.MakeMoons(50).X.Cast<double>(), Datasets.MakeMoons(50).X.Cast<double>());

    [Fact]
    public void BadArguments()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Datasets.MakeMoons(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Datasets.MakeMoons(5, noise: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Datasets.MakeMoons(5, randomState: -1));
    }
}
