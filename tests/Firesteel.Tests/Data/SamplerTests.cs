using Firesteel.Data;
using Firesteel.Tests.Conformance;

namespace Firesteel.Tests;

/// <summary>Against the samplers and <c>random_split</c> of PyTorch 1.13.</summary>
[Collection(GeneratorCollection.Name)]
public class SamplerTests
{
    private static readonly TensorDataset s_ten = new(Tensor.Arange(10));

    [Fact]
    public void RandomOrders()
    {
        Rng.ManualSeed(11);
        Assert.Equal([1, 8, 6, 5, 7, 4, 9, 2, 3, 0], new RandomSampler(s_ten));
        Assert.Equal(
            [4, 3, 6, 9, 7, 4, 8, 9, 4, 8, 7, 6, 3, 5, 6, 6, 0, 6, 3, 1, 3, 3, 4, 3, 5, 4, 0, 3, 4, 0, 2, 3, 9, 4, 0, 5, 4, 1, 5, 0, 1, 1, 5, 7, 8, 1, 5, 3, 2, 8, 5, 5, 2, 6, 6, 9, 0, 7, 6, 6, 6, 4, 2, 8, 2, 4, 8, 8, 3, 1],
            new RandomSampler(s_ten, replacement: true, numSamples: 70));
        Assert.Equal([4, 6, 2, 1, 0, 9, 8, 7, 3, 5, 2, 5, 3, 9, 4, 6, 7, 0, 8, 1, 8, 5, 7, 0, 9], new RandomSampler(s_ten, numSamples: 25));
        Assert.Equal(501, Tensor.Randint(1000, [1]).Item());
        Assert.Throws<ArgumentException>(() => new RandomSampler(s_ten, numSamples: 0));
    }

    [Fact]
    public void SubsetAndWeights()
    {
        Rng.ManualSeed(11);
        Assert.Equal([5, 21, 8, 3, 13], new SubsetRandomSampler([3, 5, 8, 13, 21]));
        Rng.ManualSeed(11);
        Assert.Equal([2, 4, 4, 4, 4], new WeightedRandomSampler([0.1, 0.9, 0.4, 0.7, 3.0, 0.6], 5));
        Assert.Equal([0, 1, 4, 2, 3], new WeightedRandomSampler([0.9, 0.4, 0.05, 0.2, 0.3, 0.1], 5, replacement: false));
        Assert.Throws<ArgumentException>(() => new WeightedRandomSampler([1, 2], 3, replacement: false));
        Assert.Throws<ArgumentException>(() => new WeightedRandomSampler([1, 2], 0));
    }

    [Fact]
    public void Batches()
    {
        Assert.Equal([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]], new BatchSampler(new SequentialSampler(s_ten), 4, dropLast: false));
        Assert.Equal([[0, 1, 2, 3], [4, 5, 6, 7]], new BatchSampler(new SequentialSampler(s_ten), 4, dropLast: true));
        Assert.Equal((3, 2), (new BatchSampler(new SequentialSampler(s_ten), 4, false).Count, new BatchSampler(new SequentialSampler(s_ten), 4, true).Count));
        Assert.Throws<ArgumentException>(() => new BatchSampler([1], 0, false));
    }

    [Fact]
    public void RandomSplit()
    {
        Rng.ManualSeed(42);
        Assert.Equal([[2, 6, 1, 8, 4, 5, 0], [9, 3, 7]], Datasets.RandomSplit(s_ten, [7, 3]).Select(part => part.Indices));
        Assert.Equal([[2, 6, 1, 8, 4], [5, 0, 9], [3, 7]], Datasets.RandomSplit(s_ten, [0.5, 0.3, 0.2], new Generator().ManualSeed(42)).Select(part => part.Indices));
        var eleven = new TensorDataset(Tensor.Arange(11));
        Assert.Equal([[0, 10, 2, 3], [7, 6, 4], [8, 1, 9, 5]], Datasets.RandomSplit(eleven, [0.3, 0.3, 0.4], new Generator().ManualSeed(1)).Select(part => part.Indices));
        Assert.Throws<ArgumentException>(() => Datasets.RandomSplit(s_ten, [7, 4]));
        Assert.Throws<ArgumentException>(() => Datasets.RandomSplit(s_ten, [11, -1]));
        Assert.Throws<ArgumentException>(() => Datasets.RandomSplit(s_ten, [0.5, 0.4]));
        Assert.Throws<ArgumentException>(() => Datasets.RandomSplit(s_ten, [1.5, -0.5]));
    }
}
