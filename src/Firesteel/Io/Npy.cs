using System.Globalization;

namespace Firesteel.Io;

/// <summary>NumPy's format for one array (<c>numpy.load</c>, <c>numpy.save</c>).</summary>
public static class Npy
{
    /// <summary>
    /// The array in a file; column-major ones become tensors with such strides, big-endian ones are converted, complex ones get a last dimension of real and imaginary
    /// part (<c>torch.view_as_real</c>). Elements are read from the file when they are used, if they lie there as tensors need them.
    /// </summary>
    /// <exception cref="CheckpointFormatException">The file is damaged or of another kind, or has elements that are not supported: objects, records, text, dates, unsigned integers above 8 bits, long doubles.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static Tensor Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Load(ByteSource.Open(path));
    }

    internal static Tensor Load(ByteSource source)
    {
        var header = NpyHeader.Read(source);
        var (dtype, isComplex, swap) = ElementType(source, header.Descr);
        var claimed = CheckpointShape.Of(source, header.DataOffset, isComplex ? [.. header.Sizes, 2] : header.Sizes, 8 * dtype.ItemSize(), "the array");
        int rank = header.Sizes.Count;
        var shape = header.FortranOrder ? Shape.Create([.. header.Sizes.Reverse(), .. claimed.AsSpan()[rank..]]) : claimed;
        var tensor = source.Tensor(header.DataOffset, shape, dtype, "the array");
        long end = header.DataOffset + shape.NumElements * dtype.ItemSize();
        if (end != source.Length) throw source.Error(end, $"{source.Length - end} bytes follow the array");
        if (swap) tensor = ByteOrder.Swapped(tensor);
        if (!header.FortranOrder) return tensor;
        return tensor.Permute([.. Enumerable.Range(0, rank).Select(d => (long)(rank - 1 - d)), .. isComplex ? [rank] : (long[])[]]);
    }

    /// <summary>Writes a tensor into a file that NumPy reads, in row-major order; it replaces one of this name as a whole.</summary>
    /// <exception cref="ArgumentException">The tensor is bfloat16, which NumPy lacks.</exception>
    /// <exception cref="IOException">The file cannot be written; the path holds what it held before.</exception>
    public static void Save(string path, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        byte[] header = Header(tensor);
        AtomicFile.Write(path, stream =>
        {
            stream.Write(header);
            TensorBytes.Visit(tensor.Detach().Contiguous(), stream.Write);
        });
    }

    /// <summary>What stands in front of the elements of a tensor.</summary>
    internal static byte[] Header(Tensor tensor) => NpyHeader.Write(Descr(tensor.DType), tensor.Shape);

    private static string Descr(DType dtype) => dtype switch
    {
        DType.Bool => "|b1",
        DType.UInt8 => "|u1",
        DType.Int8 => "|i1",
        DType.Int16 => "<i2",
        DType.Int32 => "<i4",
        DType.Int64 => "<i8",
        DType.Float16 => "<f2",
        DType.Float32 => "<f4",
        DType.Float64 => "<f8",
        _ => throw new ArgumentException($"NumPy has no {dtype.Name()}; convert the tensor with Float() first."),
    };

    private static (DType DType, bool IsComplex, bool Swap) ElementType(ByteSource source, string descr)
    {
        string type = descr is ['<' or '>' or '|' or '=', ..] ? descr[1..] : descr;
        var (dtype, isComplex) = type switch
        {
            "b1" => (DType.Bool, false),
            "u1" => (DType.UInt8, false),
            "i1" => (DType.Int8, false),
            "i2" => (DType.Int16, false),
            "i4" => (DType.Int32, false),
            "i8" => (DType.Int64, false),
            "f2" => (DType.Float16, false),
            "f4" => (DType.Float32, false),
            "f8" => (DType.Float64, false),
            "c8" => (DType.Float32, true),
            "c16" => (DType.Float64, true),
            _ => throw source.Error(0, $"arrays of type '{descr}'{Meaning(type)} are not supported"),
        };
        if (descr[0] == '|' && dtype.ItemSize() > 1) throw source.Error(0, $"the type '{descr}' lacks the order of bytes");
        return (dtype, isComplex, descr[0] == '>' && dtype.ItemSize() > 1);
    }

    private static string Meaning(string type) => type is [var kind, .. var size] && size.All(char.IsAsciiDigit)
        ? kind switch
        {
            'O' => " (Python objects, which are never loaded)",
            'U' => " (text)",
            'S' or 'a' => " (bytes)",
            'V' => " (raw data)",
            'M' or 'm' => " (dates)",
            'u' or 'i' => string.Create(CultureInfo.InvariantCulture, $" ({(kind == 'u' ? "un" : "")}signed integers of {size} bytes)"),
            'f' => $" (floating-point numbers of {size} bytes)",
            'c' => $" (complex numbers of {size} bytes)",
            _ => "",
        }
        : "";
}
