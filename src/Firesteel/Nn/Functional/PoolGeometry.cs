namespace Firesteel.Nn;

/// <summary>The numbers of a pooling operation, checked: windows over an input that is padded as far as the windows reach.</summary>
internal sealed class PoolGeometry
{
    private PoolGeometry(Windows windows, Shape input, long[] padding, long[] after) => (Windows, Input, Padding, After) = (windows, input, padding, after);

    public Windows Windows { get; }

    /// <summary>The input's shape without padding.</summary>
    public Shape Input { get; }

    /// <summary>What is added before each spatial dimension.</summary>
    public long[] Padding { get; }

    /// <summary>What is added after each.</summary>
    public long[] After { get; }

    public static PoolGeometry Of(string name, int rank, Shape input, Sizes kernelSize, Sizes? stride, Sizes padding, Sizes dilation, bool ceilMode)
    {
        var kernel = kernelSize.For(name, "kernel_size", rank);
        var step = stride is { IsEmpty: false } given ? given.For(name, "stride", rank) : kernel;
        long[] pad = padding.For(name, "padding", rank, 0), within = dilation.For(name, "dilation", rank, 1);
        for (int d = 0; d < rank; d++)
        {
            if (kernel[d] <= 0) throw OperationError.Argument(name, $"kernel_size must be greater than zero, but got {kernelSize}");
            if (step[d] <= 0) throw OperationError.Argument(name, $"stride should not be zero, but got {OperationError.Text(step)}: it must be greater than zero");
            if (pad[d] < 0) throw OperationError.Argument(name, $"pad must be non-negative, but got pad: {pad[d]}");
            if (within[d] <= 0) throw OperationError.Argument(name, $"dilation must be greater than zero, but got {within[d]}");
            if (pad[d] > ((kernel[d] - 1) * within[d] + 1) / 2) throw OperationError.Argument(name, $"pad should be at most half of kernel size, but got pad={pad[d]} and kernel_size={kernel[d]}");
        }
        CheckInput(name, rank, input);
        int leading = input.Length - rank;
        long[] output = input.ToArray(), padded = input.ToArray(), after = new long[rank];
        for (int d = 0; d < rank; d++)
        {
            long size = input.Sizes[leading + d], extent = within[d] * (kernel[d] - 1) + 1;
            long room = size + 2 * pad[d] - extent;
            // Rounded down, also below 0.
            long count = (long)Math.Floor((room + (ceilMode ? step[d] - 1 : 0)) / (double)step[d]) + 1;
            // The last window has to start inside the input or the padding before it.
            if (ceilMode && (count - 1) * step[d] >= size + pad[d]) count--;
            output[leading + d] = count;
            if (count < 1) throw OperationError.Argument(name, $"given input size: {OperationError.Text(input)}, kernel_size {kernelSize}, calculated output size {count} in dimension {leading + d}: output size is too small");
            after[d] = Math.Max(0, (count - 1) * step[d] + extent - size - pad[d]);
            padded[leading + d] += pad[d] + after[d];
        }
        return new PoolGeometry(new Windows(Shape.Create(padded), kernel, step, within, Shape.Create(output)), input, pad, after);
    }

    /// <summary>Refuses ranks other than <paramref name="rank"/> plus a channel, plus perhaps a batch, and sizes of 0 except the batch's.</summary>
    public static void CheckInput(string name, int rank, Shape input)
    {
        if (input.Length != rank + 1 && input.Length != rank + 2)
            throw OperationError.Argument(name, $"expected {rank + 1}D or {rank + 2}D (batch mode) tensor with optional 0 dim batch size for input, but got: {OperationError.Text(input)}");
        for (int d = input.Length == rank + 2 ? 1 : 0; d < input.Length; d++)
            if (input.Sizes[d] == 0) throw OperationError.Argument(name, $"expected {rank + 1}D or {rank + 2}D (batch mode) tensor with optional 0 dim batch size for input: expected input's non-batch dimensions to have positive length, but got: {OperationError.Text(input)}");
    }

    /// <summary>The input with its padding filled with a number.</summary>
    public Tensor Pad(Tensor input, Scalar value)
    {
        int leading = input.Ndim - Padding.Length;
        for (int d = 0; d < Padding.Length; d++)
            if (Padding[d] != 0 || After[d] != 0) input = input.PadAlong(leading + d, Padding[d], After[d], value);
        return input;
    }
}
