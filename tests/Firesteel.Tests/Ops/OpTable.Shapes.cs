namespace Firesteel.Tests.Ops;

public static partial class OpTable
{
    private static IEnumerable<OpCase> Views =>
    [
        ViewOf("view", x => x[0].View(4, -1), "4,3 -> 4,3 | 4,0,1 -> 4,0") with { Repeats = false },
        ViewOf("reshape", x => x[0].Reshape(2, -1), "3,4 -> 2,6 | 2,0,3 -> 2,0") with { Shares = Shares.Sometimes },
        ViewOf("expand", x => x[0].Expand(2, 3, -1), "3,4 -> 2,3,4 | 1,4 -> 2,3,4 | 3,0 -> 2,3,0"),
        ViewOf("permute", x => x[0].Permute(2, 0, 1), "2,3,4 -> 4,2,3 | 2,0,4 -> 4,2,0"),
        ViewOf("transpose", x => x[0].Transpose(0, -1), "3,4 -> 4,3 | 0,3 -> 3,0 | () -> ()"),
        ViewOf("movedim(lists)", x => x[0].Movedim([0, 1], [2, 0]), "2,3,4 -> 3,4,2"),
        ViewOf("unsqueeze", x => x[0].Unsqueeze(-1), "3,4 -> 3,4,1 | 0,3 -> 0,3,1 | () -> 1"),
        ViewOf("squeeze", x => x[0].Squeeze(), "3,1,4 -> 3,4 | 0,1 -> 0 | () -> ()"),
        ViewOf("squeeze(dim)", x => x[0].Squeeze(1), "3,1,4 -> 3,4 | 3,4 -> 3,4"),
        ViewOf("select", x => x[0].Select(1, -2), "3,4 -> 3 | 0,3 -> 0"),
        ViewOf("slice", x => x[0].Slice(1, 1, null, 2), "3,4 -> 3,2 | 0,4 -> 0,2 | 3,0 -> 3,0"),
        ViewOf("narrow", x => x[0].Narrow(1, 1, 2), "3,4 -> 3,2 | 0,4 -> 0,2"),
        ViewOf("as_strided", x => x[0].Contiguous().AsStrided([2, 2], [4, 1], 1), "3,4 -> 2,2") with { Shares = Shares.Sometimes },
        ViewOf("as_strided(overlap)", x => x[0].Contiguous().AsStrided([3, 3], [2, 1]), "3,4 -> 3,3") with { Shares = Shares.Sometimes },
        Many("atleast_1d(list)", x => Tensor.Atleast1d((IReadOnlyList<Tensor>)x), "(); 4 -> 1; 4", shares: Shares.Sometimes),
        Many("atleast_2d(list)", x => Tensor.Atleast2d((IReadOnlyList<Tensor>)x), "(); 4 -> 1,1; 1,4", shares: Shares.Sometimes),
        Many("atleast_3d(list)", x => Tensor.Atleast3d((IReadOnlyList<Tensor>)x), "(); 4 -> 1,1,1; 1,4,1", shares: Shares.Sometimes),
    ];

    private static IEnumerable<OpCase> Copies =>
    [
        ViewsOf("split(sizes)", x => x[0].Split([1, 4], 1), "3,5 -> 3,1; 3,4"),
        Op("cat(legacy empty)", x => Tensor.Cat(x, 1), "3,2; 0 -> 3,2", dtypes: Everything),
        Op("clone", x => x[0].Clone(), "3,4 -> 3,4 | 0,3 -> 0,3 | () -> ()", LargeSize, dtypes: Everything),
        Op("contiguous", x => x[0].Contiguous(), "3,4 -> 3,4 | 0,3 -> 0,3 | () -> ()", dtypes: Everything, shares: Shares.Sometimes),
        Op("fill_", x => x[0].Clone().FillInPlace(2), "3,4 -> 3,4 | 0,3 -> 0,3 | () -> ()", inPlace: x => x[0].FillInPlace(2), dtypes: Numbers),
        Op("fill_(tensor)", x => x[0].Clone().FillInPlace(x[1]), "3,4; () -> 3,4 | 0,3; () -> 0,3 | (); () -> ()", inPlace: x => x[0].FillInPlace(x[1]), dtypes: Numbers),
        Op("zero_", x => x[0].Clone().ZeroInPlace(), "3,4 -> 3,4 | 0,3 -> 0,3 | () -> ()", inPlace: x => x[0].ZeroInPlace(), dtypes: Everything),
        Op("copy_", x => x[0].Clone().CopyInPlace(x[1]), "3,4; 3,4 -> 3,4 | 3,4; 4 -> 3,4 | 0,3; 3 -> 0,3", inPlace: x => x[0].CopyInPlace(x[1]), dtypes: Everything),
        Op("repeat_interleave(tensor)", x => x[0].RepeatInterleave(Longs(1, 0, 2), 0), "3,4 -> 3,4", dtypes: Everything),
        Op("roll(dims)", x => x[0].Roll([1, -1], [0, 1]), "3,4 -> 3,4", dtypes: Everything),
        Op("rot90(3)", x => x[0].Rot90(3, [1, 2]), "2,3,4 -> 2,4,3", dtypes: Everything, shares: Shares.Sometimes),
    ];

    /// <summary>A line whose result looks at the input's storage.</summary>
    private static OpCase ViewOf(string id, Func<Tensor[], Tensor> run, string samples) => Op(id, run, samples, dtypes: Everything, shares: Shares.Always);

    private static Tensor Longs(params long[] values) => Tensor.From(values);
}
