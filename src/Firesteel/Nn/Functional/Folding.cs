namespace Firesteel.Nn;

public static partial class Functional
{
    /// <summary>The windows of an input [n, c, h, w] or [c, h, w] as columns [n, c*kh*kw, windows] (<c>torch.nn.functional.unfold</c>, im2col).</summary>
    /// <exception cref="ArgumentException">Shapes or numbers that do not fit.</exception>
    public static Tensor Unfold(Tensor input, Sizes kernelSize, Sizes dilation = default, Sizes padding = default, Sizes stride = default)
    {
        if (input.Ndim is not (3 or 4) || input.Shape[input.Ndim - 1] == 0 || input.Shape[input.Ndim - 2] == 0 || input.Shape[input.Ndim - 3] == 0)
            throw OperationError.Argument("unfold", $"expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but got: {OperationError.Text(input.Shape)}");
        if (input.Ndim == 3) return Unfold(input.Unsqueeze(0), kernelSize, dilation, padding, stride).Squeeze(0);
        var (windows, pads) = FoldWindows("unfold", input.Shape[0], input.Shape[1], [input.Shape[2], input.Shape[3]], kernelSize, dilation, padding, stride);
        for (int d = 0; d < 2; d++) if (pads[d] > 0) input = input.PadAlong(2 + d, pads[d], pads[d], 0);
        long columns = windows.Output[2] * windows.Output[3];
        return windows.View(input).Permute(0, 1, 4, 5, 2, 3).Reshape(input.Shape[0], input.Shape[1] * windows.Count, columns);
    }

    /// <summary>Adds columns [n, c*kh*kw, windows] up to an image [n, c, h, w], where windows overlap (<c>torch.nn.functional.fold</c>, col2im).</summary>
    /// <exception cref="ArgumentException">Shapes or numbers that do not fit.</exception>
    public static Tensor Fold(Tensor input, Sizes outputSize, Sizes kernelSize, Sizes dilation = default, Sizes padding = default, Sizes stride = default)
    {
        if (input.Ndim is not (2 or 3)) throw OperationError.Argument("fold", $"expected 2D or 3D (batch mode) tensor for input, but got: {OperationError.Text(input.Shape)}");
        if (input.Ndim == 2) return Fold(input.Unsqueeze(0), outputSize, kernelSize, dilation, padding, stride).Squeeze(0);
        long[] output = outputSize.For("fold", "output_size", 2), kernel = kernelSize.For("fold", "kernel_size", 2);
        long count = kernel[0] * kernel[1];
        if (count <= 0 || input.Shape[1] % count != 0)
            throw OperationError.Argument("fold", $"expected size of input's dimension 1 to be divisible by the product of kernel_size, but got input.size(1)={input.Shape[1]} and kernel_size={kernelSize}");
        var (windows, pads) = FoldWindows("fold", input.Shape[0], input.Shape[1] / count, output, kernelSize, dilation, padding, stride);
        long rows = windows.Output[2], columns = windows.Output[3];
        if (input.Shape[2] != rows * columns)
            throw OperationError.Argument("fold", $"given output_size={outputSize}, kernel_size={kernelSize}, expected size of input's dimension 2 to match the calculated number of sliding blocks {rows} * {columns} = {rows * columns}, but got input.size(2)={input.Shape[2]}");
        var image = windows.Fold(input.Reshape(input.Shape[0], input.Shape[1] / count, kernel[0], kernel[1], rows, columns).Permute(0, 1, 4, 5, 2, 3));
        for (int d = 0; d < 2; d++) if (pads[d] > 0) image = image.Slice(2 + d, pads[d], pads[d] + output[d]);
        return image;
    }

    private static (Windows Windows, long[] Padding) FoldWindows(string name, long n, long channels, long[] size, Sizes kernelSize, Sizes dilation, Sizes padding, Sizes stride)
    {
        long[] kernel = Steps(name, "kernel_size", kernelSize, 2), steps = Steps(name, "stride", stride, 2), within = Steps(name, "dilation", dilation, 2);
        long[] pads = Pads(name, "padding", padding, 2);
        long[] padded = [n, channels, 0, 0], output = [n, channels, 0, 0];
        for (int d = 0; d < 2; d++)
        {
            padded[2 + d] = size[d] + 2 * pads[d];
            long room = padded[2 + d] - within[d] * (kernel[d] - 1) - 1;
            if (room < 0) throw OperationError.Argument(name, $"given spatial size {OperationError.Text(size)}, kernel_size={kernelSize}, dilation={dilation}, padding={padding}: the calculated shape of the array of sliding blocks must be at least one in dimension {2 + d}");
            output[2 + d] = room / steps[d] + 1;
        }
        return (new Windows(Shape.Create(padded), kernel, steps, within, Shape.Create(output)), pads);
    }
}
