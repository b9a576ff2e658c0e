namespace Firesteel.Tests;

public class StorageTests
{
    [Fact]
    public void ArraysOfAnyRankAreShared()
    {
        var two = new float[2, 3] { { 1, 2, 3 }, { 4, 5, 6 } };
        var shared = Tensor.FromNumpy(two);
        Assert.Equal([2L, 3], shared.Shape);
        Assert.Equal([1, 2, 3, 4, 5, 6], shared.ToArray<float>());
        two[1, 0] = 40;
        Assert.Equal(40, shared.Select(0, 1).Select(0, 0).Item());
        shared.MulInPlace(2);
        Assert.Equal([2, 4, 6, 80, 10, 12], two.Cast<float>());
        Assert.Equal(114, shared.Sum().Item());

        var four = new byte[2, 1, 3, 2];
        Tensor.FromNumpy(four).FillInPlace(7);
        Assert.All(four.Cast<byte>(), value => Assert.Equal(7, value));
        var one = new double[] { 1, 2 };
        Tensor.FromNumpy(one).AddInPlace(1);
        Assert.Equal([2, 3], one);
        Assert.Equal([true, false, true, true], Tensor.FromNumpy(new[,] { { true, false }, { true, true } }).ToArray<bool>());
    }
}
