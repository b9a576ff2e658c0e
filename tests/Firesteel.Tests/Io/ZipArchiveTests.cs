using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Firesteel.Io;

namespace Firesteel.Tests.Io;

public class ZipArchiveTests
{
    private static readonly byte[] s_text = Encoding.ASCII.GetBytes("Colourless green ideas sleep furiously. Colourless green ideas sleep furiously.");

    [Fact]
    public void ReadsStoredAndDeflatedFilesOfAnotherWriter()
    {
        byte[] archive = Archive(("a.txt", s_text, true), ("sub/ü.bin", [], false), ("../evil", [1, 2, 3], false));
        var zip = new ZipArchiveReader(ByteSource.Of(archive, "x.zip"));
        Assert.Equal(["a.txt", "sub/ü.bin", "../evil"], zip.Entries.Select(static e => e.Name));
        Assert.True(zip.Find("a.txt")!.IsDeflated);
        Assert.Equal(s_text, Bytes(zip, "a.txt"));
        Assert.Empty(Bytes(zip, "sub/ü.bin"));
        Assert.Equal([1, 2, 3], Bytes(zip, "../evil"));
        Assert.Null(zip.Find("b"));
    }

    [Fact]
    public void WritesWhatAnotherReaderReadsAligned()
    {
        using var stream = new MemoryStream();
        var writer = new ZipArchiveWriter(stream);
        var numbers = Tensor.Arange(1000);
        writer.Add("archive/data/0", [], numbers);
        writer.Add("é", s_text, Tensor.From(3f));
        writer.Add("empty", []);
        writer.Finish();
        Assert.Throws<ArgumentException>(() => writer.Add("empty", []));

        using var theirs = new ZipArchive(new MemoryStream(stream.ToArray()));
        Assert.Equal(["archive/data/0", "é", "empty"], theirs.Entries.Select(static e => e.FullName));
        using var content = new MemoryStream();
        theirs.Entries[0].Open().CopyTo(content);
        Assert.Equal(numbers.AsSpan<long>().ToArray(), System.Runtime.InteropServices.MemoryMarshal.Cast<byte, long>(content.ToArray()).ToArray());

        var ours = new ZipArchiveReader(ByteSource.Of(stream.ToArray(), "x.zip"));
        Assert.All(ours.Entries, static e => Assert.Equal(0, e.DataOffset % 64));
        Assert.Equal([.. s_text, .. BitConverter.GetBytes(3f)], Bytes(ours, "é"));
        var tensor = ours.Content(ours.Find("archive/data/0")!).Tensor(0, new long[] { 10, 100 }, DType.Int64, "the tensor");
        Assert.True(tensor.Equal(numbers.Reshape(10, 100)));
    }

    [Fact]
    public void ReadsAndWritesZip64()
    {
        // So many files that their count takes the wide record.
        using var stream = new MemoryStream();
        var writer = new ZipArchiveWriter(stream);
        for (int i = 0; i < 70_000; i++) writer.Add($"f{i}", BitConverter.GetBytes(i));
        writer.Finish();
        using (var theirs = new ZipArchive(new MemoryStream(stream.ToArray()))) Assert.Equal(70_000, theirs.Entries.Count);
        var ours = new ZipArchiveReader(ByteSource.Of(stream.ToArray(), "x.zip"));
        Assert.Equal(70_000, ours.Entries.Count);
        Assert.Equal(BitConverter.GetBytes(69_999), Bytes(ours, "f69999"));
    }

    [Theory]
    [InlineData(0, "no zip archive")]
    [InlineData(10, "no zip archive")]
    [InlineData(-1, "no zip archive")]
    [InlineData(-30, "no zip archive")]
    public void ReportsCutOffArchives(int length, string reason)
    {
        byte[] archive = Archive(("a", s_text, false));
        AssertRefused(archive[..(length >= 0 ? length : archive.Length + length)], reason);
    }

    [Fact]
    public void RefusesDataAroundTheArchive()
    {
        byte[] archive = Archive(("a", s_text, false));
        AssertRefused([.. archive, 0], "data stands behind");
        AssertRefused([0, .. archive], "data stands before");
        byte[] commented = [.. archive, .. "hello"u8];
        commented[archive.Length - 2] = 5;
        Assert.Equal(s_text, Bytes(new ZipArchiveReader(ByteSource.Of(commented, "x")), "a"));
        byte[] twoEnds = [.. archive, .. archive[^22..]];
        twoEnds[archive.Length - 2] = 22;
        AssertRefused(twoEnds, "two ends");
    }

    [Fact]
    public void RefusesDuplicatesEncryptionOtherMethodsAndContradictions()
    {
        AssertRefused(Archive(("a", s_text, false), ("a", s_text, true)), "'a' twice");
        byte[] archive = Archive(("a", s_text, false), ("b", s_text, false));
        int central = archive.AsSpan().IndexOf("PK\u0001\u0002"u8);
        AssertRefused(Patched(archive, central + 8, 1), "encrypted");
        AssertRefused(Patched(archive, central + 10, 12), "method 12");
        AssertRefused(Patched(archive, central + 10, 8), "contradict");
        AssertRefused(Patched(archive, central + 46, (byte)'z'), "another name");
        AssertRefused(Patched(archive, central + 46, 0), "NUL");
        AssertRefused(Patched(archive, central + 24, 1), "two sizes");
        AssertRefused(Patched(archive, central + 16, 99), "contradict");
        AssertRefused(Patched(archive, central, (byte)'X'), "damaged");
        AssertRefused(Patched(archive, 0, (byte)'X'), "no local header");
        AssertRefused(Patched(archive, archive.Length - 18, 1), "several");
        AssertRefused(Patched(archive, archive.Length - 12, 1), "several");

        // The second entry of the directory points to the first file too.
        byte[] overlapping = [.. archive];
        int second = central + 46 + 1;
        overlapping.AsSpan(second + 42, 4).Clear();
        AssertRefused(overlapping, "reaches into the next entry");
    }

    [Fact]
    public void ComparesChecksums()
    {
        foreach (bool compressed in new[] { false, true })
        {
            byte[] archive = Archive(("a", s_text, compressed));
            foreach (int header in new[] { archive.AsSpan().IndexOf("PK\u0001\u0002"u8) + 16, 14 }) archive[header]++;
            var error = Assert.Throws<CheckpointFormatException>(() => Bytes(new ZipArchiveReader(ByteSource.Of(archive, "x.zip")), "a"));
            Assert.Contains("'a' is damaged: its checksum is", error.Message);
            Assert.Equal("x.zip", error.File);
        }
    }

    [Fact]
    public void RefusesBombsBeforeUnpackingThem()
    {
        byte[] archive = Archive(("a", new byte[1 << 20], true));
        int central = archive.AsSpan().IndexOf("PK\u0001\u0002"u8);
        // More or less than it says, and far more than so few bytes can hold.
        AssertDamaged(WithSize((1 << 20) - 1), "unpacks to more than");
        AssertDamaged(WithSize((1 << 20) + 1), "instead of 1048577");
        AssertDamaged(WithSize(int.MaxValue), "may take 268435456 bytes in all");

        byte[] WithSize(int size)
        {
            byte[] changed = [.. archive];
            BinaryPrimitives.WriteInt32LittleEndian(changed.AsSpan(central + 24), size);
            BinaryPrimitives.WriteInt32LittleEndian(changed.AsSpan(22), size);
            return changed;
        }

        static void AssertDamaged(byte[] archive, string reason)
        {
            var zip = new ZipArchiveReader(ByteSource.Of(archive, "x"));
            Assert.Contains(reason, Assert.Throws<CheckpointFormatException>(() => Bytes(zip, "a")).Reason);
        }
    }

    [Fact]
    public void ChecksumsAreThoseOfZip()
    {
        Assert.Equal(0xCBF43926u, Crc32.Of("123456789"u8)); // the check value of the standard
        byte[] data = new byte[1000];
        new Random(5).NextBytes(data);
        for (int cut = 0; cut < 100; cut++)
        {
            uint slow = ~0u;
            foreach (byte value in data.AsSpan(cut))
            {
                slow ^= value;
                for (int bit = 0; bit < 8; bit++) slow = (slow >> 1) ^ ((slow & 1) * 0xEDB88320u);
            }
            Assert.Equal(~slow, Crc32.Of(data.AsSpan(cut)));
            Assert.Equal(~slow, Crc32.Append(Crc32.Of(data.AsSpan(cut, 7 * cut)), data.AsSpan(8 * cut)));
        }
    }

    private static void AssertRefused(byte[] archive, string reason)
    {
        var error = Assert.Throws<CheckpointFormatException>(() => new ZipArchiveReader(ByteSource.Of(archive, "x.zip")));
        Assert.Contains(reason, error.Reason);
        Assert.InRange(error.Offset, 0, archive.Length);
    }

    private static byte[] Patched(byte[] archive, int at, byte value)
    {
        byte[] changed = [.. archive];
        changed[at] = value;
        return changed;
    }

    private static byte[] Bytes(ZipArchiveReader zip, string name)
    {
        var content = zip.Content(zip.Find(name)!);
        return content.Read(0, (int)content.Length, name);
    }

    private static byte[] Archive(params (string Name, byte[] Content, bool Compressed)[] files)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, content, compressed) in files)
            {
                using var entry = zip.CreateEntry(name, compressed ? CompressionLevel.Optimal : CompressionLevel.NoCompression).Open();
                entry.Write(content);
            }
        return stream.ToArray();
    }
}
