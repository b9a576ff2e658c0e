namespace Firesteel.Nn;

/// <summary>A linear layer under the name that PyTorch prints for the last projection of <see cref="MultiheadAttention"/>.</summary>
internal sealed class NonDynamicallyQuantizableLinear(long inFeatures, long outFeatures, bool bias, Device? device, DType dtype) : Linear(inFeatures, outFeatures, bias, device, dtype);
