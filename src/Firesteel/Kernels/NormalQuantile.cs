namespace Firesteel;

/// <summary>The inverse of the normal distribution function by the rational approximations of Wichura's algorithm AS 241 (relative error about 1e-16).</summary>
internal static class NormalQuantile
{
    private const double InvSqrt2 = 0.7071067811865476;

    private static ReadOnlySpan<double> CentreTop => [2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457, 13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608];
    private static ReadOnlySpan<double> CentreBottom => [5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867, 5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1];
    private static ReadOnlySpan<double> MiddleTop => [7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258, 3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734];
    private static ReadOnlySpan<double> MiddleBottom => [1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459, 0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1];
    private static ReadOnlySpan<double> FarTop => [2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093, 0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772];
    private static ReadOnlySpan<double> FarBottom => [2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4, 0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1];

    /// <summary>The x whose normal distribution function is <paramref name="p"/>.</summary>
    public static double Ndtri(double p) =>
        p is >= 0 and <= 1 ? Quantile(p - 0.5, Math.Min(p, 1 - p)) : double.NaN;

    /// <summary>The inverse of the error function.</summary>
    public static double Erfinv(double x) =>
        Math.Abs(x) <= 1 ? Quantile(0.5 * x, 0.5 * (1 - Math.Abs(x))) * InvSqrt2 : double.NaN;

    /// <summary>Takes the probability both from the middle and from its nearer end, because each is exact where the other is not.</summary>
    private static double Quantile(double fromMiddle, double tail)
    {
        if (Math.Abs(fromMiddle) <= 0.425)
        {
            double r = 0.180625 - fromMiddle * fromMiddle;
            return fromMiddle * Polynomial(CentreTop, r) / Polynomial(CentreBottom, r);
        }
        if (tail == 0) return Math.CopySign(double.PositiveInfinity, fromMiddle);
        double root = Math.Sqrt(-Math.Log(tail));
        double size = root <= 5
            ? Polynomial(MiddleTop, root - 1.6) / Polynomial(MiddleBottom, root - 1.6)
            : Polynomial(FarTop, root - 5) / Polynomial(FarBottom, root - 5);
        return Math.CopySign(size, fromMiddle);
    }

    private static double Polynomial(ReadOnlySpan<double> coefficients, double x)
    {
        double sum = 0;
        foreach (double c in coefficients) sum = sum * x + c;
        return sum;
    }
}
