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
}
