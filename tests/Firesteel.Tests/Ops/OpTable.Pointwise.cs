namespace Firesteel.Tests.Ops;

public static partial class OpTable
{
    private static IEnumerable<OpCase> Arithmetic =>
    [
        Binary("add", (x, y) => x.Add(y), inPlace: (x, y) => x.AddInPlace(y)),
        Binary("add(alpha)", (x, y) => x.Add(y, alpha: 3), inPlace: (x, y) => x.AddInPlace(y, alpha: 3)),
        Unary("add(number)", x => x.Add(2), inPlace: x => x.AddInPlace(2), kind: Kind.Same),
        Binary("sub", (x, y) => x.Sub(y), inPlace: (x, y) => x.SubInPlace(y), dtypes: Signed),
        Binary("sub(alpha)", (x, y) => x.Sub(y, alpha: 2), inPlace: (x, y) => x.SubInPlace(y, alpha: 2), dtypes: Signed),
        Alias("subtract", of: "sub", x => x[0].Subtract(x[1]), x => x[0].SubtractInPlace(x[1])),
        Binary("rsub", (x, y) => x.Rsub(y), dtypes: Signed),
        Binary("mul", (x, y) => x.Mul(y), inPlace: (x, y) => x.MulInPlace(y), dtypes: Everything),
        Unary("mul(number)", x => x.Mul(3), inPlace: x => x.MulInPlace(3), kind: Kind.Same),
        Alias("multiply", of: "mul", x => x[0].Multiply(x[1]), x => x[0].MultiplyInPlace(x[1])),
        Binary("div", (x, y) => x.Div(y), "any", "nonzero", inPlace: (x, y) => x.DivInPlace(y), kind: Kind.Floating),
        Binary("div(floor)", (x, y) => x.Div(y, "floor"), "any", "nonzero", inPlace: (x, y) => x.DivInPlace(y, "floor"), dtypes: [DType.Float32, DType.Float64, .. Integers]),
        Binary("div(trunc)", (x, y) => x.Div(y, "trunc"), "any", "nonzero", inPlace: (x, y) => x.DivInPlace(y, "trunc"), dtypes: [DType.Float32, DType.Float64, .. Integers]),
        Alias("divide", of: "div", x => x[0].Divide(x[1]), x => x[0].DivideInPlace(x[1])),
        Alias("true_divide", of: "div", x => x[0].TrueDivide(x[1]), x => x[0].TrueDivideInPlace(x[1])),
        Binary("floor_divide", (x, y) => x.FloorDivide(y), "any", "nonzero", inPlace: (x, y) => x.FloorDivideInPlace(y), gradient: true, dtypes: [DType.Float32, DType.Float64, .. Integers]),
        Binary("remainder", (x, y) => x.Remainder(y), "any", "nonzero", inPlace: (x, y) => x.RemainderInPlace(y), dtypes: [DType.Float32, DType.Float64, .. Integers]),
        Binary("fmod", (x, y) => x.Fmod(y), "any", "nonzero", inPlace: (x, y) => x.FmodInPlace(y), dtypes: [DType.Float32, DType.Float64, .. Integers]),
        Unary("neg", x => x.Neg(), inPlace: x => x.NegInPlace(), kind: Kind.Same, dtypes: Signed),
        Alias("negative", of: "neg", x => x[0].Negative(), x => x[0].NegativeInPlace()),
        Unary("positive", x => x.Positive(), kind: Kind.Same) with { Shares = Shares.Sometimes },
        Unary("reciprocal", x => x.Reciprocal(), "nonzero", x => x.ReciprocalInPlace()),
        Unary("abs", x => x.Abs(), "nonzero", x => x.AbsInPlace(), kind: Kind.Same),
        Alias("absolute", of: "abs", x => x[0].Absolute(), x => x[0].AbsoluteInPlace()),
        Unary("sign", x => x.Sign(), "nonzero", x => x.SignInPlace(), kind: Kind.Same),
        Unary("sgn", x => x.Sgn(), "nonzero", x => x.SgnInPlace(), kind: Kind.Same),
        Ternary("addcmul", (x, y, z) => x.Addcmul(y, z, value: 2), inPlace: (x, y, z) => x.AddcmulInPlace(y, z, value: 2)),
        Ternary("addcdiv", (x, y, z) => x.Addcdiv(y, z, value: 2), "any", "any", "nonzero", inPlace: (x, y, z) => x.AddcdivInPlace(y, z, value: 2), dtypes: Floats),
        Binary("lerp", (x, y) => x.Lerp(y, 0.3), inPlace: (x, y) => x.LerpInPlace(y, 0.3), dtypes: Floats),
        Ternary("lerp(tensor)", (x, y, z) => x.Lerp(y, z), "any", "any", "prob", inPlace: (x, y, z) => x.LerpInPlace(y, z), dtypes: Floats),
    ];

    private static IEnumerable<OpCase> Powers =>
    [
        Binary("pow", (x, y) => x.Pow(y), "positive", "any", (x, y) => x.PowInPlace(y), dtypes: Floats),
        Unary("pow(number)", x => x.Pow(3), "any", x => x.PowInPlace(3), kind: Kind.Same),
        Unary("pow(base)", x => Tensor.Pow(2.5, x), dtypes: Floats),
        Binary("float_power", (x, y) => x.FloatPower(y), "positive", "any", (x, y) => x.FloatPowerInPlace(y), dtypes: [DType.Float64]),
        Unary("sqrt", x => x.Sqrt(), "positive", x => x.SqrtInPlace()),
        Unary("rsqrt", x => x.Rsqrt(), "positive", x => x.RsqrtInPlace()),
        Unary("square", x => x.Square(), "any", x => x.SquareInPlace(), kind: Kind.Same),
    ];

    private static IEnumerable<OpCase> Elementary =>
    [
        Unary("exp", x => x.Exp(), inPlace: x => x.ExpInPlace()),
        Unary("exp2", x => x.Exp2(), inPlace: x => x.Exp2InPlace()),
        Unary("expm1", x => x.Expm1(), inPlace: x => x.Expm1InPlace()),
        Unary("log", x => x.Log(), "positive", x => x.LogInPlace()),
        Unary("log1p", x => x.Log1p(), "positive", x => x.Log1pInPlace()),
        Unary("log2", x => x.Log2(), "positive", x => x.Log2InPlace()),
        Unary("log10", x => x.Log10(), "positive", x => x.Log10InPlace()),
        Unary("sigmoid", x => x.Sigmoid(), inPlace: x => x.SigmoidInPlace()),
        Unary("erf", x => x.Erf(), inPlace: x => x.ErfInPlace()),
        Unary("erfc", x => x.Erfc(), inPlace: x => x.ErfcInPlace()),
        Unary("erfinv", x => x.Erfinv(), "unit", x => x.ErfinvInPlace()),
        Unary("sin", x => x.Sin(), inPlace: x => x.SinInPlace()),
        Unary("cos", x => x.Cos(), inPlace: x => x.CosInPlace()),
        Unary("tan", x => x.Tan(), "unit", x => x.TanInPlace()),
        Unary("asin", x => x.Asin(), "unit", x => x.AsinInPlace()),
        Alias("arcsin", of: "asin", x => x[0].Arcsin(), x => x[0].ArcsinInPlace()),
        Unary("acos", x => x.Acos(), "unit", x => x.AcosInPlace()),
        Alias("arccos", of: "acos", x => x[0].Arccos(), x => x[0].ArccosInPlace()),
        Unary("atan", x => x.Atan(), inPlace: x => x.AtanInPlace()),
        Alias("arctan", of: "atan", x => x[0].Arctan(), x => x[0].ArctanInPlace()),
        Binary("atan2", (x, y) => x.Atan2(y), "nonzero", "nonzero", (x, y) => x.Atan2InPlace(y), kind: Kind.Floating),
        Alias("arctan2", of: "atan2", x => x[0].Arctan2(x[1]), x => x[0].Arctan2InPlace(x[1])),
        Unary("sinh", x => x.Sinh(), inPlace: x => x.SinhInPlace()),
        Unary("cosh", x => x.Cosh(), inPlace: x => x.CoshInPlace()),
        Unary("tanh", x => x.Tanh(), inPlace: x => x.TanhInPlace()),
        Unary("asinh", x => x.Asinh(), inPlace: x => x.AsinhInPlace()),
        Alias("arcsinh", of: "asinh", x => x[0].Arcsinh(), x => x[0].ArcsinhInPlace()),
        Unary("acosh", x => x.Acosh(), "above1", x => x.AcoshInPlace()),
        Alias("arccosh", of: "acosh", x => x[0].Arccosh(), x => x[0].ArccoshInPlace()),
        Unary("atanh", x => x.Atanh(), "unit", x => x.AtanhInPlace()),
        Alias("arctanh", of: "atanh", x => x[0].Arctanh(), x => x[0].ArctanhInPlace()),
    ];

    private static IEnumerable<OpCase> Rounding =>
    [
        Unary("floor", x => x.Floor(), inPlace: x => x.FloorInPlace(), kind: Kind.Same),
        Unary("ceil", x => x.Ceil(), inPlace: x => x.CeilInPlace(), kind: Kind.Same),
        Unary("trunc", x => x.Trunc(), inPlace: x => x.TruncInPlace(), kind: Kind.Same),
        Alias("fix", of: "trunc", x => x[0].Fix(), x => x[0].FixInPlace()),
        Unary("round", x => x.Round(), inPlace: x => x.RoundInPlace(), kind: Kind.Same),
        Unary("round(decimals)", x => x.Round(decimals: 1), inPlace: x => x.RoundInPlace(decimals: 1), kind: Kind.Same, dtypes: [DType.Float32, DType.Float64]),
        Unary("frac", x => x.Frac(), inPlace: x => x.FracInPlace(), kind: Kind.Same, dtypes: Floats),
        Unary("clamp", x => x.Clamp(-1, 1), inPlace: x => x.ClampInPlace(-1, 1), kind: Kind.Same),
        Ternary("clamp(tensors)", (x, y, z) => x.Clamp(y, z), "any", "small", "prob", inPlace: (x, y, z) => x.ClampInPlace(y, z)),
        Alias("clip", of: "clamp", x => x[0].Clip(-1, 1), x => x[0].ClipInPlace(-1, 1)),
        Unary("clamp_min", x => x.ClampMin(0.5), inPlace: x => x.ClampMinInPlace(0.5), kind: Kind.Same, dtypes: Floats),
        Binary("clamp_min(tensor)", (x, y) => x.ClampMin(y), inPlace: (x, y) => x.ClampMinInPlace(y)),
        Unary("clamp_max", x => x.ClampMax(0.5), inPlace: x => x.ClampMaxInPlace(0.5), kind: Kind.Same, dtypes: Floats),
        Binary("clamp_max(tensor)", (x, y) => x.ClampMax(y), inPlace: (x, y) => x.ClampMaxInPlace(y)),
        Binary("maximum", (x, y) => x.Maximum(y), dtypes: Everything),
        Binary("minimum", (x, y) => x.Minimum(y), dtypes: Everything),
        Binary("fmax", (x, y) => x.Fmax(y), dtypes: Everything),
        Binary("fmin", (x, y) => x.Fmin(y), dtypes: Everything),
    ];

    private static IEnumerable<OpCase> Comparison =>
    [
        Compare("eq", (x, y) => x.Eq(y), (x, y) => x.EqInPlace(y)),
        Compare("ne", (x, y) => x.Ne(y), (x, y) => x.NeInPlace(y)),
        Alias("not_equal", of: "ne", x => x[0].NotEqual(x[1]), x => x[0].NotEqualInPlace(x[1])),
        Compare("lt", (x, y) => x.Lt(y), (x, y) => x.LtInPlace(y)),
        Alias("less", of: "lt", x => x[0].Less(x[1]), x => x[0].LessInPlace(x[1])),
        Compare("le", (x, y) => x.Le(y), (x, y) => x.LeInPlace(y)),
        Alias("less_equal", of: "le", x => x[0].LessEqual(x[1]), x => x[0].LessEqualInPlace(x[1])),
        Compare("gt", (x, y) => x.Gt(y), (x, y) => x.GtInPlace(y)),
        Alias("greater", of: "gt", x => x[0].Greater(x[1]), x => x[0].GreaterInPlace(x[1])),
        Compare("ge", (x, y) => x.Ge(y), (x, y) => x.GeInPlace(y)),
        Alias("greater_equal", of: "ge", x => x[0].GreaterEqual(x[1]), x => x[0].GreaterEqualInPlace(x[1])),
        Compare("isclose", (x, y) => x.Isclose(y, rtol: 0.5)),
        Test("isnan", x => x.Isnan()),
        Test("isinf", x => x.Isinf()),
        Test("isfinite", x => x.Isfinite()),
        Test("isposinf", x => x.Isposinf()),
        Test("isneginf", x => x.Isneginf()),
        Test("isreal", x => x.Isreal()),
        Test("signbit", x => x.Signbit()),
        Compare("logical_and", (x, y) => x.LogicalAnd(y), (x, y) => x.LogicalAndInPlace(y)),
        Compare("logical_or", (x, y) => x.LogicalOr(y), (x, y) => x.LogicalOrInPlace(y)),
        Compare("logical_xor", (x, y) => x.LogicalXor(y), (x, y) => x.LogicalXorInPlace(y)),
        Unary("logical_not", x => x.LogicalNot(), inPlace: x => x.LogicalNotInPlace(), kind: Kind.Bool, gradient: false, dtypes: Everything),
        Ternary("where", (condition, x, y) => Tensor.Where(condition, x, y), "bool", "any", "any", dtypes: Everything),
        Binary("where(condition)", (x, y) => x.Where(y.Gt(0), 3), kind: Kind.Same),
    ];

    private static IEnumerable<OpCase> Bits =>
    [
        Bitwise("bitwise_and", (x, y) => x.BitwiseAnd(y), (x, y) => x.BitwiseAndInPlace(y), IntegersAndBool),
        Bitwise("bitwise_or", (x, y) => x.BitwiseOr(y), (x, y) => x.BitwiseOrInPlace(y), IntegersAndBool),
        Bitwise("bitwise_xor", (x, y) => x.BitwiseXor(y), (x, y) => x.BitwiseXorInPlace(y), IntegersAndBool),
        Bitwise("bitwise_left_shift", (x, y) => x.BitwiseLeftShift(y), (x, y) => x.BitwiseLeftShiftInPlace(y), [DType.Int16, DType.Int32, DType.Int64]),
        Bitwise("bitwise_right_shift", (x, y) => x.BitwiseRightShift(y), (x, y) => x.BitwiseRightShiftInPlace(y), SignedIntegers),
        Unary("bitwise_not", x => x.BitwiseNot(), inPlace: x => x.BitwiseNotInPlace(), kind: Kind.Same, gradient: false, dtypes: SignedIntegers),
    ];

    private static OpCase Compare(string id, Func<Tensor, Tensor, Tensor> run, Func<Tensor, Tensor, Tensor>? inPlace = null) => Binary(id, run, inPlace: inPlace, kind: Kind.Bool, gradient: false, dtypes: Everything);

    private static OpCase Test(string id, Func<Tensor, Tensor> run) => Unary(id, run, kind: Kind.Bool, gradient: false, dtypes: Everything);

    private static OpCase Bitwise(string id, Func<Tensor, Tensor, Tensor> run, Func<Tensor, Tensor, Tensor> inPlace, DType[] dtypes) => Binary(id, run, "any", "positive", inPlace, gradient: false, dtypes: dtypes) with { Base = DType.Int64 };
}
