using Firesteel.Data;
using Firesteel.Io;
using Firesteel.Nn;
using Firesteel.Optim;
using Firesteel.Tests.Conformance;

namespace Firesteel.Tests.Docs;

/// <summary>The code of docs/checkpoints.md, "Training that survives". Its files go into the folder of the test program.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class TrainingThatSurvivesPage : IDisposable
{
    private readonly TensorDataset _data = new(Tensor.Rand(20, 8), Tensor.Arange(20) % 4);
    private readonly List<(int Epoch, int Step)> _steps = [];

    public void Dispose()
    {
        foreach (string name in new[] { "run.safetensors", "gan.safetensors" }) File.Delete(name);
        if (Directory.Exists("runs")) Directory.Delete("runs", recursive: true);
    }

    private static Tensor TrainOn(Module model, Optimizer optimizer, Tensor x, Tensor y)
    {
        optimizer.ZeroGrad();
        var loss = Functional.CrossEntropy(model.Forward(x), y);
        loss.Backward();
        optimizer.Step();
        return loss;
    }

    private void Train(int stopAt)
    {
        const int epochs = 3;
        var model = new Sequential(new Linear(8, 16), new Dropout(0.2), new ReLU(), new Linear(16, 4));
        var optimizer = new AdamW(model.Parameters(), lr: 1e-3);
        var scheduler = new CosineAnnealingLR(optimizer, epochs);
        var loader = new DataLoader(_data, batchSize: 4, shuffle: true, numWorkers: 2);
        int epoch = 0, step = 0;

        if (File.Exists("run.safetensors"))
        {
            var values = Checkpoint.Resume("run.safetensors", model, optimizer, scheduler, loader);
            (epoch, step) = (values.Get<int>("epoch"), values.Get<int>("step"));
        }
        for (; epoch < epochs; epoch++)
        {
            foreach (var (x, y) in loader) // after Resume first the rest of the epoch
            {
                TrainOn(model, optimizer, x, y);
                if (++step % 100 == 0 || step == stopAt)
                    Checkpoint.Save("run.safetensors", model, optimizer, scheduler, loader, values: new() { ["epoch"] = epoch, ["step"] = step });
                _steps.Add((epoch, step));
                if (step == stopAt) return;
            }
            scheduler.Step();
        }
    }

    [Fact]
    public void SaveAndResume()
    {
        File.Delete("run.safetensors");
        foreach (int stop in new[] { 3, 5, 11, 100 }) Train(stop);
        Assert.Equal(Enumerable.Range(0, 15).Select(static i => (i / 5, i + 1)), _steps);
    }

    [Fact]
    public void MoreParts()
    {
        Module generator = new Linear(2, 8), discriminator = new Linear(8, 1);
        var noise = new Generator().ManualSeed(1);
        Optimizer optimizerG = new Adam(generator.Parameters()), optimizerD = new Adam(discriminator.Parameters());

        Checkpoint.Save("gan.safetensors", generator, optimizerG, parts: new()
        {
            ["discriminator"] = discriminator, ["optimizer of the discriminator"] = optimizerD, ["noise"] = noise,
        });

        Assert.Contains("discriminator.weight", Safetensors.Load("gan.safetensors").Keys);
    }

    [Fact]
    public void AFolder()
    {
        var model = new Linear(2, 2);
        var optimizer = new SGD(model.Parameters(), lr: 0.1);
        double Evaluate() => 0.5;

        var checkpoints = new CheckpointFolder("runs/1", keepLast: 3, keepBest: 1, mode: "max");
        var values = checkpoints.Resume(model, optimizer); // null where there is nothing to go on with
        for (int epoch = values?.Get<int>("epoch") ?? 0; epoch < 10; epoch++)
        {
            checkpoints.Save(epoch, model, optimizer, metric: Evaluate(), values: new() { ["epoch"] = epoch + 1 });
        }
        Checkpoint.Resume(checkpoints.Best!, model, optimizer);

        Assert.Equal(3, checkpoints.Files.Count);
    }
}
