namespace Firesteel;

/// <summary>The shape that two shapes broadcast to.</summary>
internal static class Broadcasting
{
    /// <exception cref="ArgumentException">A size differs and neither is 1.</exception>
    public static Shape Of(string operation, Shape a, Shape b)
    {
        if (a.Equals(b)) return a;
        int rank = Math.Max(a.Length, b.Length);
        var sizes = new long[rank];
        bool isA = rank == a.Length, isB = rank == b.Length;
        for (int d = 0; d < rank; d++)
        {
            long p = d < rank - a.Length ? 1 : a.Sizes[d - (rank - a.Length)];
            long q = d < rank - b.Length ? 1 : b.Sizes[d - (rank - b.Length)];
            if (p != q && p != 1 && q != 1)
                throw OperationError.Argument(operation, $"the size of tensor a {OperationError.Text(a)} must match the size of tensor b {OperationError.Text(b)} at non-singleton dimension {d}: {p} and {q} differ and neither is 1");
            sizes[d] = p == 1 ? q : p;
            isA &= sizes[d] == p;
            isB &= sizes[d] == q;
        }
        return isA ? a : isB ? b : Shape.Create(sizes);
    }
}
