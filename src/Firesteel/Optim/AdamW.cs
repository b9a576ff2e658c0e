namespace Firesteel.Optim;

/// <summary>Adam with the decay of weights apart from the gradient (<c>torch.optim.AdamW</c>).</summary>
public sealed class AdamW : Adam
{
    /// <summary>An optimizer of the given parameters.</summary>
    /// <exception cref="ArgumentException">An argument out of range.</exception>
    public AdamW(IEnumerable<Tensor> @params, double lr = 1e-3, (double Beta1, double Beta2)? betas = null, double eps = 1e-8, double weightDecay = 1e-2, bool amsgrad = false, bool maximize = false)
        : this(One(@params), lr, betas, eps, weightDecay, amsgrad, maximize)
    {
    }

    /// <summary>An optimizer of the given groups; options that they do not set are taken from the arguments (betas: 0.9 and 0.999).</summary>
    /// <exception cref="ArgumentException">An argument out of range.</exception>
    public AdamW(IEnumerable<ParameterGroup> @params, double lr = 1e-3, (double Beta1, double Beta2)? betas = null, double eps = 1e-8, double weightDecay = 1e-2, bool amsgrad = false, bool maximize = false)
        : base(@params, lr, betas, eps, weightDecay, amsgrad, maximize, decoupled: true)
    {
    }
}
