namespace Firesteel.Nn;

public static partial class Functional
{
    /// <summary>exp(x) divided by its sum along a dimension (<c>torch.nn.functional.softmax</c>). Without a dimension: 0 for 0, 1 and 3 dimensions, else 1.</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point and none was given.</exception>
    public static Tensor Softmax(Tensor input, long? dim = null, DType? dtype = null) => input.Softmax(dim ?? ImplicitDim(input), dtype);

    /// <summary>The softmax of -x (<c>torch.nn.functional.softmin</c>). Without a dimension: 0 for 0, 1 and 3 dimensions, else 1.</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point and none was given.</exception>
    public static Tensor Softmin(Tensor input, long? dim = null, DType? dtype = null) => (dtype is { } wanted ? input.To(wanted) : input).Neg().Softmax(dim ?? ImplicitDim(input));

    /// <summary>The logarithm of the softmax, exact where that underflows (<c>torch.nn.functional.log_softmax</c>). Without a dimension: 0 for 0, 1 and 3 dimensions, else 1.</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point and none was given.</exception>
    public static Tensor LogSoftmax(Tensor input, long? dim = null, DType? dtype = null) => input.LogSoftmax(dim ?? ImplicitDim(input), dtype);

    private static long ImplicitDim(Tensor input) => input.Ndim is 0 or 1 or 3 ? 0 : 1;
}
