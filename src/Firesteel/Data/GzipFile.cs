using System.Buffers.Binary;
using System.IO.Compression;

namespace Firesteel.Data;

/// <summary>
/// The content of a gzip file of one member, read to its end or not at all: where the file was cut off, .NET's own stream just ends. At the
/// end this one compares what came with the length that the file notes.
/// </summary>
internal sealed class GzipFile : Stream
{
    private readonly GZipStream _content;
    private readonly string _path;
    private readonly uint _expected;
    private long _read;

    public GzipFile(string path)
    {
        _path = path;
        var file = File.OpenRead(path);
        try
        {
            Span<byte> length = stackalloc byte[4];
            if (file.Length >= 18) // the smallest gzip file
            {
                file.Seek(-4, SeekOrigin.End);
                file.ReadExactly(length);
                file.Seek(0, SeekOrigin.Begin);
            }
            else throw CutOff();
            _expected = BinaryPrimitives.ReadUInt32LittleEndian(length);
            _content = new GZipStream(file, CompressionMode.Decompress);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int count;
        try
        {
            count = _content.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{_path}: the gzip data is damaged ({e.Message.TrimEnd('.')}).", e);
        }
        _read += count;
        if (count == 0 && buffer.Length > 0 && (uint)_read != _expected) throw CutOff();
        return count;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _content.Dispose();
        base.Dispose(disposing);
    }

    private InvalidDataException CutOff() => new($"{_path}: the gzip data is cut off.");
}
