namespace Firesteel.Tests.Ops;

/// <summary>The dtype of a result, given the dtype that the inputs were drawn in.</summary>
public enum Kind
{
    /// <summary>That of the inputs.</summary>
    Same,

    /// <summary>That of the inputs if it is a floating-point one, else float32.</summary>
    Floating,

    /// <summary>That of the inputs if it is a floating-point one, else int64.</summary>
    Sum,

    /// <summary>Always bool.</summary>
    Bool,

    /// <summary>Always int64.</summary>
    Index,

    /// <summary>Always int32.</summary>
    Int32,
}

/// <summary>Whether results look at the storage of the first input.</summary>
public enum Shares
{
    Never,
    Always,
    Sometimes,
}

/// <summary>
/// One line of the table of operations: what to call, with what inputs, and what holds for it. The theories over the table run every
/// line through each property that applies to it.
/// </summary>
public sealed record OpCase
{
    /// <summary>PyTorch's name as in <c>nn.functional.softmax</c>, followed by a form in parentheses where an operation has several lines.</summary>
    public required string Id { get; init; }

    public required Func<Tensor[], Tensor[]> Run { get; init; }

    /// <summary>The form that writes into the first input and returns it.</summary>
    public Func<Tensor[], Tensor>? InPlace { get; init; }

    /// <summary>Inputs to try, see <see cref="Sample.Parse"/>. Derivatives are checked at all of them, everything else at the first that is neither empty nor 0-d.</summary>
    public required Sample[] Samples { get; init; }

    /// <summary>Inputs large enough that several threads work on them; null for operations that are made of others or never fork.</summary>
    public Sample? Large { get; init; }

    public bool Differentiable { get; init; } = true;

    public bool TwiceDifferentiable { get; init; } = true;

    /// <summary>All inputs broadcast against each other.</summary>
    public bool Broadcasts { get; init; }

    /// <summary>Inputs whose elements lie on each other (expanded ones that are leaves) are taken.</summary>
    public bool Repeats { get; init; } = true;

    public Shares Shares { get; init; }

    /// <summary>The dtypes of results; the last is repeated for further results.</summary>
    public Kind[] Kinds { get; init; } = [Kind.Same];

    /// <summary>What the inputs may be; the first dtype of <see cref="Base"/> is used where nothing else is said.</summary>
    public DType[] DTypes { get; init; } = OpTable.Floats;

    /// <summary>The dtype of most tests, and the one that results in other dtypes are compared with.</summary>
    public DType Base { get; init; } = DType.Float64;

    /// <summary>Multiplies the tolerance of comparisons between dtypes, for operations that amplify the rounding of their inputs.</summary>
    public double Amplifies { get; init; } = 1;

    /// <summary>The id of the line that this one is another name of: it is only checked to do the same.</summary>
    public string? AliasOf { get; init; }

    /// <summary>The name without the form in parentheses.</summary>
    public string Name => Id.IndexOf('(') is >= 0 and var at ? Id[..at] : Id;

    public Sample Main => Samples[0];

    public DType DTypeOf(int output, DType input) => Kinds[Math.Min(output, Kinds.Length - 1)] switch
    {
        Kind.Floating => input.IsFloatingPoint() ? input : DType.Float32,
        Kind.Sum => input.IsFloatingPoint() ? input : DType.Int64,
        Kind.Bool => DType.Bool,
        Kind.Index => DType.Int64,
        Kind.Int32 => DType.Int32,
        _ => input,
    };

    public override string ToString() => Id;
}
