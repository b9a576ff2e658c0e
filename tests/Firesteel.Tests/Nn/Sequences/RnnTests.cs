using Firesteel.Nn;

namespace Firesteel.Tests.Nn.Sequences;

/// <summary>Packing and padding, as in the examples of PyTorch's documentation.</summary>
public class RnnTests
{
    private static Tensor Batch => Tensor.From(new long[,] { { 1, 2, 0 }, { 3, 0, 0 }, { 4, 5, 6 } });

    [Fact]
    public void PacksAndPads()
    {
        var packed = Rnn.PackPaddedSequence(Batch, [2, 1, 3], batchFirst: true, enforceSorted: false);
        Assert.Equal("PackedSequence(data=tensor([4, 1, 3, 5, 2, 6]), batch_sizes=tensor([3, 2, 1]), sorted_indices=tensor([2, 0, 1]), unsorted_indices=tensor([1, 2, 0]))", packed.ToString());
        var (padded, lengths) = Rnn.PadPackedSequence(packed, batchFirst: true);
        Assert.Equal(Batch.ToArray<long>(), padded.ToArray<long>());
        Assert.Equal([2L, 1, 3], lengths.ToArray<long>());
        (padded, _) = Rnn.PadPackedSequence(packed, paddingValue: -1, totalLength: 4);
        Assert.Equal([1L, 3, 4, 2, -1, 5, -1, -1, 6, -1, -1, -1], padded.ToArray<long>());
        Assert.Equal([4L, 3], padded.Shape.ToArray());
        Assert.Equal([4L, 1, 3, 5, 2, 6], Rnn.PackPaddedSequence(Batch.T, Tensor.From([2L, 1, 3]), enforceSorted: false).Data.ToArray<long>());
    }

    [Fact]
    public void PacksLists()
    {
        Tensor[] sequences = [Tensor.From([1L, 2, 3]), Tensor.From([4L, 5]), Tensor.From([6L])];
        var packed = Rnn.PackSequence(sequences);
        Assert.Equal("PackedSequence(data=tensor([1, 4, 6, 2, 5, 3]), batch_sizes=tensor([3, 2, 1]), sorted_indices=None, unsorted_indices=None)", packed.ToString());
        Assert.Equal([[1L, 2, 3], [4L, 5], [6L]], Rnn.UnpackSequence(packed).Select(static s => s.ToArray<long>()));
        Array.Reverse(sequences);
        Assert.Equal([[6L], [4L, 5], [1L, 2, 3]], Rnn.UnpackSequence(Rnn.PackSequence(sequences, enforceSorted: false)).Select(static s => s.ToArray<long>()));
        Assert.Equal([6L, 9, 9, 4, 5, 9, 1, 2, 3], Rnn.PadSequence(sequences, batchFirst: true, paddingValue: 9).ToArray<long>());
        Assert.Equal([3L, 2, 4], Rnn.PadSequence([Tensor.Zeros(3, 4), Tensor.Zeros(1, 4)]).Shape.ToArray());
        Assert.Equal(DType.Float64, packed.To(DType.Float64).Data.DType);
    }

    [Fact]
    public void GradientsComeBackToWhereTheRowsWere()
    {
        var x = Tensor.Ones([3, 3], DType.Float64, requiresGrad: true);
        var packed = Rnn.PackPaddedSequence(x, [2, 1, 3], batchFirst: true, enforceSorted: false);
        var weights = Tensor.From(new double[,] { { 1, 2, 3 }, { 4, 5, 6 }, { 7, 8, 9 } });
        (Rnn.PadPackedSequence(packed, batchFirst: true).Output * weights).Sum().Backward();
        Assert.Equal([1.0, 2, 0, 4, 0, 0, 7, 8, 9], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void BadLengthsAreRefused()
    {
        string Message(params long[] lengths) => Assert.Throws<ArgumentException>(() => Rnn.PackPaddedSequence(Batch, lengths, batchFirst: true)).Message;
        Assert.Contains("sorted in decreasing order", Message(2, 1, 3));
        Assert.Contains("greater than 0", Message(2, 1, 0));
        Assert.Contains("got 2 (batch_size=3)", Message(2, 1));
        Assert.Contains("at most 3", Message(4, 1, 1));
        Assert.Contains("empty", Assert.Throws<ArgumentException>(() => Rnn.PackPaddedSequence(Tensor.Zeros(0, 1), [1])).Message);
        Assert.Throws<ArgumentException>(() => Rnn.PackPaddedSequence(Tensor.Zeros(3), [1]));
        Assert.Throws<ArgumentException>(() => Rnn.PackPaddedSequence(Batch, Tensor.Ones([1, 3], DType.Int64)));
        var packed = Rnn.PackSequence([Tensor.Ones(3), Tensor.Ones(1)]);
        Assert.Contains("total_length=2 and max sequence length being 3", Assert.Throws<ArgumentException>(() => Rnn.PadPackedSequence(packed, totalLength: 2)).Message);
        Assert.Throws<ArgumentException>(() => Rnn.PadSequence([]));
        Assert.Throws<ArgumentException>(() => Rnn.PadSequence([Tensor.Zeros(2, 3), Tensor.Zeros(2, 4)]));
        Assert.Throws<ArgumentException>(() => Rnn.UnpadSequence(Batch, Tensor.From([1L, 2])));
    }
}
