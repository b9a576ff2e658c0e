namespace Firesteel;

public static partial class Special
{
    /// <summary>Same as <see cref="Tensor.Logsumexp(ReadOnlySpan{long}, bool)"/> (<c>torch.special.logsumexp</c>).</summary>
    public static Tensor Logsumexp(Tensor input, ReadOnlySpan<long> dim, bool keepdim = false) => input.Logsumexp(dim, keepdim);

    /// <summary>Same as <see cref="Tensor.Logsumexp(long, bool)"/> (<c>torch.special.logsumexp</c>).</summary>
    public static Tensor Logsumexp(Tensor input, long dim, bool keepdim = false) => input.Logsumexp(dim, keepdim);

    /// <summary>Same as <see cref="Tensor.Softmax"/> (<c>torch.special.softmax</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point and none was given.</exception>
    public static Tensor Softmax(Tensor input, long dim, DType? dtype = null) => input.Softmax(dim, dtype);

    /// <summary>Same as <see cref="Tensor.LogSoftmax"/> (<c>torch.special.log_softmax</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point and none was given.</exception>
    public static Tensor LogSoftmax(Tensor input, long dim, DType? dtype = null) => input.LogSoftmax(dim, dtype);
}
