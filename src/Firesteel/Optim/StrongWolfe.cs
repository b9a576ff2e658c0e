namespace Firesteel.Optim;

/// <summary>A line search for a step length that lowers the loss enough and flattens its slope enough (the strong Wolfe conditions), by cubic interpolation in a shrinking bracket.</summary>
/// <param name="evaluate">Loss, gradient and slope at a step length.</param>
/// <param name="directionSize">The largest element of the direction.</param>
/// <param name="toleranceChange">Ends the search where the bracket is smaller.</param>
internal sealed class StrongWolfe(Func<double, (double Loss, Tensor Gradient, double Slope)> evaluate, double directionSize, double toleranceChange)
{
    private const double Decrease = 1e-4, Curvature = 0.9;
    private const int MostIterations = 25;

    private readonly record struct Point(double Length, double Loss, Tensor Gradient, double Slope);

    public (double Loss, Tensor Gradient, double Length, int Evaluations) Run(double length, double loss, Tensor gradient, double slope)
    {
        var origin = new Point(0, loss, gradient, slope);
        var previous = origin;
        var now = At(length);
        int evaluations = 1, iterations = 0;
        bool done = false;
        Point low, high;

        // Goes outward until the conditions hold or the minimum must lie between the last two points.
        while (true)
        {
            if (iterations == MostIterations)
            {
                (low, high) = (origin, now);
                break;
            }
            if (now.Loss > loss + Decrease * now.Length * slope || (iterations > 1 && now.Loss >= previous.Loss))
            {
                (low, high) = (previous, now);
                break;
            }
            if (Math.Abs(now.Slope) <= -Curvature * slope)
            {
                (low, high, done) = (now, now, true);
                break;
            }
            if (now.Slope >= 0)
            {
                (low, high) = (previous, now);
                break;
            }
            double next = Interpolate(previous, now, now.Length + 0.01 * (now.Length - previous.Length), now.Length * 10);
            previous = now;
            now = At(next);
            evaluations++;
            iterations++;
        }

        if (!(low.Loss <= high.Loss)) (low, high) = (high, low);
        bool stuck = false;
        while (!done && iterations < MostIterations)
        {
            double from = Math.Min(low.Length, high.Length), to = Math.Max(low.Length, high.Length);
            if ((to - from) * directionSize < toleranceChange) break;
            double trial = Interpolate(low, high, from, to), margin = 0.1 * (to - from);
            if (Math.Min(to - trial, trial - from) < margin)
            {
                // Near the border twice, or on it: a tenth of the way inside instead.
                if (stuck || trial >= to || trial <= from)
                {
                    trial = Math.Abs(trial - to) < Math.Abs(trial - from) ? to - margin : from + margin;
                    stuck = false;
                }
                else stuck = true;
            }
            else stuck = false;

            now = At(trial);
            evaluations++;
            iterations++;
            if (now.Loss > loss + Decrease * now.Length * slope || now.Loss >= low.Loss)
            {
                high = now;
                if (!(low.Loss <= high.Loss)) (low, high) = (high, low);
                continue;
            }
            if (Math.Abs(now.Slope) <= -Curvature * slope) done = true;
            else if (now.Slope * (high.Length - low.Length) >= 0) high = low;
            low = now;
        }
        return (low.Loss, low.Gradient, low.Length, evaluations);
    }

    private Point At(double length)
    {
        var (loss, gradient, slope) = evaluate(length);
        return new Point(length, loss, gradient, slope);
    }

    /// <summary>The minimum of the cubic through two points with their slopes, clamped.</summary>
    private static double Interpolate(in Point a, in Point b, double least, double most)
    {
        double d1 = a.Slope + b.Slope - 3 * (a.Loss - b.Loss) / (a.Length - b.Length);
        double square = d1 * d1 - a.Slope * b.Slope;
        if (!(square >= 0)) return (least + most) / 2;
        double d2 = Math.Sqrt(square);
        double at = a.Length <= b.Length
            ? b.Length - (b.Length - a.Length) * ((b.Slope + d2 - d1) / (b.Slope - a.Slope + 2 * d2))
            : a.Length - (a.Length - b.Length) * ((a.Slope + d2 - d1) / (a.Slope - b.Slope + 2 * d2));
        return Math.Min(Math.Max(at, least), most);
    }
}
