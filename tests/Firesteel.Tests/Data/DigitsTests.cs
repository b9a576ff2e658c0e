using System.Runtime.CompilerServices;
using System.Text;
using Firesteel.Data;

namespace Firesteel.Tests;

/// <summary>Numbers from the file, counted with NumPy.</summary>
public sealed class DigitsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    internal static string Path([CallerFilePath] string here = "") =>
        System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(here)!, "../../../samples/data/digits.csv.gz"));

    [Fact]
    public void TheDigitsOfTheRepository()
    {
        var digits = Datasets.Digits(Path());
        Assert.Equal([1797L, 8, 8], digits.Images.Shape);
        Assert.Equal(561718, digits.Images.ToArray<long>().Sum());
        Assert.Equal([178, 182, 177, 183, 181, 182, 181, 179, 174, 180], Enumerable.Range(0, 10).Select(i => digits.Labels.ToArray<long>().Count(l => l == i)));
        Assert.Equal([0, 0, 10, 14, 13, 16, 8, 3], digits.Images.Select(0, 1000).Select(0, 6).ToArray<byte>());
        var (image, label) = digits[1000];
        Assert.Equal(1, label.Item());
        Assert.Equal([1L, 8, 8], image.Shape);
        Assert.Equal(1f, image.Select(0, 0).Select(0, 6).Select(0, 5).Item<float>());
        Assert.Equal(14 / 16f, image.Select(0, 0).Select(0, 0).Select(0, 3).Item<float>());
    }

    [Fact]
    public void Broken()
    {
        string good = string.Join(',', Enumerable.Repeat("16", 64)) + ",9\n";
        Assert.Equal(2, Datasets.Digits(Write(good + good)).Count);
        Assert.Contains("line 2", Error(good + good.Replace(",9", ",10")));
        Assert.Contains("line 1", Error(good.Replace("16,16,", "17,16,")));
        Assert.Contains("line 3", Error(good + good + good[..20]));
        Assert.Contains("line 1", Error("a" + good));
        byte[] nothing = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        Assert.Contains("empty", Assert.Throws<InvalidDataException>(() => Datasets.Digits(_folder.Write("nothing", nothing))).Message);
        byte[] whole = File.ReadAllBytes(Path());
        foreach (int cut in new[] { 5, 30000, whole.Length - 1 })
            Assert.StartsWith(_folder.Path, Assert.Throws<InvalidDataException>(() => Datasets.Digits(_folder.Write("cut", whole[..cut]))).Message);
        Assert.Throws<FileNotFoundException>(() => Datasets.Digits(_folder.File("none")));

        string Write(string text) => _folder.Write("a", TemporaryFolder.Gzip(Encoding.ASCII.GetBytes(text)));
        string Error(string text) => Assert.Throws<InvalidDataException>(() => Datasets.Digits(Write(text))).Message;
    }
}
