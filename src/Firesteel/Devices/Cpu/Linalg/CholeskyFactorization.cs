using System.Numerics;

namespace Firesteel;

/// <summary>A = L L^T row by row, on one row-major matrix.</summary>
internal static class CholeskyFactorization
{
    /// <summary>Overwrites the lower triangle of a [n, n] by L and the rest by zeros. Returns the order, from 1, of the first leading minor that is not positive, or 0.</summary>
    public static int Factor<T>(Span<T> a, int n)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < n; i++)
        {
            var row = a.Slice(i * n, n);
            for (int j = 0; j < i; j++)
            {
                var above = a.Slice(j * n, n);
                row[j] = (row[j] - Rows.Dot<T>(row[..j], above[..j])) / above[j];
            }
            T square = row[i] - Rows.Dot<T>(row[..i], row[..i]);
            if (!(square > T.Zero)) return i + 1;
            row[i] = T.Sqrt(square);
            row[(i + 1)..].Clear();
        }
        return 0;
    }
}
