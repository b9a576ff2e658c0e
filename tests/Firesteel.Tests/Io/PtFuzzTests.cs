using System.Collections;
using System.IO.Compression;
using Firesteel.Io;
using Xunit.Abstractions;

namespace Firesteel.Tests;

/// <summary>Damaged .pt files: each is refused with <see cref="CheckpointFormatException"/> or loads, and what loads can be read.</summary>
public class PtFuzzTests(ITestOutputHelper output)
{
    private const int Mutants = 20_000;

    [Fact]
    public void Zip() => Fuzz(["dtypes.pt", "views.pt", "parameters.pt", "tree.pt", "objects.pt", "protocol1.pt", "protocol4.pt", "big_endian_dtypes.pt"], Mutants / 4);

    [Fact]
    public void Legacy() => Fuzz(["legacy_dtypes.pt", "legacy_views.pt", "legacy_parameters.pt", "legacy_tree.pt", "legacy_protocol4.pt"], Mutants / 2);

    /// <summary>The checksum of an archive finds nearly every damage; here only the pickle is damaged, and the archive around it is sound.</summary>
    [Fact]
    public void PickleInsideZip()
    {
        string[] names = ["dtypes.pt", "views.pt", "parameters.pt", "tree.pt", "objects.pt", "protocol1.pt", "protocol4.pt", "protocol5.pt"];
        var archives = names.Select(static n => Unpack(File.ReadAllBytes(PtFixtureTests.Fixture(n)))).ToArray();
        var random = Seeded(nameof(PickleInsideZip));
        int loaded = 0;
        for (int i = 0; i < Mutants / 2; i++)
        {
            var parts = archives[random.Next(archives.Length)];
            var stream = new MemoryStream();
            var zip = new ZipArchiveWriter(stream);
            foreach (var (name, content) in parts) zip.Add(name, name.EndsWith("data.pkl", StringComparison.Ordinal) ? Mutate(content, random) : content);
            zip.Finish();
            if (Survives(stream.ToArray(), verify: true, i)) loaded++;
        }
        Report(loaded, Mutants / 2);
    }

    private void Fuzz(string[] names, int count, [System.Runtime.CompilerServices.CallerMemberName] string test = "")
    {
        byte[][] files = [.. names.Select(static n => File.ReadAllBytes(PtFixtureTests.Fixture(n)))];
        var random = Seeded(test);
        int loaded = 0;
        for (int i = 0; i < count; i++)
            if (Survives(Mutate(files[random.Next(files.Length)], random), verify: i % 2 == 0, i)) loaded++;
        Report(loaded, count);
    }

    private Random Seeded(string test)
    {
        int seed = Environment.GetEnvironmentVariable("FIRESTEEL_FUZZ_SEED") is { Length: > 0 } given ? int.Parse(given, System.Globalization.CultureInfo.InvariantCulture) : Random.Shared.Next();
        output.WriteLine($"{test}: FIRESTEEL_FUZZ_SEED={seed}");
        return new Random(seed);
    }

    private void Report(int loaded, int count)
    {
        output.WriteLine($"{count} mutants, {loaded} load");
        Assert.InRange(loaded, 1, count - 1); // or else nothing was tested
    }

    private static bool Survives(byte[] file, bool verify, int number)
    {
        object? loaded;
        try
        {
            loaded = Pt.Load(new MemoryStream(file), verify);
        }
        catch (CheckpointFormatException e)
        {
            Assert.InRange(e.Offset, 0, Math.Max(file.Length, 1 << 20));
            return false;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"mutant {number} of {file.Length} bytes: {e.Message}", e);
        }
        Visit(loaded);
        return true;
    }

    /// <summary>Reads every element.</summary>
    private static void Visit(object? value)
    {
        switch (value)
        {
            case Tensor tensor:
                if (tensor.NumElements < 1 << 16) tensor.Detach().Clone();
                break;
            case IDictionary dictionary:
                foreach (object? item in dictionary.Values) Visit(item);
                break;
            case IEnumerable items and not string:
                foreach (object? item in items) Visit(item);
                break;
        }
    }

    private static byte[] Mutate(byte[] file, Random random)
    {
        var bytes = new List<byte>(file);
        for (int n = random.Next(1, 5); n > 0 && bytes.Count > 0; n--)
        {
            int at = random.Next(bytes.Count);
            int length = random.Next(1, Math.Min(64, bytes.Count - at) + 1);
            switch (random.Next(9))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes[at] = (byte)"\0\u0001\u007f\u0080\u00ff()tRbQqrhjKMJXc].0"[random.Next(23)]; break;
                case 3: bytes.RemoveRange(at, length); break;
                case 4: bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count - length + 1), length)); break;
                case 5: bytes.Insert(at, (byte)random.Next(256)); break;
                case 6: bytes.RemoveRange(at, bytes.Count - at); break;
                case 7:
                    var moved = bytes.GetRange(random.Next(bytes.Count - length + 1), length);
                    for (int i = 0; i < length; i++) bytes[at + i] = moved[i];
                    break;
                default:
                    for (int i = 0; i < Math.Min(length, 8); i++) bytes[at + i] = 0xff;
                    break;
            }
        }
        return [.. bytes];
    }

    private static List<(string Name, byte[] Content)> Unpack(byte[] file)
    {
        using var archive = new ZipArchive(new MemoryStream(file));
        return [.. archive.Entries.Select(static e =>
        {
            var content = new MemoryStream();
            using var stream = e.Open();
            stream.CopyTo(content);
            return (e.FullName, content.ToArray());
        })];
    }
}
