namespace Firesteel;

/// <summary>What a recorded call has to do at least: bytes to move and arithmetic.</summary>
internal static class KernelCost
{
    /// <summary>Every operand once; a repeated dimension costs nothing.</summary>
    public static long Bytes(RecordedCall call)
    {
        long bytes = 0;
        foreach (ref readonly var view in call.Outputs.AsSpan()) bytes += Distinct(view) * view.DType.ItemSize();
        foreach (ref readonly var input in call.Inputs.AsSpan())
            if (!input.IsScalar) bytes += Distinct(input.View) * input.View.DType.ItemSize();
        return bytes;
    }

    /// <summary>Floating-point operations, multiply-adds counted twice; one an element for each step of a formula.</summary>
    public static double Flops(RecordedCall call)
    {
        double elements = call.Outputs.Length == 0 ? 0 : call.Outputs[0].Shape.NumElements;
        return Of(call.Kernel, elements, call);
    }

    private static double Of(Kernel kernel, double elements, RecordedCall call)
    {
        return kernel switch
        {
            EpilogueKernel both => Of(both.Product, elements, call) + elements * both.Map.Program.Instructions.Length,
            ForeachKernel each => each.Map.Program.Instructions.Length * Elements(call, each.Map.Program.Outputs.Length),
            MapKernel map => elements * map.Program.Instructions.Length,
            MapReduceKernel both => (double)call.Inputs[0].View.Shape.NumElements * (both.Map.Program.Instructions.Length + 1),
            MatMulKernel => 2 * elements * call.Inputs[0].View.Shape[^1],
            ConvKernel conv => 2 * Conv(conv, call),
            // The gates of every row by the state before it.
            RecurrentKernel recurrent => 2.0 * call.Inputs[recurrent.Gradient ? 2 : 3].View.Shape.NumElements * (recurrent.Gradient ? call.Inputs[3].View : call.Outputs[0]).Shape.NumElements / call.Inputs[recurrent.Gradient ? 0 : 1].View.Shape[^1],
            ReduceKernel or ArgReduceKernel or ScanKernel => call.Inputs[0].IsScalar ? 0 : call.Inputs[0].View.Shape.NumElements,
            _ => 0,
        };
    }

    /// <summary>The elements of all sets.</summary>
    private static double Elements(RecordedCall call, int outputs)
    {
        double elements = 0;
        for (int i = 0; i < call.Outputs.Length; i += outputs) elements += call.Outputs[i].Shape.NumElements;
        return elements;
    }

    private static double Conv(ConvKernel conv, RecordedCall call)
    {
        // Every element of y takes the filter once: y is the output, or the first or second input.
        var (y, w) = conv.Pass switch
        {
            ConvPass.Forward => (call.Outputs[0].Shape, call.Inputs[1].View.Shape),
            ConvPass.Data => (call.Inputs[0].View.Shape, call.Inputs[1].View.Shape),
            _ => (call.Inputs[1].View.Shape, call.Outputs[0].Shape),
        };
        return (double)y.NumElements * w.NumElements / w[0];
    }

    private static long Distinct(in View view)
    {
        long count = 1;
        for (int d = 0; d < view.Strides.Length; d++)
            if (view.Strides[d] != 0 || view.Shape.Sizes[d] == 0) count *= view.Shape.Sizes[d];
        return count;
    }
}
