namespace Firesteel.Nn;

public static partial class Functional
{
    private const double CubicA = -0.75;

    private static readonly Pointwise s_twoTaps = new("upsample_linear", 4, static x => x[0] * x[1] + x[2] * x[3], null, ResultType.Promoted);

    /// <summary>Changes the spatial size of an input [n, c, ...] to a given one, or by a factor (<c>torch.nn.functional.interpolate</c>).</summary>
    /// <param name="input">[n, c, length], [n, c, h, w] or [n, c, d, h, w].</param>
    /// <param name="size">The spatial size of the result.</param>
    /// <param name="scaleFactor">Or the factor by which it grows.</param>
    /// <param name="mode"><c>"nearest"</c>, <c>"nearest-exact"</c>, <c>"linear"</c>, <c>"bilinear"</c>, <c>"bicubic"</c>, <c>"trilinear"</c> or <c>"area"</c>.</param>
    /// <param name="alignCorners">Whether the centres of the corner elements stay where they are, rather than the corners; not for nearest and area.</param>
    /// <param name="recomputeScaleFactor">Positions follow from the sizes and not from the factor.</param>
    /// <param name="antialias">Not supported.</param>
    /// <exception cref="ArgumentException">Neither or both of size and factor, a mode that does not fit the rank, or sizes below 1.</exception>
    public static Tensor Interpolate(Tensor input, Sizes? size = null, ScaleFactors? scaleFactor = null, string mode = "nearest", bool? alignCorners = null, bool? recomputeScaleFactor = null, bool antialias = false)
    {
        int rank = input.Ndim - 2;
        int wanted = mode switch
        {
            "nearest" or "nearest-exact" or "area" => rank,
            "linear" => 1,
            "bilinear" or "bicubic" => 2,
            "trilinear" => 3,
            _ => throw OperationError.Argument("interpolate", $"mode has to be nearest, nearest-exact, linear, bilinear, bicubic, trilinear or area, got '{mode}'"),
        };
        if (rank is < 1 or > 3 || rank != wanted)
            throw OperationError.Argument("interpolate", $"got {input.Ndim}D input {OperationError.Text(input.Shape)}, but {mode} mode needs {(rank == wanted ? "3D, 4D or 5D" : $"{wanted + 2}D")} input");
        bool smooth = mode is not ("nearest" or "nearest-exact" or "area");
        if (alignCorners is not null && !smooth) throw OperationError.Argument("interpolate", "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear");
        if (size is null == scaleFactor is null) throw OperationError.Argument("interpolate", size is null ? "either size or scale_factor should be defined" : "only one of size or scale_factor should be defined");
        if (recomputeScaleFactor == true && size is not null) throw OperationError.Argument("interpolate", "recompute_scale_factor is not meaningful with an explicit size");
        if (antialias) throw OperationError.NotSupported("interpolate", "antialias is not supported");
        if (input.Shape[1] == 0 || Elements(input.Shape.Sizes[2..]) == 0) throw OperationError.Argument("interpolate", $"input and output sizes should be greater than 0, but got input {OperationError.Text(input.Shape)}");

        var factors = scaleFactor?.For("interpolate", "scale_factor", rank);
        long[] sizes = factors is null ? size!.Value.For("interpolate", "size", rank) : [.. Enumerable.Range(0, rank).Select(d => (long)Math.Floor(input.Shape[2 + d] * factors[d]))];
        foreach (long s in sizes) if (s < 1) throw OperationError.Argument("interpolate", $"input and output sizes should be greater than 0, but got input {OperationError.Text(input.Shape)} and output {OperationError.Text(sizes)}");
        if (recomputeScaleFactor == true) factors = null;
        if (mode == "area") return AdaptiveAvgPool("interpolate", rank, input, Sizes.Create(sizes));

        var result = input;
        for (int d = 0; d < rank; d++)
        {
            long from = input.Shape[2 + d], to = sizes[d];
            result = smooth
                ? Resampled(result, 2 + d, from, to, factors?[d], mode == "bicubic", alignCorners ?? false)
                : NearestAlong(result, 2 + d, from, to, factors?[d], mode == "nearest-exact");
        }
        return ReferenceEquals(result, input) ? input.Clone() : result;
    }

    private static Tensor NearestAlong(Tensor x, int dim, long from, long to, double? factor, bool exact)
    {
        if (from == to && factor is null or 1) return x;
        // Positions are computed in float32, whatever the dtype, as PyTorch does.
        float scale = factor is > 0 ? (float)(1.0 / factor.Value) : (float)from / to;
        var positions = new long[to];
        for (long o = 0; o < to; o++) positions[o] = Math.Min((long)MathF.Floor((o + (exact ? 0.5f : 0f)) * scale), from - 1);
        return TakenAlong(x, dim, positions);
    }

    private static Tensor TakenAlong(Tensor x, int dim, long[] positions)
    {
        long[] shape = x.Shape.ToArray(), along = new long[x.Ndim];
        Array.Fill(along, 1);
        shape[dim] = along[dim] = positions.Length;
        return x.Gather(dim, Tensor.From(positions).Reshape(along).Expand(shape));
    }

    /// <summary>Linear or cubic interpolation along one dimension: a few taps with weights, which are plain numbers of the output's position.</summary>
    private static Tensor Resampled(Tensor x, int dim, long from, long to, double? factor, bool cubic, bool alignCorners)
    {
        if (!x.DType.IsFloatingPoint()) throw OperationError.NotSupported("interpolate", $"not implemented for '{x.DType.Name()}'; convert with To(DType.Float32)");
        if (from == to && (alignCorners || factor is null or 1)) return x;
        int taps = cubic ? 4 : 2;
        var positions = new long[taps][];
        var weights = new double[taps][];
        for (int t = 0; t < taps; t++) (positions[t], weights[t]) = (new long[to], new double[to]);
        for (long o = 0; o < to; o++)
        {
            double source = x.DType == DType.Float64 ? SourceOf<double>(o, from, to, factor, cubic, alignCorners) : SourceOf<float>(o, from, to, factor, cubic, alignCorners);
            long first = (long)Math.Floor(source);
            double rest = source - first;
            if (cubic)
            {
                double[] w = [Far(rest + 1), Near(rest), Near(1 - rest), Far(2 - rest)];
                for (int t = 0; t < 4; t++) (positions[t][o], weights[t][o]) = (Math.Clamp(first - 1 + t, 0, from - 1), w[t]);
            }
            else
            {
                first = Math.Min(first, from - 1);
                rest = Math.Clamp(source - first, 0, 1);
                (positions[0][o], weights[0][o]) = (first, 1 - rest);
                (positions[1][o], weights[1][o]) = (Math.Min(first + 1, from - 1), rest);
            }
        }
        var along = new long[x.Ndim];
        Array.Fill(along, 1);
        along[dim] = to;
        Tensor? sum = null;
        for (int t = 0; t < taps; t += 2)
        {
            var pair = s_twoTaps.Run([
                TakenAlong(x, dim, positions[t]), Tensor.From(weights[t], dtype: x.DType).Reshape(along),
                TakenAlong(x, dim, positions[t + 1]), Tensor.From(weights[t + 1], dtype: x.DType).Reshape(along)]);
            sum = sum is null ? pair : sum + pair;
        }
        return sum!;

        static double Near(double v) => ((CubicA + 2) * v - (CubicA + 3)) * v * v + 1;
        static double Far(double v) => ((CubicA * v - 5 * CubicA) * v + 8 * CubicA) * v - 4 * CubicA;
    }

    /// <summary>Where in the input an output position lies; in the precision of the elements, as PyTorch computes it.</summary>
    private static double SourceOf<T>(long o, long from, long to, double? factor, bool cubic, bool alignCorners)
        where T : System.Numerics.IFloatingPointIeee754<T>
    {
        if (alignCorners)
        {
            var step = to > 1 ? T.CreateChecked(from - 1) / T.CreateChecked(to - 1) : T.Zero;
            return double.CreateChecked(step * T.CreateChecked(o));
        }
        var half = T.CreateChecked(0.5);
        var scale = factor is > 0 ? T.CreateChecked(1.0 / factor.Value) : T.CreateChecked(from) / T.CreateChecked(to);
        var source = scale * (T.CreateChecked(o) + half) - half;
        return !cubic && source < T.Zero ? 0 : double.CreateChecked(source);
    }

    /// <summary><see cref="Interpolate"/> (<c>torch.nn.functional.upsample</c>).</summary>
    public static Tensor Upsample(Tensor input, Sizes? size = null, ScaleFactors? scaleFactor = null, string mode = "nearest", bool? alignCorners = null) =>
        Interpolate(input, size, scaleFactor, mode, alignCorners);

    /// <summary><see cref="Interpolate"/> with mode nearest (<c>torch.nn.functional.upsample_nearest</c>).</summary>
    public static Tensor UpsampleNearest(Tensor input, Sizes? size = null, ScaleFactors? scaleFactor = null) => Interpolate(input, size, scaleFactor);

    /// <summary><see cref="Interpolate"/> with mode bilinear and aligned corners (<c>torch.nn.functional.upsample_bilinear</c>).</summary>
    public static Tensor UpsampleBilinear(Tensor input, Sizes? size = null, ScaleFactors? scaleFactor = null) => Interpolate(input, size, scaleFactor, "bilinear", true);
}
