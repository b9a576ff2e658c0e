namespace Firesteel;

/// <summary>One entry of <c>x[...]</c>: a position, a range, a tensor of positions or a mask, a new axis, or an ellipsis. Converts by itself from all of these; null among several is a new axis.</summary>
public readonly struct TensorIndex
{
    internal enum Kind { Integer, Slice, NewAxis, Ellipsis, Tensor, Bool }

    private TensorIndex(Kind kind) => Type = kind;

    internal Kind Type { get; private init; }

    internal Tensor? Tensor { get; private init; }

    /// <summary>The position, or the step of a slice; 1 for true.</summary>
    internal long Number { get; private init; }

    internal long? Start { get; private init; }

    internal long? Stop { get; private init; }

    /// <summary>A new dimension of size 1 (<c>None</c>).</summary>
    public static TensorIndex NewAxis { get; } = new(Kind.NewAxis);

    /// <summary>As many full dimensions as are not named (<c>...</c>).</summary>
    public static TensorIndex Ellipsis { get; } = new(Kind.Ellipsis);

    /// <summary>A range with a step, as Python's <c>start:stop:step</c>; negative bounds count from the end, and bounds are clamped.</summary>
    /// <exception cref="ArgumentException">The step is not positive.</exception>
    public static TensorIndex Slice(long? start = null, long? stop = null, long step = 1) => step > 0
        ? new(Kind.Slice) { Start = start, Stop = stop, Number = step }
        : throw OperationError.Argument("slice", $"slice step must be positive, got {step}; Flip reverses");

    /// <summary>A position; negative ones count from the end.</summary>
    public static implicit operator TensorIndex(int position) => new(Kind.Integer) { Number = position };

    /// <summary>A position; negative ones count from the end.</summary>
    public static implicit operator TensorIndex(long position) => new(Kind.Integer) { Number = position };

    /// <summary>A position, which may be counted from the end: <c>^1</c> is the last.</summary>
    public static implicit operator TensorIndex(Index position) => position.IsFromEnd
        ? new(Kind.Integer) { Number = position.Value == 0 ? long.MaxValue : -position.Value }
        : new(Kind.Integer) { Number = position.Value };

    /// <summary>A range of positions: <c>..</c>, <c>1..^1</c>.</summary>
    public static implicit operator TensorIndex(Range range) => new(Kind.Slice)
    {
        Start = range.Start.IsFromEnd ? range.Start.Value == 0 ? long.MaxValue : -range.Start.Value : range.Start.Value,
        Stop = range.End.IsFromEnd ? range.End.Value == 0 ? null : -range.End.Value : range.End.Value,
        Number = 1,
    };

    /// <summary>Positions (integers), or a mask (bool, uint8) over as many dimensions as it has; null is a new axis.</summary>
    public static implicit operator TensorIndex(Tensor? index) => index is null ? NewAxis : new(Kind.Tensor) { Tensor = index };

    /// <summary>A new dimension of size 1 (true) or 0 (false), as in NumPy.</summary>
    public static implicit operator TensorIndex(bool value) => new(Kind.Bool) { Number = value ? 1 : 0 };

    internal bool IsMask => Tensor is { DType: DType.Bool or DType.UInt8 };

    /// <summary>How many dimensions of the tensor the entry takes.</summary>
    internal int Consumes => Type switch
    {
        Kind.Integer or Kind.Slice => 1,
        Kind.Tensor => IsMask ? Tensor!.Ndim : 1,
        _ => 0,
    };
}
