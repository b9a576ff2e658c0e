using System.Globalization;

namespace Firesteel.Conformance;

/// <summary>Compares results with recorded ones: exact types and sizes, values as torch.testing.assert_close does.</summary>
public static class Comparison
{
    /// <summary>Relative and absolute tolerance by element type.</summary>
    public static (double Relative, double Absolute) Tolerance(string dtype) => dtype switch
    {
        "float16" => (1e-3, 1e-5),
        "bfloat16" => (1.6e-2, 1e-5),
        "float32" => (1.3e-6, 1e-5),
        "float64" => (1e-7, 1e-7),
        _ => (0, 0),
    };

    /// <summary>Null when equal, else what differs. <paramref name="where"/> names the compared thing ("output 1", "gradient of args[0]").</summary>
    public static string? Difference(object? actual, CaseValue expected, string where, bool values = true)
    {
        switch (expected)
        {
            case TensorValue tensor:
                if (actual is not Tensor live) return $"{where}: {Describe(actual)} instead of {tensor}";
                return TensorDifference(live, tensor, where, values);
            case BoolValue logical: return Number(actual) is { } b && (b != 0) == logical.Value ? null : $"{where}: {Describe(actual)} instead of {logical}";
            case IntValue integer: return Number(actual) is { } i && i == integer.Value ? null : $"{where}: {Describe(actual)} instead of {integer}";
            case FloatValue real: return Number(actual) is { } d && Close(d, real.Value, 1e-7, 1e-7) ? null : $"{where}: {Describe(actual)} instead of {real}";
            case StringValue text: return actual as string == text.Value ? null : $"{where}: {Describe(actual)} instead of {text}";
            default: return $"{where}: cannot compare {Describe(actual)} with {expected}";
        }
    }

    private static string? TensorDifference(Tensor actual, TensorValue expected, string where, bool values)
    {
        string dtype = actual.DType.Name();
        long[] shape = actual.Shape.ToArray();
        if (dtype != expected.DType) return $"{where}: dtype {dtype} instead of {expected.DType}";
        if (!shape.SequenceEqual(expected.Shape)) return $"{where}: shape [{string.Join(",", shape)}] instead of [{string.Join(",", expected.Shape)}]";
        if (!values) return null;
        if (expected.Data is not { } data) return $"{where}: the array {expected.Name} is missing from the case file";
        var elements = Tensors.Elements(actual);
        if (elements is long[] or int[] or short[] or sbyte[] or byte[] or bool[])
        {
            long[] got = NpyArray.ToLongs(elements), want = data.ToLongs();
            int bad = 0, first = -1;
            for (int i = 0; i < want.Length; i++)
            {
                if (got[i] == want[i]) continue;
                bad++;
                if (first < 0) first = i;
            }
            return bad == 0 ? null : $"{where}: {bad} of {want.Length} values differ, first at {At(first, shape)}: {got[first]} instead of {want[first]}";
        }
        var (relative, absolute) = Tolerance(expected.DType);
        return RealDifference(ToDoubles(elements), data.ToDoubles(), relative, absolute, shape, where);
    }

    public static double[] ToDoubles(Array elements) => new NpyArray("", [], elements).ToDoubles();

    /// <summary>Compares floating-point values; NaN equals NaN.</summary>
    public static string? RealDifference(double[] got, double[] want, double relative, double absolute, long[] shape, string where)
    {
        if (got.Length != want.Length) return $"{where}: {got.Length} values instead of {want.Length}";
        int bad = 0, worst = -1;
        double worstError = -1;
        for (int i = 0; i < want.Length; i++)
        {
            if (Close(got[i], want[i], relative, absolute)) continue;
            bad++;
            double error = Math.Abs(got[i] - want[i]);
            if (double.IsNaN(error)) error = double.PositiveInfinity;
            if (error <= worstError) continue;
            worstError = error;
            worst = i;
        }
        if (bad == 0) return null;
        string ratio = want[worst] == 0 || double.IsInfinity(worstError) ? "" : string.Create(CultureInfo.InvariantCulture, $" (relative {worstError / Math.Abs(want[worst]):0.0e+0})");
        return string.Create(CultureInfo.InvariantCulture, $"{where}: {bad} of {want.Length} values differ, worst by {worstError:0.0e+0}{ratio} at {At(worst, shape)}: {got[worst]:R} instead of {want[worst]:R}");
    }

    public static bool Close(double got, double want, double relative, double absolute)
    {
        if (got == want || double.IsNaN(got) && double.IsNaN(want)) return true;
        if (double.IsNaN(got) || double.IsNaN(want) || double.IsInfinity(got) || double.IsInfinity(want)) return false;
        return Math.Abs(got - want) <= absolute + relative * Math.Abs(want);
    }

    private static double? Number(object? value) => value switch
    {
        bool b => b ? 1 : 0,
        Scalar s => s.AsDouble,
        Tensor { NumElements: 1 } t => ToDoubles(Tensors.Elements(t))[0],
        IConvertible c and not string => c.ToDouble(CultureInfo.InvariantCulture),
        _ => null,
    };

    private static string Describe(object? value) => value switch
    {
        null => "nothing",
        Tensor t => $"{t.DType.Name()}[{string.Join(",", t.Shape.ToArray())}]",
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? value.GetType().Name,
    };

    private static string At(int index, long[] shape)
    {
        var position = new long[shape.Length];
        long rest = index;
        for (int d = shape.Length - 1; d >= 0; d--)
        {
            position[d] = rest % shape[d];
            rest /= shape[d];
        }
        return $"[{string.Join(",", position)}]";
    }
}
