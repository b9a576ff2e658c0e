namespace Firesteel;

public partial class Tensor
{
    private static readonly Pointwise s_floor = new("floor", static x => Expr.Floor(x), null, ResultType.Promoted);
    private static readonly Pointwise s_ceil = new("ceil", static x => Primitive.Ceil.Of(x), null, ResultType.Promoted);
    private static readonly Pointwise s_trunc = new("trunc", static x => Expr.Trunc(x), null, ResultType.Promoted);
    private static readonly Pointwise s_frac = new("frac", static x => x - Expr.Trunc(x), null, ResultType.Promoted);
    private static readonly Pointwise s_round = new("round", static x => Primitive.Round.Of(x), null, ResultType.Promoted);
    private static readonly Pointwise s_roundScaledUp = new("round", static (x, ten) => Primitive.Round.Of(x * ten) / ten);
    private static readonly Pointwise s_roundScaledDown = new("round", static (x, ten) => Primitive.Round.Of(x / ten) * ten);

    /// <summary>Largest integer not above each element (<c>torch.floor</c>).</summary>
    public Tensor Floor() => s_floor.Apply(this);

    /// <summary><see cref="Floor"/> into this tensor (<c>floor_</c>).</summary>
    public Tensor FloorInPlace() => s_floor.RunInPlace(this);

    /// <summary>Smallest integer not below each element (<c>torch.ceil</c>).</summary>
    public Tensor Ceil() => s_ceil.Apply(this);

    /// <summary><see cref="Ceil"/> into this tensor (<c>ceil_</c>).</summary>
    public Tensor CeilInPlace() => s_ceil.RunInPlace(this);

    /// <summary>Integer part, toward zero (<c>torch.trunc</c>).</summary>
    public Tensor Trunc() => s_trunc.Apply(this);

    /// <summary><see cref="Trunc"/> into this tensor (<c>trunc_</c>).</summary>
    public Tensor TruncInPlace() => s_trunc.RunInPlace(this);

    /// <summary>Same as <see cref="Trunc"/> (<c>torch.fix</c>).</summary>
    public Tensor Fix() => Trunc();

    /// <summary>Same as <see cref="TruncInPlace"/> (<c>fix_</c>).</summary>
    public Tensor FixInPlace() => TruncInPlace();

    /// <summary>What the integer part leaves (<c>torch.frac</c>).</summary>
    public Tensor Frac() => s_frac.Apply(this);

    /// <summary><see cref="Frac"/> into this tensor (<c>frac_</c>).</summary>
    public Tensor FracInPlace() => s_frac.RunInPlace(this);

    /// <summary>Rounds to a number of decimals, or of tens if negative; halves go to the even neighbour (<c>torch.round</c>).</summary>
    /// <exception cref="NotSupportedException">Decimals are asked of an integer tensor.</exception>
    public Tensor Round(long decimals = 0)
    {
        var (operation, ten) = RoundingTo(decimals);
        return ten is { } scale ? operation.Apply(this, scale) : operation.Apply(this);
    }

    /// <summary><see cref="Round"/> into this tensor (<c>round_</c>).</summary>
    /// <exception cref="NotSupportedException">Decimals are asked of an integer tensor.</exception>
    public Tensor RoundInPlace(long decimals = 0)
    {
        var (operation, ten) = RoundingTo(decimals);
        return ten is { } scale ? operation.RunInPlace(this, scale) : operation.RunInPlace(this);
    }

    private (Pointwise Operation, Scalar? Ten) RoundingTo(long decimals)
    {
        if (decimals == 0) return (s_round, null);
        if (!DType.IsFloatingPoint()) throw OperationError.NotSupported("round", $"decimals of {DType.Name()} are not implemented; convert to a floating-point dtype first");
        return (decimals > 0 ? s_roundScaledUp : s_roundScaledDown, Math.Pow(10, Math.Abs(decimals)));
    }
}
