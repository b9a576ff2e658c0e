namespace Firesteel;

/// <summary>
/// A scalar formula: what one element of a pointwise operation is, in terms of one element of each input. Written with ordinary C#
/// operators and the functions of this class; differentiated by <see cref="Gradients"/>, run by devices as a <see cref="Program"/>.
/// </summary>
public sealed class Expr
{
    internal readonly Primitive? Primitive;
    internal readonly Expr[] Arguments = [];
    internal readonly int Input = -1;
    internal readonly double Value;

    private Expr(double value) => Value = value;

    private Expr(int input) => Input = input;

    internal Expr(Primitive primitive, params Expr[] arguments) => (Primitive, Arguments) = (primitive, arguments);

    internal bool IsConstant => Primitive is null && Input < 0;

    internal bool IsInput => Input >= 0;

    /// <summary>The element of an input, counted from 0.</summary>
    internal static Expr In(int input) => new(input);

    /// <summary>A constant.</summary>
    public static implicit operator Expr(double value) => new(value);

    /// <summary>A constant.</summary>
    public static implicit operator Expr(int value) => new((double)value);

    /// <summary>Sum.</summary>
    public static Expr operator +(Expr a, Expr b) => a.Is(0) ? b : b.Is(0) ? a : Primitive.Add.Of(a, b);

    /// <summary>Difference.</summary>
    public static Expr operator -(Expr a, Expr b) => b.Is(0) ? a : Primitive.Sub.Of(a, b);

    /// <summary>Negation.</summary>
    public static Expr operator -(Expr a) => Primitive.Neg.Of(a);

    /// <summary>Product.</summary>
    public static Expr operator *(Expr a, Expr b) => a.Is(1) ? b : b.Is(1) ? a : Primitive.Mul.Of(a, b);

    /// <summary>Quotient.</summary>
    public static Expr operator /(Expr a, Expr b) => b.Is(1) ? a : Primitive.Div.Of(a, b);

    /// <summary>1 where less, else 0.</summary>
    public static Expr operator <(Expr a, Expr b) => Primitive.Lt.Of(a, b);

    /// <summary>1 where greater, else 0.</summary>
    public static Expr operator >(Expr a, Expr b) => Primitive.Lt.Of(b, a);

    /// <summary>1 where less or equal, else 0.</summary>
    public static Expr operator <=(Expr a, Expr b) => Primitive.Le.Of(a, b);

    /// <summary>1 where greater or equal, else 0.</summary>
    public static Expr operator >=(Expr a, Expr b) => Primitive.Le.Of(b, a);

    /// <summary>1 where equal, else 0.</summary>
    public static Expr Eq(Expr a, Expr b) => Primitive.Eq.Of(a, b);

    /// <summary>1 where not equal (so for NaN), else 0.</summary>
    public static Expr Ne(Expr a, Expr b) => Primitive.Ne.Of(a, b);

    /// <summary><paramref name="a"/> where <paramref name="condition"/> is not 0, else <paramref name="b"/>.</summary>
    public static Expr Where(Expr condition, Expr a, Expr b) => ReferenceEquals(a, b) ? a : Primitive.Where.Of(condition, a, b);

    /// <summary>The larger; NaN if either is.</summary>
    public static Expr Max(Expr a, Expr b) => Primitive.Max.Of(a, b);

    /// <summary>The smaller; NaN if either is.</summary>
    public static Expr Min(Expr a, Expr b) => Primitive.Min.Of(a, b);

    /// <summary>x * y + z, rounded once.</summary>
    public static Expr FusedMultiplyAdd(Expr x, Expr y, Expr z) => Primitive.FusedMultiplyAdd.Of(x, y, z);

    /// <summary>Absolute value.</summary>
    public static Expr Abs(Expr x) => Primitive.Abs.Of(x);

    /// <summary>-1, 0 or 1.</summary>
    public static Expr Sign(Expr x) => Primitive.Sign.Of(x);

    /// <summary>Square root.</summary>
    public static Expr Sqrt(Expr x) => Primitive.Sqrt.Of(x);

    /// <summary>e to the power x.</summary>
    public static Expr Exp(Expr x) => Primitive.Exp.Of(x);

    /// <summary>e to the power x, less 1, exact near 0.</summary>
    public static Expr Expm1(Expr x) => Primitive.Expm1.Of(x);

    /// <summary>Natural logarithm.</summary>
    public static Expr Log(Expr x) => Primitive.Log.Of(x);

    /// <summary>Logarithm of 1 + x, exact near 0.</summary>
    public static Expr Log1p(Expr x) => Primitive.Log1p.Of(x);

    /// <summary>a to the power b.</summary>
    public static Expr Pow(Expr a, Expr b) => Primitive.Pow.Of(a, b);

    /// <summary>Sine.</summary>
    public static Expr Sin(Expr x) => Primitive.Sin.Of(x);

    /// <summary>Cosine.</summary>
    public static Expr Cos(Expr x) => Primitive.Cos.Of(x);

    /// <summary>Hyperbolic sine.</summary>
    public static Expr Sinh(Expr x) => Primitive.Sinh.Of(x);

    /// <summary>Hyperbolic cosine.</summary>
    public static Expr Cosh(Expr x) => Primitive.Cosh.Of(x);

    /// <summary>Hyperbolic tangent.</summary>
    public static Expr Tanh(Expr x) => Primitive.Tanh.Of(x);

    /// <summary>Error function.</summary>
    public static Expr Erf(Expr x) => Primitive.Erf.Of(x);

    /// <summary>1/(1 + exp(-x)).</summary>
    public static Expr Sigmoid(Expr x) => Primitive.Sigmoid.Of(x);

    /// <summary>Largest integer not above x.</summary>
    public static Expr Floor(Expr x) => Primitive.Floor.Of(x);

    /// <summary>Integer part.</summary>
    public static Expr Trunc(Expr x) => Primitive.Trunc.Of(x);

    internal bool Is(double value) => IsConstant && Value == value;

    /// <summary>
    /// Reverse-mode differentiation: the cotangent of each of the inputs, given the cotangent <paramref name="g"/> of <paramref name="y"/>; null
    /// where y does not depend on the input, or only through steps.
    /// </summary>
    internal static Expr?[] Gradients(Expr y, int inputCount, Expr g)
    {
        var order = new List<Expr>();
        Visit(y, [], order);
        var cotangents = new Dictionary<Expr, Expr>(ReferenceEqualityComparer.Instance) { [y] = g };
        var result = new Expr?[inputCount];
        for (int i = order.Count - 1; i >= 0; i--)
        {
            var node = order[i];
            if (!cotangents.TryGetValue(node, out var cotangent)) continue;
            if (node.IsInput)
            {
                if (node.Input < inputCount) result[node.Input] = result[node.Input] is { } sum ? sum + cotangent : cotangent;
                continue;
            }
            if (node.Primitive?.Derivative is not { } derivative) continue;
            var parts = derivative(node.Arguments, node, cotangent);
            for (int a = 0; a < parts.Length; a++)
            {
                if (parts[a] is not { } part || node.Arguments[a].IsConstant) continue;
                cotangents[node.Arguments[a]] = cotangents.TryGetValue(node.Arguments[a], out var sum) ? sum + part : part;
            }
        }
        return result;
    }

    /// <summary>The same formula with one subexpression replaced wherever it stands.</summary>
    internal Expr Replace(Expr old, Expr replacement)
    {
        if (old.IsInput || old.IsConstant) return this;
        var done = new Dictionary<Expr, Expr>(ReferenceEqualityComparer.Instance) { [old] = replacement };
        return Rebuild(this);

        Expr Rebuild(Expr node)
        {
            if (node.Primitive is null) return node;
            if (!done.TryGetValue(node, out var copy)) done[node] = copy = new Expr(node.Primitive, Array.ConvertAll(node.Arguments, Rebuild));
            return copy;
        }
    }

    /// <summary>The same formula with other expressions in the place of the inputs.</summary>
    internal Expr Substitute(Func<int, Expr> replacement)
    {
        var done = new Dictionary<Expr, Expr>(ReferenceEqualityComparer.Instance);
        return Rebuild(this);

        Expr Rebuild(Expr node)
        {
            if (node.IsInput) return replacement(node.Input);
            if (node.IsConstant) return node;
            if (!done.TryGetValue(node, out var copy)) done[node] = copy = new Expr(node.Primitive!, Array.ConvertAll(node.Arguments, Rebuild));
            return copy;
        }
    }

    /// <summary>Marks the inputs that the formula reads.</summary>
    internal void CollectInputs(HashSet<int> inputs)
    {
        var order = new List<Expr>();
        Visit(this, [], order);
        foreach (var node in order) if (node.IsInput) inputs.Add(node.Input);
    }

    private static void Visit(Expr node, HashSet<Expr> seen, List<Expr> order)
    {
        if (!seen.Add(node)) return;
        foreach (var argument in node.Arguments) Visit(argument, seen, order);
        order.Add(node);
    }
}
