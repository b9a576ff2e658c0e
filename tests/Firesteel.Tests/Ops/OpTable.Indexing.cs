namespace Firesteel.Tests.Ops;

/// <summary>Where values are written, no position is named twice: which of two values stays is left open, and so is its gradient.</summary>
public static partial class OpTable
{
    private static IEnumerable<OpCase> Gathering =>
    [
        Op("gather", x => x[0].Gather(-1, x[1]), "3,4; 3,5:int<4 -> 3,5 | 0,4; 0,2:int<4 -> 0,2 | (); ():int<1 -> ()", "300,401; 300,401:int<401", dtypes: Everything),
        Op("index_select", x => x[0].IndexSelect(-1, x[1]), "3,4; 5:int<4 -> 3,5 | 0,4; 2:int<4 -> 0,2 | (); 1:int<1 -> ()", "300,401; 300:int<401", dtypes: Everything),
        Op("take", x => x[0].Take(x[1]), "3,4; 2,5:int<12 -> 2,5 | (); ():int<1 -> ()", dtypes: Everything),
        Op("take_along_dim", x => x[0].TakeAlongDim(x[1], 1), "3,4; 1,5:int<4 -> 3,5", dtypes: Everything),
        Op("masked_select", x => x[0].MaskedSelect(x[1]), "3,4; 4:bool | 0,3; 3:bool -> 0", dtypes: Everything),
        Op("index", x => x[0].Index(x[1], TensorIndex.Slice(1), x[2]), "3,4,5; 2,2:int<3; 2:int<5 -> 2,2,3", dtypes: Everything),
        Op("index(neighbours)", x => x[0].Index(TensorIndex.Ellipsis, x[1], x[2]), "3,4,5; 6:int<4; 6:int<5 -> 3,6", "30,40,50; 3001:int<40; 3001:int<50", dtypes: Everything),
        Op("index(mask)", x => x[0].Index(x[1]), "3,4; 3,4:bool", dtypes: Everything),
        Op("nonzero", x => x[0].Nonzero(), "3,4", kind: Kind.Index, gradient: false, dtypes: Everything),
        Alias("argwhere", "nonzero", x => x[0].Argwhere()),
        Many("nonzero_as_tuple", x => x[0].NonzeroAsTuple(), "3,4", [Kind.Index], gradient: false, dtypes: Everything),
        Op("nn.functional.one_hot", x => Firesteel.Nn.Functional.OneHot(x[0].Long().Abs(), 6), "3,4 -> 3,4,6 | () -> 6", kind: Kind.Index, gradient: false, dtypes: Numbers),
    ];

    private static IEnumerable<OpCase> Scattering =>
    [
        Op("scatter", x => x[0].Scatter(1, Distinct, x[1]), "2,4; 2,3 -> 2,4", inPlace: x => x[0].ScatterInPlace(1, Distinct, x[1]), dtypes: Everything),
        Op("scatter(value)", x => x[0].Scatter(1, x[1], 2), "3,4; 3,2:int<4 -> 3,4 | 0,4; 0,2:int<4 -> 0,4", inPlace: x => x[0].ScatterInPlace(1, x[1], 2), dtypes: Everything),
        Op("scatter(add)", x => x[0].Scatter(1, x[1], x[2], "add"), "3,4; 3,5:int<4; 3,5 -> 3,4", inPlace: x => x[0].ScatterInPlace(1, x[1], x[2], "add"), dtypes: Numbers),
        Op("scatter(multiply)", x => x[0].Scatter(1, x[1], x[2], "multiply"), "3,4:nonzero; 3,5:int<4; 3,5:nonzero -> 3,4", inPlace: x => x[0].ScatterInPlace(1, x[1], x[2], "multiply"), dtypes: [.. Floats, DType.Int16, DType.Int32, DType.Int64], amplifies: 4),
        Op("scatter_add", x => x[0].ScatterAdd(1, x[1], x[2]), "3,4; 3,5:int<4; 3,6 -> 3,4 | 0,4; 0,5:int<4; 0,5 -> 0,4", "300,401; 300,401:int<401; 300,401", inPlace: x => x[0].ScatterAddInPlace(1, x[1], x[2]), dtypes: Numbers),
        Op("scatter_reduce", x => x[0].ScatterReduce(1, x[1], x[2], "mean"), "3,4; 3,5:int<4; 3,5 -> 3,4", inPlace: x => x[0].ScatterReduceInPlace(1, x[1], x[2], "mean"), dtypes: Floats),
        Op("scatter_reduce(amax)", x => x[0].ScatterReduce(1, x[1], x[2], "amax", false), "3,4; 3,5:int<4; 3,5 -> 3,4", dtypes: Everything),
        Op("scatter_reduce(prod, without self)", x => x[0].ScatterReduce(1, x[1], x[2], "prod", false), "3,4:nonzero; 3,5:int<4; 3,5:nonzero -> 3,4", dtypes: Signed, amplifies: 4),
        Op("index_reduce", x => x[0].IndexReduce(0, x[1], x[2], "amin"), "3,4; 5:int<3; 5,4 -> 3,4", inPlace: x => x[0].IndexReduceInPlace(0, x[1], x[2], "amin"), dtypes: Numbers),
        Op("index_add", x => x[0].IndexAdd(0, x[1], x[2], 2), "3,4; 5:int<3; 5,4 -> 3,4 | (); 1:int<1; () -> ()", "301,401; 300:int<301; 300,401", inPlace: x => x[0].IndexAddInPlace(0, x[1], x[2], 2), dtypes: Numbers),
        Op("index_copy", x => x[0].IndexCopy(0, Numbers64(2, 0), x[1]), "3,4; 2,4 -> 3,4", inPlace: x => x[0].IndexCopyInPlace(0, Numbers64(2, 0), x[1]), dtypes: Everything),
        Op("index_fill", x => x[0].IndexFill(1, x[1], 2), "3,4; 2:int<4 -> 3,4 | 0,4; 2:int<4 -> 0,4", inPlace: x => x[0].IndexFillInPlace(1, x[1], 2), dtypes: Everything),
        Op("index_fill(tensor)", x => x[0].IndexFill(1, Numbers64(3, 1), x[1]), "3,4; () -> 3,4", inPlace: x => x[0].IndexFillInPlace(1, Numbers64(3, 1), x[1]), dtypes: Everything),
        Op("index_put", x => x[0].IndexPut([Numbers64(2, 0), null, Numbers64(1, 3)], x[1]), "3,2,4; 2,2 -> 3,2,4 | 3,2,4; () -> 3,2,4", inPlace: x => x[0].IndexPutInPlace([Numbers64(2, 0), null, Numbers64(1, 3)], x[1]), dtypes: Everything),
        Op("index_put(add)", x => x[0].IndexPut([x[1], x[2]], x[3], true), "3,4; 6:int<3; 6:int<4; 6 -> 3,4", inPlace: x => x[0].IndexPutInPlace([x[1], x[2]], x[3], true), dtypes: Numbers),
        Op("put", x => x[0].Put(Numbers64(7, 0, -3), x[1]), "2,4; 3 -> 2,4", inPlace: x => x[0].PutInPlace(Numbers64(7, 0, -3), x[1]), dtypes: Everything),
        Op("put(add)", x => x[0].Put(x[1], x[2], true), "2,4; 2,3:int<8; 2,3 -> 2,4", inPlace: x => x[0].PutInPlace(x[1], x[2], true), dtypes: Numbers),
        Op("masked_fill", x => x[0].MaskedFill(x[1], 2), "3,4; 4:bool -> 3,4 | 0,3; 3:bool -> 0,3 | (); ():bool -> ()", "300,401; 401:bool", inPlace: x => x[0].MaskedFillInPlace(x[1], 2), dtypes: Numbers),
        Op("masked_fill(tensor)", x => x[0].MaskedFill(x[1], x[2]), "3,4; 4:bool; () -> 3,4", inPlace: x => x[0].MaskedFillInPlace(x[1], x[2]), dtypes: Everything),
        Op("masked_scatter", x => x[0].MaskedScatter(x[1], x[2]), "3,4; 4:bool; 12 -> 3,4", inPlace: x => x[0].MaskedScatterInPlace(x[1], x[2]), dtypes: Everything),
        Reducing("index_reduce", "prod", (x, reduce) => x[0].IndexReduce(1, x[1], x[2], reduce), (x, reduce) => x[0].IndexReduceInPlace(1, x[1], x[2], reduce), "3,4:nonzero; 5:int<4; 3,5:nonzero -> 3,4"),
        Reducing("index_reduce", "mean", (x, reduce) => x[0].IndexReduce(1, x[1], x[2], reduce, includeSelf: false), (x, reduce) => x[0].IndexReduceInPlace(1, x[1], x[2], reduce, includeSelf: false), "3,4; 5:int<4; 3,5 -> 3,4"),
        Reducing("index_reduce", "amax", (x, reduce) => x[0].IndexReduce(1, x[1], x[2], reduce), (x, reduce) => x[0].IndexReduceInPlace(1, x[1], x[2], reduce), "3,4; 5:int<4; 3,5 -> 3,4"),
        Reducing("scatter_reduce", "sum", (x, reduce) => x[0].ScatterReduce(1, x[1], x[2], reduce), (x, reduce) => x[0].ScatterReduceInPlace(1, x[1], x[2], reduce), "3,4; 2,5:int<4; 3,5 -> 3,4"),
        Reducing("scatter_reduce", "prod", (x, reduce) => x[0].ScatterReduce(1, x[1], x[2], reduce), (x, reduce) => x[0].ScatterReduceInPlace(1, x[1], x[2], reduce), "3,4:nonzero; 2,5:int<4; 3,5:nonzero -> 3,4"),
        Reducing("scatter_reduce", "amin", (x, reduce) => x[0].ScatterReduce(1, x[1], x[2], reduce), (x, reduce) => x[0].ScatterReduceInPlace(1, x[1], x[2], reduce), "3,4; 2,5:int<4; 3,5 -> 3,4"),
        Op("index_put(accumulate)", x => x[0].IndexPut([x[1], x[2]], x[3], accumulate: true), "3,4; 9:int<3; 9:int<4; 9 -> 3,4 | 3,4; 0:int<3; 0:int<4; 0 -> 3,4", "61,1001; 30000:int<61; 30000:int<1001; 30000", x => x[0].IndexPutInPlace([x[1], x[2]], x[3], accumulate: true), dtypes: Numbers),
        Op("select_scatter", x => x[0].SelectScatter(x[1], 1, -2), "3,4; 3 -> 3,4", dtypes: Everything),
        Op("slice_scatter", x => x[0].SliceScatter(x[1], 1, 0, 4, 2), "3,4; 3,2 -> 3,4", dtypes: Everything),
        Op("diagonal_scatter", x => x[0].DiagonalScatter(x[1], 1), "3,4; 3 -> 3,4", dtypes: Everything),
        Op("as_strided_scatter", x => x[0].AsStridedScatter(x[1], [2, 2], [4, 1], 1), "3,4; 2,2 -> 3,4", dtypes: Everything),
    ];

    private static Tensor Distinct => Tensor.From(new[,] { { 3L, 0, 1 }, { 2L, 1, 0 } });

    private static OpCase Reducing(string name, string reduce, Func<Tensor[], string, Tensor> run, Func<Tensor[], string, Tensor> inPlace, string samples) =>
        Op($"{name}({reduce})", x => run(x, reduce), samples, inPlace: x => inPlace(x, reduce), dtypes: s_precise, twice: reduce != "prod");
}
