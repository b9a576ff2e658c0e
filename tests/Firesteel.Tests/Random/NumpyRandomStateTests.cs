using System.Runtime.InteropServices;
using Firesteel.Data;

namespace Firesteel.Tests;

/// <summary>Against numpy.random.RandomState of NumPy 1.24.2.</summary>
public class NumpyRandomStateTests
{
    private static void Close(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-15 * Math.Max(1, Math.Abs(expected[i])));
    }

    [Fact]
    public void RealNumbers()
    {
        var r = new NumpyRandomState(0);
        Close([0.5488135039273248, 0.7151893663724195, 0.6027633760716439, 0.5448831829968969], r.RandomSample(4));
        Close([1.8675579901499675, -0.977277879876411, 0.9500884175255894, -0.1513572082976979, -0.10321885179355784], r.StandardNormal(5));
        Close([3.231795505815117, 2.4321307134826338], r.Normal(2, 3, 2));
        Close([0.704133683281797, 1.776789914877983], r.Uniform(-1, 2, 2));
        Assert.Equal("6de14f928eb7729b", CpuRandomTests.Hash(MemoryMarshal.AsBytes<double>(new NumpyRandomState(5).RandomSample(1000)).ToArray())[..16]);
        Assert.Equal(33.81979692062542, new NumpyRandomState(5).StandardNormal(1001).Sum(), 1e-11);
    }

    [Fact]
    public void Integers()
    {
        var r = new NumpyRandomState(42);
        Assert.Equal([6, 3, 7, 4, 6, 9, 2, 6], r.Randint(0, 10, 8));
        Assert.Equal([4537253167, 7395928402, 4298312060, 2652062875], r.Randint(-5, 1L << 33, 4));
        Assert.Equal([1306710475, 2627030329, 2253811733], r.Randint(0, 1L << 32, 3));
        Assert.Equal([-9093021650171727125, -8797945320092860880, 457011847504225338], r.Randint(long.MinValue, long.MaxValue, 3));
        Assert.Equal([3, 3], r.Randint(3, 4, 2));
        Assert.Equal(0.3998609717152555, r.RandomSample(), 1e-16);
    }

    [Fact]
    public void Orders()
    {
        var r = new NumpyRandomState(0);
        long[] a = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
        r.Shuffle<long>(a);
        Assert.Equal([2, 8, 4, 9, 1, 6, 7, 3, 0, 5], a);
        Assert.Equal([3, 1, 2, 6, 5, 0, 4], r.Permutation(7));
        Assert.Equal([11, 1, 18, 17, 2, 12], r.Choice(20, 6, replace: false));
        Assert.Equal([3, 3, 3, 0, 1, 1], r.Choice(5, 6));
        Assert.Equal(1.5945605349914516, r.StandardNormal(), 1e-15);
        Assert.Equal("bbea4ffc946bfae4", CpuRandomTests.Hash(MemoryMarshal.AsBytes<long>(new NumpyRandomState(2021).Permutation(1000)).ToArray())[..16]);
        char[] letters = [.. "abcdefg"];
        new NumpyRandomState(3).Shuffle<char>(letters);
        Assert.Equal("egfdbac", new string(letters));
    }

    [Fact]
    public void Keys()
    {
        Close([0.6098612722867289, 0.8866970434146851, 0.47633673750662764], new NumpyRandomState([1u, 2u, 3u]).RandomSample(3));
        Close([0.867898393018711, 0.9148838731573538], new NumpyRandomState([.. Enumerable.Range(0, 700).Select(i => (uint)i)]).RandomSample(2));
        Close([0.0976320289940138, 0.9123828453026218], new NumpyRandomState(uint.MaxValue).RandomSample(2));
    }

    [Fact]
    public void BadArguments()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new NumpyRandomState(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NumpyRandomState(1L << 32));
        Assert.Throws<ArgumentException>(() => new NumpyRandomState([]));
        var r = new NumpyRandomState(0);
        Assert.Throws<ArgumentException>(() => r.Randint(3, 3));
        Assert.Throws<ArgumentException>(() => r.Choice(3, 4, replace: false));
        Assert.Throws<ArgumentException>(() => r.Choice(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => r.RandomSample(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => r.Normal(0, -1));
        Assert.Equal(0.5488135039273248, r.RandomSample(), 1e-16);
    }
}
