namespace Firesteel.Nn;

public static partial class Functional
{
    private static readonly ElementwiseLoss s_mse = new("mse_loss", 2, static x => (x[0] - x[1]) * (x[0] - x[1]));
    private static readonly ElementwiseLoss s_l1 = new("l1_loss", 2, static x => Expr.Abs(x[0] - x[1]));
    private static readonly ElementwiseLoss s_smoothL1 = new("smooth_l1_loss", 3, static x =>
    {
        var z = Expr.Abs(x[0] - x[1]);
        return Expr.Where(z < x[2], 0.5 * z * z / x[2], z - 0.5 * x[2]);
    });

    private static readonly ElementwiseLoss s_huber = new("huber_loss", 3, static x =>
    {
        var z = Expr.Abs(x[0] - x[1]);
        return Expr.Where(z <= x[2], 0.5 * z * z, x[2] * (z - 0.5 * x[2]));
    });

    private static readonly ElementwiseLoss s_poissonLog = new("poisson_nll_loss", 2, static x => Expr.Exp(x[0]) - x[1] * x[0]);
    private static readonly ElementwiseLoss s_poisson = new("poisson_nll_loss", 3, static x => x[0] - x[1] * Expr.Log(x[0] + x[2]));
    private static readonly ElementwiseLoss s_poissonLogFull = new("poisson_nll_loss", 2, static x => Expr.Exp(x[0]) - x[1] * x[0] + Stirling(x[1]));
    private static readonly ElementwiseLoss s_poissonFull = new("poisson_nll_loss", 3, static x => x[0] - x[1] * Expr.Log(x[0] + x[2]) + Stirling(x[1]));

    // The variance is held away from 0 for the value only: its gradient passes as if it were not.
    private static readonly Pointwise s_varianceAbove = new("clamp", 2, static x => Expr.Where(x[0] < x[1], x[1], x[0]), static (x, y, g) => [g, null], ResultType.Floating);
    private static readonly ElementwiseLoss s_gaussian = new("gaussian_nll_loss", 4, static x =>
        0.5 * (Expr.Log(x[2]) + (x[0] - x[1]) * (x[0] - x[1]) / x[2]) + x[3]);

    /// <summary>Stirling's approximation of log(t!) where t is above 1, else 0. The inner choice keeps the logarithm finite where it is not used.</summary>
    private static Expr Stirling(Expr t)
    {
        var safe = Expr.Where(t > 1, t, 1);
        return Expr.Where(t > 1, safe * Expr.Log(safe) - safe + 0.5 * Expr.Log(2 * Math.PI * safe), 0);
    }

    /// <summary>Refuses what is no reduction of ordinary losses.</summary>
    internal static void CheckReduction(string operation, Reduction reduction)
    {
        if (reduction is < Reduction.None or > Reduction.Sum)
            throw OperationError.Argument(operation, $"{reduction} is not a valid value for reduction; use None, Mean or Sum");
    }

    private static Tensor Reduced(string operation, Tensor loss, Reduction reduction)
    {
        CheckReduction(operation, reduction);
        return reduction switch { Reduction.None => loss, Reduction.Mean => loss.Mean(), _ => loss.Sum() };
    }

    /// <summary>The squared difference (<c>torch.nn.functional.mse_loss</c>). Input and target broadcast.</summary>
    public static Tensor MseLoss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) => s_mse.Run(reduction, input, target);

    /// <summary>The absolute difference (<c>torch.nn.functional.l1_loss</c>). Input and target broadcast.</summary>
    public static Tensor L1Loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) => s_l1.Run(reduction, input, target);

    /// <summary>Half the squared difference over <paramref name="beta"/> up to a difference of beta, linear beyond (<c>torch.nn.functional.smooth_l1_loss</c>).</summary>
    /// <exception cref="ArgumentException">A negative beta, or shapes that do not broadcast.</exception>
    public static Tensor SmoothL1Loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean, double beta = 1)
    {
        if (beta < 0) throw OperationError.Argument("smooth_l1_loss", $"does not support negative values for beta, got {beta}");
        return beta == 0 ? s_l1.Run(reduction, input, target) : s_smoothL1.Run(reduction, input, target, beta);
    }

    /// <summary>Half the squared difference up to a difference of <paramref name="delta"/>, linear beyond (<c>torch.nn.functional.huber_loss</c>).</summary>
    /// <exception cref="ArgumentException">A delta that is not positive, or shapes that do not broadcast.</exception>
    public static Tensor HuberLoss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean, double delta = 1)
    {
        if (!(delta > 0)) throw OperationError.Argument("huber_loss", $"huber_loss does not support non-positive values for delta, got {delta}");
        return s_huber.Run(reduction, input, target, delta);
    }

    /// <summary>The negative log-likelihood of counts under a Poisson distribution whose rate, or its logarithm, is the input (<c>torch.nn.functional.poisson_nll_loss</c>).</summary>
    /// <param name="input">The rate, or its logarithm if <paramref name="logInput"/>.</param>
    /// <param name="target">Counts.</param>
    /// <param name="logInput">Whether the input is a logarithm.</param>
    /// <param name="full">Adds Stirling's approximation of log(target!).</param>
    /// <param name="eps">Keeps the logarithm of a rate away from 0.</param>
    /// <param name="reduction">What happens to the elements.</param>
    public static Tensor PoissonNllLoss(Tensor input, Tensor target, bool logInput = true, bool full = false, double eps = 1e-8, Reduction reduction = Reduction.Mean) => (logInput, full) switch
    {
        (true, false) => s_poissonLog.Run(reduction, input, target),
        (true, true) => s_poissonLogFull.Run(reduction, input, target),
        (false, false) => s_poisson.Run(reduction, input, target, eps),
        _ => s_poissonFull.Run(reduction, input, target, eps),
    };

    /// <summary>The negative log-likelihood of targets under normal distributions of given means and variances (<c>torch.nn.functional.gaussian_nll_loss</c>).</summary>
    /// <param name="input">The means.</param>
    /// <param name="target">The targets, of the same shape or one that broadcasts.</param>
    /// <param name="var">The variances: of the input's shape, or without its last dimension, or with size 1 there.</param>
    /// <param name="full">Adds the constant term.</param>
    /// <param name="eps">Variances are at least this.</param>
    /// <param name="reduction">What happens to the elements.</param>
    /// <exception cref="ArgumentException">The variance has another shape.</exception>
    public static Tensor GaussianNllLoss(Tensor input, Tensor target, Tensor var, bool full = false, double eps = 1e-6, Reduction reduction = Reduction.Mean)
    {
        if (var.Shape != input.Shape)
        {
            var leading = input.Ndim == 0 ? Shape.Scalar : input.Shape[..^1];
            if (leading == var.Shape) var = var.Unsqueeze(-1);
            else if (input.Ndim != var.Ndim || leading != var.Shape[..^1] || var.Shape[^1] != 1)
                throw OperationError.Argument("gaussian_nll_loss", $"var is of incorrect size: {OperationError.Text(var.Shape)} for an input of {OperationError.Text(input.Shape)}");
        }
        return s_gaussian.Run(reduction, input, target, s_varianceAbove.Apply(var, eps), full ? 0.5 * Math.Log(2 * Math.PI) : 0);
    }
}
