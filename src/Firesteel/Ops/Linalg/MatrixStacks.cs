namespace Firesteel;

public static partial class Linalg
{
    // Factorizations run on the host, one matrix of a stack after the other; what is around them is made of operations. This file is the way in and out.

    /// <summary>Refuses what is no stack of (square) matrices of float32 or float64.</summary>
    internal static void CheckMatrices(string operation, Tensor x, bool square = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Ndim < 2) throw OperationError.Argument(operation, $"the input tensor A must have at least 2 dimensions, got {OperationError.Text(x.Shape)}");
        if (!x.DType.IsFloatingPoint())
            throw OperationError.NotSupported(operation, $"expected a floating point tensor as input. Got {x.DType.Name()} {OperationError.Text(x.Shape)}; convert with To(DType.Float32) first");
        if (x.DType is not (DType.Float32 or DType.Float64))
            throw OperationError.NotSupported(operation, $"low precision dtypes not supported. Got {x.DType.Name()} {OperationError.Text(x.Shape)}; convert with To(DType.Float32) first");
        if (square && RowsOf(x) != ColumnsOf(x))
            throw OperationError.Argument(operation, $"A must be batches of square matrices, but they are {RowsOf(x)} by {ColumnsOf(x)} matrices: {OperationError.Text(x.Shape)}");
    }

    private static void CheckSameType(string operation, Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(b);
        if (a.DType != b.DType) throw OperationError.Argument(operation, $"expected A and B to have the same dtype, but found A of type {a.DType.Name()} and B of type {b.DType.Name()} instead");
    }

    internal static int RowsOf(Tensor x) => checked((int)x.Shape.Sizes[^2]);

    internal static int ColumnsOf(Tensor x) => checked((int)x.Shape.Sizes[^1]);

    internal static ReadOnlySpan<long> BatchOf(Tensor x) => x.Shape.Sizes.AsSpan(0, x.Ndim - 2);

    private static int CountOf(ReadOnlySpan<long> batch)
    {
        long count = 1;
        foreach (long size in batch) count *= size;
        return checked((int)count);
    }

    /// <summary>The matrices' elements in new memory, in row-major order, for a routine to overwrite.</summary>
    internal static Tensor CopyOf(Tensor x) => x.Detach().Clone();

    /// <summary>The elements in row-major order, for a routine to read.</summary>
    private static Tensor Readable(Tensor x) => x.Detach().Contiguous();

    /// <summary>New memory for a stack with the given leading sizes.</summary>
    internal static Tensor NewStack(ReadOnlySpan<long> batch, ReadOnlySpan<long> sizes, DType dtype) => Tensor.Empty([.. batch, .. sizes], dtype);

    /// <summary>Throws for the first nonzero code of a stack.</summary>
    private static void CheckInfo(string operation, Tensor info, Func<int, string> message) => HostRoutine.Run("check of codes", [], [info], (operation, message), static (t, s) =>
    {
        var codes = t[0].AsSpan<int>();
        for (int i = 0; i < codes.Length; i++)
            if (codes[i] != 0) throw OperationError.Invalid(s.operation, (t[0].Ndim > 0 ? $"(Batch element {i}): " : "") + s.message(codes[i]));
    });

    private static string SingularMessage(int code) => $"The diagonal element {code} is zero, the inversion could not be completed because the input matrix is singular.";

    /// <summary>Leading sizes of both stacks, broadcast.</summary>
    private static long[] CommonBatch(string operation, Tensor a, Tensor b) => [.. Broadcasting.Of(operation, Shape.Create([.. BatchOf(a)]), Shape.Create([.. BatchOf(b)])).Sizes];

    private static Tensor WithBatch(Tensor x, ReadOnlySpan<long> batch) => BatchOf(x).SequenceEqual(batch) ? x : x.Expand([.. batch, x.Shape.Sizes[^2], x.Shape.Sizes[^1]]);

    /// <summary>Identity matrices, [n, n].</summary>
    private static Tensor Identity(long n, DType dtype) => Tensor.Eye(n, dtype: dtype);
}
