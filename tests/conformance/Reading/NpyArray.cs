using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Firesteel.Conformance;

/// <summary>One array of NumPy's .npy format: its sizes and its elements in row-major order. Complex arrays are recognised and carry no elements.</summary>
public sealed partial record NpyArray(string DType, long[] Shape, Array? Data)
{
    /// <summary>True for complex64 and complex128, which Firesteel has no element type for.</summary>
    public bool IsComplex => DType.StartsWith("complex", StringComparison.Ordinal);

    public long Length
    {
        get
        {
            long n = 1;
            foreach (long size in Shape) n *= size;
            return n;
        }
    }

    /// <summary>The elements as doubles; exact for every type but int64 beyond 2^53.</summary>
    public double[] ToDoubles() => Data switch
    {
        double[] d => d,
        float[] f => Array.ConvertAll(f, x => (double)x),
        Half[] h => Array.ConvertAll(h, x => (double)x),
        bool[] b => Array.ConvertAll(b, x => x ? 1.0 : 0.0),
        null => throw new NotSupportedException($"{DType} has no elements here"),
        var other => Array.ConvertAll(ToLongs(other), x => (double)x),
    };

    /// <summary>The elements of an integer or bool array.</summary>
    public long[] ToLongs() => ToLongs(Data ?? throw new NotSupportedException($"{DType} has no elements here"));

    public static long[] ToLongs(Array data) => data switch
    {
        long[] l => l,
        int[] i => Array.ConvertAll(i, x => (long)x),
        short[] s => Array.ConvertAll(s, x => (long)x),
        sbyte[] s => Array.ConvertAll(s, x => (long)x),
        byte[] b => Array.ConvertAll(b, x => (long)x),
        bool[] b => Array.ConvertAll(b, x => x ? 1L : 0L),
        _ => throw new NotSupportedException($"{data.GetType().Name} holds no integers"),
    };

    /// <summary>Reads one .npy file.</summary>
    /// <exception cref="InvalidDataException">Not a .npy file, an unknown type, or fewer bytes than the sizes promise.</exception>
    public static NpyArray Parse(ReadOnlySpan<byte> file)
    {
        if (file.Length < 10 || file[0] != 0x93 || !file[1..6].SequenceEqual("NUMPY"u8))
            throw new InvalidDataException("npy: the magic bytes \\x93NUMPY are missing");
        int headerStart = file[6] >= 2 ? 12 : 10;
        if (file.Length < headerStart) throw new InvalidDataException("npy: the header is cut off");
        long headerLength = file[6] >= 2 ? BinaryPrimitives.ReadUInt32LittleEndian(file[8..]) : BinaryPrimitives.ReadUInt16LittleEndian(file[8..]);
        if (headerStart + headerLength > file.Length) throw new InvalidDataException($"npy: a header of {headerLength} bytes does not fit in {file.Length} bytes");
        string header = Encoding.UTF8.GetString(file.Slice(headerStart, (int)headerLength));
        var body = file[(headerStart + (int)headerLength)..];

        string descr = DescrPattern().Match(header) is { Success: true } d ? d.Groups[1].Value : throw new InvalidDataException($"npy: no descr in {header}");
        bool fortran = FortranPattern().Match(header) is { Success: true } f && f.Groups[1].Value == "True";
        string sizes = ShapePattern().Match(header) is { Success: true } s ? s.Groups[1].Value : throw new InvalidDataException($"npy: no shape in {header}");
        long[] shape = [.. sizes.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(x => long.Parse(x.TrimEnd('L'), CultureInfo.InvariantCulture))];

        string name = descr switch
        {
            "|b1" => "bool",
            "|u1" => "uint8",
            "|i1" => "int8",
            "<i2" => "int16",
            "<i4" => "int32",
            "<i8" => "int64",
            "<f2" => "float16",
            "<f4" => "float32",
            "<f8" => "float64",
            "<c8" => "complex64",
            "<c16" => "complex128",
            _ => throw new InvalidDataException($"npy: elements of type {descr} are not read here"),
        };
        if (name.StartsWith("complex", StringComparison.Ordinal)) return new NpyArray(name, shape, null);
        Array data = name switch
        {
            "bool" => Elements<bool>(body, shape),
            "uint8" => Elements<byte>(body, shape),
            "int8" => Elements<sbyte>(body, shape),
            "int16" => Elements<short>(body, shape),
            "int32" => Elements<int>(body, shape),
            "int64" => Elements<long>(body, shape),
            "float16" => Elements<Half>(body, shape),
            "float32" => Elements<float>(body, shape),
            _ => Elements<double>(body, shape),
        };
        return new NpyArray(name, shape, fortran && shape.Length > 1 ? RowMajor(data, shape) : data);
    }

    private static T[] Elements<T>(ReadOnlySpan<byte> body, long[] shape) where T : unmanaged
    {
        long n = 1;
        foreach (long size in shape) n = checked(n * size);
        int itemSize = Marshal.SizeOf<T>();
        if (typeof(T) == typeof(bool)) itemSize = 1;
        if (body.Length < n * itemSize) throw new InvalidDataException($"npy: {n} elements promised, bytes for {body.Length / itemSize} found");
        return MemoryMarshal.Cast<byte, T>(body)[..(int)n].ToArray();
    }

    private static Array RowMajor(Array columnMajor, long[] shape)
    {
        var result = Array.CreateInstance(columnMajor.GetType().GetElementType()!, columnMajor.Length);
        var index = new long[shape.Length];
        for (int i = 0; i < columnMajor.Length; i++)
        {
            long from = 0, stride = 1;
            for (int d = 0; d < shape.Length; d++)
            {
                from += index[d] * stride;
                stride *= shape[d];
            }
            result.SetValue(columnMajor.GetValue(from), i);
            for (int d = shape.Length - 1; d >= 0 && ++index[d] == shape[d]; d--) index[d] = 0;
        }
        return result;
    }

    [GeneratedRegex("'descr'\\s*:\\s*'([^']+)'")]
    private static partial Regex DescrPattern();

    [GeneratedRegex("'fortran_order'\\s*:\\s*(True|False)")]
    private static partial Regex FortranPattern();

    [GeneratedRegex("'shape'\\s*:\\s*\\(([^)]*)\\)")]
    private static partial Regex ShapePattern();
}
