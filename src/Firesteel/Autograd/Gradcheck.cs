namespace Firesteel;

public static partial class Autograd
{
    /// <summary>
    /// Compares the gradients of <paramref name="function"/> with finite differences, for every element of every input that requires a
    /// gradient and every element of the output (<c>torch.autograd.gradcheck</c>). Inputs should be float64.
    /// </summary>
    /// <param name="function">A deterministic function of the inputs.</param>
    /// <param name="inputs">Where to check; at least one requires a gradient.</param>
    /// <param name="eps">Half the distance of the central difference.</param>
    /// <param name="atol">Absolute tolerance.</param>
    /// <param name="rtol">Relative tolerance.</param>
    /// <param name="raiseException">Throw on a difference; else return false.</param>
    /// <returns>True if all agree.</returns>
    /// <exception cref="GradcheckException">A gradient differs, and <paramref name="raiseException"/> is set. The message names the input and the elements.</exception>
    public static bool Gradcheck(Func<Tensor[], Tensor> function, IReadOnlyList<Tensor> inputs, double eps = 1e-6, double atol = 1e-5, double rtol = 1e-3, bool raiseException = true) =>
        Gradcheck(x => [function(x)], inputs, eps, atol, rtol, raiseException);

    /// <summary>As the other form, for a function of several outputs; those that do not require a gradient are passed over.</summary>
    /// <exception cref="GradcheckException">A gradient differs, and <paramref name="raiseException"/> is set.</exception>
    public static bool Gradcheck(Func<Tensor[], Tensor[]> function, IReadOnlyList<Tensor> inputs, double eps = 1e-6, double atol = 1e-5, double rtol = 1e-3, bool raiseException = true)
    {
        if (Difference(function, inputs, eps, atol, rtol) is not { } difference) return true;
        return raiseException ? throw new GradcheckException(difference) : false;
    }

    /// <summary>Checks the second derivatives: the gradients of the gradients, by <see cref="Gradcheck(Func{Tensor[], Tensor}, IReadOnlyList{Tensor}, double, double, double, bool)"/> (<c>torch.autograd.gradgradcheck</c>).</summary>
    /// <exception cref="GradcheckException">A gradient differs, and <paramref name="raiseException"/> is set.</exception>
    public static bool Gradgradcheck(Func<Tensor[], Tensor> function, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor>? gradOutputs = null, double eps = 1e-6, double atol = 1e-5, double rtol = 1e-3, bool raiseException = true) =>
        Gradgradcheck(x => [function(x)], inputs, gradOutputs, eps, atol, rtol, raiseException);

    /// <summary>As the other form, for a function of several outputs.</summary>
    /// <exception cref="GradcheckException">A gradient differs, and <paramref name="raiseException"/> is set.</exception>
    public static bool Gradgradcheck(Func<Tensor[], Tensor[]> function, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor>? gradOutputs = null, double eps = 1e-6, double atol = 1e-5, double rtol = 1e-3, bool raiseException = true)
    {
        int count = inputs.Count;
        var outputs = Differentiable(function([.. inputs]));
        // Any cotangents do, as long as they are not all alike.
        var cotangents = gradOutputs ?? Array.ConvertAll(outputs, static (o) =>
        {
            var values = new double[o.NumElements];
            for (int i = 0; i < values.Length; i++) values[i] = Math.Cos(i + 1.0);
            return Tensor.From<double>(values, dtype: o.DType).Reshape(o.Shape).RequiresGradInPlace();
        });
        Tensor[] First(Tensor[] x)
        {
            var y = Differentiable(function(x[..count]));
            var wanted = x[..count].Where(static t => t.RequiresGrad).ToArray();
            var gradients = Grad(y, wanted, x[count..], createGraph: true, allowUnused: true);
            return [.. gradients.Where(static g => g is not null).Select(static g => g!)];
        }
        return Gradcheck(First, [.. inputs, .. cotangents], eps, atol, rtol, raiseException);
    }

    private static Tensor[] Differentiable(Tensor[] outputs) => Array.FindAll(outputs, static o => o.RequiresGrad);

    /// <summary>Null if analytic and numeric derivatives agree, else where they do not.</summary>
    private static string? Difference(Func<Tensor[], Tensor[]> function, IReadOnlyList<Tensor> inputs, double eps, double atol, double rtol)
    {
        if (!inputs.Any(static t => t.RequiresGrad)) throw new ArgumentException("gradcheck: expected at least one input that requires gradient, but none of them have RequiresGrad set.");
        Tensor[] x = [.. inputs];
        var all = function(x);
        int[] differentiable = [.. Enumerable.Range(0, all.Length).Where(o => all[o].RequiresGrad)];
        for (int k = 0; k < x.Length; k++)
        {
            if (!x[k].RequiresGrad) continue;
            var values = x[k].Detach().ToArray<double>();
            var numeric = new double[differentiable.Length][,];
            for (int o = 0; o < differentiable.Length; o++) numeric[o] = new double[all[differentiable[o]].NumElements, values.Length];
            for (int j = 0; j < values.Length; j++)
            {
                var above = Evaluate(function, x, k, values, j, eps);
                var below = Evaluate(function, x, k, values, j, -eps);
                for (int o = 0; o < differentiable.Length; o++)
                {
                    var (p, q) = (above[differentiable[o]], below[differentiable[o]]);
                    for (int i = 0; i < p.Length; i++) numeric[o][i, j] = (p[i] - q[i]) / (2 * eps);
                }
            }
            for (int o = 0; o < differentiable.Length; o++)
            {
                var output = all[differentiable[o]];
                for (int i = 0; i < output.NumElements; i++)
                {
                    var unit = new double[output.NumElements];
                    unit[i] = 1;
                    var g = Grad([output], [x[k]], [Tensor.From<double>(unit, dtype: output.DType).Reshape(output.Shape)], retainGraph: true, allowUnused: true)[0];
                    var analytic = g?.ToArray<double>() ?? new double[values.Length];
                    if (g is not null && g.Shape != x[k].Shape) return $"gradcheck: the gradient of input {k} has shape {OperationError.Text(g.Shape)}, the input {OperationError.Text(x[k].Shape)}.";
                    for (int j = 0; j < values.Length; j++)
                    {
                        double expected = numeric[o][i, j];
                        if (!(Math.Abs(analytic[j] - expected) <= atol + rtol * Math.Abs(expected)))
                            return $"gradcheck: jacobian mismatch for output {differentiable[o]} with respect to input {k}: d output[{i}] / d input[{j}] is {analytic[j]:R} analytically and {expected:R} numerically.";
                    }
                }
            }
        }
        return null;
    }

    private static double[][] Evaluate(Func<Tensor[], Tensor[]> function, Tensor[] x, int k, double[] values, int j, double step)
    {
        double before = values[j];
        values[j] = before + step;
        Tensor[] moved = [.. x];
        moved[k] = Tensor.From<double>(values, dtype: x[k].DType).Reshape(x[k].Shape).RequiresGradInPlace();
        values[j] = before;
        return Array.ConvertAll(function(moved), static o => o.Detach().ToArray<double>());
    }
}

/// <summary>A gradient that differs from finite differences.</summary>
public sealed class GradcheckException(string message) : Exception(message);
