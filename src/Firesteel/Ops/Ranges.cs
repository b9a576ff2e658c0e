namespace Firesteel;

public partial class Tensor
{
    /// <summary><paramref name="steps"/> values from <paramref name="start"/> to <paramref name="end"/>, both included, at equal distances (<c>torch.linspace</c>).</summary>
    /// <exception cref="ArgumentException">A negative number of steps.</exception>
    public static Tensor Linspace(Scalar start, Scalar end, long steps, DType dtype = DType.Float32, Device? device = null, bool requiresGrad = false) =>
        Spaced("linspace", start, end, steps, dtype, device, requiresGrad, static x => x);

    /// <summary>Powers of <paramref name="base"/> whose exponents are at equal distances from <paramref name="start"/> to <paramref name="end"/> (<c>torch.logspace</c>).</summary>
    /// <exception cref="ArgumentException">A negative number of steps.</exception>
    public static Tensor Logspace(Scalar start, Scalar end, long steps, double @base = 10, DType dtype = DType.Float32, Device? device = null, bool requiresGrad = false) =>
        Spaced("logspace", start, end, steps, dtype, device, requiresGrad, x => Math.Pow(@base, x));

    private static Tensor Spaced(string operation, Scalar start, Scalar end, long steps, DType dtype, Device? device, bool requiresGrad, Func<double, double> map)
    {
        if (steps < 0) throw OperationError.Argument(operation, $"number of steps must be non-negative, got {steps}");
        // Each half is counted from its own end, so that both ends are met exactly and the values are symmetric.
        double from = start.AsDouble, to = end.AsDouble, step = steps > 1 ? (to - from) / (steps - 1) : 0;
        if (!dtype.IsFloatingPoint()) (from, to) = (Math.Truncate(from), Math.Truncate(to));
        if (!dtype.IsFloatingPoint() && steps > 1) step = (to - from) / (steps - 1);
        var values = new double[steps];
        for (long i = 0; i < steps; i++) values[i] = map(i < steps / 2 || steps == 1 ? from + step * i : to - step * (steps - 1 - i));
        if (!dtype.IsFloatingPoint()) for (long i = 0; i < steps; i++) values[i] = Math.Truncate(values[i]);
        return From(values, dtype, device, requiresGrad);
    }
}
