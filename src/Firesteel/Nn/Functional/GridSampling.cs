namespace Firesteel.Nn;

public static partial class Functional
{
    // The coordinate held inside [0, last]; no gradient where it is held.
    private static readonly Pointwise s_insideBorder = new("grid_border", static (c, last) => Expr.Where(c <= 0, 0, Expr.Where(c >= last, last, c)));

    // The coordinate reflected at the borders low and low + span until it lies between.
    private static readonly Pointwise s_reflected = new("grid_reflection", static (c, low, span) =>
    {
        var distance = Expr.Abs(c - low);
        var flips = Expr.Floor(distance / span);
        var extra = distance - flips * span;
        return low + Expr.Where(Expr.Eq(flips - 2 * Expr.Floor(flips / 2), 0), extra, span - extra);
    });

    private static readonly Pointwise s_scaledShifted = new("grid_unnormalized", static (c, factor, shift) => c * factor + shift);
    private static readonly Pointwise s_floor = new("grid_floor", static c => Expr.Floor(c));

    // A tap at an integer position counts only inside; positions outside read element 0.
    private static readonly Pointwise s_tapWeight = new("grid_weight", static (w, position, size) => Expr.Where(Inside(position, size), w, 0));
    private static readonly Pointwise s_tapPosition = new("grid_position", static (position, size) => Expr.Where(Inside(position, size), position, 0));
    private static readonly Pointwise s_cubicNear = new("grid_cubic", static v => ((CubicA + 2) * v - (CubicA + 3)) * v * v + 1);
    private static readonly Pointwise s_cubicFar = new("grid_cubic", static v => ((CubicA * v - 5 * CubicA) * v + 8 * CubicA) * v - 4 * CubicA);

    private static Expr Inside(Expr position, Expr size) => (position >= 0) * (position < size);

    /// <summary>
    /// Elements of an input [n, c, h, w] (or [n, c, d, h, w]) at positions of a grid [n, ho, wo, 2] (or [n, do, ho, wo, 3]) whose numbers -1 and 1 are the borders
    /// (<c>torch.nn.functional.grid_sample</c>).
    /// </summary>
    /// <param name="input">What is sampled.</param>
    /// <param name="grid">Where; x first.</param>
    /// <param name="mode"><c>"bilinear"</c>, <c>"nearest"</c> or <c>"bicubic"</c>.</param>
    /// <param name="paddingMode">What lies outside: <c>"zeros"</c>, <c>"border"</c> or <c>"reflection"</c>.</param>
    /// <param name="alignCorners">Whether -1 and 1 are the centres of the corner elements, rather than their edges.</param>
    /// <exception cref="ArgumentException">Shapes, modes or dtypes that do not fit.</exception>
    public static Tensor GridSample(Tensor input, Tensor grid, string mode = "bilinear", string paddingMode = "zeros", bool alignCorners = false)
    {
        int rank = input.Ndim - 2;
        if (mode is not ("bilinear" or "nearest" or "bicubic")) throw OperationError.Argument("grid_sample", $"expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'");
        if (paddingMode is not ("zeros" or "border" or "reflection")) throw OperationError.Argument("grid_sample", $"expected padding_mode to be 'zeros', 'border', or 'reflection', but got: '{paddingMode}'");
        if (rank is not (2 or 3) || grid.Ndim != input.Ndim)
            throw OperationError.Argument("grid_sample", $"expected 4D or 5D input and grid with same number of dimensions, but got input with sizes {OperationError.Text(input.Shape)} and grid with sizes {OperationError.Text(grid.Shape)}");
        if (input.Shape[0] != grid.Shape[0]) throw OperationError.Argument("grid_sample", $"expected grid and input to have same batch size, but got input with sizes {OperationError.Text(input.Shape)} and grid with sizes {OperationError.Text(grid.Shape)}");
        if (grid.Shape[^1] != rank) throw OperationError.Argument("grid_sample", $"expected grid to have size {rank} in last dimension, but got grid with sizes {OperationError.Text(grid.Shape)}");
        if (input.DType != grid.DType) throw OperationError.Argument("grid_sample", $"expected input and grid to have same dtype, but input has {input.DType.Name()} and grid has {grid.DType.Name()}");
        if (mode == "bicubic" && rank != 2) throw OperationError.Argument("grid_sample", "bicubic interpolation only supports 4D input");
        foreach (long size in input.Shape[2..]) if (size == 0) throw OperationError.Argument("grid_sample", $"expected input to have non-empty spatial dimensions, but input has sizes {OperationError.Text(input.Shape)}");

        // For each dimension, the taps: a position (as a floating-point number) and a weight.
        var taps = new (Tensor Position, Tensor Weight)[rank][];
        for (int d = 0; d < rank; d++)
        {
            long size = input.Shape[2 + d];
            double factor = alignCorners ? (size - 1) / 2.0 : size / 2.0;
            var coordinate = s_scaledShifted.Apply(grid.Select(-1, rank - 1 - d), factor, alignCorners ? factor : (size - 1) / 2.0);
            taps[d] = mode == "bicubic" ? CubicTaps(coordinate, size, paddingMode, alignCorners) : Taps(HeldInside(coordinate, size, paddingMode, alignCorners), mode);
        }
        long n = input.Shape[0], channels = input.Shape[1];
        long[] spatial = grid.Shape[1..^1].ToArray();
        long points = Elements(spatial);
        var flat = input.Reshape(n, channels, Elements(input.Shape.Sizes[2..]));
        Tensor? sum = null;
        var choice = new int[rank];
        while (true)
        {
            Tensor? weight = null, index = null;
            for (int d = 0; d < rank; d++)
            {
                long size = input.Shape[2 + d];
                var (position, w) = taps[d][choice[d]];
                var counted = s_tapWeight.Apply(w, position.Detach(), size);
                var at = s_tapPosition.Apply(position.Detach(), size).To(DType.Int64);
                weight = weight is null ? counted : weight * counted;
                index = index is null ? at : index * size + at;
            }
            var values = flat.Gather(2, index!.Reshape(n, 1, points).Expand(n, channels, points));
            var term = values * weight!.Reshape(n, 1, points);
            sum = sum is null ? term : sum + term;
            int next = rank - 1;
            while (next >= 0 && ++choice[next] == taps[next].Length) choice[next--] = 0;
            if (next < 0) return sum.Reshape([n, channels, .. spatial]);
        }
    }

    private static Tensor HeldInside(Tensor coordinate, long size, string paddingMode, bool alignCorners)
    {
        if (paddingMode == "zeros") return coordinate;
        if (paddingMode == "reflection")
        {
            double low = alignCorners ? 0 : -0.5, span = alignCorners ? size - 1 : size;
            coordinate = span == 0 ? coordinate * 0 : s_reflected.Apply(coordinate, low, span);
        }
        return s_insideBorder.Apply(coordinate, size - 1);
    }

    private static (Tensor, Tensor)[] Taps(Tensor coordinate, string mode)
    {
        if (mode == "nearest")
        {
            var nearest = coordinate.Round();
            return [(nearest, nearest * 0 + 1)];
        }
        var floor = s_floor.Apply(coordinate.Detach());
        var rest = coordinate - floor;
        return [(floor, 1 - rest), (floor + 1, rest)];
    }

    private static (Tensor, Tensor)[] CubicTaps(Tensor coordinate, long size, string paddingMode, bool alignCorners)
    {
        var floor = s_floor.Apply(coordinate.Detach());
        var rest = coordinate - floor;
        Tensor[] weights = [s_cubicFar.Apply(rest + 1), s_cubicNear.Apply(rest), s_cubicNear.Apply(1 - rest), s_cubicFar.Apply(2 - rest)];
        var taps = new (Tensor, Tensor)[4];
        for (int t = 0; t < 4; t++) taps[t] = (HeldInside(floor + (t - 1), size, paddingMode, alignCorners).Round(), weights[t]);
        return taps;
    }

    /// <summary>A grid for <see cref="GridSample"/> from affine maps theta [n, 2, 3] or [n, 3, 4] and the size [n, c, h, w] or [n, c, d, h, w] of the result (<c>torch.nn.functional.affine_grid</c>).</summary>
    /// <exception cref="ArgumentException">Shapes that do not fit.</exception>
    public static Tensor AffineGrid(Tensor theta, ReadOnlySpan<long> size, bool alignCorners = false)
    {
        int rank = size.Length - 2;
        if (rank is not (2 or 3) || theta.Ndim != 3 || theta.Shape[0] != size[0] || theta.Shape[1] != rank || theta.Shape[2] != rank + 1)
            throw OperationError.Argument("affine_grid", $"expected a batch of {Math.Max(rank, 2)}D affine matrices of shape [n, {rank}, {rank + 1}] for size {OperationError.Text(size)}, got {OperationError.Text(theta.Shape)}");
        if (!theta.DType.IsFloatingPoint()) throw OperationError.Argument("affine_grid", $"expected theta to have floating point type, but got {theta.DType.Name()}");
        long[] spatial = size[2..].ToArray();
        long points = Elements(spatial);
        foreach (long s in size) if (s <= 0) throw OperationError.Argument("affine_grid", $"expected non-zero, positive output size, got {OperationError.Text(size)}");
        // Homogeneous coordinates of every output position, x first.
        var numbers = new double[points * (rank + 1)];
        for (long p = 0; p < points; p++)
        {
            long rest = p;
            for (int d = rank - 1; d >= 0; d--)
            {
                long s = spatial[d], at = rest % s;
                rest /= s;
                numbers[p * (rank + 1) + (rank - 1 - d)] = alignCorners ? (s > 1 ? 2.0 * at / (s - 1) - 1 : 0) : (2.0 * at + 1) / s - 1;
            }
            numbers[p * (rank + 1) + rank] = 1;
        }
        return Tensor.From(numbers, [points, rank + 1], theta.DType).Matmul(theta.Transpose(1, 2)).Reshape([size[0], .. spatial, rank]);
    }
}
