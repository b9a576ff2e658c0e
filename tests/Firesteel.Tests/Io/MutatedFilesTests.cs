using System.Text;
using Firesteel.Io;
using Xunit.Abstractions;

namespace Firesteel.Tests.Io;

/// <summary>Valid files with random damage: either they are refused with the one exception, or they load and every element can be read.</summary>
public class MutatedFilesTests(ITestOutputHelper output)
{
    private const int Count = 20_000;

    private static readonly OrderedDictionary<string, Tensor> s_tensors = new()
    {
        ["layers.0.weight"] = Tensor.Arange(12).To(DType.Float32).Reshape(3, 4),
        ["flags"] = Tensor.From(new[] { true, false, true }),
        ["count"] = Tensor.From(3L),
        ["none"] = Tensor.Zeros(0, 2),
    };

    [Fact]
    public void Safetensors()
    {
        using var stream = new MemoryStream();
        Firesteel.Io.Safetensors.WriteTo(stream, s_tensors, [new("format", "pt")]);
        Mutate(stream.ToArray(), static source =>
        {
            var file = Firesteel.Io.Safetensors.Open(source);
            foreach (var entry in file.Entries)
                if (entry.DType is not null) BadFilesTests.ReadAll(entry.Read());
        });
    }

    [Fact]
    public void Npy() => Mutate([.. Firesteel.Io.Npy.Header(s_tensors["layers.0.weight"]), .. new byte[48]], static source => BadFilesTests.ReadAll(Firesteel.Io.Npy.Load(source)));

    [Fact]
    public void Npz()
    {
        using var stream = new MemoryStream();
        var zip = new ZipArchiveWriter(stream);
        foreach (var (name, tensor) in s_tensors) zip.Add(name + ".npy", Firesteel.Io.Npy.Header(tensor), tensor);
        zip.Finish();
        Mutate(stream.ToArray(), AssertUnchanged);
    }

    [Fact]
    public void CompressedNpz()
    {
        using var stream = new MemoryStream();
        using (var zip = new System.IO.Compression.ZipArchive(stream, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, tensor) in s_tensors)
            {
                using var entry = zip.CreateEntry(name + ".npy").Open();
                entry.Write(Firesteel.Io.Npy.Header(tensor));
                TensorBytes.Visit(tensor, entry.Write);
            }
        Mutate(stream.ToArray(), AssertUnchanged);
    }

    /// <summary>The checksums of the archive cover all that matters: whatever is not noticed has changed nothing.</summary>
    private static void AssertUnchanged(ByteSource source)
    {
        var loaded = Firesteel.Io.Npz.Load(source);
        Assert.Equal(s_tensors.Keys, loaded.Keys);
        foreach (var (name, tensor) in s_tensors) Assert.True(tensor.Equal(loaded[name]));
    }

    private void Mutate(byte[] file, Action<ByteSource> load)
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        load(ByteSource.Of((byte[])file.Clone(), "x"));
        int loaded = 0;
        for (int i = 0; i < Count; i++)
        {
            byte[] mutant = Mutant(file, random);
            try
            {
                load(ByteSource.Of(mutant, "x"));
                loaded++;
            }
            catch (CheckpointFormatException e)
            {
                Assert.Equal("x", e.File);
                Assert.NotEmpty(e.Reason);
                Assert.True(e.Offset >= 0, e.Message);
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}, mutant {i}: {e}\n{Convert.ToBase64String(mutant)}");
            }
        }
        output.WriteLine($"{loaded} of {Count} mutants loaded");
        Assert.InRange(loaded, 0, Count - 1);
    }

    private static byte[] Mutant(byte[] file, Random random)
    {
        var bytes = new List<byte>(file);
        for (int change = random.Next(1, 4); change > 0 && bytes.Count > 0; change--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(8))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes[at] = random.Next(2) == 0 ? (byte)255 : (byte)0; break;
                case 3: bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at)); break;
                case 4: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 40), bytes.Count - at))); break;
                case 5: bytes.RemoveRange(at, bytes.Count - at); break;
                case 6: // a number in a header, or what stands for one
                    byte[] number = Encoding.ASCII.GetBytes(random.Next(5) switch { 0 => "-1", 1 => "18446744073709551615", 2 => "9223372036854775807", 3 => "4294967296", _ => "1e3" });
                    bytes.RemoveRange(at, Math.Min(number.Length, bytes.Count - at));
                    bytes.InsertRange(at, number);
                    break;
                default: // a wide field of ones or of a large number
                    byte[] field = random.Next(2) == 0 ? [255, 255, 255, 255] : BitConverter.GetBytes(random.Next());
                    for (int i = 0; i < field.Length && at + i < bytes.Count; i++) bytes[at + i] = field[i];
                    break;
            }
        }
        return [.. bytes];
    }
}
