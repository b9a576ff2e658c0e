namespace Firesteel;

/// <summary>What a <see cref="FusedKernel"/> computes. Each comment names its inputs and outputs; all of them have one shape where not said otherwise.</summary>
internal enum FusedOp
{
    /// <summary>x -> y = exp(x - max) / sum of that, along Dim.</summary>
    Softmax,

    /// <summary>(y, g) -> y (g - sum of g y), along Dim.</summary>
    SoftmaxBackward,

    /// <summary>x -> y = x - max - log of the sum of exp(x - max), along Dim.</summary>
    LogSoftmax,

    /// <summary>(y, g) -> g - exp(y) times the sum of g, along Dim.</summary>
    LogSoftmaxBackward,

    /// <summary>
    /// (x [n, c, ...], int64 target [n, ...], weight [c] or 1, ignored class, label smoothing, 1 for the weighted mean and 0 for the sum) -> loss [] or, unreduced, of the target's shape; statistics [2, n ...], the
    /// largest logit of each row and the logarithm of the sum of exp(x - that); the sum of the weights [1]. Smoothing needs weight 1. A target that is neither a class nor ignored throws
    /// <see cref="IndexOutOfRangeException"/>.
    /// </summary>
    CrossEntropy,

    /// <summary>(the inputs of the forward, its second and third output, gradient of the loss) -> gradient of x: softmax less the target, times the target's weight.</summary>
    CrossEntropyBackward,

    /// <summary>(x [rows..., n...], weight [n...] or 1, bias [n...] or 0, eps) -> y; mean and 1/deviation of each row [rows]. Dim is the first dimension that is normalized.</summary>
    LayerNorm,

    /// <summary>(x, gradient of y, weight or 1, mean, 1/deviation) -> gradients of x and, if asked for by further outputs, of weight and of bias.</summary>
    LayerNormBackward,

    /// <summary>The same without mean: (x, weight or 1, 0, eps) -> y, zeros, 1/root of the mean square.</summary>
    RmsNorm,

    /// <summary>As <see cref="LayerNormBackward"/>.</summary>
    RmsNormBackward,

    /// <summary>
    /// (query [b, h, l, e], key [b, h, s, e], value [b, h, s, v], mask [b, h, l, s] of bool or float32 or 0, scale, 1 if causal) -> softmax(scale query key.T + mask) value [b, h, l, v];
    /// statistics [2, b, h, l], the largest score of each row and the logarithm of the sum of exp(score - that). Any strides, but those of the last dimension (except the mask's) are 1.
    /// </summary>
    Attention,

    /// <summary>(the inputs of the forward, its outputs, gradient) -> gradients of query, key and value.</summary>
    AttentionBackward,

    /// <summary>(x [n, c, ...], weight [c] or 1, bias [c] or 0, eps) -> y; mean, 1/deviation and variance (divided by n) of each channel [c].</summary>
    BatchNorm,

    /// <summary>(x, gradient of y, weight or 1, mean, 1/deviation) -> gradients of x, weight and bias.</summary>
    BatchNormBackward,

    /// <summary>(x [n, c, ...], weight [c] or 1, bias [c] or 0, eps) -> y; mean, 1/deviation and variance (divided by n) of every group of channels of each sample [n, groups].</summary>
    GroupNorm,

    /// <summary>(x, gradient of y, weight or 1, mean, 1/deviation) -> gradient of x and, if asked for by further outputs, of weight and bias.</summary>
    GroupNormBackward,

    /// <summary>(x [n, c, ...], scale [c], shift [c]) -> x scale + shift.</summary>
    ScaleAndShift,
}
