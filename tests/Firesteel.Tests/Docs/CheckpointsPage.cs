using Firesteel.Io;
using Firesteel.Nn;
using Firesteel.Optim;

namespace Firesteel.Tests.Docs;

/// <summary>The code of docs/checkpoints.md. Its files go into the folder of the test program.</summary>
public sealed class CheckpointsPage : IDisposable
{
    public void Dispose()
    {
        foreach (string name in new[] { "model.safetensors", "theirs.safetensors", "arrays.npz", "model.pt", "run.pt" }) File.Delete(name);
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
    public void PyTorch()
    {
        var model = new Net();
        var optimizer = new AdamW(model.Parameters());
        var scheduler = new StepLR(optimizer, 2);
        scheduler.Step();
        Pt.Save(model.StateDict(), "model.pt");
        Save(12);

        var weights = Pt.LoadStateDict("model.pt");                         // the file is a state dict
        var part = Pt.LoadStateDict("run.pt", key: "model_state_dict");     // or a training checkpoint with one in it
        model.LoadStateDict(part);

        var checkpoint = (OrderedDictionary<string, object>)Pt.Load("run.pt")!;
        long epoch = (long)checkpoint["epoch"];

        scheduler.Step();
        optimizer.LoadStateDict((OrderedDictionary<string, object>)checkpoint["optimizer_state_dict"]);
        scheduler.LoadStateDict((OrderedDictionary<string, object>)checkpoint["scheduler_state_dict"]);

        Assert.Equal(12, epoch);
        Assert.Equal(weights.Keys, part.Keys);
        Assert.Equal(1, scheduler.LastEpoch);

        void Save(long epoch) =>
            Pt.Save(new Dictionary<string, object>
            {
                ["epoch"] = epoch,
                ["model_state_dict"] = model.StateDict(),
                ["optimizer_state_dict"] = optimizer.StateDict(),
                ["scheduler_state_dict"] = scheduler.StateDict(),
            }, "run.pt");
    }

    [Fact]
    public void NumPy()
    {
        Npz.Save("arrays.npz", new Dictionary<string, Tensor> { ["x"] = Tensor.Randn(3, 4), ["y"] = Tensor.Arange(3) });
        var arrays = Npz.Load("arrays.npz");

        Assert.Equal(["x", "y"], arrays.Keys);
    }
}
