namespace Firesteel.Nn;

public static partial class Functional
{
    /// <summary>
    /// Pads the last dimensions: <paramref name="pad"/> has two numbers per dimension (before, after), the last dimension first; negative ones
    /// crop. <paramref name="mode"/> is <c>"constant"</c>, <c>"reflect"</c>, <c>"replicate"</c> or <c>"circular"</c> (<c>F.pad</c>).
    /// </summary>
    /// <exception cref="ArgumentException">An odd number of paddings, more than fit the input, too large ones, or another mode.</exception>
    public static Tensor Pad(Tensor input, ReadOnlySpan<long> pad, string mode = "constant", double? value = null)
    {
        if (pad.Length % 2 != 0) throw OperationError.Argument("pad", $"padding length must be divisible by 2, got {OperationError.Text(pad)}");
        if (pad.Length / 2 > input.Ndim) throw OperationError.Argument("pad", $"padding length too large: {OperationError.Text(pad)} for {OperationError.Text(input.Shape)}");
        if (mode == "constant") return Tensor.ConstantPad(input, pad.ToArray(), value ?? 0);
        if (mode is not ("reflect" or "replicate" or "circular")) throw OperationError.Argument("pad", $"unrecognised padding mode {mode}");
        if (value is not (null or 0)) throw OperationError.Argument("pad", $"padding mode \"{mode}\" doesn't take in value argument");
        if (pad.Length is not (2 or 4 or 6) || input.Ndim - pad.Length / 2 is not (1 or 2))
            throw OperationError.Argument("pad", $"only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now: {OperationError.Text(pad)} for {OperationError.Text(input.Shape)}");
        for (int d = input.Ndim - pad.Length / 2; d < input.Ndim; d++) CheckPadding(input, d, pad, mode);
        var result = input;
        for (int i = 0; i < pad.Length / 2; i++)
        {
            int d = input.Ndim - 1 - i;
            long before = pad[2 * i], after = pad[2 * i + 1], size = input.Shape[d];
            if (before == 0 && after == 0) continue;
            var positions = new long[size + before + after];
            for (long k = 0; k < positions.Length; k++) positions[k] = Source(k - before, size, mode);
            result = result.IndexSelect(d, Tensor.From(positions));
        }
        return ReferenceEquals(result, input) ? input.Clone() : result;
    }

    private static long Source(long at, long size, string mode) => mode switch
    {
        "replicate" => Math.Clamp(at, 0, size - 1),
        "circular" => at < 0 ? at + size : at >= size ? at - size : at,
        _ => at < 0 ? -at : at >= size ? 2 * (size - 1) - at : at,
    };

    private static void CheckPadding(Tensor input, int dim, ReadOnlySpan<long> pad, string mode)
    {
        int i = 2 * (input.Ndim - 1 - dim);
        long before = pad[i], after = pad[i + 1], size = input.Shape[dim];
        if (size == 0) throw OperationError.Argument("pad", $"{mode} padding expects a non-empty dimension {dim}, got {OperationError.Text(input.Shape)}");
        if (size + before + after < (mode == "circular" ? 0 : 1))
            throw OperationError.Argument("pad", $"input {OperationError.Text(input.Shape)} is too small: padding ({before}, {after}) at dimension {dim} leaves {size + before + after} positions");
        if (mode == "reflect" && (before >= size || after >= size))
            throw OperationError.Argument("pad", $"padding size should be less than the corresponding input dimension, but got: padding ({before}, {after}) at dimension {dim} of input {OperationError.Text(input.Shape)}");
        if (mode == "circular" && (before > size || after > size))
            throw OperationError.Argument("pad", $"padding value causes wrapping around more than once: padding ({before}, {after}) at dimension {dim} of input {OperationError.Text(input.Shape)}");
    }
}
