using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Ops;

public static partial class OpTable
{
    // A property: fields of this part of the class would be set after the table is collected.
    private static DType[] FloatAndDouble => [DType.Float32, DType.Float64];

    private static IEnumerable<OpCase> Norms =>
    [
        Op("norm", x => x[0].Norm(), "3,4:nonzero -> ()", LargeReduced),
        Op("norm(p, dim)", x => x[0].Norm(3, 1), "3,4:nonzero -> 3 | 0,3 -> 0", LargeReduced),
        Op("norm(p below 1)", x => x[0].Norm(0.5, [0, 2], keepdim: true), "2,3,4:nonzero -> 1,3,1", "20,40,211:nonzero", amplifies: 8),
        Op("norm(inf)", x => x[0].Norm(double.PositiveInfinity, 0), "3,4:distinct -> 4", $"{LargeReduced}:distinct"),
        Op("norm(fro)", x => x[0].Norm("fro", [1]), "3,4:nonzero -> 3"),
        Op("linalg.vector_norm", x => Linalg.VectorNorm(x[0], 1.5, 1), "3,4:nonzero -> 3 | 0,3 -> 0", LargeReduced),
        Op("linalg.matrix_norm", x => Linalg.MatrixNorm(x[0], 1), "2,3,4:distinct -> 2"),
        Op("linalg.matrix_norm(fro)", x => Linalg.MatrixNorm(x[0], dim: [0, 2], keepdim: true), "2,3,4 -> 1,3,1"),
        Op("linalg.norm", x => Linalg.Norm(x[0], double.PositiveInfinity), "3,4:distinct -> ()"),
        Op("dist", x => x[0].Dist(x[1], 3), "3,4; 4 -> ()"),
        Op("renorm", x => x[0].Renorm(2, 0, 1.5), "3,4:nonzero -> 3,4", inPlace: x => x[0].RenormInPlace(2, 0, 1.5)),
        Op("nn.functional.normalize", x => F.Normalize(x[0]), "3,4:nonzero -> 3,4"),
        Op("nn.functional.cosine_similarity", x => F.CosineSimilarity(x[0], x[1]), "3,4:nonzero; 1,4:nonzero -> 3"),
        Op("nn.functional.pairwise_distance", x => F.PairwiseDistance(x[0], x[1]), "3,4; 3,4 -> 3", amplifies: 4),
        Op("nn.functional.pdist", x => F.Pdist(x[0]), "4,3 -> 6 | 1,3 -> 0", amplifies: 4),
    ];

    private static IEnumerable<OpCase> Statistics =>
    [
        Op("cov", x => x[0].Cov(), "3,6 -> 3,3 | 5 -> ()", dtypes: FloatAndDouble),
        Op("cov(weights)", x => x[0].Cov(0, aweights: x[1]), "3,6; 6:positive const -> 3,3", dtypes: FloatAndDouble),
        Op("corrcoef", x => x[0].Corrcoef(), "3,6 -> 3,3", dtypes: FloatAndDouble),
        Op("diff", x => x[0].Diff(2), "3,5 -> 3,3 | 3,1 -> 3,0", amplifies: 4, dtypes: Signed),
        Op("diff(ends)", x => x[0].Diff(dim: 0, prepend: x[1], append: x[1]), "3,4; 1,4 -> 4,4", amplifies: 4, dtypes: Signed),
        Many("gradient", x => Tensor.Gradient(x[0], spacing: 0.5), "4,5 -> 4,5; 4,5", amplifies: 8, dtypes: Floats),
        Many("gradient(coordinates)", x => Tensor.Gradient(x[0], [Tensor.From(new[] { 0, 1, 1.5, 3, 7 }, x[0].DType)], [1], 2), "3,5 -> 3,5", amplifies: 16, dtypes: FloatAndDouble),
        Op("trapezoid", x => Tensor.Trapezoid(x[0], x[1]), "3,5; 5 -> 3", amplifies: 4),
        Op("trapezoid(dx)", x => Tensor.Trapezoid(x[0], dx: 0.5, dim: 0), "3,5 -> 5"),
        Alias("trapz", of: "trapezoid", x => Tensor.Trapz(x[0], x[1])),
        Op("cumulative_trapezoid", x => Tensor.CumulativeTrapezoid(x[0], x[1], 0), "3,5; 3,5 -> 2,5", amplifies: 4),
        Many("unique", x => [x[0].Unique()], "3,4:distinct -> 12 | 0,3 -> 0", gradient: false, dtypes: Numbers),
        Many("unique(dim)", x => x[0].Unique(returnInverse: true, returnCounts: true, dim: 1) is var (u, i, n) ? [u, i!, n!] : [], "3,4:distinct -> 3,4; 4; 4", [Kind.Same, Kind.Index], gradient: false, dtypes: Numbers),
        Many("unique_consecutive", x => x[0].UniqueConsecutive(returnInverse: true, returnCounts: true) is var (u, i, n) ? [u, i!, n!] : [], "3,4:distinct -> 12; 3,4; 12", [Kind.Same, Kind.Index], gradient: false, dtypes: Numbers),
        Op("bincount", x => x[0].Bincount(minlength: 9), "20:int<9 -> 9", kind: Kind.Index, gradient: false, dtypes: [DType.Int64]),
        Op("histc", x => x[0].Histc(5, -2, 2), "40 -> 5", gradient: false, dtypes: FloatAndDouble),
        Many("histogram", x => Pair(x[0].Histogram(5, (-2, 2))), "40 -> 5; 6", gradient: false, dtypes: FloatAndDouble),
        Many("histogramdd", x => Tensor.Histogramdd(x[0], [2, 3], [-2, 2, -2, 2]) is var (h, e) ? [h, .. e] : [], "40,2 -> 2,3; 3; 4", gradient: false, dtypes: FloatAndDouble),
        Op("searchsorted", x => Tensor.Searchsorted(x[0].Sort().Values, x[1]), "3,5; 3,4 -> 3,4 | 0; 2,2 -> 2,2", kind: Kind.Index, gradient: false, dtypes: FloatAndDouble),
        Op("bucketize", x => Tensor.Bucketize(x[0], x[1].Sort().Values, right: true), "3,5; 4 -> 3,5", kind: Kind.Index, gradient: false, dtypes: FloatAndDouble),
        Op("isin", x => Tensor.Isin(x[0], x[1]), "3,5; 4 -> 3,5", kind: Kind.Bool, gradient: false, dtypes: Integers),
        Op("segment_reduce", x => Tensor.SegmentReduce(x[0], "prod", lengths: Tensor.From(new long[] { 2, 0, 3 }), initial: 2), "5,3:nonzero -> 3,3"),
        Op("segment_reduce(max)", x => Tensor.SegmentReduce(x[0], "max", offsets: Tensor.From(new long[] { 0, 2, 5 })), "5,3:distinct -> 2,3"),
    ];

    private static IEnumerable<OpCase> Maskeds =>
    [
        Op("masked.sum", x => Masked.Sum(x[0], [1], mask: x[1]), "3,8; 3,8:bool -> 3", kind: Kind.Sum, dtypes: Numbers),
        Op("masked.prod", x => Masked.Prod(x[0], [0, 1], mask: x[1]), "3,8:nonzero; 3,8:bool -> ()", kind: Kind.Sum, dtypes: FloatAndDouble, amplifies: 8),
        Op("masked.cumsum", x => Masked.Cumsum(x[0], 1, mask: x[1]), "3,8; 8:bool -> 3,8", kind: Kind.Sum, dtypes: Numbers),
        Op("masked.cumprod", x => Masked.Cumprod(x[0], 1, mask: x[1]), "3,8:nonzero; 8:bool -> 3,8", kind: Kind.Sum, dtypes: FloatAndDouble, amplifies: 8),
        Op("masked.amax", x => Masked.Amax(x[0], [1], mask: x[1]), "3,8:distinct; 3,8:bool -> 3", dtypes: Numbers),
        Op("masked.amin", x => Masked.Amin(x[0], [1], mask: x[1]), "3,8:distinct; 3,8:bool -> 3", dtypes: Numbers),
        Op("masked.argmax", x => Masked.Argmax(x[0], 1, mask: x[1]), "3,8:distinct; 3,8:bool -> 3", gradient: false, dtypes: Numbers),
        Op("masked.argmin", x => Masked.Argmin(x[0], 1, mask: x[1]), "3,8:distinct; 3,8:bool -> 3", gradient: false, dtypes: Numbers),
        Op("masked.mean", x => Masked.Mean(x[0], [1], mask: x[1]), "3,8; 3,8:bool -> 3"),
        Op("masked.median", x => Masked.Median(x[0], 1, mask: x[1]), "3,8:distinct; 8:bool -> 3"),
        Op("masked.logsumexp", x => Masked.Logsumexp(x[0], [1], mask: x[1]), "3,8; 3,8:bool -> 3"),
        Op("masked.logaddexp", x => Masked.Logaddexp(x[0], x[1]), "3,8; 8 -> 3,8"),
        Op("masked.norm", x => Masked.Norm(x[0], 2, [1], mask: x[1]), "3,8:nonzero; 3,8:bool -> 3"),
        Op("masked.var", x => Masked.Var(x[0], [1], mask: x[1].LogicalOr(Tensor.Arange(8).Lt(3))), "3,8; 3,8:bool -> 3", dtypes: FloatAndDouble),
        Op("masked.std", x => Masked.Std(x[0], [1], mask: x[1].LogicalOr(Tensor.Arange(8).Lt(3))), "3,8; 3,8:bool -> 3", dtypes: FloatAndDouble),
        Op("masked.softmax", x => Masked.Softmax(x[0], 1, mask: x[1]), "3,8; 3,8:bool -> 3,8"),
        Op("masked.log_softmax", x => Masked.LogSoftmax(x[0], 1), "3,8 -> 3,8"),
        Op("masked.softmin", x => Masked.Softmin(x[0], 1, mask: x[1]), "3,8; 3,8:bool -> 3,8"),
        Op("masked.normalize", x => Masked.Normalize(x[0], 2, 1, mask: x[1]), "3,8:nonzero; 3,8:bool -> 3,8"),
    ];
}
