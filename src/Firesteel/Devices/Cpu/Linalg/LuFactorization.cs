using System.Numerics;

namespace Firesteel;

/// <summary>P A = L U by Gaussian elimination with the largest element of each column as pivot, on one row-major matrix.</summary>
internal static class LuFactorization
{
    /// <summary>Overwrites a [m, n] by L below and U on and above the diagonal. Pivots are row numbers from 1, as in LAPACK. Returns the number, from 1, of the first zero on U's diagonal, or 0.</summary>
    public static int Factor<T>(Span<T> a, int m, int n, Span<int> pivots, bool pivot)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int info = 0, steps = Math.Min(m, n);
        for (int k = 0; k < steps; k++)
        {
            int chosen = k;
            if (pivot)
            {
                T largest = T.Abs(a[(k * n) + k]);
                for (int i = k + 1; i < m; i++)
                {
                    T size = T.Abs(a[(i * n) + k]);
                    if (size > largest) (chosen, largest) = (i, size);
                }
            }
            pivots[k] = chosen + 1;
            if (chosen != k) Rows.Swap(a.Slice(k * n, n), a.Slice(chosen * n, n));
            T head = a[(k * n) + k];
            if (head == T.Zero)
            {
                if (info == 0) info = k + 1;
                continue;
            }
            var row = a.Slice((k * n) + k + 1, n - k - 1);
            for (int i = k + 1; i < m; i++)
            {
                T factor = a[(i * n) + k] /= head;
                if (factor != T.Zero) Rows.AddScaled(a.Slice((i * n) + k + 1, n - k - 1), -factor, row);
            }
        }
        return info;
    }

    /// <summary>Row i of P^T A stands where? Turns row exchanges into the permutation they make: row i of the result is row permutation[i] of what is permuted.</summary>
    public static void Permutation(ReadOnlySpan<int> pivots, Span<long> permutation)
    {
        for (int i = 0; i < permutation.Length; i++) permutation[i] = i;
        for (int i = 0; i < pivots.Length; i++)
        {
            int other = pivots[i] - 1;
            (permutation[i], permutation[other]) = (permutation[other], permutation[i]);
        }
    }
}
