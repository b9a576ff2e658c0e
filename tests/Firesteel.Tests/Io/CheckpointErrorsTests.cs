using Firesteel.Data;
using Firesteel.Io;
using Firesteel.Nn;
using Firesteel.Optim;
using Firesteel.Tests.Conformance;

namespace Firesteel.Tests;

/// <summary>What does not fit is told, and nothing is changed then.</summary>
[Collection(GeneratorCollection.Name)]
public sealed class CheckpointErrorsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Path => _folder.File("run.safetensors");

    private sealed class Run
    {
        public Run(int seed, Func<Module>? model = null, Func<Module, Optimizer>? optimizer = null, Func<Optimizer, IStateful>? scheduler = null)
        {
            Rng.ManualSeed(seed);
            Model = model?.Invoke() ?? new Sequential(new Linear(3, 4), new Tanh(), new Linear(4, 2));
            Optimizer = optimizer?.Invoke(Model) ?? new Adam(Model.Parameters());
            Scheduler = scheduler?.Invoke(Optimizer) ?? new StepLR(Optimizer, 3);
            Loader = new DataLoader(new TensorDataset(Tensor.Rand(20, 3), Tensor.Arange(20) % 2), batchSize: 4, shuffle: true);
            Model.Forward(Tensor.Rand(5, 3)).Sum().Backward();
            Optimizer.Step();
            ((LRScheduler)Scheduler).Step();
        }

        public Module Model { get; }

        public Optimizer Optimizer { get; }

        public IStateful Scheduler { get; }

        public DataLoader Loader { get; }

        public string Bits => Training.Bits(Model, Optimizer, Scheduler, Loader);
    }

    private void Save()
    {
        var run = new Run(1);
        foreach (var _ in run.Loader)
        {
            Checkpoint.Save(Path, run.Model, run.Optimizer, run.Scheduler, run.Loader);
            break;
        }
    }

    private void Refused(string message, Run run)
    {
        Save();
        string before = run.Bits;
        var error = Assert.Throws<ArgumentException>(() => Checkpoint.Resume(Path, run.Model, run.Optimizer, run.Scheduler, run.Loader));
        Assert.Contains("run.safetensors", error.Message);
        Assert.Contains(message, error.Message);
        Assert.Equal(before, run.Bits);
        Assert.Equal(5, run.Loader.Count());
    }

    [Fact]
    public void AnotherModel()
    {
        Refused("'model' does not fit", new Run(2, model: static () => new Sequential(new Linear(3, 5), new Tanh(), new Linear(5, 2))));
        Refused("2.weight", new Run(2, model: static () => new Sequential(new Linear(3, 4), new Linear(4, 2), new Tanh()), optimizer: static m => new Adam(m.Parameters())));
    }

    [Fact]
    public void AnotherOptimizer()
    {
        Refused("'optimizer' does not fit: it was saved by the class Adam, and this is a SGD", new Run(2, optimizer: static m => new SGD(m.Parameters(), 0.1)));
        Refused("4 parameters instead of 2", new Run(2, optimizer: static m => new Adam(m.Parameters().Take(2))));
        Refused("different number of parameter groups: 1 instead of 2", new Run(2, optimizer: static m => new Adam([new ParameterGroup(m.Parameters().Take(2)), new ParameterGroup(m.Parameters().Skip(2))])));
    }

    [Fact]
    public void AnotherScheduler()
    {
        Refused("'scheduler' does not fit: it was saved by the class StepLR, and this is an ExponentialLR", new Run(2, scheduler: static o => new ExponentialLR(o, 0.9)));
    }

    [Fact]
    public void OtherParts()
    {
        Save();
        var run = new Run(2);
        string before = run.Bits;
        Assert.Contains("it was saved with 'scheduler', 'loader' too", Assert.Throws<ArgumentException>(() => Checkpoint.Resume(Path, run.Model, run.Optimizer)).Message);
        var generator = new Generator();
        Assert.Contains("it was saved without 'noise'", Assert.Throws<ArgumentException>(() => Checkpoint.Resume(Path, run.Model, run.Optimizer, run.Scheduler, run.Loader, new() { ["noise"] = generator })).Message);
        Assert.Equal(before, run.Bits);

        Checkpoint.Resume(Path, run.Model, parts: new() { ["noise"] = generator }, strict: false);
        Assert.NotEqual(before, run.Bits);
        Assert.Equal(Training.Bits(new Run(1).Model), Training.Bits(run.Model));
    }

    [Fact]
    public void NamesThatStandForSomethingElse()
    {
        foreach (string name in new[] { "", "values", "classes", "random" })
            Assert.Throws<ArgumentException>(() => Checkpoint.Save(Path, parts: new() { [name] = new Generator() }));
        Assert.Throws<ArgumentException>(() => Checkpoint.Save(Path, new Linear(1, 1), parts: new() { ["model"] = new Linear(1, 1) }));
        Assert.False(File.Exists(Path));
    }

    private sealed class Failing(Generator generator) : IStateful
    {
        public Dictionary<string, object> StateDict() => new() { ["x"] = 1 };

        public void LoadStateDict(IReadOnlyDictionary<string, object> stateDict)
        {
            generator.ManualSeed(5);
            if (stateDict["x"] is long) throw new IOException("network is down");
        }
    }

    [Fact]
    public void WhatWasLoadedBeforeAFailureGetsItsStateBack()
    {
        // The other model is loaded before the last one refuses, and the part of the caller after everything else of its kind.
        Rng.ManualSeed(1);
        var (a, b) = (new Linear(2, 2), new Linear(2, 3));
        var generator = new Generator();
        var optimizer = new SGD(a.Parameters(), 0.1, momentum: 0.9);
        Checkpoint.Save(Path, a, optimizer, parts: new() { ["second"] = b, ["generator"] = generator });
        Rng.ManualSeed(2);
        var (c, d) = (new Linear(2, 2), new Linear(2, 4));
        c.Forward(Tensor.Ones(1, 2)).Sum().Backward();
        var other = new SGD(c.Parameters(), 0.2, momentum: 0.5);
        other.Step();
        generator.ManualSeed(3);
        Dictionary<string, IStateful> parts = new() { ["second"] = d, ["generator"] = generator };
        string before = Training.Bits(c, other, parts: parts);
        Assert.Throws<ArgumentException>(() => Checkpoint.Resume(Path, c, other, parts: parts));
        Assert.Equal(before, Training.Bits(c, other, parts: parts));

        parts = new() { ["generator"] = generator, ["failing"] = new Failing(new Generator()) };
        Checkpoint.Save(Path, a, optimizer, parts: parts);
        Tensor.Rand([1], generator: generator);
        Rng.ManualSeed(8);
        before = Training.Bits(c, other, parts: parts);
        Assert.Equal("network is down", Assert.Throws<IOException>(() => Checkpoint.Resume(Path, c, other, parts: parts)).Message);
        Assert.Equal(before, Training.Bits(c, other, parts: parts));
    }

    [Fact]
    public void AFileOfTensorsIsNoCheckpoint()
    {
        Safetensors.Save(new Linear(2, 2).StateDict(), Path);
        Assert.Contains("is no checkpoint that training can go on from", Assert.Throws<CheckpointFormatException>(() => Checkpoint.Resume(Path, new Linear(2, 2))).Message);
        File.WriteAllText(Path, "");
        Assert.Throws<CheckpointFormatException>(() => Checkpoint.Resume(Path));
        Assert.Throws<FileNotFoundException>(() => Checkpoint.Resume(_folder.File("none")));
    }

    [Fact]
    public void AnyFlippedByteIsNoticedAndInATensorNamesIt()
    {
        Save();
        byte[] bytes = File.ReadAllBytes(Path);
        var file = Safetensors.Open(Path);
        long data = 8 + BitConverter.ToInt64(bytes);
        int seed = Environment.TickCount;
        var random = new Random(seed);
        var run = new Run(2);
        string before = run.Bits;
        Checkpoint.Resume(Path, run.Model, run.Optimizer, run.Scheduler, run.Loader);
        string saved = run.Bits;
        run = new Run(2);
        // All bytes of the header, and some of every tensor.
        var places = Enumerable.Range(0, (int)data).Concat(file.Entries.SelectMany(e => Enumerable.Range(0, 5).Select(_ => (int)(e.Offset + random.NextInt64(e.ByteCount)))));
        foreach (int at in places)
        {
            byte flip = (byte)(1 << random.Next(8));
            bytes[at] ^= flip;
            File.WriteAllBytes(Path, bytes);
            bytes[at] ^= flip;
            var error = Record.Exception(() => Checkpoint.Resume(Path, run.Model, run.Optimizer, run.Scheduler, run.Loader));
            // Only a checksum may be written in another way.
            if (error is null && at < data && "abcdef".Contains((char)bytes[at]) && flip == 0x20 && run.Bits == saved) run = new Run(2);
            else Assert.True(error is CheckpointFormatException, $"byte {at} of {data}, seed {seed}: {error}");
            if (at >= data) Assert.Contains($"'{file.Entries.Single(e => at >= e.Offset && at < e.Offset + e.ByteCount).Name}' is damaged", error!.Message);
        }
        Assert.Equal(before, run.Bits);
    }

    [Fact]
    public void ATruncatedFileIsNoticed()
    {
        Save();
        byte[] bytes = File.ReadAllBytes(Path);
        var run = new Run(2);
        string before = run.Bits;
        for (int length = 0; length < bytes.Length; length += 1 + length / 20)
        {
            File.WriteAllBytes(Path, bytes[..length]);
            Assert.Throws<CheckpointFormatException>(() => Checkpoint.Resume(Path, run.Model, run.Optimizer, run.Scheduler, run.Loader));
        }
        Assert.Equal(before, run.Bits);
    }
}
