using System.Numerics;
using System.Text.Json;
using Firesteel.Io;

namespace Firesteel.Tests;

/// <summary>The files of tests/fixtures/pytorch, which PyTorch made.</summary>
public class PtFixtureTests
{
    private static readonly JsonElement s_expected = JsonDocument.Parse(File.ReadAllText(Fixture("expected.json"))).RootElement;

    public static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "fixtures", "pytorch", name);

    public static TheoryData<string> Files => [.. s_expected.EnumerateObject().Select(static f => f.Name)];

    [Theory]
    [MemberData(nameof(Files))]
    public void FromFiles(string name) => Check(name, () => Pt.Load(Fixture(name)));

    [Theory]
    [MemberData(nameof(Files))]
    public void FromStreams(string name) => Check(name, () =>
    {
        using var stream = File.OpenRead(Fixture(name));
        return Pt.Load(stream);
    });

    /// <summary>What was loaded and is saved loads as the same again, with the same sharing.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void SavedAgain(string name)
    {
        if (s_expected.GetProperty(name).TryGetProperty("refused", out _)) return;
        Check(name, () =>
        {
            var stream = new MemoryStream();
            Pt.Save(Pt.Load(Fixture(name)), stream);
            stream.Position = 0;
            return Pt.Load(stream);
        }, exactOffsets: name.Contains("dtypes", StringComparison.Ordinal));
    }

    private static void Check(string name, Func<object?> load, bool exactOffsets = true)
    {
        var expected = s_expected.GetProperty(name);
        if (expected.TryGetProperty("refused", out var reason)) Assert.Contains(reason.GetString()!, Assert.Throws<CheckpointFormatException>(load).Reason);
        else Assert.Null(ExpectedContent.Difference(load(), expected, exactOffsets));
    }

    [Fact]
    public void Objects()
    {
        var objects = Assert.IsType<OrderedDictionary<string, object?>>(Pt.Load(Fixture("objects.pt")));
        Assert.Equal([2L, 3], Assert.IsType<Shape>(objects["size"]));
        Assert.Equal(DType.Float16, objects["dtype"]);
        Assert.Equal("cuda:1", objects["device"]);
        Assert.Equal("torch.strided", objects["layout"]);
        Assert.Equal(new Complex(1, -2), objects["complex"]);
        Assert.Equal([1L, 2L, 3L], Assert.IsType<HashSet<object?>>(objects["set"]).Order());
        Assert.Equal(new byte[] { 0, 255 }, objects["bytes"]);
        Assert.Equal("ab"u8.ToArray(), objects["bytearray"]);
        Assert.Equal(["b", "a"], Assert.IsType<OrderedDictionary<string, object?>>(objects["ordered"]).Keys);
        Assert.Equal(2L, Assert.IsType<OrderedDictionary<long, object?>>(objects["counter"])[5]);
        Assert.Equal(1.5, objects["float32"]);
        Assert.Equal(0.1, objects["float64"]);
        Assert.Equal(-7L, objects["int64"]);
        Assert.Equal(200L, objects["uint8"]);
        Assert.Equal(true, objects["bool"]);
        Assert.Equal("b", Assert.IsType<OrderedDictionary<long, object?>>(objects["keys"])[5]);
        Assert.Equal([1L, "b"], Assert.IsType<OrderedDictionary<object, object?>>(objects["mixed"]).Keys);
        Assert.Equal([1L, 1L, 1L], Assert.IsType<List<object?>>(objects["list"]));

        var stream = new MemoryStream();
        Pt.Save(objects, stream);
        stream.Position = 0;
        var again = (OrderedDictionary<string, object?>)Pt.Load(stream)!;
        Assert.Equal(objects.Keys, again.Keys);
        foreach (string key in new[] { "dtype", "complex", "bytes", "float32", "bool", "list" }) Assert.Equal(objects[key], again[key]);
        Assert.Equal([2L, 3], (Shape)again["size"]!);
        Assert.True(((HashSet<object?>)again["set"]!).SetEquals([1L, 2L, 3L]));
    }

    [Fact]
    public void StateDictsOfCheckpoints()
    {
        var state = Pt.LoadStateDict(Fixture("checkpoint.pt"), "model_state_dict");
        Assert.Equal("features.0.weight", state.Keys.First());
        Assert.Equal([10L, 64], state["head.weight"].Shape);
        Assert.Equal(10, Pt.LoadStateDict(Fixture("dtypes.pt")).Count);

        string reason = Assert.Throws<CheckpointFormatException>(() => Pt.LoadStateDict(Fixture("checkpoint.pt"))).Reason;
        Assert.Contains("'epoch' (1)", reason);
        Assert.Contains("'model_state_dict' (a state dictionary of 11 tensors)", reason);
        Assert.EndsWith("Pass key: \"model_state_dict\"", reason);
        Assert.Contains("there is no 'model'", Assert.Throws<CheckpointFormatException>(() => Pt.LoadStateDict(Fixture("checkpoint.pt"), "model")).Reason);
        Assert.Contains("a tensor of float32 [3, 2]", Assert.Throws<CheckpointFormatException>(() => Pt.LoadStateDict(Fixture("tensor.pt"))).Reason);
        Assert.Equal(["c"], Pt.LoadStateDict(Fixture("tree.pt"), "nested.a.b").Keys);
    }
}
