namespace Firesteel.Tests.Ops;

/// <summary>
/// Every operation, one line each, in the files OpTable.*.cs. A new operation gets a line here; <see cref="OpTableCoverageTests"/> fails
/// until it has one.
/// </summary>
public static partial class OpTable
{
    public static readonly DType[] Floats = [DType.Float32, DType.Float64, DType.Float16, DType.BFloat16];
    public static readonly DType[] SignedIntegers = [DType.Int8, DType.Int16, DType.Int32, DType.Int64];
    public static readonly DType[] Integers = [DType.UInt8, .. SignedIntegers];
    public static readonly DType[] IntegersAndBool = [DType.Bool, .. Integers];
    public static readonly DType[] Signed = [.. Floats, .. SignedIntegers];
    public static readonly DType[] Numbers = [.. Floats, .. Integers];
    public static readonly DType[] Everything = [DType.Bool, .. Numbers];

    /// <summary>Elementwise kernels cut at 32k elements.</summary>
    private const string LargeSize = "101,1001";

    /// <summary>Collected at first use: the fields of the other files must have been set.</summary>
    private static readonly Lazy<Dictionary<string, OpCase>> s_cases = new(Collect);

    public static IReadOnlyCollection<OpCase> All => s_cases.Value.Values;

    public static OpCase Of(string id) => s_cases.Value[id];

    /// <summary>The ids of the lines that a property applies to, as rows of a theory.</summary>
    public static TheoryData<string> Ids(Func<OpCase, bool> applies) => [.. All.Where(op => op.AliasOf is null && applies(op)).Select(static op => op.Id)];

    // One line for each file, so that two additions do not meet.
    private static IEnumerable<OpCase>[] Families() =>
    [
        Arithmetic, Powers, Elementary, Rounding, Comparison, Bits,
        Reductions, Scans, Sorting,
        Norms, Statistics, Maskeds,
        Products,
        Decompositions,
        Views, Copies,
        Joining, Splitting, Reshaping, Rearranging,
        Gathering, Scattering,
        MoreElementwise, Gammas, SpecialFunctions,
        Activations,
        Softmaxes, Layers,
        Losses,
        Convolutions, Pools, Normalizations, Lookups,
    ];

    private static Dictionary<string, OpCase> Collect()
    {
        var all = new Dictionary<string, OpCase>(StringComparer.Ordinal);
        foreach (var op in Families().SelectMany(static family => family)) all.Add(op.Id, op);
        return all;
    }

    /// <summary>A function of one tensor, element by element.</summary>
    private static OpCase Unary(string id, Func<Tensor, Tensor> run, string domain = "any", Func<Tensor, Tensor>? inPlace = null, Kind kind = Kind.Floating, bool gradient = true, DType[]? dtypes = null, bool twice = true) => new()
    {
        Id = id,
        Run = x => [run(x[0])],
        InPlace = inPlace is null ? null : x => inPlace(x[0]),
        Samples = Sample.Parse($"3,4:{domain} -> 3,4 | 0,3:{domain} -> 0,3 | ():{domain} -> ()"),
        Large = Sample.Parse($"{LargeSize}:{domain}")[0],
        Differentiable = gradient,
        TwiceDifferentiable = gradient && twice,
        Kinds = [kind],
        DTypes = dtypes ?? Numbers,
        Base = dtypes is null || dtypes.Contains(DType.Float64) ? DType.Float64 : DType.Int64,
    };

    /// <summary>A function of two tensors that broadcast against each other.</summary>
    private static OpCase Binary(string id, Func<Tensor, Tensor, Tensor> run, string domain = "any", string? domain2 = null, Func<Tensor, Tensor, Tensor>? inPlace = null, Kind kind = Kind.Same, bool gradient = true, DType[]? dtypes = null) =>
        Elementwise(id, x => run(x[0], x[1]), [domain, domain2 ?? domain], inPlace is null ? null : x => inPlace(x[0], x[1]), kind, gradient, dtypes);

    /// <summary>A function of three tensors that broadcast against each other.</summary>
    private static OpCase Ternary(string id, Func<Tensor, Tensor, Tensor, Tensor> run, string domain = "any", string? domain2 = null, string? domain3 = null, Func<Tensor, Tensor, Tensor, Tensor>? inPlace = null, Kind kind = Kind.Same, bool gradient = true, DType[]? dtypes = null) =>
        Elementwise(id, x => run(x[0], x[1], x[2]), [domain, domain2 ?? domain, domain3 ?? domain], inPlace is null ? null : x => inPlace(x[0], x[1], x[2]), kind, gradient, dtypes);

    private static OpCase Elementwise(string id, Func<Tensor[], Tensor> run, string[] domains, Func<Tensor[], Tensor>? inPlace, Kind kind, bool gradient, DType[]? dtypes)
    {
        string Inputs(string shape) => string.Join("; ", domains.Select(domain => $"{shape}:{domain}"));
        return new()
        {
            Id = id,
            Run = x => [run(x)],
            InPlace = inPlace,
            Samples = Sample.Parse($"{Inputs("3,4")} -> 3,4 | {Inputs("0,3")} -> 0,3 | {Inputs("()")} -> ()"),
            Large = Sample.Parse(Inputs(LargeSize))[0],
            Differentiable = gradient,
            TwiceDifferentiable = gradient,
            Broadcasts = true,
            Kinds = [kind],
            DTypes = dtypes ?? Numbers,
            Base = dtypes is null || dtypes.Contains(DType.Float64) ? DType.Float64 : DType.Int64,
        };
    }

    /// <summary>Any function of tensors with one result; for the samples see <see cref="Sample.Parse"/>.</summary>
    private static OpCase Op(string id, Func<Tensor[], Tensor> run, string samples, string? large = null, Func<Tensor[], Tensor>? inPlace = null, Kind kind = Kind.Same, bool gradient = true, DType[]? dtypes = null, bool twice = true, Shares shares = Shares.Never, double amplifies = 1) =>
        Many(id, x => [run(x)], samples, [kind], large, gradient, dtypes, twice, shares, amplifies) with { InPlace = inPlace };

    /// <summary>A function with several results.</summary>
    private static OpCase Many(string id, Func<Tensor[], Tensor[]> run, string samples, Kind[]? kinds = null, string? large = null, bool gradient = true, DType[]? dtypes = null, bool twice = true, Shares shares = Shares.Never, double amplifies = 1) => new()
    {
        Id = id,
        Run = run,
        Samples = Sample.Parse(samples),
        Large = large is null ? null : Sample.Parse(large)[0],
        Differentiable = gradient,
        TwiceDifferentiable = gradient && twice,
        Shares = shares,
        Kinds = kinds ?? [Kind.Same],
        DTypes = dtypes ?? Floats,
        Base = dtypes is null || dtypes.Contains(DType.Float64) ? DType.Float64 : DType.Int64,
        Amplifies = amplifies,
    };

    /// <summary>Another name of the line <paramref name="of"/>: checked to give the same bits.</summary>
    private static OpCase Alias(string id, string of, Func<Tensor[], Tensor> run, Func<Tensor[], Tensor>? inPlace = null) => new() { Id = id, Run = x => [run(x)], InPlace = inPlace, Samples = [], AliasOf = of };

    private static Tensor[] Pair((Tensor First, Tensor Second) result) => [result.First, result.Second];
}
