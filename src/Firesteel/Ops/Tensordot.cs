namespace Firesteel;

public partial class Tensor
{
    /// <summary>Sums of products over the last <paramref name="dims"/> dimensions of this tensor and the first of the other (<c>torch.tensordot</c>).</summary>
    /// <exception cref="ArgumentException">A tensor has fewer dimensions, or sizes or dtypes differ.</exception>
    public Tensor Tensordot(Tensor other, long dims = 2)
    {
        if (dims < 0) throw OperationError.Argument("tensordot", $"expects dims >= 0, but got dims={dims}");
        if (dims > Ndim || dims > other.Ndim)
            throw OperationError.Argument("tensordot", $"{OperationError.Text(Shape)} and {OperationError.Text(other.Shape)} have no {dims} dimensions each");
        var a = new long[dims];
        var b = new long[dims];
        for (int i = 0; i < dims; i++) (a[i], b[i]) = (Ndim - dims + i, i);
        return Tensordot(other, a, b);
    }

    /// <summary>Sums of products over pairs of dimensions, one of this tensor and one of the other; the rest of this tensor's come first in the result (<c>torch.tensordot</c>).</summary>
    /// <exception cref="ArgumentException">The lists differ in length, or sizes or dtypes differ.</exception>
    public Tensor Tensordot(Tensor other, ReadOnlySpan<long> dimsSelf, ReadOnlySpan<long> dimsOther)
    {
        if (dimsSelf.Length != dimsOther.Length)
            throw OperationError.Argument("tensordot", $"both dimension lists should have same length, got {OperationError.Text(dimsSelf)} and {OperationError.Text(dimsOther)}");
        CheckSameDType("tensordot", other);
        int[] a = OperationError.Dims("tensordot", dimsSelf, Ndim), b = OperationError.Dims("tensordot", dimsOther, other.Ndim);
        var left = this;
        var right = other;
        long inner = 1;
        for (int i = 0; i < a.Length; i++)
        {
            long p = Shape.Sizes[a[i]], q = other.Shape.Sizes[b[i]];
            if (p != q && p != 1 && q != 1)
                throw OperationError.Argument("tensordot", $"contracted dimensions need to match, but first has size {p} in dim {a[i]} and second has size {q} in dim {b[i]}: {OperationError.Text(Shape)} and {OperationError.Text(other.Shape)}");
            // A size of 1 stands for a broadcast dimension, so the other side can be summed first.
            if (p == 1 && q != 1) right = right.Sum([b[i]], keepdim: true, dtype: right.DType);
            if (q == 1 && p != 1) left = left.Sum([a[i]], keepdim: true, dtype: left.DType);
            inner *= p == 1 || q == 1 ? 1 : p;
        }
        long[] freeA = [.. Enumerable.Range(0, Ndim).Except(a).Select(static d => (long)d)], freeB = [.. Enumerable.Range(0, other.Ndim).Except(b).Select(static d => (long)d)];
        long[] sizesA = Array.ConvertAll(freeA, d => Shape.Sizes[d]), sizesB = Array.ConvertAll(freeB, d => other.Shape.Sizes[d]);
        long rows = Count(sizesA), columns = Count(sizesB);
        var product = left.Permute([.. freeA, .. Array.ConvertAll(a, static d => (long)d)]).Reshape(rows, inner)
            .Product(right.Permute([.. Array.ConvertAll(b, static d => (long)d), .. freeB]).Reshape(inner, columns));
        return product.Reshape([.. sizesA, .. sizesB]);

        static long Count(long[] sizes)
        {
            long n = 1;
            foreach (long size in sizes) n *= size;
            return n;
        }
    }
}
