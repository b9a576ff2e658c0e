namespace Firesteel;

/// <summary>The gamma function's relatives in double precision: Stirling's series where the argument is large, recurrences and reflection to get there.</summary>
internal static class GammaFunctions
{
    private const double EulerGamma = 0.5772156649015329;
    private const double HalfLogTwoPi = 0.9189385332046727;

    /// <summary>The Bernoulli numbers B2, B4, ... B24.</summary>
    private static readonly double[] s_bernoulli =
        [1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730, 7.0 / 6, -3617.0 / 510, 43867.0 / 798, -174611.0 / 330, 854513.0 / 138, -236364091.0 / 2730];

    /// <summary>Riemann's zeta of n less 1, for n = 2, 3, ...</summary>
    private static readonly double[] s_zetaLessOne = [.. Enumerable.Range(2, 34).Select(static n => Zeta(n, 2))];

    /// <summary>log |gamma(x)|.</summary>
    public static double Lgamma(double x)
    {
        if (double.IsNaN(x)) return x;
        if (double.IsInfinity(x)) return double.PositiveInfinity;
        if (x <= 0)
        {
            if (x == Math.Floor(x)) return double.PositiveInfinity;
            return Math.Log(Math.PI / Math.Abs(double.SinPi(x))) - Lgamma(1 - x);
        }
        if (x < 0.5) return LogGammaFromTwo(x) - RealFunctions.Log1p(x) - Math.Log(x);
        if (x < 1.5) return LogGammaFromTwo(x - 1) - RealFunctions.Log1p(x - 1);
        if (x <= 2.5) return LogGammaFromTwo(x - 2);
        if (x < 10)
        {
            double product = 1;
            while (x > 2.5) product *= --x;
            return Math.Log(product) + LogGammaFromTwo(x - 2);
        }
        return (x - 0.5) * Math.Log(x) - x + HalfLogTwoPi + StirlingCorrection(x);
    }

    /// <summary>The derivative of log gamma.</summary>
    public static double Digamma(double x)
    {
        if (double.IsNaN(x) || double.IsPositiveInfinity(x)) return x;
        if (x == 0) return Math.CopySign(double.PositiveInfinity, -x);
        if (x < 0) return x == Math.Floor(x) ? double.NaN : Digamma(1 - x) - Math.PI / double.TanPi(x);
        double sum = 0;
        while (x < 12) sum -= 1 / x++;
        double inverse = 1 / (x * x), power = inverse, series = 0;
        for (int k = 0; k < 10; k++, power *= inverse) series += s_bernoulli[k] / (2 * k + 2) * power;
        return sum + Math.Log(x) - 0.5 / x - series;
    }

    /// <summary>The n-th derivative of digamma.</summary>
    public static double Polygamma(double n, double x)
    {
        if (n == 0) return Digamma(x);
        if (n == 1 && x < 0.5)
        {
            double sine = double.SinPi(x);
            return Math.PI * Math.PI / (sine * sine) - Zeta(2, 1 - x);
        }
        return (n % 2 == 0 ? -1 : 1) * Math.Exp(Lgamma(n + 1)) * Zeta(n + 1, x);
    }

    /// <summary>Hurwitz's zeta function, the sum of (q + k)^-x over k = 0, 1, ..., by Euler's and Maclaurin's formula.</summary>
    public static double Zeta(double x, double q)
    {
        if (x == 1) return double.PositiveInfinity;
        if (!(x > 1) || double.IsNaN(q)) return double.NaN;
        if (q <= 0)
        {
            if (q == Math.Floor(q)) return double.PositiveInfinity;
            if (x != Math.Floor(x)) return double.NaN;
        }
        double sum = 0;
        int direct = 0;
        for (; direct < 10 || q < 10; direct++, q++)
        {
            double term = Math.Pow(q, -x);
            sum += term;
            if (q > 0 && term < 1e-18 * Math.Abs(sum)) return sum;
        }
        double power = Math.Pow(q, -x);
        sum += power * q / (x - 1) + 0.5 * power;
        // The terms are B(2k) / (2k)! * x (x+1) ... (x+2k-2) / q^(x+2k-1).
        double factor = x * power / (2 * q);
        for (int k = 0; k < s_bernoulli.Length; k++)
        {
            double term = s_bernoulli[k] * factor;
            sum += term;
            if (Math.Abs(term) < 1e-18 * Math.Abs(sum)) break;
            double m = 2 * k + 2;
            factor *= (x + m - 1) * (x + m) / ((m + 1) * (m + 2) * q * q);
        }
        return sum;
    }

    /// <summary>The regularised lower incomplete gamma function.</summary>
    public static double Igamma(double a, double x)
    {
        if (!(a >= 0 && x >= 0)) return double.NaN;
        if (a == 0) return x > 0 ? 1 : double.NaN;
        if (x == 0) return 0;
        if (double.IsInfinity(a)) return double.IsInfinity(x) ? double.NaN : 0;
        if (double.IsInfinity(x)) return 1;
        return x < a + 1 ? LowerSeries(a, x) : 1 - UpperFraction(a, x);
    }

    /// <summary>The regularised upper incomplete gamma function.</summary>
    public static double Igammac(double a, double x)
    {
        if (!(a >= 0 && x >= 0)) return double.NaN;
        if (a == 0) return x > 0 ? 0 : double.NaN;
        if (x == 0) return 1;
        if (double.IsInfinity(a)) return double.IsInfinity(x) ? double.NaN : 1;
        if (double.IsInfinity(x)) return 0;
        if (x <= 1.1 && a < 1) return UpperSeries(a, x);
        return x < a + 1 ? 1 - LowerSeries(a, x) : UpperFraction(a, x);
    }

    /// <summary>x^a exp(-x) / gamma(a).</summary>
    private static double Density(double a, double x)
    {
        if (a < 10) return Math.Exp(a * Math.Log(x) - x - Lgamma(a));
        // Near x = a the three terms cancel; this way they do not.
        double relative = (x - a) / a;
        double exponent = Math.Abs(relative) < 0.5 ? RealFunctions.Log1p(relative) - relative : Math.Log(x / a) - relative;
        return Math.Sqrt(a / (2 * Math.PI)) * Math.Exp(a * exponent - StirlingCorrection(a));
    }

    private static double LowerSeries(double a, double x)
    {
        double term = 1, sum = 1;
        for (double n = 1; n < 1e6 && term > 1e-17 * sum; n++)
        {
            term *= x / (a + n);
            sum += term;
        }
        return Density(a, x) / a * sum;
    }

    /// <summary>The continued fraction by Lentz's method.</summary>
    private static double UpperFraction(double a, double x)
    {
        const double tiny = 1e-300;
        double b = x + 1 - a, c = 1 / tiny, d = 1 / b, f = d;
        for (double n = 1; n < 1e6; n++)
        {
            double an = -n * (n - a);
            b += 2;
            d = an * d + b;
            if (Math.Abs(d) < tiny) d = tiny;
            c = b + an / c;
            if (Math.Abs(c) < tiny) c = tiny;
            d = 1 / d;
            double step = d * c;
            f *= step;
            if (Math.Abs(step - 1) < 1e-16) break;
        }
        return Density(a, x) * f;
    }

    /// <summary>For small a, where the upper part is the small difference of two numbers near 1.</summary>
    private static double UpperSeries(double a, double x)
    {
        double term = 1, sum = 0;
        for (double n = 1; n < 200; n++)
        {
            term *= -x / n;
            double part = term / (a + n);
            sum += part;
            if (Math.Abs(part) < 1e-18 * Math.Abs(sum)) break;
        }
        double exponent = a * Math.Log(x) - Lgamma(1 + a);
        return -RealFunctions.Expm1(exponent) - a * Math.Exp(exponent) * sum;
    }

    /// <summary>log gamma(2 + z) for |z| up to 0.5, by its power series.</summary>
    private static double LogGammaFromTwo(double z)
    {
        double power = -z, sum = z * (1 - EulerGamma);
        for (int n = 2; n < s_zetaLessOne.Length + 2; n++)
        {
            power *= -z;
            sum += s_zetaLessOne[n - 2] * power / n;
        }
        return sum;
    }

    /// <summary>What log gamma(x) has beyond (x - 1/2) log x - x + log(2 pi) / 2, for x from 10.</summary>
    private static double StirlingCorrection(double x)
    {
        double inverse = 1 / (x * x), power = 1 / x, sum = 0;
        for (int k = 0; k < 9; k++, power *= inverse) sum += s_bernoulli[k] / ((2 * k + 1) * (2 * k + 2)) * power;
        return sum;
    }
}
