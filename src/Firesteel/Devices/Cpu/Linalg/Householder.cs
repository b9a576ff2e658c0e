using System.Numerics;

namespace Firesteel;

/// <summary>Reflections I - tau v v^T with v[0] = 1, and A = Q R by them, with LAPACK's signs, on row-major matrices.</summary>
internal static class Householder
{
    /// <summary>Makes the reflection that turns x into (beta, 0, ..., 0). Overwrites x by v, whose first element is not stored: there stands beta. Returns tau.</summary>
    public static T Make<T>(Span<T> x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (x.Length <= 1) return T.Zero;
        T norm = Rows.Norm<T>(x[1..]);
        if (norm == T.Zero) return T.Zero;
        T alpha = x[0], beta = -Rows.WithSign(T.Hypot(alpha, norm), alpha);
        // Divided one by one: the reciprocal of a tiny difference could overflow.
        T divisor = alpha - beta;
        foreach (ref T value in x[1..]) value /= divisor;
        x[0] = beta;
        return (beta - alpha) / beta;
    }

    /// <summary>Reflects rows first..first+v.Length-1, from a column on, of a matrix with the given row length.</summary>
    public static void Left<T>(ReadOnlySpan<T> v, T tau, Span<T> c, int width, int first, int column, Span<T> work)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (tau == T.Zero || column >= width) return;
        work = work[..(width - column)];
        work.Clear();
        for (int i = 0; i < v.Length; i++) Rows.AddScaled(work, v[i], c.Slice(((first + i) * width) + column, width - column));
        for (int i = 0; i < v.Length; i++) Rows.AddScaled(c.Slice(((first + i) * width) + column, width - column), -tau * v[i], work);
    }

    /// <summary>Reflects columns column..column+v.Length-1 of the rows from first to before last.</summary>
    public static void Right<T>(ReadOnlySpan<T> v, T tau, Span<T> c, int width, int first, int last, int column)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (tau == T.Zero) return;
        for (int i = first; i < last; i++)
        {
            var row = c.Slice((i * width) + column, v.Length);
            Rows.AddScaled(row, -tau * Rows.Dot(v, row), v);
        }
    }

    /// <summary>Overwrites a [m, n] by R on and above the diagonal and the reflections below it; tau has min(m, n) elements.</summary>
    public static void Factor<T>(Span<T> a, int m, int n, Span<T> tau)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var work = new T[Math.Max(n, 1)];
        var column = new T[Math.Max(m, 1)];
        for (int k = 0; k < Math.Min(m, n); k++)
        {
            var v = column.AsSpan(0, m - k);
            for (int i = k; i < m; i++) v[i - k] = a[(i * n) + k];
            tau[k] = Make(v);
            for (int i = k; i < m; i++) a[(i * n) + k] = v[i - k];
            v[0] = T.One;
            Left(v, tau[k], a, n, k, k + 1, work);
        }
    }

    /// <summary>The first <paramref name="count"/> columns of the product of the reflections that <see cref="Factor"/> left in a [m, n].</summary>
    public static void Product<T>(ReadOnlySpan<T> a, int m, int n, ReadOnlySpan<T> tau, Span<T> q, int count)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        q[..(m * count)].Clear();
        for (int i = 0; i < Math.Min(m, count); i++) q[(i * count) + i] = T.One;
        var work = new T[Math.Max(count, 1)];
        var column = new T[Math.Max(m, 1)];
        for (int k = tau.Length - 1; k >= 0; k--)
        {
            var v = column.AsSpan(0, m - k);
            v[0] = T.One;
            for (int i = k + 1; i < m; i++) v[i - k] = a[(i * n) + k];
            Left<T>(v, tau[k], q, count, k, k, work); // columns before k are still those of the identity, zero in these rows
        }
    }
}
