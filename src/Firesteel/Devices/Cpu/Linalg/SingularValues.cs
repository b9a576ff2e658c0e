using System.Numerics;

namespace Firesteel;

/// <summary>A = U S V^T of one matrix: reflections make it bidiagonal, implicit QR steps make that diagonal. Much longer than wide matrices are made triangular first. Signs as LAPACK's.</summary>
internal static class SingularValues
{
    /// <summary>
    /// a [m, n] is overwritten; s gets min(m, n) values, descending. u [m, uColumns] and vt [vRows, n] are left out where the counts are 0.
    /// Returns false if a value did not converge or the matrix holds NaN or infinity.
    /// </summary>
    public static bool Compute<T>(Span<T> a, int m, int n, Span<T> s, Span<T> u, int uColumns, Span<T> vt, int vRows)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int k = Math.Min(m, n);
        bool vectors = uColumns > 0 || vRows > 0;
        if (k == 0)
        {
            Identity(u, m, uColumns);
            Identity(vt, vRows, n);
            return true;
        }
        T largest = T.Zero;
        foreach (T value in a[..(m * n)]) largest = T.Max(largest, T.Abs(value));
        if (!T.IsFinite(largest)) return false;
        T scale = SymmetricEigen.ScaleFor(largest);
        if (scale != T.One) Rows.Scale(a[..(m * n)], scale);

        // All is done on a matrix at least as long as wide; P and Q are the long and the short side's vectors, as rows.
        bool wide = m < n, square = Math.Max(m, n) >= (int)(k * 11.0 / 6.0) && m != n;
        int rows = Math.Max(m, n);
        T[] b = new T[rows * k], q = [], tauOfQr = [];
        if (wide) Rows.Transpose<T>(a[..(m * n)], b, m, n);
        else a[..(m * n)].CopyTo(b);
        int length = rows;
        bool lower = wide;
        if (square)
        {
            tauOfQr = new T[k];
            Householder.Factor<T>(b, rows, k, tauOfQr);
            q = b;
            b = new T[k * k];
            // R, or for a wide matrix L = R^T, so that what is made bidiagonal is what LAPACK takes.
            for (int i = 0; i < k; i++)
                for (int j = i; j < k; j++) b[wide ? (j * k) + i : (i * k) + j] = q[(i * k) + j];
            length = k;
            lower = false;
        }

        T[] e = new T[k], tauLeft = new T[k], tauRight = new T[k];
        Bidiagonalize<T>(b, length, k, s, e, tauLeft, tauRight);
        int inner = vectors ? k : 0;
        T[] left = new T[inner * inner], right = new T[inner * inner];
        Identity<T>(left, inner, inner);
        Identity<T>(right, inner, inner);
        bool converged = Diagonalize(s, e, k, lower, left, right, inner);
        if (scale != T.One) foreach (ref T value in s[..k]) value /= scale;
        if (!converged || !vectors) return converged;

        // lower: b is the transpose, so its left reflections belong to V and the right ones to U.
        var (ofLeft, ofRight) = lower ? (right, left) : (left, right);
        int longCount = Math.Max(wide ? vRows : uColumns, k);
        if (square)
        {
            var inU = Expand<T>(ofLeft, k, k, b, k, tauLeft, true, k);
            var inV = Expand<T>(ofRight, k, k, b, k, tauRight, false, k);
            // The triangular matrix was R = U B V^T, or L: the long side's vectors are still to be turned by the first factorization.
            var longSide = Expand<T>(wide ? inV : inU, k, rows, q, k, tauOfQr, true, longCount);
            Emit<T>(wide ? inU : longSide, wide ? k : rows, u, m, uColumns, true);
            Emit<T>(wide ? longSide : inV, wide ? rows : k, vt, n, vRows, false);
            return true;
        }
        var onLong = Expand<T>(ofLeft, k, rows, b, k, tauLeft, true, longCount);
        var onShort = Expand<T>(ofRight, k, k, b, k, tauRight, false, k);
        Emit<T>(wide ? onShort : onLong, m, u, m, uColumns, true);
        Emit<T>(wide ? onLong : onShort, n, vt, n, vRows, false);
        return true;
    }

    private static void Identity<T>(Span<T> x, int rows, int columns)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        x[..(rows * columns)].Clear();
        for (int i = 0; i < Math.Min(rows, columns); i++) x[(i * columns) + i] = T.One;
    }

    /// <summary>d and e become the diagonal and the one above it; left reflections stay in columns on and below the diagonal, right ones in rows beside it.</summary>
    private static void Bidiagonalize<T>(Span<T> a, int m, int n, Span<T> d, Span<T> e, Span<T> tauLeft, Span<T> tauRight)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T[] column = new T[m], work = new T[n];
        for (int i = 0; i < n; i++)
        {
            var v = column.AsSpan(0, m - i);
            for (int r = i; r < m; r++) v[r - i] = a[(r * n) + i];
            tauLeft[i] = Householder.Make(v);
            d[i] = v[0];
            v[0] = T.One;
            Householder.Left<T>(v, tauLeft[i], a, n, i, i + 1, work);
            for (int r = i; r < m; r++) a[(r * n) + i] = v[r - i];
            if (i == n - 1) break;
            var row = a.Slice((i * n) + i + 1, n - 1 - i);
            tauRight[i] = Householder.Make(row);
            e[i] = row[0];
            row[0] = T.One;
            Householder.Right<T>(row, tauRight[i], a, n, i + 1, m, i + 1);
        }
    }

    /// <summary>As LAPACK's dbdsdc on matrices that it does not divide: one element keeps its sign on the left, a lower bidiagonal matrix is rotated to an upper one first.</summary>
    private static bool Diagonalize<T>(Span<T> d, Span<T> e, int n, bool lower, Span<T> left, Span<T> right, int width)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (n == 1)
        {
            if (T.IsNegative(d[0]) && width > 0) left[0] = -T.One;
            d[0] = T.Abs(d[0]);
            return true;
        }
        var rotations = new (T C, T S)[n - 1];
        if (lower)
        {
            for (int i = 0; i < n - 1; i++)
            {
                (T c, T s, d[i]) = Rows.RotationFor(d[i], e[i]);
                e[i] = s * d[i + 1];
                d[i + 1] *= c;
                rotations[i] = (c, s);
            }
        }
        if (!BidiagonalSingularValues.Compute(d, e, n, left, width, right, width)) return false;
        if (!lower || width == 0) return true;
        // left holds vectors as rows: the rotations act on its columns.
        for (int i = n - 2; i >= 0; i--)
        {
            var (c, s) = rotations[i];
            for (int r = 0; r < n; r++)
            {
                T x = left[(r * width) + i], y = left[(r * width) + i + 1];
                left[(r * width) + i] = (c * x) - (s * y);
                left[(r * width) + i + 1] = (c * y) + (s * x);
            }
        }
        return true;
    }

    /// <summary>
    /// Vectors as rows [count, to]: the given ones [k, from], continued by zeros and, beyond k, by unit vectors, all turned by the reflections kept in
    /// columns (or rows) of a matrix with the given width.
    /// </summary>
    private static T[] Expand<T>(ReadOnlySpan<T> vectors, int from, int to, ReadOnlySpan<T> reflections, int width, ReadOnlySpan<T> tau, bool columns, int count)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int k = tau.Length;
        var result = new T[count * to];
        for (int i = 0; i < count; i++)
        {
            if (i < k) vectors.Slice(i * from, from).CopyTo(result.AsSpan(i * to, from));
            else result[(i * to) + i] = T.One;
        }
        var v = new T[to];
        for (int i = k - 1; i >= 0; i--)
        {
            int first = columns ? i : i + 1;
            if (first >= to) continue;
            v[first] = T.One;
            for (int r = first + 1; r < to; r++) v[r] = columns ? reflections[(r * width) + i] : reflections[(i * width) + r];
            Householder.Right<T>(v.AsSpan(first), tau[i], result, to, 0, count, first);
        }
        return result;
    }

    /// <summary>Copies as many vectors as are wanted, as columns or as rows.</summary>
    private static void Emit<T>(ReadOnlySpan<T> vectors, int length, Span<T> target, int size, int wanted, bool asColumns)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (wanted == 0) return;
        if (asColumns) Rows.Transpose(vectors[..(wanted * length)], target, wanted, length);
        else vectors[..(wanted * size)].CopyTo(target);
    }
}
