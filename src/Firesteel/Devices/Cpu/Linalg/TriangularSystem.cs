using System.Numerics;

namespace Firesteel;

/// <summary>Substitution: A X = B with a triangular A, on row-major matrices.</summary>
internal static class TriangularSystem
{
    /// <summary>Overwrites b [n, k] by the solution. Only one triangle of a [n, n] is read, and the diagonal taken for ones if asked to.</summary>
    public static void Solve<T>(ReadOnlySpan<T> a, Span<T> b, int n, int k, bool upper, bool unitriangular)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int step = 0; step < n; step++)
        {
            int i = upper ? n - 1 - step : step;
            var coefficients = a.Slice(i * n, n);
            int first = upper ? i + 1 : 0, last = upper ? n : i;
            var row = b.Slice(i * k, k);
            if (k == 1) row[0] -= Rows.Dot(coefficients[first..last], b[first..last]);
            else for (int j = first; j < last; j++) Rows.AddScaled(row, -coefficients[j], b.Slice(j * k, k));
            if (!unitriangular) foreach (ref T value in row) value /= coefficients[i];
        }
    }
}
