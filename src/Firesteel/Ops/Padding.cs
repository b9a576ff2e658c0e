namespace Firesteel;

public partial class Tensor
{
    private static readonly Operation<long[]> s_constantPad = new("constant_pad_nd",
        (Save.None, static (in s, g) => ConstantPad(g, Array.ConvertAll(s.State, static n => -n), 0)));

    /// <summary>Pads the last dimensions with one value, two numbers per dimension (before, after), the last dimension first; negative ones crop (<c>torch.constant_pad_nd</c>).</summary>
    /// <exception cref="ArgumentException">An odd number of paddings, more than fit the tensor, or cropping more than there is.</exception>
    public Tensor ConstantPadNd(ReadOnlySpan<long> pad, double value = 0)
    {
        if (pad.Length % 2 != 0 || pad.Length / 2 > Ndim) throw OperationError.Argument("constant_pad_nd", $"length of pad must be even and at most twice the number of dimensions of the input: {OperationError.Text(pad)} for {OperationError.Text(Shape)}");
        return ConstantPad(this, pad.ToArray(), value);
    }

    internal static Tensor ConstantPad(Tensor input, long[] pad, Scalar value)
    {
        var sizes = input.Shape.ToArray();
        var part = input.Detach();
        var result = sizes;
        for (int i = 0; i < pad.Length / 2; i++)
        {
            int d = input.Ndim - 1 - i;
            long before = pad[2 * i], after = pad[2 * i + 1];
            result[d] += before + after;
            if (result[d] < 0)
                throw OperationError.Argument("pad", $"the input size {input.Shape.Sizes[d]}, plus negative padding {before} and {after}, resulted in a negative output size at dimension {d} of {OperationError.Text(input.Shape)}");
            part = part.Slice(d, Math.Max(-before, 0), Math.Max(input.Shape.Sizes[d] - Math.Max(-after, 0), 0));
        }
        var view = Filled(Shape.Create(result), value, input.DType, input.Device, false).Layout;
        if (part.NumElements > 0)
        {
            long offset = 0;
            for (int i = 0; i < pad.Length / 2; i++) offset += Math.Max(pad[2 * i], 0) * view.Strides[input.Ndim - 1 - i];
            input.Device.Run(new KernelCall(CopyKernel(input.DType), [view.With(part.Shape, view.Strides, offset)], [part.Layout]));
        }
        return s_constantPad.Record(view, [input], pad);
    }
}
