namespace Firesteel.Nn;

public static partial class Functional
{
    /// <summary>What is left of an element: noise is 0 or 1. One pass over both, in the order in which PyTorch rounds.</summary>
    private static readonly Pointwise s_dropout = new("mul", static (x, noise, keep) => x * (noise / keep));

    /// <summary>Sets elements to zero with probability <paramref name="p"/> and scales the others by 1/(1 - p), in training; else returns the input (<c>F.dropout</c>).</summary>
    /// <exception cref="ArgumentException">The probability is not in [0, 1].</exception>
    public static Tensor Dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false, Generator? generator = null) =>
        DropoutOf("dropout", input, p, training, inplace, generator, features: false, alpha: false);

    /// <summary>Dropout of whole channels of [N, C, L] or [C, L] (<c>F.dropout1d</c>).</summary>
    /// <exception cref="ArgumentException">Another rank, or the probability is not in [0, 1].</exception>
    public static Tensor Dropout1d(Tensor input, double p = 0.5, bool training = true, bool inplace = false, Generator? generator = null)
    {
        if (input.Ndim is not (2 or 3)) throw OperationError.Argument("dropout1d", $"expected 2D or 3D input, but received a {input.Ndim}D input {OperationError.Text(input.Shape)}");
        return Batched("dropout1d", input, 3, p, training, inplace, generator);
    }

    /// <summary>Dropout of whole channels of [N, C, H, W]; [N, C, L] is taken as a batch too, as PyTorch does (<c>F.dropout2d</c>).</summary>
    /// <exception cref="ArgumentException">Less than two dimensions, or the probability is not in [0, 1].</exception>
    public static Tensor Dropout2d(Tensor input, double p = 0.5, bool training = true, bool inplace = false, Generator? generator = null) =>
        DropoutOf("dropout2d", input, p, training, inplace, generator, features: true, alpha: false);

    /// <summary>Dropout of whole channels of [N, C, D, H, W] or [C, D, H, W] (<c>F.dropout3d</c>).</summary>
    /// <exception cref="ArgumentException">Too few dimensions, or the probability is not in [0, 1].</exception>
    public static Tensor Dropout3d(Tensor input, double p = 0.5, bool training = true, bool inplace = false, Generator? generator = null) =>
        Batched("dropout3d", input, 5, p, training, inplace, generator);

    /// <summary>Dropout that keeps mean and variance of what SELU makes of normal numbers (<c>F.alpha_dropout</c>).</summary>
    /// <exception cref="ArgumentException">The probability is not in [0, 1].</exception>
    public static Tensor AlphaDropout(Tensor input, double p = 0.5, bool training = false, bool inplace = false, Generator? generator = null) =>
        DropoutOf("alpha_dropout", input, p, training, inplace, generator, features: false, alpha: true);

    /// <summary>Alpha dropout of whole channels (<c>F.feature_alpha_dropout</c>).</summary>
    /// <exception cref="ArgumentException">Less than two dimensions, or the probability is not in [0, 1].</exception>
    public static Tensor FeatureAlphaDropout(Tensor input, double p = 0.5, bool training = false, bool inplace = false, Generator? generator = null) =>
        DropoutOf("feature_alpha_dropout", input, p, training, inplace, generator, features: true, alpha: true);

    /// <summary>Adds a batch dimension where there is none.</summary>
    private static Tensor Batched(string operation, Tensor input, int rank, double p, bool training, bool inplace, Generator? generator)
    {
        if (input.Ndim == rank) return DropoutOf(operation, input, p, training, inplace, generator, features: true, alpha: false);
        var result = DropoutOf(operation, input.Unsqueeze(0), p, training, inplace, generator, features: true, alpha: false);
        return inplace ? input : result.Squeeze(0);
    }

    private static Tensor DropoutOf(string operation, Tensor input, double p, bool training, bool inplace, Generator? generator, bool features, bool alpha)
    {
        if (!(p >= 0 && p <= 1)) throw OperationError.Argument(operation, $"dropout probability has to be between 0 and 1, but got {p}");
        if (p == 0 || !training || input.NumElements == 0) return input;
        if (!input.DType.IsFloatingPoint()) throw OperationError.NotSupported(operation, $"result type float32 can't be cast to {input.DType.Name()}; convert the input to a floating-point dtype");
        if (p == 1) return inplace ? input.MulInPlace(0.0) : input.Mul(0.0);

        var shape = input.Shape;
        if (features)
        {
            if (input.Ndim < 2) throw OperationError.Argument(operation, $"feature dropout requires at least 2 dimensions in the input, got {OperationError.Text(input.Shape)}");
            var sizes = new long[input.Ndim];
            Array.Fill(sizes, 1);
            (sizes[0], sizes[1]) = (shape[0], shape[1]);
            shape = sizes;
        }
        var noise = Tensor.Empty(shape, input.DType, input.Device).BernoulliInPlace(1 - p, generator);
        if (!alpha)
        {
            if (input.DType is DType.Float32 or DType.Float64) return inplace ? s_dropout.RunInPlace(input, noise, 1 - p) : s_dropout.Apply(input, noise, 1 - p);
            noise.DivInPlace(1 - p); // rounded to 16 bits, as PyTorch does
            return inplace ? input.MulInPlace(noise) : input.Mul(noise);
        }
        // What is dropped becomes -scale * alpha of SELU; a and b bring mean and variance back.
        const double Saturated = 1.7580993408473766;
        double a = 1 / Math.Sqrt((Saturated * Saturated * p + 1) * (1 - p));
        var b = noise.Add(-1).MulInPlace(Saturated * a).AddInPlace(Saturated * a * p);
        noise.MulInPlace(a);
        return inplace ? input.MulInPlace(noise).AddInPlace(b) : input.Mul(noise).AddInPlace(b);
    }
}
