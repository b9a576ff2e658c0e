using Firesteel.Data;

namespace Firesteel.Tests;

public class CollateTests
{
    private sealed class Pairs : Dataset<(Tensor Image, long Label)>
    {
        public override int Count => 5;

        public override (Tensor Image, long Label) this[int index] => (Tensor.Full([2], index), 10 * index);
    }

    private sealed class Named : Dataset<Dictionary<string, Tensor>>
    {
        public override int Count => 2;

        public override Dictionary<string, Tensor> this[int index] => new() { ["x"] = Tensor.From(index + 0.5), ["y"] = Tensor.From(index == 0) };
    }

    [Fact]
    public void TheKindOfSamplePicksTheMethod()
    {
        var (x, y) = DataLoader.Create(new Pairs(), Collate.Default, batchSize: 3).First();
        Assert.Equal("tensor([[0, 0],\n        [1, 1],\n        [2, 2]])", x.ToString());
        Assert.Equal("tensor([ 0, 10, 20])", y.ToString());
        var named = DataLoader.Create(new Named(), Collate.Default, batchSize: 2).Single();
        Assert.Equal("tensor([0.5000, 1.5000])", named["x"].ToString());
        Assert.Equal("tensor([ True, False])", named["y"].ToString());
        Assert.Equal(DType.Float64, Collate.Default([1.5, 2.5]).DType);
        Assert.Equal(DType.Float32, Collate.Default([1.5f, 2.5f]).DType);
        Assert.Equal(DType.Int64, Collate.Default([1, 2]).DType);
    }

    [Fact]
    public void Nested()
    {
        object batch = Collate.Default(new object[] { (Tensor.From(1), 2.5, "a", new Dictionary<string, object> { ["k"] = new[] { 1, 2 } }), (Tensor.From(3), 4.5, "b", new Dictionary<string, object> { ["k"] = new[] { 3, 4 } }) });
        var parts = Assert.IsType<object[]>(batch);
        Assert.Equal("tensor([1, 3])", parts[0].ToString());
        Assert.Equal("tensor([2.5000, 4.5000], dtype=torch.float64)", parts[1].ToString());
        Assert.Equal(["a", "b"], (string[])parts[2]);
        var inner = (object[])((Dictionary<string, object>)parts[3])["k"];
        Assert.Equal("tensor([1, 3])", inner[0].ToString());
        Assert.Equal("tensor([2, 4])", inner[1].ToString());
    }

    [Fact]
    public void SamplesThatDoNotFit()
    {
        Assert.Throws<ArgumentException>(() => Collate.Default(Array.Empty<Tensor>()));
        Assert.Contains("[2] at entry 0 and [3] at entry 1", Assert.Throws<ArgumentException>(() => Collate.Default(new[] { Tensor.Zeros(2), Tensor.Zeros(3) })).Message);
        Assert.Throws<ArgumentException>(() => Collate.Default(new[] { new[] { Tensor.Zeros(2) }, [] }));
        Assert.Throws<ArgumentException>(() => Collate.Default(new object[] { 1, "a" }));
        Assert.Throws<ArgumentException>(() => Collate.Default(new object[] { new Version(1, 0) }));
        Assert.Throws<ArgumentException>(() => Collate.Default(new[] { new Dictionary<string, Tensor> { ["a"] = Tensor.From(1) }, [] }));
    }
}
