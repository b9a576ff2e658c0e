namespace Firesteel;

/// <summary>Real functions that .NET lacks, in double precision.</summary>
internal static class RealFunctions
{
    private const double TwoOverSqrtPi = 1.1283791670955126;
    private const double InvSqrtPi = 0.5641895835477563;

    /// <summary>exp(x) - 1 without cancellation: the error of exp(x) is undone by dividing by log(exp(x)) (W. Kahan).</summary>
    public static double Expm1(double x)
    {
        if (Math.Abs(x) > 40) return Math.Exp(x) - 1;
        double u = Math.Exp(x);
        if (u == 1) return x;
        double less = u - 1;
        return less == -1 ? -1 : less * (x / Math.Log(u));
    }

    /// <summary>log(1 + x) without cancellation (W. Kahan).</summary>
    public static double Log1p(double x)
    {
        double u = 1 + x;
        return u == 1 || double.IsPositiveInfinity(u) ? x : Math.Log(u) * (x / (u - 1));
    }

    /// <summary>The error function: a series of positive terms near 0, the complement's continued fraction elsewhere (Abramowitz and Stegun 7.1.6, 7.1.14).</summary>
    public static double Erf(double x)
    {
        if (double.IsNaN(x)) return x;
        double a = Math.Abs(x);
        if (a > 2) return Math.CopySign(1 - UpperErfc(a), x);
        double term = x, sum = x, square = x * x;
        for (int n = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); n++)
        {
            term *= 2 * square / (2 * n + 1);
            sum += term;
        }
        return TwoOverSqrtPi * Math.Exp(-square) * sum;
    }

    /// <summary>1 - erf(x), with full relative accuracy in the tail.</summary>
    public static double Erfc(double x)
    {
        if (double.IsNaN(x)) return x;
        return x > 1 ? UpperErfc(x) : x < -2 ? 2 - UpperErfc(-x) : 1 - Erf(x);
    }

    /// <summary>exp(x^2) erfc(x).</summary>
    public static double Erfcx(double x) => x > 1 ? UpperErfcx(x) : x < 0 ? 2 * Math.Exp(x * x) - Erfcx(-x) : Math.Exp(x * x) * Erfc(x);

    /// <summary>The logarithm of the normal distribution function.</summary>
    public static double LogNdtr(double x)
    {
        double t = x * 0.7071067811865476;
        return x < -1 ? Math.Log(0.5 * Erfcx(-t)) - t * t : Log1p(-0.5 * Erfc(t));
    }

    private static double UpperErfc(double x) => x > 27 ? 0 : Math.Exp(-x * x) * UpperErfcx(x);

    /// <summary>exp(x^2) erfc(x) for x > 1 by its continued fraction, evaluated from the far end.</summary>
    private static double UpperErfcx(double x)
    {
        int terms = x < 2 ? 160 : x < 3 ? 60 : 30;
        double f = x;
        for (int k = terms; k > 0; k--) f = x + k * 0.5 / f;
        return InvSqrtPi / f;
    }
}
