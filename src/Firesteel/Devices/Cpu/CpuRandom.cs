using System.Runtime.InteropServices;

namespace Firesteel;

/// <summary><see cref="RandomKernel"/> on the CPU. One thread draws: the stream is serial by nature.</summary>
internal static unsafe class CpuRandom
{
    public static void Run(RandomKernel kernel, in CpuView output, ReadOnlySpan<CpuView> parameters)
    {
        var generator = kernel.Generator;
        lock (generator.Gate)
        {
            switch (kernel.Distribution)
            {
                case Distribution.Uniform:
                    Expect(parameters, 2, "uniform");
                    CpuRandomUniform.Run(generator, output, Number(parameters[0]).AsDouble, Number(parameters[1]).AsDouble);
                    break;
                case Distribution.Normal:
                    Expect(parameters, 2, "normal");
                    CpuRandomNormal.Run(generator, output, Number(parameters[0]).AsDouble, Number(parameters[1]).AsDouble);
                    break;
                case Distribution.LogNormal:
                    Expect(parameters, 2, "log_normal");
                    CpuRandomNormal.RunLog(generator, output, Number(parameters[0]).AsDouble, Number(parameters[1]).AsDouble);
                    break;
                case Distribution.Exponential:
                    Expect(parameters, 1, "exponential");
                    RequireFloating(output.DType, "exponential");
                    double rate = Number(parameters[0]).AsDouble;
                    if (!(rate > 0)) throw new ArgumentException($"exponential_ expects lambda > 0.0, but found lambda={rate}");
                    Transform(generator, output, new ExponentialDraw(rate));
                    break;
                case Distribution.Cauchy:
                    Expect(parameters, 2, "cauchy");
                    RequireFloating(output.DType, "cauchy");
                    double median = Number(parameters[0]).AsDouble, sigma = Number(parameters[1]).AsDouble;
                    if (!(sigma > 0)) throw new ArgumentException($"cauchy_ expects sigma > 0.0, but found sigma={sigma}");
                    Transform(generator, output, new CauchyDraw(median, sigma));
                    break;
                case Distribution.Geometric:
                    Expect(parameters, 1, "geometric");
                    double p = Number(parameters[0]).AsDouble;
                    if (output.DType == DType.Bool) throw new ArgumentException("geometric is not implemented for bool");
                    if (!(p > 0 && p < 1)) throw new ArgumentException($"geometric_ expects p to be in (0, 1), but got p={p}");
                    Transform(generator, output, new GeometricDraw(p));
                    break;
                case Distribution.Bernoulli:
                    Expect(parameters, 1, "bernoulli");
                    CpuRandomBernoulli.Run(generator, output, parameters[0]);
                    break;
                case Distribution.Integer:
                    if (parameters.Length > 2) Expect(parameters, 2, "random");
                    CpuRandomInteger.Run(generator, output, parameters.Length > 0 ? Number(parameters[0]).AsLong : null, parameters.Length > 1 ? Number(parameters[1]).AsLong : null);
                    break;
                case Distribution.Permutation:
                    Expect(parameters, 0, "randperm");
                    CpuRandomInteger.Permute(generator, output);
                    break;
                case Distribution.Multinomial:
                    Expect(parameters, 2, "multinomial");
                    CpuMultinomial.Run(generator, output, parameters[0], Number(parameters[1]).AsBool);
                    break;
                default:
                    throw new NotSupportedException($"The CPU does not know the distribution {kernel.Distribution}.");
            }
        }
    }

    /// <summary>Fills the output with a function of uniform numbers in [0, 1) of 53 bits.</summary>
    public static void Transform<TDraw>(Generator generator, in CpuView output, TDraw draw)
        where TDraw : struct, IUniformTransform
    {
        var writer = new CpuRandomWriter(output);
        Span<double> chunk = stackalloc double[CpuRandomWriter.Chunk];
        for (int count; (count = writer.Remaining) > 0;)
        {
            var values = chunk[..count];
            Uniforms(generator.Engine, values);
            for (int i = 0; i < values.Length; i++) values[i] = draw.Apply(values[i]);
            writer.Write<double>(values);
        }
    }

    /// <summary>Uniform numbers in [0, 1) of 53 bits.</summary>
    public static void Uniforms(Mt19937 engine, Span<double> values)
    {
        engine.Fill(MemoryMarshal.Cast<double, uint>(values));
        var bits = MemoryMarshal.Cast<double, ulong>(values);
        for (int i = 0; i < values.Length; i++)
        {
            ulong word = BitConverter.IsLittleEndian ? (bits[i] << 32) | (bits[i] >> 32) : bits[i];
            values[i] = (word & ((1UL << 53) - 1)) * (1.0 / (1UL << 53));
        }
    }

    /// <summary>Uniform numbers in [0, 1) of 24 bits.</summary>
    public static void Uniforms(Mt19937 engine, Span<float> values)
    {
        engine.Fill(MemoryMarshal.Cast<float, uint>(values));
        var bits = MemoryMarshal.Cast<float, int>(values);
        for (int i = 0; i < values.Length; i++) values[i] = (bits[i] & 0xFFFFFF) * (1f / (1 << 24));
    }

    /// <summary>The value of a parameter that is one number.</summary>
    public static Scalar Number(in CpuView parameter)
    {
        if (parameter.IsScalar) return parameter.Scalar;
        if (parameter.Shape.NumElements != 1) throw new ArgumentException($"The parameter of a distribution must be one number here, not {parameter.Shape}.");
        return parameter.DType switch
        {
            DType.Float64 => *(double*)parameter.Data,
            DType.Float32 => *(float*)parameter.Data,
            DType.Float16 => (float)*(Half*)parameter.Data,
            DType.BFloat16 => (float)*(BFloat16*)parameter.Data,
            DType.Int64 => *(long*)parameter.Data,
            DType.Int32 => *(int*)parameter.Data,
            DType.Int16 => *(short*)parameter.Data,
            DType.Int8 => *(sbyte*)parameter.Data,
            DType.UInt8 => *parameter.Data,
            _ => *parameter.Data != 0,
        };
    }

    public static void RequireFloating(DType dtype, string name)
    {
        if (!dtype.IsFloatingPoint()) throw new ArgumentException($"{name} is not implemented for {dtype.Name()}; the result must be float32, float64, float16 or bfloat16.");
    }

    private static void Expect(ReadOnlySpan<CpuView> parameters, int count, string name)
    {
        if (parameters.Length != count) throw new ArgumentException($"{name} takes {count} parameters, not {parameters.Length}.");
    }
}
