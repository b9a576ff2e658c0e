namespace Firesteel.Tests;

/// <summary>Seeds, states and copies, against torch.Generator.</summary>
public class GeneratorTests
{
    private static float[] Rand(Generator g, int n) =>
        [.. new RandomBuffer(DType.Float32, [n]).Draw(Distribution.Uniform, g, 0, 1).Values().Select(v => (float)v)];

    private static string StateHash(Generator g) => CpuRandomTests.Hash(g.GetState())[..16];

    [Fact]
    public void ANewGeneratorHasPyTorchsSeed()
    {
        var g = new Generator();
        Assert.Equal(67280421310721UL, g.InitialSeed());
        Assert.Equal("7dbca2abd059af5d", StateHash(g));
        Assert.Equal([0.26729524f, 0.8725283f, 0.33528882f], Rand(g, 3));
    }

    [Fact]
    public void SeedsOfEverySize()
    {
        var g = new Generator();
        float[] of123 = [0.29611194f, 0.5165623f, 0.25167072f];
        Assert.Same(g, g.ManualSeed(123));
        Assert.Equal(of123, Rand(g, 3));
        Assert.Equal(of123, Rand(g.ManualSeed((1L << 40) + 123), 3));
        Assert.Equal(1099511627899UL, g.InitialSeed());
        Assert.Equal([0.9308151f, 0.6607242f, 0.98076886f], Rand(g.ManualSeed(-5), 3));
        Assert.Equal(18446744073709551611UL, g.InitialSeed());
        Assert.Equal([0.9937994f, 0.57130635f, 0.57000804f], Rand(g.ManualSeed(ulong.MaxValue), 3));
    }

    [Fact]
    public void StatesAreTheBytesOfPyTorch()
    {
        var g = new Generator().ManualSeed(5);
        Assert.Equal("f4ef6f460154679c", StateHash(g));
        Rand(g, 700);
        Assert.Equal("4813909976d4960b", StateHash(g));
        Rand(g.ManualSeed(5), 624); // a block exactly
        Assert.Equal("7447755f70b7c178", StateHash(g));
        new RandomBuffer(DType.Float32, [1]).Draw(Distribution.Normal, g.ManualSeed(5), 0, 1); // with the second of the pair
        Assert.Equal("35adce56ae19b58b", StateHash(g));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(623)]
    [InlineData(624)]
    [InlineData(625)]
    [InlineData(2000)]
    public void AStateGoesOnWhereItWasTaken(int drawn)
    {
        var g = new Generator().ManualSeed(99);
        Rand(g, drawn);
        new RandomBuffer(DType.Float64, [3]).Draw(Distribution.Normal, g, 0, 1);
        byte[] state = g.GetState();
        var clone = g.Clone();
        double[] Next(Generator from) => new RandomBuffer(DType.Float64, [15]).Draw(Distribution.Normal, from, 0, 1).Values();
        double[] expected = Next(g);
        Assert.NotEqual(expected, Next(g));
        Assert.Equal(expected, Next(clone));
        var other = new Generator();
        other.SetState(state);
        Assert.Equal(99UL, other.InitialSeed());
        Assert.Equal(state, other.GetState());
        Assert.Equal(expected, Next(other));
    }

    [Fact]
    public void StatesThatAreNoneAreRefused()
    {
        var g = new Generator().ManualSeed(1);
        Rand(g, 10);
        byte[] good = g.GetState();
        Refuse(good[..5055]);
        Refuse([]);
        Refuse(With(8, 0)); // left
        Refuse(With(9, 100));
        Refuse(With(12, 0)); // seeded
        Refuse(With(16, 255)); // next does not go with left
        Refuse(With(20, 1));
        Assert.Equal(good, g.GetState());

        byte[] With(int at, byte value)
        {
            byte[] bytes = [.. good];
            bytes[at] = value;
            return bytes;
        }

        void Refuse(byte[] state) => Assert.Throws<ArgumentException>(() => g.SetState(state));
    }

    [Fact]
    public void SeedIsFreshAndReturned()
    {
        var g = new Generator();
        ulong a = g.Seed();
        Assert.Equal(a, g.InitialSeed());
        Assert.NotEqual(a, g.Seed());
        Assert.True(a < 1UL << 53);
    }

    [Fact]
    public void TheDefaultGenerator()
    {
        using (Rng.ForkRng())
        {
            byte[] before = Rng.GetRngState();
            using (Rng.ForkRng()) Rng.Seed();
            Assert.Equal(before, Rng.GetRngState());
            Assert.Same(Rng.Default, Rng.ManualSeed(123));
            Assert.Equal(123UL, Rng.InitialSeed());
            byte[] state = Rng.GetRngState();
            float[] first = Rand(Rng.Default, 3);
            Assert.Equal([0.29611194f, 0.5165623f, 0.25167072f], first);
            Rng.SetRngState(state);
            Assert.Equal(first, Rand(Rng.Default, 3));
        }
    }

    [Fact]
    public void ThreadsShareOneStreamWithoutLossOrRepetition()
    {
        const int Threads = 4, Each = 2000;
        var shared = new Generator().ManualSeed(8);
        var drawn = new double[Threads][];
        Parallel.For(0, Threads, t =>
            drawn[t] = [.. Enumerable.Range(0, Each).SelectMany(_ => new RandomBuffer(DType.Float64, [1]).Draw(Distribution.Uniform, shared, 0, 1).Values())]);
        double[] expected = new RandomBuffer(DType.Float64, [Threads * Each]).Draw(Distribution.Uniform, new Generator().ManualSeed(8), 0, 1).Values();
        Assert.Equal(expected.Order(), drawn.SelectMany(d => d).Order());
    }
}
