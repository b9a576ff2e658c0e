using Firesteel.Io;
using Firesteel.Nn;

namespace Firesteel.Tests.Docs;

/// <summary>The code of docs/checkpoints.md. Its files go into the folder of the test program.</summary>
public sealed class CheckpointsPage : IDisposable
{
    public void Dispose()
    {
        foreach (string name in new[] { "model.safetensors", "theirs.safetensors", "arrays.npz" }) File.Delete(name);
    }

    private sealed class Net : Module
    {
        private readonly Sequential _layers = new(new Linear(8, 16), new ReLU());
        private readonly Linear _head = new(16, 4);

        public override Tensor Forward(Tensor input) => _head.Forward(_layers.Forward(input));
    }

    [Fact]
    public void AModelFromAFile()
    {
        Safetensors.Save(new Net().StateDict(), "model.safetensors");

        var model = new Net();
        model.LoadStateDict(Safetensors.Load("model.safetensors"));

        var file = Safetensors.Open("model.safetensors");
        foreach (var entry in file.Entries) Console.WriteLine(entry); // layers.0.weight: F32 [16, 8]
        var weight = file.GetTensor("layers.0.weight");

        Safetensors.Save(model.StateDict(), "model.safetensors", new Dictionary<string, string> { ["epoch"] = "12" });
        var state = Safetensors.Load("model.safetensors", verify: true);

        Assert.Equal("layers.0.weight: F32 [16, 8]", file.Entries[0].ToString());
        Assert.True(weight.Equal(model.GetParameter("layers.0.weight")));
        Assert.Equal(["layers.0.weight", "layers.0.bias", "head.weight", "head.bias"], state.Keys);
    }

    [Fact]
    public void LoadStateDict()
    {
        var model = new Net();
        Safetensors.Save(new KeyMap().Replace("^layers", "encoder").AddPrefix("module.").Apply(new Net().StateDict()), "theirs.safetensors");

        var map = new KeyMap()
            .RemovePrefix("module.")                       // as DataParallel saves
            .Replace(@"^encoder\.(\d+)\.", "layers.$1.")
            .Drop(@"^head\.");
        var (missing, unexpected) = model.LoadStateDict(Safetensors.Load("theirs.safetensors"), strict: false, keyMap: map);

        Assert.Equal(["head.weight", "head.bias"], missing);
        Assert.Empty(unexpected);
    }

    [Fact]
    public void NumPy()
    {
        Npz.Save("arrays.npz", new Dictionary<string, Tensor> { ["x"] = Tensor.Randn(3, 4), ["y"] = Tensor.Arange(3) });
        var arrays = Npz.Load("arrays.npz");

        Assert.Equal(["x", "y"], arrays.Keys);
    }
}
