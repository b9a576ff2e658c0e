namespace Firesteel.Io;

/// <summary>What a safetensors file says of one tensor.</summary>
public sealed class SafetensorsEntry
{
    internal SafetensorsEntry(string name, string format, DType? dtype, Shape shape, ByteSource source, long offset, long byteCount) =>
        (Name, Format, DType, Shape, Source, Offset, ByteCount) = (name, format, dtype, shape, source, offset, byteCount);

    /// <summary>The name of the tensor: a name, never a path.</summary>
    public string Name { get; }

    /// <summary>The element type by its name in the format, such as <c>F32</c> or <c>F8_E4M3</c>.</summary>
    public string Format { get; }

    /// <summary>The element type; null if tensors have none such, and then the tensor cannot be read.</summary>
    public DType? DType { get; }

    /// <summary>The sizes.</summary>
    public Shape Shape { get; }

    /// <summary>The bytes of the elements in the file.</summary>
    public long ByteCount { get; }

    internal ByteSource Source { get; }

    /// <summary>Where the elements start in the file.</summary>
    internal long Offset { get; }

    /// <summary>The checksum of the elements, if the file has one.</summary>
    internal uint? Crc { get; set; }

    /// <summary>Name, type and shape.</summary>
    public override string ToString() => $"{Name}: {Format} [{string.Join(", ", Shape)}]";

    /// <summary>The tensor, without a copy if it lies aligned in the file.</summary>
    internal Tensor Read() => DType is { } dtype
        ? Source.Tensor(Offset, Shape, dtype, $"tensor '{Name}'")
        : throw Source.Error(Offset, $"tensor '{Name}' has elements of type {Format}, which is not supported");

    /// <summary>The tensor in memory of its own.</summary>
    internal Tensor Copy()
    {
        if (DType is not { } dtype) return Read();
        var view = Tensor.Allocate(Shape, dtype);
        TensorBytes.Fill(view, (at, span) => Source.Read(Offset + at, span, $"tensor '{Name}'"));
        return new Tensor(view);
    }

    /// <summary>Compares the checksum.</summary>
    internal void Verify()
    {
        if (Crc is not { } expected) throw Source.Error(Offset, $"tensor '{Name}' cannot be verified: the file has no checksum of it");
        uint crc = 0;
        Source.Visit(Offset, ByteCount, $"tensor '{Name}'", piece => crc = Crc32.Append(crc, piece));
        if (crc != expected) throw Source.Error(Offset, $"tensor '{Name}' is damaged: its checksum is {crc:x8} instead of {expected:x8}");
    }
}
