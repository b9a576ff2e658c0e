using Firesteel.Io;
using Firesteel.Nn;

namespace Firesteel.Tests;

public sealed class PtWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static object? RoundTrip(object? value) => Pt.Load(Saved(value));

    private static MemoryStream Saved(object? value)
    {
        var stream = new MemoryStream();
        Pt.Save(value, stream);
        stream.Position = 0;
        return stream;
    }

    [Fact]
    public void WhatHasNoCounterpartIsRefusedByItsPlace()
    {
        Assert.Contains("'a.1.b' is a StringBuilder", Assert.Throws<NotSupportedException>(() => Saved(new Dictionary<string, object> { ["a"] = new List<object> { 1, new Dictionary<string, object> { ["b"] = new System.Text.StringBuilder() } } })).Message);
        Assert.Contains("Save its StateDict()", Assert.Throws<NotSupportedException>(() => Saved(new Linear(2, 2))).Message);
        var list = new List<object>();
        list.Add(list);
        Assert.Contains("contains itself", Assert.Throws<NotSupportedException>(() => Saved(new Dictionary<string, object> { ["list"] = list })).Message);
        Assert.Contains("not valid text", Assert.Throws<NotSupportedException>(() => Saved("\ud800")).Message);
    }

    [Fact]
    public void PathsHaveToBeGiven()
    {
        Assert.Throws<ArgumentException>(() => Pt.Load(""));
        Assert.Throws<ArgumentNullException>(() => Pt.LoadStateDict(null!));
        Assert.Throws<FileNotFoundException>(() => Pt.Load(_folder.File("nowhere.pt")));
    }

    [Fact]
    public void AFailedSaveLeavesTheOldFile()
    {
        string path = _folder.File("a.pt");
        Pt.Save(1, path);
        Assert.Throws<NotSupportedException>(() => Pt.Save(new object(), path));
        Assert.Equal(1L, Pt.Load(path));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    /// <summary>A small view of something large does not bring all of it; PyTorch writes the whole storage.</summary>
    [Fact]
    public void OnlyWhatIsReachedIsWritten()
    {
        var large = Tensor.Arange(1_000_000);
        var stream = Saved(new Dictionary<string, object> { ["a"] = large[500..520], ["b"] = large[510..530] });
        Assert.InRange(stream.Length, 0, 2000);
        var loaded = (OrderedDictionary<string, object>)Pt.Load(stream)!;
        Tensor a = (Tensor)loaded["a"], b = (Tensor)loaded["b"];
        Assert.Equal(Enumerable.Range(500, 20).Select(static n => (long)n), a.ToArray<long>());
        Assert.Equal(Enumerable.Range(510, 20).Select(static n => (long)n), b.ToArray<long>());
        a.ZeroInPlace();
        Assert.Equal(0, b[0].Item()); // they share what they shared
        Assert.Equal(520, b[10].Item());
    }

    [Fact]
    public void SharedObjectsStayShared()
    {
        var tensor = Tensor.Ones(2);
        var list = new List<object> { tensor };
        var loaded = (List<object?>)RoundTrip(new List<object> { list, list, tensor })!;
        Assert.Same(loaded[0], loaded[1]);
        Assert.Same(((List<object?>)loaded[0]!)[0], loaded[2]);
    }

    /// <summary>Tensors that share nothing count their writes apart, also when all come from one stream.</summary>
    [Fact]
    public void WritesToOneTensorAreNoWritesToAnother()
    {
        foreach (object? saved in new[] { RoundTrip(new[] { Tensor.Ones(2), Tensor.Ones(2) }), Pt.Load(PtFixtureTests.Fixture("legacy_dtypes.pt")) })
        {
            Tensor[] tensors = [.. (saved as List<object?> ?? [.. ((OrderedDictionary<string, object?>)saved!).Values]).Cast<Tensor>()];
            int version = tensors[1].Version;
            tensors[0].ZeroInPlace();
            Assert.Equal(version, tensors[1].Version);
            Assert.False(tensors[0].SharesStorageWith(tensors[1]));
        }
    }

    [Fact]
    public void WritingToWhatWasLoadedLeavesTheFile()
    {
        string path = _folder.File("a.pt");
        Pt.Save(Tensor.Ones(100_000), path);
        byte[] before = File.ReadAllBytes(path);
        var tensor = (Tensor)Pt.Load(path)!;
        tensor.AddInPlace(1);
        Assert.Equal(200_000, tensor.Sum().Item());
        Assert.Equal(before, File.ReadAllBytes(path));
        Pt.Save(tensor, path); // over the file that it comes from
        Assert.Equal(200_000, ((Tensor)Pt.Load(path)!).Sum().Item());
    }

    [Fact]
    public void TheSameContentGivesTheSameBytes()
    {
        var state = new Linear(3, 4).StateDict();
        Assert.Equal(Saved(state).ToArray(), Saved(state).ToArray());
    }

    /// <summary>One flipped bit is found, and the message tells in which tensor; whoever wants can look at it nevertheless.</summary>
    [Fact]
    public void ADamagedTensorIsNamed()
    {
        byte[] file = Saved(new Dictionary<string, object> { ["first"] = Tensor.Ones(8), ["model"] = new Dictionary<string, object> { ["weight"] = Tensor.Full([8], 2f) } }).ToArray();
        int at = file.AsSpan().IndexOf(new byte[] { 0, 0, 0, 0x40, 0, 0, 0, 0x40 });
        file[at + 1] ^= 1;
        string reason = Assert.Throws<CheckpointFormatException>(() => Pt.Load(new MemoryStream(file))).Reason;
        Assert.Contains("'model.weight'", reason);
        Assert.Contains("checksum", reason);
        Assert.NotNull(Pt.Load(new MemoryStream(file), verify: false));
        Assert.Throws<CheckpointFormatException>(() => Pt.Load(new MemoryStream(file[..(at + 8)])));
    }

    [Fact]
    public void NumbersOfEveryKind()
    {
        foreach (object value in new object[] { 0L, 255L, 256L, 65535L, 65536L, -1L, int.MinValue, int.MaxValue, (long)int.MaxValue + 1, long.MinValue, long.MaxValue, System.Numerics.BigInteger.Pow(-2, 99), 0.1, double.NaN, double.NegativeInfinity, double.Epsilon, true, false, "", "a\nb\0" })
            Assert.Equal(value is int small ? (long)small : value, RoundTrip(value));
        Assert.Equal(new byte[] { 0, 200, 255 }, RoundTrip(new byte[] { 0, 200, 255 }));
        Assert.Equal(0.5, RoundTrip((Half)0.5));
    }
}
