using Firesteel.Data;

namespace Firesteel.Tests;

public sealed class IdxTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static byte[] File(byte type, int[] sizes, params byte[] data) =>
        [0, 0, type, (byte)sizes.Length, .. sizes.SelectMany(s => new[] { (byte)(s >> 24), (byte)(s >> 16), (byte)(s >> 8), (byte)s }), .. data];

    private Tensor Read(byte[] content, bool packed) => Idx.Read(_folder.Write("a", packed ? TemporaryFolder.Gzip(content) : content));

    private string Error(byte[] content, bool packed = false)
    {
        string message = Assert.Throws<InvalidDataException>(() => Read(content, packed)).Message;
        Assert.StartsWith(_folder.File("a"), message);
        return message;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EveryDtype(bool packed)
    {
        Check(0x08, DType.UInt8, [1, 255], [1, 255]);
        Check(0x09, DType.Int8, [1, 255], [1, -1]);
        Check(0x0B, DType.Int16, [1, 2, 0xFF, 0xFE], [258, -2]);
        Check(0x0C, DType.Int32, [1, 2, 3, 4, 0xFF, 0xFF, 0xFF, 0xFE], [16909060, -2]);
        Check(0x0D, DType.Float32, [0x3F, 0xC0, 0, 0, 0xC0, 0x20, 0, 0], [1.5, -2.5]);
        Check(0x0E, DType.Float64, [0x3F, 0xF8, 0, 0, 0, 0, 0, 0, 0xC0, 4, 0, 0, 0, 0, 0, 0], [1.5, -2.5]);

        void Check(byte type, DType dtype, byte[] data, double[] expected)
        {
            var tensor = Read(File(type, [1, 2], data), packed);
            Assert.Equal(dtype, tensor.DType);
            Assert.Equal([1L, 2], tensor.Shape);
            Assert.Equal(expected, tensor.ToArray<double>());
        }
    }

    [Fact]
    public void Shapes()
    {
        Assert.Equal([2L, 1, 3], Read(File(8, [2, 1, 3], 1, 2, 3, 4, 5, 6), true).Shape);
        Assert.Equal([0L, 28, 28], Read(File(8, [0, 28, 28]), true).Shape);
        Assert.Equal(7, Read(File(8, [], 7), false).Item());
        Assert.Equal(0, Read(File(8, [0, -1, -1]), false).NumElements);
        Assert.Equal(3 << 20, Read(File(8, [3 << 20], new byte[3 << 20]), true).NumElements); // more than one piece
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Broken(bool packed)
    {
        Assert.Contains("cut off within the header", Error([], packed));
        Assert.Contains("cut off within the header", Error([0, 0, 8], packed));
        Assert.Contains("cut off within the header", Error(File(8, [3])[..6], packed));
        Assert.Contains("magic number 0x00000A01", Error(File(10, [1], 1), packed));
        Assert.Contains("magic number 0x01000801", Error([1, .. File(8, [1], 1)[1..]], packed));
        Assert.Contains("cut off: [2, 3] elements of uint8 take 6 bytes, and 5 follow", Error(File(8, [2, 3], 1, 2, 3, 4, 5), packed));
        Assert.Contains("more data follows", Error(File(8, [2], 1, 2, 3), packed));
        Assert.Contains("more than 2 GB", Error(File(8, [-1, -1, -1, -1]), packed));
        Assert.Contains("more than 2 GB", Error(File(14, [1 << 29]), packed));
        Assert.Contains("cut off: [", Error(File(8, [2147483000], 1), packed)); // nothing near 2 GB is allocated for it
    }

    [Fact]
    public void LittleIsAllocatedForALie()
    {
        string path = _folder.Write("lie", TemporaryFolder.Gzip(File(8, [2147483000], new byte[100])));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidDataException>(() => Idx.Read(path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Fact]
    public void DamagedCompression()
    {
        byte[] packed = TemporaryFolder.Gzip(File(8, [1000], [.. Enumerable.Range(0, 1000).Select(i => (byte)(i * i))]));
        foreach (int cut in new[] { 3, 12, packed.Length / 2, packed.Length - 9, packed.Length - 8, packed.Length - 1 }) Error(packed[..cut]);
        byte[] damaged = [.. packed];
        damaged[^6] ^= 1; // the checksum
        Error(damaged);
    }

    [Fact]
    public void Missing() => Assert.Throws<FileNotFoundException>(() => Idx.Read(_folder.File("none")));
}
