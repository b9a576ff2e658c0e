using System.Numerics;

namespace Firesteel;

/// <summary>A = L D L^T of a symmetric matrix with blocks of one or two in D (Bunch and Kaufman), in LAPACK's packed form, on row-major matrices.</summary>
internal static class LdlFactorization
{
    /// <summary>
    /// Overwrites the lower triangle of a [n, n] by L and D. A pivot is the number, from 1, of the row exchanged; those of a block of two
    /// are negative. Returns the number of the first zero in D, or 0.
    /// </summary>
    public static int Factor<T>(Span<T> a, int n, Span<int> pivots)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T alpha = T.CreateTruncating((1 + Math.Sqrt(17)) / 8);
        int info = 0, step;
        for (int k = 0; k < n; k += step)
        {
            step = 1;
            int p = k;
            T head = T.Abs(a[(k * n) + k]), largest = T.Zero;
            int at = k;
            for (int i = k + 1; i < n; i++)
            {
                T size = T.Abs(a[(i * n) + k]);
                if (size > largest) (at, largest) = (i, size);
            }
            if (!(T.Max(head, largest) > T.Zero))
            {
                if (info == 0) info = k + 1;
                pivots[k] = k + 1;
                continue;
            }
            if (head < alpha * largest)
            {
                T inRow = T.Zero;
                for (int j = k; j < at; j++) inRow = T.Max(inRow, T.Abs(a[(at * n) + j]));
                for (int i = at + 1; i < n; i++) inRow = T.Max(inRow, T.Abs(a[(i * n) + at]));
                if (head < alpha * largest * (largest / inRow))
                {
                    p = at;
                    if (T.Abs(a[(at * n) + at]) < alpha * inRow) step = 2;
                }
            }
            Exchange(a, n, k, k + step - 1, p);
            if (step == 1) EliminateOne(a, n, k);
            else EliminateTwo(a, n, k);
            pivots[k] = step == 1 ? p + 1 : -(p + 1);
            if (step == 2) pivots[k + 1] = -(p + 1);
        }
        return info;
    }

    /// <summary>Exchanges row and column q with p in what is left of the lower triangle from k on.</summary>
    private static void Exchange<T>(Span<T> a, int n, int k, int q, int p)
        where T : unmanaged
    {
        if (p == q) return;
        for (int i = p + 1; i < n; i++) (a[(i * n) + q], a[(i * n) + p]) = (a[(i * n) + p], a[(i * n) + q]);
        for (int i = q + 1; i < p; i++) (a[(i * n) + q], a[(p * n) + i]) = (a[(p * n) + i], a[(i * n) + q]);
        (a[(q * n) + q], a[(p * n) + p]) = (a[(p * n) + p], a[(q * n) + q]);
        if (q != k) (a[(q * n) + k], a[(p * n) + k]) = (a[(p * n) + k], a[(q * n) + k]);
    }

    private static void EliminateOne<T>(Span<T> a, int n, int k)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T d = a[(k * n) + k];
        for (int j = k + 1; j < n; j++)
        {
            T factor = a[(j * n) + k] / d;
            for (int i = j; i < n; i++) a[(i * n) + j] -= a[(i * n) + k] * factor;
            a[(j * n) + k] = factor;
        }
    }

    private static void EliminateTwo<T>(Span<T> a, int n, int k)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T off = a[((k + 1) * n) + k], d11 = a[((k + 1) * n) + k + 1] / off, d22 = a[(k * n) + k] / off;
        T scale = T.One / ((d11 * d22) - T.One) / off;
        for (int j = k + 2; j < n; j++)
        {
            T x = a[(j * n) + k], y = a[(j * n) + k + 1];
            T w = scale * ((d11 * x) - y), z = scale * ((d22 * y) - x);
            for (int i = j; i < n; i++) a[(i * n) + j] -= (a[(i * n) + k] * w) + (a[(i * n) + k + 1] * z);
            (a[(j * n) + k], a[(j * n) + k + 1]) = (w, z);
        }
    }

    /// <summary>Overwrites b [n, columns] by the solution of A X = B.</summary>
    public static void Solve<T>(ReadOnlySpan<T> a, int n, ReadOnlySpan<int> pivots, Span<T> b, int columns)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int k = 0; k < n; k++)
        {
            bool two = pivots[k] < 0;
            int p = Math.Abs(pivots[k]) - 1, moved = two ? k + 1 : k;
            if (p != moved) Rows.Swap(b.Slice(moved * columns, columns), b.Slice(p * columns, columns));
            for (int i = moved + 1; i < n; i++)
            {
                var row = b.Slice(i * columns, columns);
                Rows.AddScaled(row, -a[(i * n) + k], b.Slice(k * columns, columns));
                if (two) Rows.AddScaled(row, -a[(i * n) + k + 1], b.Slice((k + 1) * columns, columns));
            }
            if (!two)
            {
                foreach (ref T value in b.Slice(k * columns, columns)) value /= a[(k * n) + k];
                continue;
            }
            T off = a[((k + 1) * n) + k], first = a[(k * n) + k] / off, second = a[((k + 1) * n) + k + 1] / off, determinant = (first * second) - T.One;
            for (int c = 0; c < columns; c++)
            {
                T x = b[(k * columns) + c] / off, y = b[((k + 1) * columns) + c] / off;
                b[(k * columns) + c] = ((second * x) - y) / determinant;
                b[((k + 1) * columns) + c] = ((first * y) - x) / determinant;
            }
            k++;
        }
        for (int k = n - 1; k >= 0; k--)
        {
            bool two = pivots[k] < 0;
            for (int i = k + 1; i < n; i++)
            {
                Rows.AddScaled(b.Slice(k * columns, columns), -a[(i * n) + k], b.Slice(i * columns, columns));
                if (two) Rows.AddScaled(b.Slice((k - 1) * columns, columns), -a[(i * n) + k - 1], b.Slice(i * columns, columns));
            }
            int p = Math.Abs(pivots[k]) - 1;
            if (p != k) Rows.Swap(b.Slice(k * columns, columns), b.Slice(p * columns, columns));
            if (two) k--;
        }
    }
}
