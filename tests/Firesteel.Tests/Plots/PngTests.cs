using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Firesteel.Plots;

namespace Firesteel.Tests.Plots;

public class PngTests
{
    [Fact]
    public void PixelsComeBackFromTheFile()
    {
        byte[] rgba = [1, 2, 3, 255, 4, 5, 6, 128, 250, 0, 9, 0, 1, 1, 1, 1, 9, 8, 7, 6, 0, 255, 0, 255];
        var file = Png.Encode(rgba, 2, 3);
        var data = Chunks(file).Single(c => c.Type == "IDAT").Data;
        var raw = new MemoryStream();
        new ZLibStream(new MemoryStream(data), CompressionMode.Decompress).CopyTo(raw);
        var rows = raw.ToArray();
        Assert.Equal(3 * 9, rows.Length);
        var read = new byte[24];
        for (var row = 0; row < 3; row++)
        {
            Assert.Equal(2, rows[row * 9]); // "up"
            for (var i = 0; i < 8; i++)
                read[(row * 8) + i] = (byte)(rows[(row * 9) + 1 + i] + (row > 0 ? read[((row - 1) * 8) + i] : 0));
        }
        Assert.Equal(rgba, read);
    }

    [Fact]
    public void TheEndChunkHasItsKnownChecksum() =>
        // Every PNG file ends in the same twelve bytes.
        Assert.Equal([0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82], Png.Encode(new byte[4], 1, 1)[^12..]);

    [Fact]
    public void TheHeaderHoldsTheSize()
    {
        var header = Chunks(Png.Encode(new byte[4 * 5 * 7], 5, 7)).First();
        Assert.Equal("IHDR", header.Type);
        Assert.Equal([0, 0, 0, 5, 0, 0, 0, 7, 8, 6, 0, 0, 0], header.Data);
    }

    private static IEnumerable<(string Type, byte[] Data)> Chunks(byte[] file)
    {
        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], file[..8]);
        for (var at = 8; at < file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            yield return (Encoding.ASCII.GetString(file, at + 4, 4), file[(at + 8)..(at + 8 + length)]);
            at += 12 + length;
        }
    }
}
