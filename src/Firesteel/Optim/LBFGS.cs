namespace Firesteel.Optim;

/// <summary>
/// L-BFGS: approximates the inverse Hessian by the last steps (<c>torch.optim.LBFGS</c>). Only <see cref="Step(Func{Tensor})"/> works, because it evaluates
/// the loss several times a step; and only one group of parameters.
/// </summary>
public sealed partial class LBFGS : Optimizer
{
    private readonly List<Tensor> _oldDirections = [], _oldSteps = [];
    private readonly List<double> _ro = [];
    private Tensor? _direction, _previousGradient;
    private double _step, _previousLoss, _scale = 1;
    private long _iterations, _evaluations;

    /// <summary>An optimizer of the given parameters.</summary>
    /// <param name="params">The parameters.</param>
    /// <param name="lr">The step length; with a line search the first one tried.</param>
    /// <param name="maxIter">The number of iterations a step.</param>
    /// <param name="maxEval">The number of evaluations a step; 1.25 times the iterations if not given.</param>
    /// <param name="toleranceGrad">Stops where no element of the gradient is larger.</param>
    /// <param name="toleranceChange">Stops where step and loss change less.</param>
    /// <param name="historySize">The number of steps to remember.</param>
    /// <param name="lineSearchFn"><c>"strong_wolfe"</c> or null.</param>
    /// <exception cref="ArgumentException">An argument out of range, or an unknown line search.</exception>
    public LBFGS(IEnumerable<Tensor> @params, double lr = 1, int maxIter = 20, int? maxEval = null, double toleranceGrad = 1e-7, double toleranceChange = 1e-9, int historySize = 100, string? lineSearchFn = null)
        : base(One(@params), ("lr", lr), ("max_iter", (long)maxIter), ("max_eval", (long)(maxEval ?? maxIter * 5 / 4)), ("tolerance_grad", toleranceGrad), ("tolerance_change", toleranceChange), ("history_size", (long)historySize))
    {
        if (lineSearchFn is not (null or "strong_wolfe")) throw new ArgumentException("only 'strong_wolfe' is supported", nameof(lineSearchFn));
        if (lineSearchFn is not null) ParamGroups[0]["line_search_fn"] = lineSearchFn;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Always after the first: one group only.</exception>
    public override void AddParamGroup(ParameterGroup paramGroup)
    {
        if (ParamGroups.Count > 0) throw new ArgumentException("LBFGS doesn't support per-parameter options (parameter groups)");
        base.AddParamGroup(paramGroup);
    }

    /// <summary>Not available: use <see cref="Step(Func{Tensor})"/>.</summary>
    /// <exception cref="InvalidOperationException">Always.</exception>
    public override void Step() => throw new InvalidOperationException("LBFGS evaluates the loss several times a step: call Step(closure) with a function that clears the gradients, computes the loss, calls Backward and returns it.");

    /// <inheritdoc/>
    public override Tensor Step(Func<Tensor> closure)
    {
        ArgumentNullException.ThrowIfNull(closure);
        using var _ = Autograd.NoGrad();
        var group = ParamGroups[0];
        double lr = group.Lr, toleranceGrad = group.Number("tolerance_grad"), toleranceChange = group.Number("tolerance_change");
        long maxIter = (long)group.Number("max_iter"), maxEval = (long)group.Number("max_eval"), historySize = (long)group.Number("history_size");
        bool strongWolfe = group.Has("line_search_fn");
        var first = Evaluate(closure);
        double loss = first.Item();
        int evaluations = 1;
        _evaluations++;
        var gradient = FlatGradient();
        if (Largest(gradient) <= toleranceGrad) return first;

        for (int n = 1; n <= maxIter; n++)
        {
            _iterations++;
            if (_iterations == 1) _direction = gradient.Neg();
            else Remember(gradient, historySize);
            _previousGradient = gradient.Clone();
            _previousLoss = loss;

            _step = _iterations == 1 ? Math.Min(1, 1 / AbsoluteSum(gradient)) * lr : lr;
            double slope = Dot(gradient, _direction!);
            if (slope > -toleranceChange) break;

            bool optimal = false;
            int used = 0;
            if (strongWolfe)
            {
                Tensor[] start = [.. ParamGroups[0].Params.Select(static p => p.Detach().Clone())];
                var search = new StrongWolfe(length =>
                {
                    Move(length);
                    double at = Evaluate(closure).Item();
                    var there = FlatGradient();
                    for (int i = 0; i < start.Length; i++) ParamGroups[0].Params[i].CopyInPlace(start[i]);
                    return (at, there, Dot(there, _direction!));
                }, Largest(_direction!), toleranceChange);
                (loss, gradient, _step, used) = search.Run(_step, loss, gradient, slope);
                Move(_step);
                optimal = Largest(gradient) <= toleranceGrad;
            }
            else
            {
                Move(_step);
                if (n != maxIter)
                {
                    loss = Evaluate(closure).Item();
                    gradient = FlatGradient();
                    optimal = Largest(gradient) <= toleranceGrad;
                    used = 1;
                }
            }
            evaluations += used;
            _evaluations += used;
            if (n == maxIter || evaluations >= maxEval || optimal || Largest(_direction!) * Math.Abs(_step) <= toleranceChange || Math.Abs(loss - _previousLoss) < toleranceChange) break;
        }
        return first;
    }

    /// <summary>Takes the last step into the history and computes the next direction from it.</summary>
    private void Remember(Tensor gradient, long historySize)
    {
        var y = gradient.Sub(_previousGradient!);
        var s = _direction!.Mul(_step);
        double ys = Dot(y, s);
        if (ys > 1e-10)
        {
            if (_oldDirections.Count == historySize)
            {
                _oldDirections.RemoveAt(0);
                _oldSteps.RemoveAt(0);
                _ro.RemoveAt(0);
            }
            _oldDirections.Add(y);
            _oldSteps.Add(s);
            _ro.Add(1 / ys);
            _scale = ys / Dot(y, y);
        }
        int count = _oldDirections.Count;
        var al = new double[count];
        var q = gradient.Neg();
        for (int i = count - 1; i >= 0; i--)
        {
            al[i] = Dot(_oldSteps[i], q) * _ro[i];
            q.AddInPlace(_oldDirections[i], alpha: -al[i]);
        }
        var r = q.Mul(_scale);
        for (int i = 0; i < count; i++) r.AddInPlace(_oldSteps[i], alpha: al[i] - Dot(_oldDirections[i], r) * _ro[i]);
        _direction = r;
    }

    private static Tensor Evaluate(Func<Tensor> closure)
    {
        using (Autograd.EnableGrad()) return closure();
    }

    private void Move(double length)
    {
        long offset = 0;
        foreach (var parameter in ParamGroups[0].Params)
        {
            parameter.AddInPlace(_direction!.Narrow(0, offset, parameter.NumElements).Reshape(parameter.Shape), alpha: length);
            offset += parameter.NumElements;
        }
    }

    private Tensor FlatGradient()
    {
        var parameters = ParamGroups[0].Params;
        var flat = Tensor.Zeros([parameters.Sum(static p => p.NumElements)], parameters[0].DType);
        long offset = 0;
        foreach (var parameter in parameters)
        {
            if (parameter.Grad is { } gradient) flat.Narrow(0, offset, parameter.NumElements).CopyInPlace(gradient.Reshape(-1));
            offset += parameter.NumElements;
        }
        return flat;
    }

    private static double Dot(Tensor a, Tensor b) => (a * b).Sum().Item();

    private static double Largest(Tensor a) => a.Abs().Max().Item();

    private static double AbsoluteSum(Tensor a) => a.Abs().Sum().Item();
}
