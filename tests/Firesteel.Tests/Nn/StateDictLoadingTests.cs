using Firesteel.Io;
using Firesteel.Nn;

namespace Firesteel.Tests.Nn;

public sealed class StateDictLoadingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void NumBatchesTrackedMayBeMissingAsInPyTorch()
    {
        var norm = new BatchNorm1d(2);
        norm.Forward(Tensor.Randn(4, 2));
        var state = new BatchNorm1d(2).StateDict();
        state.Remove("num_batches_tracked");
        var (missing, unexpected) = norm.LoadStateDict(state);
        Assert.Empty(missing);
        Assert.Empty(unexpected);
        Assert.Equal(1, norm.NumBatchesTracked!.Item());
        state.Remove("running_mean");
        Assert.Contains("\"running_mean\".", Assert.Throws<ArgumentException>(() => norm.LoadStateDict(state)).Message);
    }

    [Fact]
    public void KeysAreMappedBeforeTheyAreCompared()
    {
        var module = new Sequential(new Linear(2, 3), new Linear(3, 1));
        var state = module.StateDict().ToDictionary(static p => "module.net_" + p.Key, static p => Tensor.OnesLike(p.Value));
        state["module.head"] = Tensor.Ones(1);
        var map = new KeyMap().RemovePrefix("module.").Replace("^net_([0-9]+)", "$1");
        Assert.Equal(["head"], module.LoadStateDict(state, strict: false, keyMap: map).UnexpectedKeys);
        Assert.Contains("Unexpected key(s) in state_dict: \"head\".", Assert.Throws<ArgumentException>(() => module.LoadStateDict(state, keyMap: map)).Message);
        module.LoadStateDict(state, keyMap: map.Drop("^head$"));
        Assert.All(module.Parameters(), static p => Assert.Equal(p.NumElements, p.Sum().Item()));
    }

    [Fact]
    public void AReportSaysWhichPrefixIsInTheWay()
    {
        var module = new Sequential(new Linear(2, 3));
        var state = module.StateDict();
        var wrapped = new KeyMap().AddPrefix("model.module.").Apply(state);
        string message = Assert.Throws<ArgumentException>(() => module.LoadStateDict(wrapped)).Message;
        Assert.Contains("new KeyMap().RemovePrefix(\"model.module.\")", message);
        module.LoadStateDict(wrapped, keyMap: new KeyMap().RemovePrefix("model.module."));

        message = Assert.Throws<ArgumentException>(() => module.LoadStateDict(new KeyMap().RemovePrefix("0.").Apply(state))).Message;
        Assert.Contains("new KeyMap().AddPrefix(\"0.\")", message);
    }

    [Fact]
    public void DTypesAreConvertedOrReported()
    {
        var module = new Sequential(new Linear(2, 1), new BatchNorm1d(1));
        var state = new Sequential(new Linear(2, 1), new BatchNorm1d(1)).Double().StateDict();
        string message = Assert.Throws<ArgumentException>(() => module.LoadStateDict(state, convert: false)).Message;
        Assert.Contains("dtype mismatch for 0.weight: the checkpoint has float64, the current model float32.", message);
        Assert.DoesNotContain("num_batches_tracked", message);
        Assert.NotEqual(state["0.weight"].ToArray<float>(), module.GetParameter("0.weight").ToArray<float>());
        module.LoadStateDict(state);
        Assert.Equal(DType.Float32, module.GetParameter("0.weight").DType);
        Assert.Equal(state["0.weight"].ToArray<float>(), module.GetParameter("0.weight").ToArray<float>());
    }

    [Fact]
    public void FilesAreReadStraightIntoTheModule()
    {
        string path = _folder.File("a.safetensors");
        var saved = new Sequential(new Linear(300, 200), new BatchNorm1d(200));
        Safetensors.Save(saved.StateDict(), path);
        var loaded = new Sequential(new Linear(300, 200), new BatchNorm1d(200));
        var weight = loaded.GetParameter("0.weight");
        int version = weight.Version;
        var state = Safetensors.Load(path);
        loaded.LoadStateDict(state);
        Assert.Same(weight, loaded.GetParameter("0.weight"));
        Assert.True(weight.Version > version);
        foreach (var (name, tensor) in saved.StateDict()) Assert.True(tensor.Equal(loaded.StateDict()[name]), name);
        Assert.True(Assert.IsType<FileStorage>(state["0.weight"].Layout.Storage).IsUntouched);

        // What was written to a tensor of the file is what is loaded, not what the file has.
        state["0.weight"].FillInPlace(2);
        loaded.LoadStateDict(state);
        Assert.Equal(120_000, weight.Sum().Item());
        var strided = Safetensors.Load(path)["0.weight"].T;
        Assert.Equal(saved.GetParameter("0.weight").T.ToArray<float>(), strided.ToArray<float>());
    }

    [Fact]
    public void TensorsAreTakenOverInsteadOfCopied()
    {
        string path = _folder.File("a.safetensors");
        var saved = new Sequential(new Linear(300, 200), new BatchNorm1d(200)).Double();
        Safetensors.Save(saved.StateDict(), path);
        byte[] before = File.ReadAllBytes(path);
        var module = new Sequential(new Linear(300, 200), new BatchNorm1d(200));
        var weight = module.GetParameter("0.weight");
        var state = Safetensors.Load(path);
        module.LoadStateDict(state, assign: true);
        Assert.Same(weight, module.GetParameter("0.weight"));
        Assert.True(weight.SharesStorageWith(state["0.weight"]));
        Assert.Equal(DType.Float64, weight.DType);
        Assert.True(Assert.IsType<FileStorage>(weight.Layout.Storage).IsUntouched);

        // It can be trained, and the file stays what it is.
        var optimizer = new Firesteel.Optim.SGD(module.Parameters(), lr: 0.1);
        module.Forward(Tensor.Randn([4, 300], dtype: DType.Float64)).Square().Sum().Backward();
        optimizer.Step();
        Assert.False(weight.Equal(saved.GetParameter("0.weight")));
        Assert.Equal(before, File.ReadAllBytes(path));

        state["0.bias"] = Tensor.Zeros([200], dtype: DType.Int64);
        Assert.Contains("dtype mismatch for 0.bias", Assert.Throws<ArgumentException>(() => module.LoadStateDict(state, assign: true)).Message);
    }

    [Fact]
    public void AFileThatBecameShorterChangesNothing()
    {
        string path = _folder.File("a.safetensors");
        var saved = new Sequential(new Linear(100, 100), new Linear(100, 100));
        Safetensors.Save(saved.StateDict(), path);
        var module = new Sequential(new Linear(100, 100), new Linear(100, 100));
        var before = module.StateDict().ToDictionary(static p => p.Key, static p => p.Value.Clone());
        var state = Safetensors.Load(path);
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete)) file.SetLength(50_000);
        Assert.Throws<EndOfStreamException>(() => module.LoadStateDict(state));
        foreach (var (name, tensor) in module.StateDict()) Assert.True(tensor.Equal(before[name]), name);
    }

    [Fact]
    public void ManyWrongKeysTakeNoLongTime()
    {
        var one = Tensor.From(1f);
        var state = Enumerable.Range(0, 100_000).ToDictionary(static i => $"some.long.name.of.a.layer.{i}.weight", _ => one);
        var module = new Sequential([.. Enumerable.Range(0, 50).Select(static _ => new Linear(1, 1))]);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.Throws<ArgumentException>(() => module.LoadStateDict(state));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 20);
    }
}
