using System.Numerics;

namespace Firesteel;

/// <summary>
/// Eigenvalues and eigenvectors of one symmetric matrix: reflections make it tridiagonal, implicit QL or QR steps make that diagonal. Signs and
/// order of all steps are LAPACK's, so that eigenvectors come out with the signs that PyTorch gives them.
/// </summary>
internal static class SymmetricEigen
{
    /// <summary>Overwrites a [n, n], of which one triangle is read, by the eigenvectors as columns if they are wanted. Returns false if a value did not converge.</summary>
    public static bool Compute<T>(Span<T> a, int n, bool lower, Span<T> values, bool vectors)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (n == 0) return true;
        T largest = T.Zero;
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (lower) a[(j * n) + i] = a[(i * n) + j];
                else a[(i * n) + j] = a[(j * n) + i];
            }
        }
        foreach (T value in a[..(n * n)]) largest = T.Max(largest, T.Abs(value));
        if (!T.IsFinite(largest)) return false;
        T scale = ScaleFor(largest);
        if (scale != T.One) Rows.Scale(a[..(n * n)], scale);

        T[] off = new T[n], tau = new T[n];
        Tridiagonalize(a, n, lower, values, off, tau);
        var z = vectors ? new T[n * n] : [];
        for (int i = 0; vectors && i < n; i++) z[(i * n) + i] = T.One;
        bool converged = Diagonalize(values, off, z, n, vectors);
        if (vectors)
        {
            BackTransform(a, n, lower, tau, z);
            Rows.Transpose<T>(z, a, n, n);
        }
        if (scale != T.One) foreach (ref T value in values) value /= scale;
        return converged;
    }

    /// <summary>A power of two that brings a matrix with elements near the ends of the range to size 1.</summary>
    public static T ScaleFor<T>(T largest)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T low = T.Sqrt(Rows.SmallestNormal<T>()) / Rows.Rounding<T>();
        return largest == T.Zero || (largest > low && largest < T.One / low) ? T.One : T.ScaleB(T.One, -T.ILogB(largest));
    }

    /// <summary>The reflections stay in the triangle that was asked for: below the subdiagonal, or above the superdiagonal.</summary>
    private static void Tridiagonalize<T>(Span<T> a, int n, bool lower, Span<T> diagonal, Span<T> off, Span<T> tau)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var column = new T[n];
        var product = new T[n];
        for (int step = 0; step < n - 1; step++)
        {
            // Lower: column i, from the first on, elements below the diagonal. Upper: column i + 1, from the last on, elements above it.
            int i = lower ? step : n - 2 - step, length = lower ? n - 1 - i : i + 1, origin = lower ? i + 1 : 0;
            var v = column.AsSpan(0, length);
            // The element that remains is the first of the reflection's vector; above the diagonal that is the one next to it.
            for (int k = 0; k < length; k++) v[k] = lower ? a[((i + 1 + k) * n) + i] : k == 0 ? a[(i * n) + i + 1] : a[((k - 1) * n) + i + 1];
            T t = tau[i] = Householder.Make(v);
            off[i] = v[0];
            v[0] = T.One;
            if (!lower)
            {
                // Back into the order of the rows.
                for (int k = 0; k + 1 < length; k++) v[k] = v[k + 1];
                v[length - 1] = T.One;
            }
            if (t != T.Zero)
            {
                var w = product.AsSpan(0, length);
                for (int k = 0; k < length; k++) w[k] = t * Rows.Dot<T>(v, a.Slice(((origin + k) * n) + origin, length));
                T alpha = -(t * Rows.Dot<T>(w, v)) / T.CreateTruncating(2);
                Rows.AddScaled(w, alpha, v);
                for (int k = 0; k < length; k++)
                {
                    var row = a.Slice(((origin + k) * n) + origin, length);
                    Rows.AddScaled(row, -v[k], w);
                    Rows.AddScaled(row, -w[k], v);
                }
            }
            // Row i (or i + 1) is done; the reflection is kept there.
            v.CopyTo(lower ? a.Slice((i * n) + i + 1, length) : a.Slice((i + 1) * n, length));
        }
        for (int i = 0; i < n; i++) diagonal[i] = a[(i * n) + i];
    }

    /// <summary>The eigenvectors of the matrix from those of the tridiagonal one; z holds them as rows.</summary>
    private static void BackTransform<T>(ReadOnlySpan<T> a, int n, bool lower, ReadOnlySpan<T> tau, Span<T> z)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int step = 0; step < n - 1; step++)
        {
            int i = lower ? n - 2 - step : step;
            var v = lower ? a.Slice((i * n) + i + 1, n - 1 - i) : a.Slice((i + 1) * n, i + 1);
            Householder.Right(v, tau[i], z, n, 0, n, lower ? i + 1 : 0);
        }
    }

    /// <summary>Implicit QL or QR on a tridiagonal matrix, from whichever end is larger; z (rows) is rotated along. Sorts ascending.</summary>
    private static bool Diagonalize<T>(Span<T> d, Span<T> e, Span<T> z, int n, bool vectors)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T eps = Rows.Rounding<T>(), tiny = Rows.SmallestNormal<T>();
        int left = 30 * n;
        for (int start = 0; start < n;)
        {
            // The next block that does not fall apart.
            int end = start;
            while (end < n - 1)
            {
                T size = T.Abs(e[end]);
                if (size == T.Zero) break;
                if (size <= T.Sqrt(T.Abs(d[end])) * T.Sqrt(T.Abs(d[end + 1])) * eps)
                {
                    e[end] = T.Zero;
                    break;
                }
                end++;
            }
            if (end == start)
            {
                start++;
                continue;
            }
            bool done = T.Abs(d[end]) < T.Abs(d[start])
                ? Chase(d, e, z, n, vectors, end, start, -1, eps, tiny, ref left)
                : Chase(d, e, z, n, vectors, start, end, 1, eps, tiny, ref left);
            if (!done) return false;
            // A block may have fallen apart on the way; what is left of it is looked at again.
            while (start <= end && (start == n - 1 || e[start] == T.Zero)) start++;
        }
        for (int i = 0; i < n - 1; i++)
        {
            int least = i;
            for (int j = i + 1; j < n; j++) if (d[j] < d[least]) least = j;
            if (least == i) continue;
            (d[i], d[least]) = (d[least], d[i]);
            if (vectors) Rows.Swap(z.Slice(i * n, n), z.Slice(least * n, n));
        }
        return true;
    }

    /// <summary>
    /// QL from position <paramref name="l"/> upwards to <paramref name="last"/> (way 1), or its mirror image QR downwards (way -1), until every value
    /// of the block stands alone. The off-diagonal element between positions p and p + way is e[p] or e[p - 1].
    /// </summary>
    private static bool Chase<T>(Span<T> d, Span<T> e, Span<T> z, int n, bool vectors, int l, int last, int way, T eps, T tiny, ref int left)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int shift = way > 0 ? 0 : -1; // e[p + shift] lies between p and p + way
        T two = T.CreateTruncating(2);
        while ((last - l) * way >= 0)
        {
            int m = l;
            for (; m != last; m += way)
            {
                T size = T.Abs(e[m + shift]);
                if (size * size <= (eps * eps * T.Abs(d[m]) * T.Abs(d[m + way])) + tiny) break;
            }
            if (m != last) e[m + shift] = T.Zero;
            if (m == l)
            {
                l += way;
                continue;
            }
            if (m == l + way)
            {
                int low = Math.Min(l, m);
                var (first, second, c2, s2) = TwoByTwo(d[low], e[low], d[low + 1]);
                if (vectors) Rows.Rotate(z.Slice(low * n, n), z.Slice((low + 1) * n, n), c2, s2);
                (d[low], d[low + 1], e[low]) = (first, second, T.Zero);
                l += 2 * way;
                continue;
            }
            if (left-- == 0) return false;

            T p = d[l], g = (d[l + way] - p) / (two * e[l + shift]), r = T.Hypot(g, T.One);
            g = d[m] - p + (e[l + shift] / (g + Rows.WithSign(r, g)));
            T s = T.One, c = T.One;
            p = T.Zero;
            for (int i = m - way; (i - l) * way >= 0; i -= way)
            {
                T f = s * e[i + shift], b = c * e[i + shift];
                (c, s, r) = Rows.RotationFor(g, f);
                if (i != m - way) e[i + way + shift] = r;
                g = d[i + way] - p;
                r = ((d[i] - g) * s) + (two * c * b);
                p = s * r;
                d[i + way] = g + p;
                g = (c * r) - b;
                // Rotations of columns i and i + 1, where the sine changes its sign with the direction.
                if (vectors) Rows.Rotate(z.Slice(Math.Min(i, i + way) * n, n), z.Slice(Math.Max(i, i + way) * n, n), c, way > 0 ? -s : s);
            }
            d[l] -= p;
            e[l + shift] = g;
        }
        return true;
    }

    /// <summary>The eigenvalues of [[a, b], [b, c]], that of larger size first, and the unit eigenvector (cs, sn) of the first.</summary>
    private static (T First, T Second, T Cs, T Sn) TwoByTwo<T>(T a, T b, T c)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T half = T.CreateTruncating(0.5), sum = a + c, difference = a - c, twice = b + b, ab = T.Abs(twice);
        bool aLarger = T.Abs(a) > T.Abs(c);
        T large = aLarger ? a : c, small = aLarger ? c : a;
        T root = T.Hypot(difference, twice), first, second;
        int sign1 = sum < T.Zero ? -1 : 1, sign2 = difference >= T.Zero ? 1 : -1;
        if (sum == T.Zero) (first, second) = (half * root, -half * root);
        else
        {
            first = half * (sum < T.Zero ? sum - root : sum + root);
            second = (large / first * small) - (b / first * b);
        }
        T cs = difference >= T.Zero ? difference + root : difference - root, x, y;
        if (T.Abs(cs) > ab)
        {
            T t = -twice / cs;
            y = T.One / T.Sqrt(T.One + (t * t));
            x = t * y;
        }
        else if (ab == T.Zero) (x, y) = (T.One, T.Zero);
        else
        {
            T t = -cs / twice;
            x = T.One / T.Sqrt(T.One + (t * t));
            y = t * x;
        }
        return sign1 == sign2 ? (first, second, -y, x) : (first, second, x, y);
    }
}
