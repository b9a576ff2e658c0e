using System.Numerics;

namespace Firesteel;

/// <summary>Singular values of an upper bidiagonal matrix by implicit QR steps with zero shift where that keeps relative accuracy (Demmel and Kahan), with LAPACK's choices of direction and sign.</summary>
internal static class BidiagonalSingularValues
{
    /// <summary>
    /// Overwrites d by the singular values, descending. Left vectors are the rows of u [n, uWidth], right vectors the rows of vt [n, vWidth]; both are
    /// rotated along, and a width of 0 leaves them out. Returns false if a value did not converge.
    /// </summary>
    public static bool Compute<T>(Span<T> d, Span<T> e, int n, Span<T> u, int uWidth, Span<T> vt, int vWidth)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T eps = Rows.Rounding<T>();
        double rounding = double.CreateTruncating(eps);
        T tol = T.CreateTruncating(Math.Max(10, Math.Min(100, Math.Pow(rounding, -0.125)))) * eps;
        T least = T.Abs(d[0]), mu = least;
        for (int i = 1; i < n && least != T.Zero; i++)
        {
            mu = T.Abs(d[i]) * (mu / (mu + T.Abs(e[i - 1])));
            least = T.Min(least, mu);
        }
        T threshold = T.Max(tol * (least / T.Sqrt(T.CreateTruncating(n))), T.CreateTruncating(6.0 * n * n) * Rows.SmallestNormal<T>());
        long left = 6L * n * n;
        int oldFirst = -1, oldLast = -1;
        bool down = true;
        for (int last = n - 1; last > 0;)
        {
            if (left < 0) return false;
            T largest = T.Abs(d[last]);
            int first = last - 1;
            bool split = false;
            for (; first >= 0; first--)
            {
                T size = T.Abs(e[first]);
                if (size <= threshold)
                {
                    e[first] = T.Zero;
                    split = true;
                    break;
                }
                largest = T.Max(largest, T.Max(T.Abs(d[first]), size));
            }
            if (split && first == last - 1)
            {
                last--;
                continue;
            }
            first++;
            if (first == last - 1)
            {
                var (small, large, sr, cr, sl, cl) = TriangularTwoByTwo(d[first], e[first], d[last]);
                (d[first], e[first], d[last]) = (large, T.Zero, small);
                Rotate(vt, vWidth, first, cr, sr);
                Rotate(u, uWidth, first, cl, sl);
                last -= 2;
                continue;
            }
            // A new block is chased from its larger end to its smaller.
            if (first > oldLast || last < oldFirst || oldLast < 0) down = T.Abs(d[first]) >= T.Abs(d[last]);
            if (Negligible(d, e, first, last, down, tol, out T smallest)) continue;
            (oldFirst, oldLast) = (first, last);

            T shift = T.Zero;
            if (T.CreateTruncating(n) * tol * (smallest / largest) > T.Max(eps, T.CreateTruncating(0.01) * tol))
            {
                T head = T.Abs(down ? d[first] : d[last]);
                shift = down ? Smaller(d[last - 1], e[last - 1], d[last]) : Smaller(d[first], e[first], d[first + 1]);
                if (head > T.Zero && shift / head * (shift / head) < eps) shift = T.Zero;
            }
            left -= last - first;
            if (down) StepDown(d, e, first, last, shift, u, uWidth, vt, vWidth);
            else StepUp(d, e, first, last, shift, u, uWidth, vt, vWidth);
            int end = down ? last - 1 : first;
            if (T.Abs(e[end]) <= threshold) e[end] = T.Zero;
        }
        Finish(d, n, u, uWidth, vt, vWidth);
        return true;
    }

    /// <summary>Makes the values positive and puts them in descending order.</summary>
    private static void Finish<T>(Span<T> d, int n, Span<T> u, int uWidth, Span<T> vt, int vWidth)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < n; i++)
        {
            if (!T.IsNegative(d[i])) continue;
            d[i] = -d[i];
            Rows.Scale(vt.Slice(i * vWidth, vWidth), -T.One);
        }
        for (int i = 0; i < n - 1; i++)
        {
            int at = i;
            for (int j = i + 1; j < n; j++) if (d[j] > d[at]) at = j;
            if (at == i) continue;
            (d[i], d[at]) = (d[at], d[i]);
            Rows.Swap(vt.Slice(i * vWidth, vWidth), vt.Slice(at * vWidth, vWidth));
            Rows.Swap(u.Slice(i * uWidth, uWidth), u.Slice(at * uWidth, uWidth));
        }
    }

    private static void Rotate<T>(Span<T> rows, int width, int row, T c, T s)
        where T : unmanaged, IFloatingPointIeee754<T> => Rows.Rotate(rows.Slice(row * width, width), rows.Slice((row + 1) * width, width), c, s);

    /// <summary>True if an off-diagonal element could be set to zero; else a lower bound of the block's smallest singular value.</summary>
    private static bool Negligible<T>(Span<T> d, Span<T> e, int first, int last, bool down, T tol, out T smallest)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int end = down ? last - 1 : first;
        smallest = T.Zero;
        if (T.Abs(e[end]) <= tol * T.Abs(down ? d[last] : d[first]))
        {
            e[end] = T.Zero;
            return true;
        }
        T mu = T.Abs(down ? d[first] : d[last]);
        smallest = mu;
        for (int step = 0; step < last - first; step++)
        {
            int i = down ? first + step : last - 1 - step;
            if (T.Abs(e[i]) <= tol * mu)
            {
                e[i] = T.Zero;
                return true;
            }
            mu = T.Abs(d[down ? i + 1 : i]) * (mu / (mu + T.Abs(e[i])));
            smallest = T.Min(smallest, mu);
        }
        return false;
    }

    private static void StepDown<T>(Span<T> d, Span<T> e, int first, int last, T shift, Span<T> u, int uWidth, Span<T> vt, int vWidth)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T c = T.One, s = T.Zero, r, oldC = T.One, oldS = T.Zero;
        if (shift == T.Zero)
        {
            for (int i = first; i < last; i++)
            {
                (c, s, r) = Rows.RotationFor(d[i] * c, e[i]);
                if (i > first) e[i - 1] = oldS * r;
                (oldC, oldS, d[i]) = Rows.RotationFor(oldC * r, d[i + 1] * s);
                Rotate(vt, vWidth, i, c, s);
                Rotate(u, uWidth, i, oldC, oldS);
            }
            T h = d[last] * c;
            (d[last], e[last - 1]) = (h * oldC, h * oldS);
            return;
        }
        T f = (T.Abs(d[first]) - shift) * (Rows.WithSign(T.One, d[first]) + (shift / d[first])), g = e[first];
        for (int i = first; i < last; i++)
        {
            (c, s, r) = Rows.RotationFor(f, g);
            if (i > first) e[i - 1] = r;
            f = (c * d[i]) + (s * e[i]);
            e[i] = (c * e[i]) - (s * d[i]);
            g = s * d[i + 1];
            d[i + 1] *= c;
            Rotate(vt, vWidth, i, c, s);
            (c, s, d[i]) = Rows.RotationFor(f, g);
            f = (c * e[i]) + (s * d[i + 1]);
            d[i + 1] = (c * d[i + 1]) - (s * e[i]);
            if (i < last - 1)
            {
                g = s * e[i + 1];
                e[i + 1] *= c;
            }
            Rotate(u, uWidth, i, c, s);
        }
        e[last - 1] = f;
    }

    private static void StepUp<T>(Span<T> d, Span<T> e, int first, int last, T shift, Span<T> u, int uWidth, Span<T> vt, int vWidth)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T c = T.One, s = T.Zero, r, oldC = T.One, oldS = T.Zero;
        if (shift == T.Zero)
        {
            for (int i = last; i > first; i--)
            {
                (c, s, r) = Rows.RotationFor(d[i] * c, e[i - 1]);
                if (i < last) e[i] = oldS * r;
                (oldC, oldS, d[i]) = Rows.RotationFor(oldC * r, d[i - 1] * s);
                Rotate(vt, vWidth, i - 1, oldC, -oldS);
                Rotate(u, uWidth, i - 1, c, -s);
            }
            T h = d[first] * c;
            (d[first], e[first]) = (h * oldC, h * oldS);
            return;
        }
        T f = (T.Abs(d[last]) - shift) * (Rows.WithSign(T.One, d[last]) + (shift / d[last])), g = e[last - 1];
        for (int i = last; i > first; i--)
        {
            (c, s, r) = Rows.RotationFor(f, g);
            if (i < last) e[i] = r;
            f = (c * d[i]) + (s * e[i - 1]);
            e[i - 1] = (c * e[i - 1]) - (s * d[i]);
            g = s * d[i - 1];
            d[i - 1] *= c;
            Rotate(u, uWidth, i - 1, c, -s);
            (c, s, d[i]) = Rows.RotationFor(f, g);
            f = (c * e[i - 1]) + (s * d[i - 1]);
            d[i - 1] = (c * d[i - 1]) - (s * e[i - 1]);
            if (i > first + 1)
            {
                g = s * e[i - 2];
                e[i - 2] *= c;
            }
            Rotate(vt, vWidth, i - 1, c, -s);
        }
        e[first] = f;
    }

    /// <summary>The smaller singular value of [[f, g], [0, h]].</summary>
    private static T Smaller<T>(T f, T g, T h)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T fa = T.Abs(f), ga = T.Abs(g), ha = T.Abs(h), small = T.Min(fa, ha), large = T.Max(fa, ha), two = T.One + T.One;
        if (small == T.Zero) return T.Zero;
        T sum = T.One + (small / large), difference = (large - small) / large;
        if (ga < large)
        {
            T ratio = ga / large * (ga / large);
            return small * (two / (T.Sqrt((sum * sum) + ratio) + T.Sqrt((difference * difference) + ratio)));
        }
        T inverse = large / ga;
        if (inverse == T.Zero) return small * large / ga;
        T c = T.One / (T.Hypot(T.One, sum * inverse) + T.Hypot(T.One, difference * inverse));
        return small * c * inverse * two;
    }

    /// <summary>The singular values of [[f, g], [0, h]] with signs, and the rotations that make it diagonal.</summary>
    private static (T Small, T Large, T SinRight, T CosRight, T SinLeft, T CosLeft) TriangularTwoByTwo<T>(T f, T g, T h)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T two = T.One + T.One, ft = f, fa = T.Abs(f), ht = h, ha = T.Abs(h), ga = T.Abs(g);
        bool swap = ha > fa;
        if (swap) (ft, fa, ht, ha) = (ht, ha, ft, fa);
        int largestAt = swap ? 3 : 1;
        T small, large, cl, cr, sl, sr;
        if (ga == T.Zero) (small, large, cl, cr, sl, sr) = (ha, fa, T.One, T.One, T.Zero, T.Zero);
        else if (ga > fa && fa / ga < Rows.Rounding<T>())
        {
            largestAt = 2;
            (small, large) = (ha > T.One ? fa / (ga / ha) : fa / ga * ha, ga);
            (cl, sl, sr, cr) = (T.One, ht / g, T.One, ft / g);
        }
        else
        {
            if (ga > fa) largestAt = 2;
            T d = fa - ha, l = d == fa ? T.One : d / fa, m = g / ft, t = two - l, mm = m * m;
            T s = T.Sqrt((t * t) + mm), r = l == T.Zero ? T.Abs(m) : T.Sqrt((l * l) + mm), a = (s + r) / two;
            (small, large) = (ha / a, fa * a);
            if (mm != T.Zero) t = ((m / (s + t)) + (m / (r + l))) * (T.One + a);
            else if (l == T.Zero) t = Rows.WithSign(two, ft) * Rows.WithSign(T.One, g);
            else t = (g / Rows.WithSign(d, ft)) + (m / t);
            l = T.Sqrt((t * t) + (two * two));
            cr = two / l;
            sr = t / l;
            cl = (cr + (sr * m)) / a;
            sl = ht / ft * sr / a;
        }
        if (swap) (cl, sl, cr, sr) = (sr, cr, sl, cl);
        T sign = largestAt switch
        {
            1 => Rows.WithSign(T.One, cr) * Rows.WithSign(T.One, cl) * Rows.WithSign(T.One, f),
            2 => Rows.WithSign(T.One, sr) * Rows.WithSign(T.One, cl) * Rows.WithSign(T.One, g),
            _ => Rows.WithSign(T.One, sr) * Rows.WithSign(T.One, sl) * Rows.WithSign(T.One, h),
        };
        return (Rows.WithSign(small, sign * Rows.WithSign(T.One, f) * Rows.WithSign(T.One, h)), Rows.WithSign(large, sign), sr, cr, sl, cl);
    }
}
