namespace Firesteel;

/// <summary>The classical orthogonal polynomials at a point, the degree given as a number whose integer part counts; 0 for negative degrees.</summary>
internal static class OrthogonalPolynomials
{
    public static double ChebyshevT(double x, double n) => Chebyshev(x, n, x, static (angle, degree) => Math.Cos(degree * angle));

    public static double ChebyshevU(double x, double n) => Chebyshev(x, n, 2 * x, static (angle, degree) => Math.Sin((degree + 1) * angle) / Math.Sin(angle));

    public static double ChebyshevV(double x, double n) => Chebyshev(x, n, 2 * x - 1, static (angle, degree) => Math.Cos((degree + 0.5) * angle) / Math.Cos(0.5 * angle));

    public static double ChebyshevW(double x, double n) => Chebyshev(x, n, 2 * x + 1, static (angle, degree) => Math.Sin((degree + 0.5) * angle) / Math.Sin(0.5 * angle));

    public static double HermiteH(double x, double n) => Recurrence(n, 2 * x, (k, q, p) => 2 * x * q - 2 * k * p);

    public static double HermiteHe(double x, double n) => Recurrence(n, x, (k, q, p) => x * q - k * p);

    public static double Laguerre(double x, double n) => Recurrence(n, 1 - x, (k, q, p) => ((2 * k + 1 - x) * q - k * p) / (k + 1));

    public static double Legendre(double x, double n) => Recurrence(n, x, (k, q, p) => ((2 * k + 1) * x * q - k * p) / (k + 1));

    /// <summary>The four kinds have one recurrence; high degrees are taken from their trigonometric form inside (-1, 1).</summary>
    private static double Chebyshev(double x, double n, double first, Func<double, long, double> trigonometric) =>
        n > 30 && Math.Abs(x) < 1 ? trigonometric(Math.Acos(x), (long)n) : Recurrence(n, first, (_, q, p) => 2 * x * q - p);

    /// <summary>p(0) = 1, p(1) is given, p(k + 1) = <paramref name="next"/>(k, p(k), p(k - 1)).</summary>
    private static double Recurrence(double n, double first, Func<double, double, double, double> next)
    {
        if (double.IsNaN(n)) return n;
        long degree = (long)n;
        if (degree < 0) return 0;
        double before = 1, here = first;
        if (degree == 0) return 1;
        for (long k = 1; k < degree && !double.IsNaN(here); k++) (before, here) = (here, next(k, here, before));
        return here;
    }
}
