namespace Firesteel;

public partial class Tensor
{
    /// <summary><see cref="Nn.Functional.BatchNorm"/> with the mean and 1/deviation of the batch, empty outside of training (<c>torch.native_batch_norm</c>).</summary>
    public static (Tensor Output, Tensor SaveMean, Tensor SaveInvstd) NativeBatchNorm(Tensor input, Tensor? weight, Tensor? bias, Tensor? runningMean, Tensor? runningVar, bool training, double momentum, double eps) =>
        Nn.Functional.NativeBatchNorm("native_batch_norm", input, weight, bias, runningMean, runningVar, training, momentum, eps);

    /// <summary><see cref="Nn.Functional.LayerNorm"/> with the mean and 1/deviation of every normalized part (<c>torch.native_layer_norm</c>).</summary>
    public static (Tensor Output, Tensor Mean, Tensor Rstd) NativeLayerNorm(Tensor input, ReadOnlySpan<long> normalizedShape, Tensor? weight, Tensor? bias, double eps) =>
        Nn.Functional.NativeLayerNorm("native_layer_norm", input, normalizedShape, weight, bias, eps);
}
