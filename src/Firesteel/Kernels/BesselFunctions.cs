namespace Firesteel;

/// <summary>Bessel functions of real argument in double precision: power series or recurrences for small arguments, asymptotic series for large ones.</summary>
internal static class BesselFunctions
{
    private const double EulerGamma = 0.5772156649015329;

    /// <summary>From here on the smallest term of the asymptotic series is below the precision of a double.</summary>
    private const double Large = 25;

    public static double J0(double x) => double.IsNaN(x) ? x : Cylinder(Math.Abs(x)).J0;

    public static double J1(double x) => double.IsNaN(x) ? x : Math.CopySign(1, x) * Cylinder(Math.Abs(x)).J1;

    public static double Y0(double x) => x > 0 ? Cylinder(x).Y0 : x == 0 ? double.NegativeInfinity : double.NaN;

    public static double Y1(double x) => x > 0 ? Cylinder(x).Y1 : x == 0 ? double.NegativeInfinity : double.NaN;

    public static double I0(double x)
    {
        double a = Math.Abs(x);
        return a <= Large ? GrowingSeries(a, 0) : Growing(I0e(a), a);
    }

    public static double I0e(double x)
    {
        double a = Math.Abs(x);
        return a <= Large ? Math.Exp(-a) * GrowingSeries(a, 0) : double.IsInfinity(a) ? 0 : Asymptotic(a, 0, -1) / Math.Sqrt(2 * Math.PI * a);
    }

    public static double I1(double x)
    {
        double a = Math.Abs(x);
        return Math.CopySign(1, x) * (a <= Large ? 0.5 * a * GrowingSeries(a, 1) : Growing(Math.Abs(I1e(a)), a));
    }

    public static double I1e(double x)
    {
        double a = Math.Abs(x);
        return Math.CopySign(1, x) * (a <= Large ? Math.Exp(-a) * 0.5 * a * GrowingSeries(a, 1) : double.IsInfinity(a) ? 0 : Asymptotic(a, 4, -1) / Math.Sqrt(2 * Math.PI * a));
    }

    public static double K0(double x) => x is > 0 and <= 2 ? SmallK0(x) : K0e(x) * Math.Exp(-x);

    public static double K1(double x) => x is > 0 and <= 2 ? SmallK1(x) : K1e(x) * Math.Exp(-x);

    public static double K0e(double x) => x > 2 ? ScaledK(0, x) : x > 0 ? SmallK0(x) * Math.Exp(x) : x == 0 ? double.PositiveInfinity : double.NaN;

    public static double K1e(double x) => x > 2 ? ScaledK(1, x) : x > 0 ? SmallK1(x) * Math.Exp(x) : x == 0 ? double.PositiveInfinity : double.NaN;

    /// <summary>sin(x) / x.</summary>
    public static double SphericalJ0(double x)
    {
        if (double.IsInfinity(x)) return 0;
        return Math.Abs(x) < 1e-4 ? 1 - x * x / 6 : Math.Sin(x) / x;
    }

    /// <summary>exp(x) K(order, x) for x above 1: the integral of exp(-x (cosh t - 1)) cosh(order t), for which the trapezoidal rule converges exponentially.</summary>
    public static double ScaledK(double order, double x)
    {
        if (double.IsInfinity(x)) return 0;
        if (x > Large) return Math.Sqrt(Math.PI / (2 * x)) * Asymptotic(x, 4 * order * order, 1);
        const double step = 0.125;
        double sum = 0.5;
        for (int k = 1; ; k++)
        {
            double t = k * step, half = Math.Sinh(0.5 * t), exponent = 2 * x * half * half;
            if (exponent > 45) return sum * step;
            sum += Math.Exp(-exponent) * Math.Cosh(order * t);
        }
    }

    /// <summary>exp(x) times a factor without overflow on the way.</summary>
    private static double Growing(double scaled, double x) => scaled == 0 ? double.PositiveInfinity : Math.Exp(0.5 * x) * scaled * Math.Exp(0.5 * x);

    /// <summary>The sum of (x/2)^2k / (k! (k + order)!).</summary>
    private static double GrowingSeries(double x, int order)
    {
        double quarter = 0.25 * x * x, term = 1, sum = 1;
        for (int k = 1; term > 1e-17 * sum; k++)
        {
            term *= quarter / ((double)k * (k + order));
            sum += term;
        }
        return double.IsNaN(x) ? x : sum;
    }

    /// <summary>Hankel's series 1 + s (mu - 1) / (8 x) + s^2 (mu - 1)(mu - 9) / (2! (8 x)^2) + ..., up to its smallest term; s is the sign.</summary>
    private static double Asymptotic(double x, double mu, int sign)
    {
        double term = 1, sum = 1;
        for (int k = 1; k < 200; k++)
        {
            double odd = 2 * k - 1, next = term * sign * (mu - odd * odd) / (8 * x * k);
            if (Math.Abs(next) >= Math.Abs(term) || Math.Abs(next) < 1e-17 * Math.Abs(sum)) break;
            sum += term = next;
        }
        return sum;
    }

    private static double SmallK0(double x)
    {
        double quarter = 0.25 * x * x, term = 1, harmonic = 0, sum = 0, i0 = 1;
        for (int k = 1; term > 1e-18; k++)
        {
            term *= quarter / ((double)k * k);
            harmonic += 1.0 / k;
            i0 += term;
            sum += term * harmonic;
        }
        return sum - (Math.Log(0.5 * x) + EulerGamma) * i0;
    }

    private static double SmallK1(double x)
    {
        double quarter = 0.25 * x * x, term = 1, digammas = 1 - 2 * EulerGamma, sum = digammas, i1 = 1;
        for (int k = 1; term > 1e-18; k++)
        {
            term *= quarter / ((double)k * (k + 1));
            digammas += 1.0 / k + 1.0 / (k + 1);
            i1 += term;
            sum += term * digammas;
        }
        return 1 / x + Math.Log(0.5 * x) * 0.5 * x * i1 - 0.25 * x * sum;
    }

    /// <summary>All four functions of the first and second kind at once, for x from 0.</summary>
    private static (double J0, double J1, double Y0, double Y1) Cylinder(double x)
    {
        if (double.IsInfinity(x)) return default;
        double log = Math.Log(0.5 * x) + EulerGamma;
        if (x < 1e-8) return (1, 0.5 * x, 2 / Math.PI * log, x == 0 ? double.NegativeInfinity : -2 / (Math.PI * x));
        if (x > Large) return LargeCylinder(x);

        // Downward recurrence from far above, where the start does not matter, normalised by J0 + 2 (J2 + J4 + ...) = 1;
        // and Neumann's series of the Y in terms of the J.
        double above = 0, here = 1e-290, norm = 0, even = 0, odd = 0, j1 = 0;
        for (int n = x < 1 ? 20 : 80; n > 0; n--)
        {
            // here is J(n).
            if (n % 2 == 0)
            {
                norm += 2 * here;
                even += (n % 4 == 0 ? 1 : -1) * here / (n / 2);
            }
            else if (n > 1)
            {
                double k = (n - 1) / 2;
                odd += (k % 2 == 0 ? 1 : -1) * n / (k * (k + 1)) * here;
            }
            if (n == 1) j1 = here;
            (above, here) = (here, 2 * n / x * here - above);
        }
        double scale = 1 / (norm + here), j0 = here * scale;
        j1 *= scale;
        double y0 = 2 / Math.PI * (log * j0 - 2 * even * scale);
        double y1 = 2 / Math.PI * ((log - 1) * j1 - j0 / x - odd * scale);
        return (j0, j1, y0, y1);
    }

    private static (double J0, double J1, double Y0, double Y1) LargeCylinder(double x)
    {
        double amplitude = Math.Sqrt(1 / (Math.PI * x)), sine = Math.Sin(x), cosine = Math.Cos(x);
        var (p0, q0) = Phase(x, 0);
        var (p1, q1) = Phase(x, 4);
        // cos and sin of x - pi/4 (times sqrt 2); those of x - 3 pi/4 are the sine of it and minus the cosine.
        double c = cosine + sine, s = sine - cosine;
        return (amplitude * (p0 * c - q0 * s), amplitude * (p1 * s + q1 * c), amplitude * (p0 * s + q0 * c), amplitude * (q1 * s - p1 * c));
    }

    /// <summary>The even and odd terms of Hankel's series with alternating signs.</summary>
    private static (double P, double Q) Phase(double x, double mu)
    {
        double term = 1, p = 1, q = 0;
        for (int k = 1; k < 200; k++)
        {
            double odd = 2 * k - 1, next = term * (mu - odd * odd) / (8 * x * k);
            if (Math.Abs(next) >= Math.Abs(term) || Math.Abs(next) < 1e-18) break;
            term = next;
            double signed = k / 2 % 2 == 0 ? term : -term;
            if (k % 2 == 0) p += signed;
            else q += signed;
        }
        return (p, q);
    }
}
