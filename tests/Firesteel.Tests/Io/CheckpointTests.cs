using Firesteel.Data;
using Firesteel.Io;
using Firesteel.Nn;
using Firesteel.Optim;
using Firesteel.Tests.Conformance;

namespace Firesteel.Tests;

/// <summary>Training that was interrupted and goes on is the same, bit for bit, as training that was not.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class CheckpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Images whose samples draw: shifted by chance.</summary>
    private sealed class Images : Dataset
    {
        private static readonly Tensor s_images = Tensor.Rand([37, 1, 8, 8], generator: new Generator().ManualSeed(1));

        public override int Count => 37;

        public override Tensor[] this[int index] => [s_images[index].Roll((long)Tensor.Randint(8, [1]).Item(), 2), Tensor.From((long)index % 4)];
    }

    private sealed class Lines : IterableDataset<Tensor[]>
    {
        public override IEnumerator<Tensor[]> GetEnumerator()
        {
            int worker = DataLoader.GetWorkerInfo()?.Id ?? 0;
            for (int i = 0; i < 21 + 8 * worker; i++) yield return [Tensor.Rand([1, 8, 8]), Tensor.From((i + worker) % 4L)];
        }
    }

    private sealed class ConvNet : Module
    {
        private readonly Conv2d _conv = new(1, 4, 3, padding: 1);
        private readonly BatchNorm2d _norm = new(4);
        private readonly Dropout _dropout = new(0.3);
        private readonly Linear _out = new(64, 4);

        public override Tensor Forward(Tensor input) => _out.Forward(_dropout.Forward(Functional.MaxPool2d(_norm.Forward(_conv.Forward(input)).Relu(), 2).Flatten(1)));
    }

    private sealed class Recurrent : Module
    {
        private readonly LSTM _lstm = new(8, 6, numLayers: 2, batchFirst: true, dropout: 0.2);
        private readonly Linear _out = new(6, 4);

        public override Tensor Forward(Tensor input) => _out.Forward(_lstm.Forward(input.Squeeze(1)).Output.Select(1, -1));
    }

    private static readonly Images s_images = new();

    private static readonly Dictionary<string, Training> s_trainings = new()
    {
        ["conv, batch norm, dropout; Adam; restarts; shuffled, 2 workers"] = new()
        {
            Model = static () => new ConvNet(),
            Optimizer = static m => new Adam(m.Parameters(), lr: 0.01, weightDecay: 0.01, amsgrad: true),
            Scheduler = static o => new CosineAnnealingWarmRestarts(o, 2),
            Loader = static _ => new DataLoader(s_images, batchSize: 4, shuffle: true, numWorkers: 2),
        },
        ["LSTM; momentum; one cycle; weighted by a generator"] = new()
        {
            Model = static () => new Recurrent(),
            Optimizer = static m => new SGD(m.Parameters(), lr: 0.05, momentum: 0.9, nesterov: true),
            Scheduler = static o => new OneCycleLR(o, 0.1, totalSteps: 30),
            Loader = static g => new DataLoader(s_images, batchSize: 4, sampler: new WeightedRandomSampler([.. Enumerable.Range(1, 37).Select(static i => (double)i)], 39, generator: g)),
            StepsPerBatch = true,
        },
        ["conv; AdamW of two groups; plateau; batches drawn with replacement, 3 workers far ahead"] = new()
        {
            Model = static () => new ConvNet(),
            Optimizer = static m => new AdamW([new ParameterGroup(m.Parameters().Take(2)) { Lr = 0.02 }, new ParameterGroup(m.Parameters().Skip(2))], lr: 0.01),
            Scheduler = static o => new ReduceLROnPlateau(o, patience: 0, factor: 0.5, threshold: 0.5),
            Loader = static g => new DataLoader(s_images, batchSampler: new BatchSampler(new RandomSampler(s_images, replacement: true, numSamples: 40, generator: g), 4, dropLast: true), numWorkers: 3, prefetchFactor: 4, generator: g),
        },
        ["LSTM; RMSprop; sequence of schedules; a stream read by the training itself"] = new()
        {
            Model = static () => new Recurrent(),
            Optimizer = static m => new RMSprop(m.Parameters(), lr: 0.01, momentum: 0.5, centered: true),
            Scheduler = static o => new SequentialLR(o, [new LinearLR(o, 0.5, totalIters: 2), new ExponentialLR(o, 0.9)], [2]),
            Loader = static _ => Stream(workers: 0),
            Epochs = 5,
        },
        ["conv; NAdam; chain of schedules; a stream, 2 workers"] = new()
        {
            Model = static () => new ConvNet(),
            Optimizer = static m => new NAdam(m.Parameters(), lr: 0.01),
            Scheduler = static o => new ChainedScheduler(new ConstantLR(o, 0.3, totalIters: 2), new StepLR(o, 2)),
            Loader = static _ => Stream(workers: 2),
            Epochs = 3,
        },
    };

    private static DataLoader<Tensor[], Tensor[]> Stream(int workers) => DataLoader.Create(new Lines(), Collate.Default, batchSize: 4, numWorkers: workers);

    public static TheoryData<string> Trainings => [.. s_trainings.Keys];

    [Theory]
    [MemberData(nameof(Trainings))]
    public void CapturedTrainingInterruptedAtAnyOf30StepsIsTheSameAsEagerTraining(string name)
    {
        var training = s_trainings[name];
        string path = _folder.File("run.safetensors");
        var whole = training.Run(path);
        training.Captured = true;
        try
        {
            Assert.Equal(whole, training.Run(path));
            // All steps of one, and some of the others: they differ in what the eager test looks at.
            int stride = training == s_trainings.Values.First() ? 1 : 5;
            for (int stop = 1; stop < whole.Count; stop += stride) Assert.Equal(whole, training.Resume(path, training.Run(path, stop)));
        }
        finally
        {
            training.Captured = false;
        }
    }

    [Theory]
    [MemberData(nameof(Trainings))]
    public void TrainingInterruptedAtAnyOf30StepsIsTheSame(string name)
    {
        var training = s_trainings[name];
        string path = _folder.File("run.safetensors");
        var whole = training.Run(path);
        Assert.True(whole.Count > 30, $"only {whole.Count - 1} steps");
        for (int stop = 1; stop < whole.Count; stop++)
        {
            var parts = training.Run(path, stop);
            Assert.Equal(stop, parts.Count);
            Assert.Equal(whole, training.Resume(path, parts));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheSameObjectsGoBackAndDoTheSameAgain(bool captured)
    {
        Rng.ManualSeed(3);
        var model = new ConvNet();
        var optimizer = new AdamW(model.Parameters(), lr: 0.01);
        var scheduler = new ExponentialLR(optimizer, 0.9);
        var loader = new DataLoader(s_images, batchSize: 4, shuffle: true);
        Tensor Step(Tensor x, Tensor y)
        {
            optimizer.ZeroGrad();
            var loss = Functional.CrossEntropy(model.Forward(x), y);
            loss.Backward();
            optimizer.Step();
            return loss;
        }
        var step = Firesteel.Compiler.Compile<Tensor>(Step);
        List<double> Epoch()
        {
            var losses = new List<double>();
            foreach (var (x, y) in loader) losses.Add((captured ? step.Run(x, y) : Step(x, y)).Item());
            scheduler.Step();
            return losses;
        }
        Epoch();
        string path = _folder.File("run.safetensors");
        Checkpoint.Save(path, model, optimizer, scheduler, loader);
        var first = Epoch();
        string bits = Training.Bits(model, optimizer, scheduler, loader);
        Epoch();
        for (int i = 0; i < 2; i++)
        {
            Checkpoint.Resume(path, model, optimizer, scheduler, loader);
            Assert.Equal(first, Epoch());
            Assert.Equal(bits, Training.Bits(model, optimizer, scheduler, loader));
        }
    }
}
