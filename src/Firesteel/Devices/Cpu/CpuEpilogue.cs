namespace Firesteel;

/// <summary><see cref="EpilogueKernel"/> on the CPU.</summary>
internal static unsafe class CpuEpilogue
{
    public static void Run(EpilogueKernel kernel, ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs)
    {
        if (kernel.Map.Compute == DType.Float64) Run(kernel, outputs, inputs, Loop<double>(kernel, outputs, inputs, false));
        else Run(kernel, outputs, inputs, Loop<float>(kernel, outputs, inputs, false));
    }

    /// <summary>The loop of the program; its operands are the result and the inputs behind those of the product.</summary>
    public static MapLoop<T> Loop<T>(EpilogueKernel kernel, ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs, bool compiled)
        where T : unmanaged
    {
        var own = outputs[(kernel.Kept ? 1 : 0)..];
        var shape = own[0].Shape;
        return new MapLoop<T>(kernel.Map, shape, own, [new CpuView(outputs[0].Data, shape.Contiguous(outputs[0].DType)), .. inputs[kernel.ProductInputs..]], compiled);
    }

    public static void Run<T>(EpilogueKernel kernel, ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs, MapLoop<T> loop)
        where T : unmanaged
    {
        loop.Begin();
        var finish = loop.Count < ResultFinish.Smallest ? null : loop;
        if (kernel.Product is ConvKernel conv) CpuConv.Run(conv, outputs[0], inputs[..kernel.ProductInputs], finish);
        else CpuMatMul.Run(outputs[0], inputs[..kernel.ProductInputs], finish);
        loop.End();
    }
}
