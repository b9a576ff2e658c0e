namespace Firesteel;

public partial class Tensor
{
    private static readonly Operation<long[]> s_flip = new("flip", (Save.None, static (in s, g) => g.Flip(s.State)));

    private static readonly Operation<(long[] Shifts, long[] Dims)> s_roll = new("roll",
        (Save.None, static (in s, g) => g.Roll(Array.ConvertAll(s.State.Shifts, static shift => -shift), s.State.Dims)));

    // A dimension that stays apart from its copies, [repeats, size]: their sum is over the copies.
    private static readonly Operation<(Shape Input, long[] Wide)> s_repeat = new("repeat",
        (Save.None, static (in s, g) => g.Reshape(s.State.Wide).Sum([.. Enumerable.Range(0, s.State.Wide.Length / 2).Select(static d => 2L * d)]).Reshape(s.State.Input)));

    /// <summary>A copy with the order reversed along dimensions (<c>torch.flip</c>).</summary>
    /// <exception cref="ArgumentException">A dimension is named twice.</exception>
    public Tensor Flip(params ReadOnlySpan<long> dims)
    {
        int[] reversed = OperationError.Dims("flip", dims, Ndim);
        var view = Allocate(Shape, DType, Device);
        if (NumElements > 0)
        {
            // Written through a view that runs backwards, so that one kernel does it.
            long[] strides = [.. view.Strides];
            long offset = 0;
            foreach (int d in reversed)
            {
                if (Ndim == 0) break;
                offset += (Shape.Sizes[d] - 1) * strides[d];
                strides[d] = -strides[d];
            }
            Device.Run(new KernelCall(CopyKernel(DType), [view.With(Shape, strides, offset)], [Layout]));
        }
        return s_flip.Record(view, [this], dims.ToArray());
    }

    /// <summary>A copy with columns in reverse order (<c>torch.fliplr</c>).</summary>
    /// <exception cref="ArgumentException">Less than two dimensions.</exception>
    public Tensor Fliplr() => Ndim < 2 ? throw OperationError.Argument("fliplr", $"input must be >= 2-d, got {OperationError.Text(Shape)}") : Flip(1);

    /// <summary>A copy with rows in reverse order (<c>torch.flipud</c>).</summary>
    /// <exception cref="ArgumentException">No dimensions.</exception>
    public Tensor Flipud() => Ndim < 1 ? throw OperationError.Argument("flipud", "input must be >= 1-d, got []") : Flip(0);

    /// <summary>The elements shifted cyclically in row-major order (<c>torch.roll</c>).</summary>
    public Tensor Roll(long shifts) => s_roll.Record(new Tensor(Layout).Flatten().Roll([shifts], [0]).Layout.With(Shape), [this], ([shifts], []));

    /// <summary>The elements shifted cyclically along a dimension (<c>torch.roll</c>).</summary>
    public Tensor Roll(long shifts, long dims) => Roll([shifts], [dims]);

    /// <summary>The elements shifted cyclically along dimensions; without any, in row-major order (<c>torch.roll</c>).</summary>
    /// <exception cref="ArgumentException">No shifts, or another number of them than of dimensions.</exception>
    public Tensor Roll(ReadOnlySpan<long> shifts, ReadOnlySpan<long> dims = default)
    {
        if (shifts.IsEmpty) throw OperationError.Argument("roll", "`shifts` required");
        if (dims.IsEmpty && shifts.Length == 1) return Roll(shifts[0]);
        if (shifts.Length != dims.Length) throw OperationError.Argument("roll", $"shifts and dimensions must align. shifts: {shifts.Length}, dims:{dims.Length}");
        var source = new Tensor(Layout);
        var result = source;
        for (int i = 0; i < dims.Length; i++)
        {
            int d = OperationError.Dim("roll", dims[i], Ndim);
            if (Ndim == 0) continue;
            long size = Shape.Sizes[d];
            if (size == 0) continue;
            long split = (size - shifts[i] % size) % size;
            if (split != 0) result = Cat([result.Slice(d, split), result.Slice(d, 0, split)], d);
        }
        if (ReferenceEquals(result, source)) result = source.Clone();
        return s_roll.Record(result.Layout, [this], (shifts.ToArray(), dims.ToArray()));
    }

    /// <summary>Rotates <paramref name="k"/> times by 90 degrees in the plane of two dimensions, from the first towards the second (<c>torch.rot90</c>).</summary>
    /// <exception cref="ArgumentException">Not two different dimensions.</exception>
    public Tensor Rot90(long k = 1, ReadOnlySpan<long> dims = default)
    {
        long[] plane = dims.IsEmpty ? [0, 1] : dims.ToArray();
        if (plane.Length != 2) throw OperationError.Argument("rot90", $"expected total rotation dims == 2, but got dims = {plane.Length}");
        if (Ndim < 2) throw OperationError.Argument("rot90", $"expected total dims >= 2, but got total dims = {Ndim}");
        int a = OperationError.Dim("rot90", plane[0], Ndim), b = OperationError.Dim("rot90", plane[1], Ndim);
        if (a == b) throw OperationError.Argument("rot90", $"expected rotation dims to be different, but got dim0 = {plane[0]} and dim1 = {plane[1]}");
        return ((k % 4 + 4) % 4) switch
        {
            1 => Flip(b).Transpose(a, b),
            2 => Flip(a, b),
            3 => Flip(a).Transpose(a, b),
            _ => Clone(),
        };
    }

    /// <summary>A copy that repeats the tensor along each dimension; more numbers than dimensions add dimensions in front (<c>Tensor.repeat</c>).</summary>
    /// <exception cref="ArgumentException">Less numbers than dimensions, or a negative one.</exception>
    public Tensor Repeat(params ReadOnlySpan<long> repeats)
    {
        if (repeats.Length < Ndim) throw OperationError.Argument("repeat", $"number of dimensions of repeat dims {OperationError.Text(repeats)} can not be smaller than number of dimensions of tensor {OperationError.Text(Shape)}");
        int added = repeats.Length - Ndim;
        long[] apart = new long[2 * repeats.Length], wide = new long[2 * repeats.Length], joined = new long[repeats.Length];
        for (int d = 0; d < repeats.Length; d++)
        {
            if (repeats[d] < 0) throw OperationError.Argument("repeat", $"trying to create tensor with negative dimension: repeats are {OperationError.Text(repeats)}");
            long size = d < added ? 1 : Shape.Sizes[d - added];
            (apart[2 * d], apart[2 * d + 1]) = (1, size);
            (wide[2 * d], wide[2 * d + 1]) = (repeats[d], size);
            joined[d] = repeats[d] * size;
        }
        return s_repeat.Record(new Tensor(Layout).Reshape(apart).Expand(wide).Clone().Layout.With(new Shape(joined)), [this], (Shape, wide));
    }

    /// <summary>A copy that repeats the tensor along each dimension; less numbers than dimensions leave the first ones alone (<c>torch.tile</c>).</summary>
    public Tensor Tile(params ReadOnlySpan<long> dims)
    {
        if (dims.Length >= Ndim) return Repeat(dims);
        var all = new long[Ndim];
        Array.Fill(all, 1);
        dims.CopyTo(all.AsSpan(Ndim - dims.Length));
        return Repeat(all);
    }

    /// <summary>Every element, or every position along a dimension, repeated (<c>torch.repeat_interleave</c>).</summary>
    /// <exception cref="ArgumentException">The number is negative.</exception>
    public Tensor RepeatInterleave(long repeats, long? dim = null)
    {
        if (repeats < 0) throw OperationError.Argument("repeat_interleave", $"repeats must be non-negative, got {repeats}");
        if (dim is null) return Flatten().RepeatInterleave(repeats, 0);
        if (Ndim == 0) return Reshape(1).RepeatInterleave(repeats, dim);
        int d = OperationError.Dim("repeat_interleave", dim.Value, Ndim);
        long[] wide = [.. Shape.Sizes.AsSpan(0, d + 1), repeats, .. Shape.Sizes.AsSpan(d + 1)];
        long[] joined = Shape.ToArray();
        joined[d] *= repeats;
        return Unsqueeze(d + 1).Expand(wide).Clone().View(joined);
    }

    /// <summary>Every element, or every position along a dimension, repeated its own number of times (<c>torch.repeat_interleave</c>). Waits for the device.</summary>
    /// <exception cref="ArgumentException">A number is negative or not an integer, or their number does not fit.</exception>
    public Tensor RepeatInterleave(Tensor repeats, long? dim = null, long? outputSize = null)
    {
        if (repeats.Ndim > 1) throw OperationError.Argument("repeat_interleave", $"repeats must be 0-dim or 1-dim tensor, got {OperationError.Text(repeats.Shape)}");
        if (dim is null) return Flatten().RepeatInterleave(repeats, 0, outputSize);
        int d = OperationError.Dim("repeat_interleave", dim.Value, Ndim);
        if (repeats.NumElements == 1 && Ndim > 0 && Shape.Sizes[d] != 1)
            return RepeatInterleave(repeats.Reshape(1).Expand(Shape.Sizes[d]), dim, outputSize);
        if (Ndim == 0 || repeats.NumElements != Shape.Sizes[d])
            throw OperationError.Argument("repeat_interleave", $"repeats must have the same size as input along dim, but got repeats.size(0) = {repeats.NumElements} and input {OperationError.Text(Shape)}, dim {d}");
        return IndexSelect(d, RepeatInterleave(repeats, outputSize));
    }

    /// <summary>Each position i of a vector of integers, repeated as often as element i says (<c>torch.repeat_interleave</c>). Waits for the device.</summary>
    /// <exception cref="ArgumentException">A number is negative or not an integer, or <paramref name="outputSize"/> is not their sum.</exception>
    public static Tensor RepeatInterleave(Tensor repeats, long? outputSize = null)
    {
        if (repeats.Ndim != 1) throw OperationError.Argument("repeat_interleave", "repeat_interleave only accept 1D vector as repeat");
        if (repeats.DType is not (DType.Int64 or DType.Int32)) throw OperationError.Argument("repeat_interleave", $"repeats has to be Long or Int tensor, got {repeats.DType.Name()}");
        long[] counts = repeats.ToArray<long>();
        long total = 0;
        foreach (long count in counts) total += count >= 0 ? count : throw OperationError.Argument("repeat_interleave", "repeats can not be negative");
        if (outputSize is { } size && size != total) throw OperationError.Argument("repeat_interleave", $"allocated size does not match required size: output_size is {size}, the repeats add up to {total}");
        var positions = new long[total];
        long at = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            positions.AsSpan((int)at, (int)counts[i]).Fill(i);
            at += counts[i];
        }
        return From(positions, device: repeats.Device);
    }
}
