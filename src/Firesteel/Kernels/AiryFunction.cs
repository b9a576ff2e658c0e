namespace Firesteel;

/// <summary>Airy's function Ai of real argument in double precision.</summary>
internal static class AiryFunction
{
    private const double AtZero = 0.3550280538878172;
    private const double SlopeAtZero = 0.2588194037928068;

    public static double Ai(double x)
    {
        if (double.IsNaN(x)) return x;
        if (x > 2)
        {
            double zeta = 2 * x * Math.Sqrt(x) / 3;
            return zeta > 745 ? 0 : Math.Sqrt(x / 3) / Math.PI * BesselFunctions.ScaledK(1.0 / 3, zeta) * Math.Exp(-zeta);
        }
        if (x >= -3) return NearZero(x);
        return x > -9 ? Middle(x) : Oscillating(-x);
    }

    /// <summary>The two power series.</summary>
    private static double NearZero(double x)
    {
        double cube = x * x * x, f = 1, g = x, sumF = 1, sumG = x;
        for (int k = 3; k < 200; k += 3)
        {
            f *= cube / (k * (k - 1));
            g *= cube / (k * (k + 1));
            sumF += f;
            sumG += g;
            if (Math.Abs(f) + Math.Abs(g) < 1e-18) break;
        }
        return AtZero * sumF - SlopeAtZero * sumG;
    }

    /// <summary>The same in decimals of 28 digits: there the terms are up to 1e8 times as large as their sum.</summary>
    private static double Middle(double x)
    {
        const double scale = 1L << 48;
        decimal at = (decimal)(long)(x * scale) / (decimal)scale, cube = at * at * at, f = 1, g = at, sumF = 1, sumG = at;
        for (int k = 3; k < 200; k += 3)
        {
            f *= cube / (k * (k - 1));
            g *= cube / (k * (k + 1));
            sumF += f;
            sumG += g;
            if (Math.Abs(f) + Math.Abs(g) < 1e-22m) break;
        }
        return (double)(0.3550280538878172392600631860m * sumF - 0.2588194037928067984051835601m * sumG);
    }

    /// <summary>The asymptotic series of Ai(-x) for x from 9.</summary>
    private static double Oscillating(double x)
    {
        if (double.IsInfinity(x)) return 0;
        double root = Math.Sqrt(x), zeta = 2 * x * root / 3, term = 1, even = 1, odd = 0;
        for (int k = 1; k < 100; k++)
        {
            double next = term * (6 * k - 5) * (6 * k - 3) * (6 * k - 1) / (216 * k * (2 * k - 1) * zeta);
            if (next >= term || next < 1e-18) break;
            term = next;
            double signed = k / 2 % 2 == 0 ? term : -term;
            if (k % 2 == 0) even += signed;
            else odd += signed;
        }
        double angle = zeta - 0.25 * Math.PI;
        return (Math.Cos(angle) * even + Math.Sin(angle) * odd) / Math.Sqrt(Math.PI * root);
    }
}
