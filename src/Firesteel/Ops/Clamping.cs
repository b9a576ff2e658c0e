namespace Firesteel;

public partial class Tensor
{
    // Where the input equals a bound, PyTorch gives the gradient to the input.
    private static readonly Pointwise s_clamp = new("clamp:0:1", 3, static x => Expr.Min(Expr.Max(x[0], x[1]), x[2]), static (x, y, g) =>
    [
        Expr.Where(x[0] < x[1], 0, Expr.Where(x[0] > x[2], 0, g)),
        Expr.Where(x[0] < x[1], Expr.Where(x[1] < x[2], g, 0), 0),
        Expr.Where(x[2] < x[1], g, Expr.Where(x[0] > x[2], g, 0)),
    ], ResultType.Promoted);
    private static readonly Pointwise s_clampMin = new("clamp_min:1:0", 2, static x => Expr.Max(x[0], x[1]), static (x, y, g) => [Expr.Where(x[0] < x[1], 0, g), Expr.Where(x[0] < x[1], g, 0)], ResultType.Promoted);
    private static readonly Pointwise s_clampMax = new("clamp_max:1:0", 2, static x => Expr.Min(x[0], x[1]), static (x, y, g) => [Expr.Where(x[0] > x[1], 0, g), Expr.Where(x[0] > x[1], g, 0)], ResultType.Promoted);
    private static readonly Pointwise s_clampBelow = s_clampMin.Renamed("clamp:0:1"), s_clampAbove = s_clampMax.Renamed("clamp:0:1");
    private static readonly Pointwise s_maximum = new("maximum", static (a, b) => Expr.Max(a, b));
    private static readonly Pointwise s_minimum = new("minimum", static (a, b) => Expr.Min(a, b));

    // NaN loses; of equals the first gets the whole gradient.
    private static readonly Pointwise s_fmax = new("fmax", 2, static x => Expr.Where(Expr.Ne(x[1], x[1]), x[0], Expr.Where(x[0] >= x[1], x[0], x[1])), static (x, y, g) =>
        [Expr.Where(Expr.Ne(x[1], x[1]), g, Expr.Where(x[0] >= x[1], g, 0)), Expr.Where(Expr.Ne(x[1], x[1]), 0, Expr.Where(x[0] >= x[1], 0, g))], ResultType.Promoted);
    private static readonly Pointwise s_fmin = new("fmin", 2, static x => Expr.Where(Expr.Ne(x[1], x[1]), x[0], Expr.Where(x[0] <= x[1], x[0], x[1])), static (x, y, g) =>
        [Expr.Where(Expr.Ne(x[1], x[1]), g, Expr.Where(x[0] <= x[1], g, 0)), Expr.Where(Expr.Ne(x[1], x[1]), 0, Expr.Where(x[0] <= x[1], 0, g))], ResultType.Promoted);

    /// <summary>Each element, but not below <paramref name="min"/> and not above <paramref name="max"/>, numbers or tensors; where they cross, the maximum (<c>torch.clamp</c>).</summary>
    /// <exception cref="ArgumentException">Neither bound is given.</exception>
    public Tensor Clamp(Operand? min = null, Operand? max = null) => (min, max) switch
    {
        ({ } low, { } high) => s_clamp.Apply(this, low, high),
        ({ } low, null) => s_clampBelow.Apply(this, low),
        (null, { } high) => s_clampAbove.Apply(this, high),
        _ => throw NoBound(),
    };

    /// <summary><see cref="Clamp"/> into this tensor (<c>clamp_</c>).</summary>
    /// <exception cref="ArgumentException">Neither bound is given.</exception>
    public Tensor ClampInPlace(Operand? min = null, Operand? max = null) => (min, max) switch
    {
        ({ } low, { } high) => s_clamp.RunInPlace(this, low, high),
        ({ } low, null) => s_clampBelow.RunInPlace(this, low),
        (null, { } high) => s_clampAbove.RunInPlace(this, high),
        _ => throw NoBound(),
    };

    /// <summary>Same as <see cref="Clamp"/> (<c>torch.clip</c>).</summary>
    public Tensor Clip(Operand? min = null, Operand? max = null) => Clamp(min, max);

    /// <summary>Same as <see cref="ClampInPlace"/> (<c>clip_</c>).</summary>
    public Tensor ClipInPlace(Operand? min = null, Operand? max = null) => ClampInPlace(min, max);

    /// <summary>Each element, but not below <paramref name="min"/> (<c>torch.clamp_min</c>).</summary>
    public Tensor ClampMin(Operand min) => s_clampMin.Apply(this, min);

    /// <summary><see cref="ClampMin"/> into this tensor (<c>clamp_min_</c>).</summary>
    public Tensor ClampMinInPlace(Operand min) => s_clampMin.RunInPlace(this, min);

    /// <summary>Each element, but not above <paramref name="max"/> (<c>torch.clamp_max</c>).</summary>
    public Tensor ClampMax(Operand max) => s_clampMax.Apply(this, max);

    /// <summary><see cref="ClampMax"/> into this tensor (<c>clamp_max_</c>).</summary>
    public Tensor ClampMaxInPlace(Operand max) => s_clampMax.RunInPlace(this, max);

    /// <summary>The larger of two elements; NaN if either is (<c>torch.maximum</c>).</summary>
    public Tensor Maximum(Operand other) => s_maximum.Apply(this, other);

    /// <summary>The smaller of two elements; NaN if either is (<c>torch.minimum</c>).</summary>
    public Tensor Minimum(Operand other) => s_minimum.Apply(this, other);

    /// <summary>The larger of two elements; NaN only if both are (<c>torch.fmax</c>).</summary>
    public Tensor Fmax(Operand other) => s_fmax.Apply(this, other);

    /// <summary>The smaller of two elements; NaN only if both are (<c>torch.fmin</c>).</summary>
    public Tensor Fmin(Operand other) => s_fmin.Apply(this, other);

    private static ArgumentException NoBound() => OperationError.Argument("clamp", "at least one of 'min' or 'max' must not be None (null)");
}
