namespace Firesteel;

/// <summary><see cref="FusedKernel"/> on the CPU: hands each kernel to its file in this folder.</summary>
internal static class CpuFused
{
    public static void Run(FusedKernel kernel, ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs)
    {
        switch (kernel.Op)
        {
            case FusedOp.Softmax: CpuSoftmax.Run<CpuSoftmax.Forward>(kernel.Dim, outputs[0], inputs[0], inputs[0]); break;
            case FusedOp.SoftmaxBackward: CpuSoftmax.Run<CpuSoftmax.Backward>(kernel.Dim, outputs[0], inputs[0], inputs[1]); break;
            case FusedOp.LogSoftmax: CpuSoftmax.Run<CpuSoftmax.LogForward>(kernel.Dim, outputs[0], inputs[0], inputs[0]); break;
            case FusedOp.LogSoftmaxBackward: CpuSoftmax.Run<CpuSoftmax.LogBackward>(kernel.Dim, outputs[0], inputs[0], inputs[1]); break;
            case FusedOp.CrossEntropy: CpuCrossEntropy.Forward(outputs, inputs); break;
            case FusedOp.CrossEntropyBackward: CpuCrossEntropy.Backward(outputs[0], inputs); break;
            case FusedOp.LayerNorm: CpuLayerNorm.Forward<CpuLayerNorm.Centred>(kernel.Dim, outputs, inputs); break;
            case FusedOp.LayerNormBackward: CpuLayerNorm.Backward<CpuLayerNorm.Centred>(kernel.Dim, outputs, inputs); break;
            case FusedOp.RmsNorm: CpuLayerNorm.Forward<CpuLayerNorm.Uncentred>(kernel.Dim, outputs, inputs); break;
            case FusedOp.RmsNormBackward: CpuLayerNorm.Backward<CpuLayerNorm.Uncentred>(kernel.Dim, outputs, inputs); break;
            case FusedOp.Attention: CpuAttention.Forward(outputs, inputs); break;
            case FusedOp.AttentionBackward: CpuAttention.Backward(outputs, inputs); break;
            case FusedOp.BatchNorm: CpuBatchNorm.Forward(outputs, inputs); break;
            case FusedOp.BatchNormBackward: CpuBatchNorm.Backward(outputs, inputs); break;
            case FusedOp.GroupNorm: CpuGroupNorm.Forward(outputs, inputs); break;
            case FusedOp.GroupNormBackward: CpuGroupNorm.Backward(outputs, inputs); break;
            case FusedOp.ScaleAndShift: CpuBatchNorm.ScaleAndShift(outputs[0], inputs); break;
            default: throw new NotSupportedException($"The CPU does not know the kernel {kernel.Op}.");
        }
    }
}
