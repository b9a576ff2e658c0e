namespace Firesteel.Tests;

/// <summary>Shapes, which are shared by those who ask for the same sizes.</summary>
public class ShapeTests
{
    [Fact]
    public void HasTheSizesAskedForWhateverWasAskedForBefore()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++)
        {
            // Many more shapes than are kept, so that places are fought over.
            long[] sizes = [.. Enumerable.Range(0, random.Next(0, 5)).Select(_ => random.NextInt64(0, 30))];
            var shape = Shape.Create(sizes);
            if (!shape.AsSpan().SequenceEqual(sizes)) Assert.Fail($"seed {seed}: asked for [{string.Join(", ", sizes)}], got {shape}");
            Assert.Equal(sizes.Aggregate(1L, (n, s) => n * s), shape.NumElements);
        }
    }

    [Fact]
    public void IsTheSameObjectForTheSameSizes()
    {
        Assert.Same(Shape.Create([77, 3]), Shape.Create([77, 3]));
        Assert.Same(Shape.Scalar, Shape.Create([]));
        Assert.NotEqual(Shape.Create([3, 77]), Shape.Create([77, 3]));
    }

    [Fact]
    public void DoesNotChangeWithTheArrayItWasMadeFrom()
    {
        long[] sizes = [41, 5];
        var shape = Shape.Create(sizes);
        sizes[0] = 9;
        Assert.Equal([41L, 5], shape);
        Assert.Equal([41L, 5], Shape.Create([41, 5]));
    }

    [Fact]
    public void RefusesNegativeSizesEveryTime()
    {
        for (int i = 0; i < 2; i++) Assert.Throws<ArgumentException>(() => Shape.Create([4, -1]));
        Assert.Throws<OverflowException>(() => Shape.Create([long.MaxValue, 2]));
    }

    [Fact]
    public void CanBeAskedForByManyThreads() => Parallel.For(0, 8, t =>
    {
        var random = new Random(t);
        for (int i = 0; i < 20_000; i++)
        {
            long a = random.Next(40), b = random.Next(40);
            var shape = Shape.Create([a, b]);
            Assert.Equal((a, b, a * b), (shape[0], shape[1], shape.NumElements));
            var transposed = shape.Contiguous(DType.Float32).Transposed;
            Assert.Equal((b, a), (transposed.Shape[0], transposed.Shape[1]));
        }
    });
}
