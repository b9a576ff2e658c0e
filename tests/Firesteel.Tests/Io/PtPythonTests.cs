using System.Numerics;
using System.Text.Json;
using Firesteel.Io;
using Firesteel.Nn;
using Xunit.Abstractions;

namespace Firesteel.Tests;

/// <summary>Files that cross the border to the PyTorch of the machine, both ways.</summary>
public sealed class PtPythonTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Runs a script of tests/fixtures/pytorch.</summary>
    internal static string RunScript(string name, params string[] arguments) => Python.Run(
        "import os, runpy, sys; sys.dont_write_bytecode = True; sys.argv = sys.argv[1:]; sys.path.insert(0, os.path.dirname(sys.argv[0])); runpy.run_path(sys.argv[0], run_name='__main__')",
        [PtFixtureTests.Fixture(name), .. arguments]);

    /// <summary>All fixtures, written now by this PyTorch.</summary>
    [PythonFact("torch", "numpy")]
    public void WrittenThereReadHere()
    {
        RunScript("make.py", _folder.Path);
        var expected = JsonDocument.Parse(File.ReadAllText(_folder.File("expected.json"))).RootElement;
        int count = 0;
        foreach (var file in expected.EnumerateObject())
        {
            count++;
            if (file.Value.TryGetProperty("refused", out var reason)) Assert.Contains(reason.GetString()!, Assert.Throws<CheckpointFormatException>(() => Pt.Load(_folder.File(file.Name))).Reason);
            else Assert.True(ExpectedContent.Difference(Pt.Load(_folder.File(file.Name)), file.Value) is not { } difference, $"{file.Name}: {ExpectedContent.Difference(Pt.Load(_folder.File(file.Name)), file.Value)}");
        }
        output.WriteLine($"{count} files");
        Assert.True(count > 25);
    }

    [PythonFact("torch")]
    public void WrittenHereReadThere()
    {
        var objects = new Dictionary<string, object?>();
        Rng.ManualSeed(1);
        foreach (var dtype in Enum.GetValues<DType>()) Add($"dtype_{dtype.Name()}", (Tensor.Randn(4, 5) * 50).To(dtype));
        var model = new Sequential(new Conv2d(1, 2, 3), new BatchNorm2d(2), new Linear(3, 2));
        Add("state_dict", model.StateDict());
        var whole = Tensor.Arange(24).To(DType.Float32).Reshape(4, 6);
        Add("views", new OrderedDictionary<string, Tensor>
        {
            ["whole"] = whole, ["rows"] = whole[1..3], ["transposed"] = whole.T, ["column"] = whole.Select(1, 2), ["expanded"] = whole[..1].Expand(3, 6), ["scalar"] = Tensor.From(2.5), ["empty"] = Tensor.Zeros(0, 3), ["other"] = Tensor.Ones(2),
        });
        Add("parameters", new Dictionary<string, Tensor> { ["learned"] = new Parameter(Tensor.Ones(2, 2)), ["frozen"] = new Parameter(Tensor.Ones(2), requiresGrad: false), ["leaf"] = Tensor.Ones([3], requiresGrad: true) });
        Add("numbers.full", new Dictionary<string, object?>
        {
            ["small"] = 1, ["minus"] = -1, ["short"] = 300, ["int"] = -70000, ["long"] = 1L << 40, ["lowest"] = long.MinValue, ["big"] = BigInteger.Pow(2, 80), ["unsigned"] = ulong.MaxValue, ["float"] = 0.5f, ["double"] = 0.1,
            ["infinite"] = double.PositiveInfinity, ["true"] = true, ["none"] = null, ["text"] = "grüße \U0001f600", ["pair"] = (1, 2.0), ["tuple"] = new object?[] { 1L, "a", null, new object?[] { } }, ["list"] = new List<object?> { 1, new[] { 1.5, 2.5 }, Array.Empty<long>() },
            ["nested"] = new Dictionary<string, object> { ["a"] = new Dictionary<long, object> { [5] = Tensor.Ones(2) } },
        });
        // More strings than one byte can count.
        Add("many", new OrderedDictionary<string, Tensor>(Enumerable.Range(0, 400).Select(i => KeyValuePair.Create($"layer.{i}", Tensor.Full([2], i)))));
        Add("tensor", Tensor.Linspace(0, 1, 7));

        RunScript("describe.py", _folder.Path);
        var described = JsonDocument.Parse(File.ReadAllText(_folder.File("expected.json"))).RootElement;
        output.WriteLine($"PyTorch {described.GetProperty("version")}");
        foreach (var (name, value) in objects) Assert.True(ExpectedContent.Difference(value, described.GetProperty(name + ".pt"), exactOffsets: name == "views") is not { } difference, $"{name}: {ExpectedContent.Difference(value, described.GetProperty(name + ".pt"))}");
        Assert.Equal("OrderedDict", described.GetProperty("state_dict.pt").GetProperty("type").GetString());

        void Add(string name, object? value)
        {
            objects[name] = value;
            Pt.Save(value, _folder.File(name + ".pt"));
        }
    }
}
