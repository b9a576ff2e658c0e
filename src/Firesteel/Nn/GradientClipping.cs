namespace Firesteel.Nn;

/// <summary>Makes gradients that are too large smaller, between <c>Backward()</c> and the step of the optimizer (<c>torch.nn.utils.clip_grad</c>).</summary>
public static class GradientClipping
{
    /// <summary>
    /// Scales the gradients of all parameters, taken as one vector, so that its norm is at most <paramref name="maxNorm"/>
    /// (<c>torch.nn.utils.clip_grad_norm_</c>). Reads no value unless <paramref name="errorIfNonfinite"/>, so it can be part of a captured step.
    /// </summary>
    /// <param name="parameters">Parameters; those without a gradient do not count.</param>
    /// <param name="maxNorm">The largest norm.</param>
    /// <param name="normType">The exponent of the norm, infinity for the largest absolute value.</param>
    /// <param name="errorIfNonfinite">Throws if the norm is NaN or infinite; gradients are not changed then.</param>
    /// <returns>The norm before, 0-d.</returns>
    /// <exception cref="InvalidOperationException">The norm is not finite, and <paramref name="errorIfNonfinite"/>.</exception>
    public static Tensor ClipGradNormInPlace(IEnumerable<Tensor> parameters, double maxNorm, double normType = 2, bool errorIfNonfinite = false)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        using var _ = Autograd.NoGrad();
        List<Tensor> gradients = Gradients(parameters);
        if (gradients.Count == 0) return Tensor.Zeros([]);
        Tensor[] norms = [.. gradients.Select(g => g.Norm(normType).To(gradients[0].DType))];
        var total = Tensor.Stack(norms).Norm(normType);
        if (errorIfNonfinite && !double.IsFinite(total.Item()))
        {
            throw new InvalidOperationException(
                $"clip_grad_norm_: the total norm of order {Repr.Of(normType)} of the gradients is non-finite, so it cannot be clipped. To scale the gradients by it anyway, set errorIfNonfinite to false; " +
                "using (Autograd.DetectAnomaly()) names the operation that made the first NaN.");
        }
        // Multiplied even if it is 1: no value has to be read.
        var factor = (maxNorm / (total + 1e-6)).Clamp(max: 1.0);
        foreach (var gradient in gradients) gradient.MulInPlace(factor);
        return total;
    }

    /// <summary>The same for one parameter.</summary>
    /// <inheritdoc cref="ClipGradNormInPlace(IEnumerable{Tensor}, double, double, bool)"/>
    public static Tensor ClipGradNormInPlace(Tensor parameter, double maxNorm, double normType = 2, bool errorIfNonfinite = false) =>
        ClipGradNormInPlace([parameter], maxNorm, normType, errorIfNonfinite);

    /// <summary>Brings every element of the gradients into [-<paramref name="clipValue"/>, <paramref name="clipValue"/>] (<c>torch.nn.utils.clip_grad_value_</c>).</summary>
    /// <param name="parameters">Parameters; those without a gradient do not count.</param>
    /// <param name="clipValue">The largest absolute value.</param>
    public static void ClipGradValueInPlace(IEnumerable<Tensor> parameters, double clipValue)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        using var _ = Autograd.NoGrad();
        foreach (var gradient in Gradients(parameters)) gradient.ClampInPlace(-clipValue, clipValue);
    }

    /// <summary>The same for one parameter.</summary>
    /// <inheritdoc cref="ClipGradValueInPlace(IEnumerable{Tensor}, double)"/>
    public static void ClipGradValueInPlace(Tensor parameter, double clipValue) => ClipGradValueInPlace([parameter], clipValue);

    private static List<Tensor> Gradients(IEnumerable<Tensor> parameters)
    {
        var gradients = new List<Tensor>();
        foreach (var parameter in parameters)
            if (parameter.Grad is { } gradient) gradients.Add(gradient);
        return gradients;
    }
}
