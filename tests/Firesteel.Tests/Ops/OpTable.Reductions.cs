namespace Firesteel.Tests.Ops;

public static partial class OpTable
{
    /// <summary>any and all of uint8 are uint8.</summary>
    private static DType[] NotUInt8 => [DType.Bool, .. Signed];

    /// <summary>Reductions cut at 64k elements.</summary>
    private const string LargeReduced = "211,1001";

    /// <summary>Scans cut at 16k elements, sorts at 4k.</summary>
    private const string LargeLines = "61,1001";

    private static IEnumerable<OpCase> Reductions =>
    [
        Reduce("sum", x => x.Sum(), x => x.Sum(1), kind: Kind.Sum, dtypes: Everything),
        Op("sum(dims)", x => x[0].Sum([0, -1], keepdim: true), "2,3,4 -> 1,3,1 | 2,0,4 -> 1,0,1", "20,40,211", kind: Kind.Sum, dtypes: Everything),
        Op("sum_to_size", x => x[0].SumToSize(3, 1), "2,3,4 -> 3,1", "30,3,4000", shares: Shares.Sometimes),
        Reduce("nansum", x => x.Nansum(), x => x.Nansum(1), kind: Kind.Sum, dtypes: Everything),
        Reduce("mean", x => x.Mean(), x => x.Mean(1)),
        Op("mean(dims)", x => x[0].Mean([0, -1], keepdim: true), "2,3,4 -> 1,3,1 | 2,0,4 -> 1,0,1", "20,40,211"),
        Reduce("nanmean", x => x.Nanmean(), x => x.Nanmean(1)),
        Reduce("prod", x => x.Prod(), x => x.Prod(1), "nonzero", Kind.Sum, [DType.Float32, DType.Float64, .. SignedIntegers]) with { Large = null },
        Op("prod(dim)", x => x[0].Prod(1, keepdim: true), "3,4:nonzero -> 3,1 | 0,3 -> 0,1 | 3,0 -> 3,1", "700,300:nonzero", kind: Kind.Sum, dtypes: [DType.Float32, DType.Float64, .. SignedIntegers]),
        Reduce("any", x => x.Any(), x => x.Any(1), kind: Kind.Bool, dtypes: NotUInt8, gradient: false),
        Reduce("all", x => x.All(), x => x.All(1), kind: Kind.Bool, dtypes: NotUInt8, gradient: false),
        Op("any(dims)", x => x[0].Any([0, 2]), "2,3,4 -> 3", "20,40,211", kind: Kind.Bool, dtypes: NotUInt8, gradient: false),
        Op("all(dims)", x => x[0].All([0, 2]), "2,3,4 -> 3", "20,40,211", kind: Kind.Bool, dtypes: NotUInt8, gradient: false),
        Reduce("count_nonzero", x => x.CountNonzero(), x => x.CountNonzero(1), kind: Kind.Index, dtypes: Everything, gradient: false),
        Op("max", x => x[0].Max(), "3,4:distinct -> () | () -> ()", $"{LargeReduced}:distinct", dtypes: Numbers),
        Op("min", x => x[0].Min(), "3,4:distinct -> () | () -> ()", $"{LargeReduced}:distinct", dtypes: Numbers),
        Many("max(dim)", x => Pair(x[0].Max(1)), "3,4:distinct -> 3; 3 | 0,3 -> 0; 0", [Kind.Same, Kind.Index], $"{LargeReduced}:distinct", dtypes: Numbers),
        Many("min(dim)", x => Pair(x[0].Min(0, keepdim: true)), "3,4:distinct -> 1,4; 1,4 | 3,0 -> 1,0; 1,0", [Kind.Same, Kind.Index], $"{LargeReduced}:distinct", dtypes: Numbers),
        Binary("max(other)", (x, y) => x.Max(y)),
        Binary("min(other)", (x, y) => x.Min(y)),
        Op("amax", x => x[0].Amax([0, 2]), "2,3,4:distinct -> 3 | 2,0,4 -> 0", "20,40,211:distinct", dtypes: Numbers),
        Op("amin", x => x[0].Amin(1, keepdim: true), "2,3,4:distinct -> 2,1,4 | 0,3 -> 0,1", "20,40,211:distinct", dtypes: Numbers),
        Many("aminmax", x => Pair(x[0].Aminmax(dim: 1)), "3,4:distinct -> 3; 3 | 0,4 -> 0; 0", large: $"{LargeReduced}:distinct", dtypes: Numbers),
        Op("argmax", x => x[0].Argmax(1), "3,4:distinct -> 3 | 0,3 -> 0", $"{LargeReduced}:distinct", kind: Kind.Index, dtypes: Numbers, gradient: false),
        Op("argmin", x => x[0].Argmin(), "3,4:distinct -> ()", $"{LargeReduced}:distinct", kind: Kind.Index, dtypes: Numbers, gradient: false),
        Op("var", x => x[0].Var(), "3,4 -> ()", LargeReduced),
        Op("var(dim)", x => x[0].Var(1), "3,4 -> 3 | 0,3 -> 0", LargeReduced),
        Op("var(dims)", x => x[0].Var([0, 2], correction: 0, keepdim: true), "2,3,4 -> 1,3,1", "20,40,211"),
        Op("std", x => x[0].Std(), "3,4 -> ()", LargeReduced),
        Op("std(dim)", x => x[0].Std(1), "3,4 -> 3 | 0,3 -> 0", LargeReduced),
        Op("std(dims)", x => x[0].Std([0, 2], unbiased: false), "2,3,4 -> 3", "20,40,211"),
        Many("var_mean", x => Pair(x[0].VarMean(1)), "3,4 -> 3; 3", large: LargeReduced),
        Many("std_mean", x => Pair(x[0].StdMean(0, keepdim: true)), "3,4 -> 1,4; 1,4", large: LargeReduced),
        Op("logsumexp", x => x[0].Logsumexp(1), "3,4 -> 3 | 0,3 -> 0", LargeReduced),
        Op("logsumexp(dims)", x => x[0].Logsumexp([0, 2], keepdim: true), "2,3,4 -> 1,3,1", "20,40,211"),
        Op("softmax", x => x[0].Softmax(1), "3,4 -> 3,4 | 0,3 -> 0,3 | 3,0 -> 3,0", LargeReduced),
        Op("softmax(dim 0)", x => x[0].Softmax(0), "3,4 -> 3,4 | () -> ()", LargeReduced),
        Op("log_softmax", x => x[0].LogSoftmax(1), "3,4 -> 3,4 | 0,3 -> 0,3 | 3,0 -> 3,0", LargeReduced),
    ];

    private static IEnumerable<OpCase> Scans =>
    [
        Op("cumsum", x => x[0].Cumsum(1), "3,4 -> 3,4 | 0,3 -> 0,3", LargeLines, x => x[0].CumsumInPlace(1), Kind.Sum, dtypes: Everything),
        Op("cumsum(dim 0)", x => x[0].Cumsum(0), "3,4 -> 3,4 | () -> ()", LargeLines, x => x[0].CumsumInPlace(0), Kind.Sum, dtypes: Everything),
        Op("cumprod", x => x[0].Cumprod(1), "3,4:nonzero -> 3,4 | 0,3:nonzero -> 0,3", $"{LargeLines}:nonzero", x => x[0].CumprodInPlace(1), Kind.Sum, dtypes: [DType.Float32, DType.Float64, .. SignedIntegers]),
        Many("cummax", x => Pair(x[0].Cummax(1)), "3,4:distinct -> 3,4; 3,4 | 0,3:distinct -> 0,3; 0,3", [Kind.Same, Kind.Index], $"{LargeLines}:distinct", dtypes: Numbers),
        Many("cummin", x => Pair(x[0].Cummin(0)), "3,4:distinct -> 3,4; 3,4 | 3,0:distinct -> 3,0; 3,0", [Kind.Same, Kind.Index], $"{LargeLines}:distinct", dtypes: Numbers),
        Op("logcumsumexp", x => x[0].Logcumsumexp(1), "3,4 -> 3,4 | 0,3 -> 0,3", LargeLines),
    ];

    private static IEnumerable<OpCase> Sorting =>
    [
        Many("sort", x => Pair(x[0].Sort()), "3,4:distinct -> 3,4; 3,4 | 0,3:distinct -> 0,3; 0,3 | ():distinct -> (); ()", [Kind.Same, Kind.Index], $"{LargeLines}:distinct", dtypes: Numbers),
        Many("sort(descending)", x => Pair(x[0].Sort(0, descending: true, stable: true)), "3,4:distinct -> 3,4; 3,4", [Kind.Same, Kind.Index], $"{LargeLines}:distinct", dtypes: Numbers),
        Op("argsort", x => x[0].Argsort(1), "3,4:distinct -> 3,4 | 0,3:distinct -> 0,3", $"{LargeLines}:distinct", kind: Kind.Index, dtypes: Numbers, gradient: false),
        Op("msort", x => x[0].Msort(), "3,4:distinct -> 3,4 | 0,3:distinct -> 0,3", $"{LargeLines}:distinct", dtypes: Numbers),
        Many("topk", x => Pair(x[0].Topk(2)), "3,4:distinct -> 3,2; 3,2 | 0,3:distinct -> 0,2; 0,2", [Kind.Same, Kind.Index], $"{LargeLines}:distinct", dtypes: Numbers),
        Many("topk(smallest)", x => Pair(x[0].Topk(2, dim: 0, largest: false)), "3,4:distinct -> 2,4; 2,4", [Kind.Same, Kind.Index], $"{LargeLines}:distinct", dtypes: Numbers),
        Many("kthvalue", x => Pair(x[0].Kthvalue(2, keepdim: true)), "3,4:distinct -> 3,1; 3,1 | 0,3:distinct -> 0,1; 0,1", [Kind.Same, Kind.Index], $"{LargeLines}:distinct", dtypes: Numbers),
        Many("mode", x => Pair(x[0].Mode()), "3,4:distinct -> 3; 3 | 0,3:distinct -> 0; 0", [Kind.Same, Kind.Index], dtypes: Numbers),
        Op("median", x => x[0].Median(), "3,4:distinct -> () | ():distinct -> ()", $"{LargeLines}:distinct", dtypes: Numbers),
        Many("median(dim)", x => Pair(x[0].Median(1)), "3,4:distinct -> 3; 3 | 0,3:distinct -> 0; 0", [Kind.Same, Kind.Index], $"{LargeLines}:distinct", dtypes: Numbers),
        Op("nanmedian", x => x[0].Nanmedian(), "3,4:distinct -> () | ():distinct -> ()", $"{LargeLines}:distinct", dtypes: Numbers),
        Many("nanmedian(dim)", x => Pair(x[0].Nanmedian(0)), "3,4:distinct -> 4; 4 | 3,0:distinct -> 0; 0", [Kind.Same, Kind.Index], $"{LargeLines}:distinct", dtypes: Numbers),
        Op("quantile", x => x[0].Quantile(0.3, dim: 1), "3,4:distinct -> 3", $"{LargeLines}:distinct", dtypes: [DType.Float32, DType.Float64]),
        Op("quantile(tensor)", x => x[0].Quantile(x[1], keepdim: true), "3,4:distinct; 2:prob const -> 2,1,1", dtypes: [DType.Float32, DType.Float64]),
        Op("nanquantile", x => x[0].Nanquantile(0.7, dim: 0), "3,4:distinct -> 4", $"{LargeLines}:distinct", dtypes: [DType.Float32, DType.Float64]),
    ];

    /// <summary>A reduction over everything and over one dimension, in that order.</summary>
    private static OpCase Reduce(string id, Func<Tensor, Tensor> all, Func<Tensor, Tensor> over1, string domain = "any", Kind kind = Kind.Same, DType[]? dtypes = null, bool gradient = true) => new()
    {
        Id = id,
        Run = x => x[0].Ndim == 2 ? [all(x[0]), over1(x[0])] : [all(x[0])],
        Samples = Sample.Parse($"3,4:{domain} -> (); 3 | 0,3:{domain} -> (); 0 | 3,0:{domain} -> (); 3 | 5:{domain} -> () | ():{domain} -> ()"),
        Large = Sample.Parse($"{LargeReduced}:{domain}")[0],
        Differentiable = gradient,
        TwiceDifferentiable = gradient,
        Kinds = [kind],
        DTypes = dtypes ?? Floats,
    };
}
