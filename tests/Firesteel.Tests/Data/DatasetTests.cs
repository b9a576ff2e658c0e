using Firesteel.Data;

namespace Firesteel.Tests;

public class DatasetTests
{
    private static readonly TensorDataset s_a = new(Tensor.Arange(3)), s_b = new(Tensor.Arange(10, 12));

    private static double[] Values(Dataset<Tensor[]> dataset) => [.. dataset.Select(row => row[0].Item())];

    [Fact]
    public void RowsAreViews()
    {
        var x = Tensor.Zeros(4, 2);
        var dataset = new TensorDataset(x, Tensor.Arange(4));
        var (row, label) = dataset[2];
        row.FillInPlace(7);
        Assert.Equal([0, 0, 0, 0, 7, 7, 0, 0], x.ToArray<float>());
        Assert.Equal((2.0, 4), (label.Item(), dataset.Count));
        Assert.Equal(3, dataset[^1][1].Item());
    }

    [Fact]
    public void OneAfterTheOther()
    {
        Assert.Equal([0, 1, 2, 10, 11], Values(s_a + s_b));
        Assert.Equal([10, 11, 0, 1, 2, 10, 11], Values(new ConcatDataset<Tensor[]>(s_b, s_a, s_b)));
        Assert.Throws<IndexOutOfRangeException>(() => (s_a + s_b)[5]);
        Assert.Throws<ArgumentException>(() => new ConcatDataset<Tensor[]>());
    }

    [Fact]
    public void Part()
    {
        Assert.Equal([2, 0, 2], Values(new Subset<Tensor[]>(s_a, [2, 0, 2])));
        Assert.Throws<IndexOutOfRangeException>(() => new Subset<Tensor[]>(s_a, [3])[0]);
        Assert.Throws<IndexOutOfRangeException>(() => new Subset<Tensor[]>(s_a, [1])[1]);
    }

    [Fact]
    public void TensorsThatDoNotFit()
    {
        Assert.Throws<ArgumentException>(() => new TensorDataset());
        Assert.Throws<ArgumentException>(() => new TensorDataset(Tensor.Zeros(3), Tensor.Zeros(4)));
        Assert.Throws<ArgumentException>(() => new TensorDataset(Tensor.From(1)));
        Assert.Throws<IndexOutOfRangeException>(() => s_a[3]);
        Assert.Throws<IndexOutOfRangeException>(() => s_a[-1]);
    }
}
