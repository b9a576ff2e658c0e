namespace Firesteel.Tests.Ops;

public static partial class OpTable
{
    private static IEnumerable<OpCase> Joining =>
    [
        Op("cat", x => Tensor.Cat(x, 1), "3,4; 3,2 -> 3,6 | 0,4; 0,2 -> 0,6", "300,101; 300,60", dtypes: Everything),
        Alias("concat", "cat", x => Tensor.Concat(x, 1)),
        Alias("concatenate", "cat", x => Tensor.Concatenate(x, 1)),
        Op("stack", x => Tensor.Stack(x, -1), "3,4; 3,4 -> 3,4,2 | 0,3; 0,3 -> 0,3,2 | (); () -> 2", "300,101; 300,101", dtypes: Everything),
        Op("hstack", Tensor.Hstack, "3,4; 3,2 -> 3,6 | 3; 2 -> 5 | (); () -> 2", dtypes: Everything),
        Op("vstack", Tensor.Vstack, "3,4; 2,4 -> 5,4 | 3; 3 -> 2,3 | (); () -> 2,1", dtypes: Everything),
        Alias("row_stack", "vstack", Tensor.RowStack),
        Op("dstack", Tensor.Dstack, "3,4; 3,4 -> 3,4,2 | 3; 3 -> 1,3,2 | (); () -> 1,1,2", dtypes: Everything),
        Op("column_stack", Tensor.ColumnStack, "3,4; 3 -> 3,5 | 3; 3 -> 3,2 | (); () -> 1,2", dtypes: Everything),
        Op("block_diag", x => Tensor.BlockDiag(x), "2,3; 3; () -> 4,7 | 0,2; 1,1 -> 1,3", dtypes: Everything),
        Op("cartesian_prod", x => Tensor.CartesianProd(x), "3; 2 -> 6,2 | 0; 2 -> 0,2", dtypes: Everything),
        Op("combinations", x => x[0].Combinations(2), "4 -> 6,2 | 1 -> 0,2", dtypes: Everything),
        Op("combinations(with replacement)", x => x[0].Combinations(2, true), "3 -> 6,2 | 0 -> 0,2", dtypes: Everything),
        Many("meshgrid", x => Tensor.Meshgrid(x, "xy"), "3; 2; 4 -> 2,3,4; 2,3,4; 2,3,4 | (); 2 -> 2,1; 2,1", dtypes: Everything, shares: Shares.Sometimes),
        Many("broadcast_tensors", x => Tensor.BroadcastTensors(x), "3,1; 4 -> 3,4; 3,4 | (); 2 -> 2; 2", dtypes: Everything, shares: Shares.Sometimes),
    ];

    private static IEnumerable<OpCase> Splitting =>
    [
        ViewsOf("split", x => x[0].Split(2, 1), "3,5 -> 3,2; 3,2; 3,1 | 3,0 -> 3,0"),
        ViewsOf("split_with_sizes", x => x[0].SplitWithSizes([1, 0, 4], 1), "3,5 -> 3,1; 3,0; 3,4"),
        ViewsOf("chunk", x => x[0].Chunk(2, -1), "3,5 -> 3,3; 3,2 | 3,0 -> 3,0; 3,0"),
        ViewsOf("tensor_split", x => x[0].TensorSplit(3, 1), "3,5 -> 3,2; 3,2; 3,1 | 3,0 -> 3,0; 3,0; 3,0"),
        ViewsOf("tensor_split(positions)", x => x[0].TensorSplit([1, 3], 1), "3,5 -> 3,1; 3,2; 3,2"),
        ViewsOf("unbind", x => x[0].Unbind(1), "3,2 -> 3; 3 | 0,2 -> 0; 0"),
        ViewsOf("hsplit", x => x[0].Hsplit(2), "3,4 -> 3,2; 3,2 | 4 -> 2; 2"),
        ViewsOf("vsplit", x => x[0].Vsplit([1]), "3,4 -> 1,4; 2,4"),
        ViewsOf("dsplit", x => x[0].Dsplit(2), "2,3,4 -> 2,3,2; 2,3,2"),
    ];

    private static IEnumerable<OpCase> Reshaping =>
    [
        ViewOf("flatten", x => x[0].Flatten(1), "2,3,4 -> 2,12 | 2,0,4 -> 2,0") with { Shares = Shares.Sometimes },
        ViewOf("unflatten", x => x[0].Unflatten(1, [2, -1]), "3,4 -> 3,2,2 | 0,4 -> 0,2,2"),
        ViewOf("ravel", x => x[0].Ravel(), "3,4 -> 12 | 0,3 -> 0 | () -> 1") with { Shares = Shares.Sometimes },
        ViewOf("movedim", x => x[0].Movedim([0, 2], [-1, 0]), "2,3,4 -> 4,3,2 | 2,0,4 -> 4,0,2"),
        Alias("moveaxis", "movedim", x => x[0].Moveaxis([0, 2], [-1, 0])),
        Alias("swapaxes", "transpose", x => x[0].Swapaxes(0, -1)),
        Alias("swapdims", "transpose", x => x[0].Swapdims(0, -1)),
        ViewOf("adjoint", x => x[0].Adjoint(), "2,3,4 -> 2,4,3 | 0,3 -> 3,0 | () -> ()"),
        ViewOf("squeeze(dims)", x => x[0].Squeeze([1, -1]), "3,1,4,1 -> 3,4 | 2,1,4 -> 2,4"),
        ViewOf("expand_as", x => x[0].ExpandAs(x[1].Detach()), "3,1; 2,3,4:any const -> 2,3,4"),
        Alias("broadcast_to", "expand", x => x[0].BroadcastTo(2, 3, -1)),
        ViewOf("view_as", x => x[0].ViewAs(x[1].Detach()), "4,3; 4,1,3:any const -> 4,1,3"),
        ViewOf("reshape_as", x => x[0].ReshapeAs(x[1].Detach()), "3,4; 2,6:any const -> 2,6") with { Shares = Shares.Sometimes },
        ViewOf("atleast_1d", Single(Tensor.Atleast1d), "3,4 -> 3,4 | () -> 1"),
        ViewOf("atleast_2d", Single(Tensor.Atleast2d), "3 -> 1,3 | () -> 1,1"),
        ViewOf("atleast_3d", Single(Tensor.Atleast3d), "3,4 -> 3,4,1 | 3 -> 1,3,1 | () -> 1,1,1"),
        ViewOf("diagonal", x => x[0].Diagonal(1, 0, 2), "3,2,4 -> 2,3 | 0,2,4 -> 2,0"),
        ViewOf("unfold", x => x[0].Unfold(1, 3, 2), "2,7 -> 2,3,3 | 0,7 -> 0,3,3"),
    ];

    private static IEnumerable<OpCase> Rearranging =>
    [
        Op("flip", x => x[0].Flip(0, -1), "2,3,4 -> 2,3,4 | 0,3 -> 0,3", "301,403", dtypes: Everything),
        Op("fliplr", x => x[0].Fliplr(), "3,4 -> 3,4 | 0,3 -> 0,3", dtypes: Everything),
        Op("flipud", x => x[0].Flipud(), "3,4 -> 3,4 | 5 -> 5", dtypes: Everything),
        Op("roll", x => x[0].Roll([1, -5], [0, 1]), "3,4 -> 3,4 | 0,3 -> 0,3", dtypes: Everything),
        Op("roll(flat)", x => x[0].Roll(7), "3,4 -> 3,4 | 0,3 -> 0,3 | () -> ()", dtypes: Everything),
        Op("rot90", x => x[0].Rot90(), "3,4 -> 4,3 | 0,3 -> 3,0", dtypes: Everything),
        Op("rot90(backwards)", x => x[0].Rot90(-1, [1, 2]), "2,3,4 -> 2,4,3", dtypes: Everything),
        Op("fft.fftshift", x => Fft.Fftshift(x[0]), "3,4 -> 3,4 | 0,3 -> 0,3 | 5 -> 5", dtypes: Everything),
        Op("fft.fftshift(dim)", x => Fft.Fftshift(x[0], 0, -1), "3,4,5 -> 3,4,5", dtypes: Everything),
        Op("fft.ifftshift", x => Fft.Ifftshift(x[0]), "3,4 -> 3,4 | 0,3 -> 0,3 | 5 -> 5", dtypes: Everything),
        Op("fft.ifftshift(dim)", x => Fft.Ifftshift(x[0], 1), "3,5 -> 3,5", dtypes: Everything),
        Op("repeat", x => x[0].Repeat(2, 1, 3), "3,4 -> 2,3,12 | () -> 2,1,3 | 0,3 -> 2,0,9", "50,1001", dtypes: Everything),
        Op("tile", x => x[0].Tile(2), "3,4 -> 3,8 | () -> 2", dtypes: Everything),
        Op("repeat_interleave", x => x[0].RepeatInterleave(2, 1), "3,4 -> 3,8 | 0,3 -> 0,6", dtypes: Everything),
        Op("repeat_interleave(each)", x => x[0].RepeatInterleave(Numbers64(1, 0, 2), 0), "3,4 -> 3,4 | 3 -> 3", dtypes: Everything),
        Op("narrow_copy", x => x[0].NarrowCopy(1, 1, 2), "3,4 -> 3,2 | 0,4 -> 0,2", dtypes: Everything),
        Op("diag", x => x[0].Diag(1), "3,4 -> 3 | 3 -> 4,4 | 0 -> 1,1", dtypes: Everything),
        Op("diag_embed", x => x[0].DiagEmbed(-1, 0, 2), "3,2 -> 3,3,3 | 3,0 -> 1,3,1", dtypes: Everything),
        Op("diagflat", x => x[0].Diagflat(1), "2,2 -> 5,5 | () -> 2,2", dtypes: Everything),
        Op("trace", x => x[0].Trace(), "3,4 -> () | 0,3 -> ()", kind: Kind.Sum, dtypes: Everything),
        Op("tril", x => x[0].Tril(-1), "2,3,4 -> 2,3,4 | 0,3 -> 0,3", "301,403", inPlace: x => x[0].TrilInPlace(-1), dtypes: Everything),
        Op("triu", x => x[0].Triu(1), "2,3,4 -> 2,3,4 | 0,3 -> 0,3", "301,403", inPlace: x => x[0].TriuInPlace(1), dtypes: Everything),
        Op("constant_pad_nd", x => x[0].ConstantPadNd([1, -1, 0, 2], 2), "3,4 -> 5,4 | 0,4 -> 2,4", "301,403", dtypes: Everything),
        Op("nn.functional.pad", x => Firesteel.Nn.Functional.Pad(x[0], [1, -1, 0, 2], "constant", 2), "3,4 -> 5,4 | 0,4 -> 2,4", dtypes: Everything),
        Op("nn.functional.pad(reflect)", x => Firesteel.Nn.Functional.Pad(x[0], [2, 1], "reflect"), "2,3,4 -> 2,3,7 | 3,4 -> 3,7", dtypes: Everything),
        Op("nn.functional.pad(replicate)", x => Firesteel.Nn.Functional.Pad(x[0], [2, -1, 0, 3], "replicate"), "2,3,4 -> 2,6,5", dtypes: Everything),
        Op("nn.functional.pad(circular)", x => Firesteel.Nn.Functional.Pad(x[0], [2, 4], "circular"), "2,3,4 -> 2,3,10", dtypes: Everything),
        Op("nn.functional.pixel_shuffle", x => Firesteel.Nn.Functional.PixelShuffle(x[0], 2), "2,8,2,3 -> 2,2,4,6 | 0,4,2,2 -> 0,1,4,4", dtypes: Everything, shares: Shares.Sometimes),
        Op("nn.functional.pixel_unshuffle", x => Firesteel.Nn.Functional.PixelUnshuffle(x[0], 2), "2,2,4,6 -> 2,8,2,3", dtypes: Everything, shares: Shares.Sometimes),
        Op("nn.functional.channel_shuffle", x => Firesteel.Nn.Functional.ChannelShuffle(x[0], 2), "2,6,2 -> 2,6,2", dtypes: Everything, shares: Shares.Sometimes),
    ];

    private static Func<Tensor[], Tensor> Single(Func<Tensor, Tensor> run) => x => run(x[0]);

    private static Tensor Numbers64(params long[] values) => Tensor.From(values);

    /// <summary>A line whose results look at the input's storage.</summary>
    private static OpCase ViewsOf(string id, Func<Tensor[], Tensor[]> run, string samples) => Many(id, run, samples, dtypes: Everything, shares: Shares.Always);
}
