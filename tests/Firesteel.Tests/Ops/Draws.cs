using System.Globalization;

namespace Firesteel.Tests.Ops;

/// <summary>Random inputs for a line of the table. The same seed gives the same numbers.</summary>
public static class Draws
{
    /// <summary>Changes every draw; in the message of a failure, so that it can be repeated.</summary>
    public static int Seed { get; } = int.TryParse(Environment.GetEnvironmentVariable("FIRESTEEL_TEST_SEED"), CultureInfo.InvariantCulture, out int seed) ? seed : 0;

    /// <summary>The inputs of a sample, in <paramref name="dtype"/>; those that can require a gradient if <paramref name="requiresGrad"/> is set.</summary>
    public static Tensor[] Of(OpCase op, Sample sample, DType dtype, bool requiresGrad = false)
    {
        var random = new Random(HashCode(op.Id) ^ Seed);
        return Array.ConvertAll(sample.Inputs, input =>
        {
            var type = input.Fixed ?? dtype;
            var values = Values(random, input, type);
            return Tensor.From<double>(values, input.Shape, type, requiresGrad && !input.IsConstant && type.IsFloatingPoint());
        });
    }

    /// <summary>Numbers that are not all alike, to start backward with.</summary>
    public static Tensor Cotangent(Tensor output, int salt = 0)
    {
        var values = new double[output.NumElements];
        for (int i = 0; i < values.Length; i++) values[i] = Math.Cos(1.0 + i + (3 * salt));
        return Tensor.From<double>(values, output.Shape, output.DType);
    }

    private static double[] Values(Random random, SampleInput input, DType dtype)
    {
        var values = new double[input.Shape.Aggregate(1L, static (a, b) => a * b)];
        if (input.Domain == "distinct")
        {
            for (int i = 0; i < values.Length; i++) values[i] = dtype.IsFloatingPoint() ? (i - (values.Length / 2) + 0.25) * Math.Min(0.5, 100.0 / values.Length) : i;
            random.Shuffle(values);
            return values;
        }
        for (int i = 0; i < values.Length; i++) values[i] = dtype.IsFloatingPoint() ? Real(random, input.Domain) : Integer(random, input.Domain, dtype);
        return values;
    }

    private static double Real(Random random, string domain)
    {
        double u = random.NextDouble();
        return domain switch
        {
            "any" => (4 * u) - 2,
            "positive" => 0.2 + (2.3 * u),
            "unit" => (1.8 * u) - 0.9,
            "prob" => 0.1 + (0.8 * u),
            "nonzero" => (0.3 + (1.7 * u)) * (random.Next(2) == 0 ? 1 : -1),
            "above1" => 1.1 + (1.9 * u),
            "small" => (0.4 * u) - 0.2,
            "wide" => (12 * u) - 6,
            _ => throw new ArgumentException($"unknown domain {domain}"),
        };
    }

    private static double Integer(Random random, string domain, DType dtype)
    {
        if (domain.StartsWith("int<", StringComparison.Ordinal)) return random.Next(int.Parse(domain[4..], CultureInfo.InvariantCulture));
        if (dtype == DType.Bool) return domain is "positive" or "nonzero" or "above1" ? 1 : random.Next(2);
        bool signed = dtype != DType.UInt8;
        return domain switch
        {
            "any" or "wide" => random.Next(signed ? -5 : 0, 6),
            "positive" or "above1" => random.Next(1, 6),
            "unit" or "small" => random.Next(signed ? -1 : 0, 2),
            "prob" => random.Next(2),
            "nonzero" => random.Next(1, 6) * (signed && random.Next(2) == 0 ? -1 : 1),
            _ => throw new ArgumentException($"unknown domain {domain}"),
        };
    }

    /// <summary>Of a string, the same in every process.</summary>
    private static int HashCode(string text)
    {
        uint hash = 2166136261;
        foreach (char c in text) hash = (hash ^ c) * 16777619;
        return (int)hash;
    }
}
