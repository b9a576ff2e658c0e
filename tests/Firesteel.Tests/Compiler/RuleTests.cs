using Firesteel.Data;
using Firesteel.Io;
using Firesteel.Nn;
using Firesteel.Optim;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Compiler;

using Autograd = Firesteel.Autograd;
using Compiler = Firesteel.Compiler;

/// <summary>What a captured step promises about the program around it: thread counts, batch sizes, messages, checkpoints, gradients where they always are.</summary>
[Collection(Conformance.GeneratorCollection.Name)]
public sealed class RuleTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("firesteel-rules");

    public void Dispose() => _folder.Delete(true);

    private static Sequential Model()
    {
        Rng.ManualSeed(21);
        return new Sequential(new Linear(6, 24), new Tanh(), new Dropout(0.2), new LayerNorm(24), new Linear(24, 4));
    }

    private static Func<Tensor, Tensor, Tensor> Step(Module model, Optimizer optimizer) => (x, y) =>
    {
        optimizer.ZeroGrad();
        var loss = F.CrossEntropy(model.Forward(x), y);
        loss.Backward();
        optimizer.Step();
        return loss;
    };

    [Fact]
    public void TheNumberOfThreadsMayChange()
    {
        int before = Threads.Count;
        try
        {
            Rng.ManualSeed(22);
            var model = new Sequential(new Conv2d(3, 8, 3, padding: 1), new BatchNorm2d(8), new ReLU(), new Flatten(), new Linear(8 * 256, 64), new GELU(), new Linear(64, 10));
            var optimizer = new SGD(model.Parameters(), 0);
            var step = Compiler.Compile(Step(model, optimizer));
            Tensor x = Tensor.Randn(32, 3, 16, 16), y = Tensor.Randint(0, 10, [32]);
            double[]? expected = null;
            foreach (int count in (int[])[1, 1, 1, 2, 3, 7, 1, 2])
            {
                Threads.Count = count;
                double[] found = [step.Run(x, y).Item(), .. model.Parameters().SelectMany(static p => p.Grad!.ToArray<double>())];
                expected ??= found;
                Assert.Equal(expected, found);
            }
            Assert.True(step.Replays >= 5, step.LastRecapture);
        }
        finally
        {
            Threads.Count = before;
        }
    }

    /// <summary>A loader whose last batch is smaller: two forms are captured, and no step of a later epoch is plain code.</summary>
    [Fact]
    public void ALoaderWhoseLastBatchIsSmaller()
    {
        double[] Run(bool captured)
        {
            var model = Model();
            var optimizer = new AdamW(model.Parameters(), 0.01);
            var body = Step(model, optimizer);
            var step = Compiler.Compile(body);
            var loader = new DataLoader(new TensorDataset(Tensor.Randn(45, 6), Tensor.Randint(0, 4, [45])), batchSize: 8, shuffle: true);
            var losses = new List<double>();
            for (int epoch = 0; epoch < 6; epoch++)
                foreach (var (x, y) in loader) losses.Add((captured ? step.Run(x, y) : body(x, y)).Item());
            if (captured) Assert.Equal((2, 5L), (step.Captures, step.EagerRuns));
            return [.. losses, .. model.Parameters().SelectMany(static p => p.ToArray<double>())];
        }

        Assert.Equal(Run(false), Run(true));
    }

    /// <summary>Batches of any size are right; of very many sizes only some are captured, and the rest goes on as plain code, which says so.</summary>
    [Theory]
    [InlineData(6, true)]
    [InlineData(30, true)]
    [InlineData(300, false)]
    public void BatchesOfAnySize(int sizes, bool staysCaptured)
    {
        double[] Run(bool captured)
        {
            var model = Model();
            var optimizer = new Adam(model.Parameters(), 0.01);
            var body = Step(model, optimizer);
            var step = Compiler.Compile(body);
            var random = new Random(5);
            var losses = new List<double>();
            for (int i = 0; i < 250; i++)
            {
                int size = random.Next(1, sizes + 1);
                Tensor x = Tensor.Randn(size, 6), y = Tensor.Randint(0, 4, [size]);
                losses.Add((captured ? step.Run(x, y) : body(x, y)).Item());
            }
            if (captured)
            {
                Assert.Equal(staysCaptured, step.EagerBecause is null);
                if (staysCaptured) Assert.True(step.Replays >= 250 - 3 * sizes && step.Captures == sizes, $"{step.Replays} replays, {step.Captures} captured");
            }
            return [.. losses, .. model.Parameters().SelectMany(static p => p.ToArray<double>())];
        }

        var plain = Run(false);
        var (output, said) = (Console.Error, new StringWriter());
        Console.SetError(said);
        try
        {
            Assert.Equal(plain, Run(true));
        }
        finally
        {
            Console.SetError(output);
        }
        string errors = said.ToString();
        if (staysCaptured) Assert.Empty(errors);
        else Assert.Matches("^Firesteel: a captured function goes on as ordinary code: it was called with more than 64 kinds of arguments; the last: argument 0 is float32 [^\n]* captured for float32 [^\n]*\n$", errors.ReplaceLineEndings("\n"));
    }

    /// <summary>Captured training that is saved, ends, and goes on in another process's place, captured anew, is training that was never interrupted.</summary>
    [Fact]
    public void TrainingThatIsInterruptedAndResumed()
    {
        var data = new TensorDataset(Tensor.Randn(40, 6), Tensor.Randint(0, 4, [40]));
        (Sequential Model, Optimizer Optimizer, LRScheduler Scheduler) New()
        {
            var model = Model();
            var optimizer = new AdamW(model.Parameters(), 0.02);
            return (model, optimizer, new CosineAnnealingLR(optimizer, 30));
        }
        void Steps((Sequential Model, Optimizer Optimizer, LRScheduler Scheduler) part, int from, int to, bool captured, List<double> losses)
        {
            var body = Step(part.Model, part.Optimizer);
            var step = Compiler.Compile(body);
            for (int i = from; i < to; i++)
            {
                var (x, y) = (data.Tensors[0].Narrow(0, i % 5 * 8, 8), data.Tensors[1].Narrow(0, i % 5 * 8, 8));
                losses.Add((captured ? step.Run(x, y) : body(x, y)).Item());
                part.Scheduler.Step();
            }
            if (captured) Assert.True(step.Replays > (to - from) / 2, step.LastRecapture);
        }

        List<double> plain = [], resumed = [];
        var whole = New();
        Rng.ManualSeed(23);
        Steps(whole, 0, 30, false, plain);

        string path = Path.Combine(_folder.FullName, "step.checkpoint");
        var first = New();
        Rng.ManualSeed(23);
        Steps(first, 0, 13, true, resumed);
        Checkpoint.Save(path, first.Model, first.Optimizer, first.Scheduler);
        var second = New();
        Rng.ManualSeed(99);
        // Some steps of its own come first: what is loaded replaces the state under a captured step.
        Steps(second, 0, 7, true, []);
        Checkpoint.Resume(path, second.Model, second.Optimizer, second.Scheduler);
        Steps(second, 13, 30, true, resumed);
        Assert.Equal(plain, resumed);
        Assert.Equal(whole.Model.Parameters().SelectMany(static p => p.ToArray<float>()), second.Model.Parameters().SelectMany(static p => p.ToArray<float>()));
    }

    /// <summary>A checkpoint loaded between two steps of one captured function.</summary>
    [Fact]
    public void AStateLoadedUnderACapturedStep()
    {
        double[] Run(bool captured)
        {
            var model = Model();
            var optimizer = new Adam(model.Parameters(), 0.02, amsgrad: true);
            var body = Step(model, optimizer);
            var step = Compiler.Compile(body);
            Rng.ManualSeed(24);
            Tensor x = Tensor.Randn(8, 6), y = Tensor.Randint(0, 4, [8]);
            var losses = new List<double>();
            string path = Path.Combine(_folder.FullName, $"{captured}.checkpoint");
            for (int i = 0; i < 40; i++)
            {
                if (i == 8) Checkpoint.Save(path, model, optimizer);
                if (i is 20 or 31) Checkpoint.Resume(path, model, optimizer);
                losses.Add((captured ? step.Run(x, y) : body(x, y)).Item());
            }
            if (captured) Assert.True(step.Replays >= 30, step.LastRecapture);
            return [.. losses];
        }

        Assert.Equal(Run(false), Run(true));
    }

    /// <summary>Gradients are in Grad after every step, may be read, replaced and written to between steps, and gradients of new parameters join.</summary>
    [Fact]
    public void GradientsAreWhereTheyAlwaysAre()
    {
        double[] Run(bool captured)
        {
            var model = Model();
            var optimizer = new SGD(model.Parameters(), 0.1, momentum: 0.9);
            Func<Tensor, Tensor, Tensor> body = (x, y) =>
            {
                var loss = F.CrossEntropy(model.Forward(x), y);
                loss.Backward();
                return loss;
            };
            var f = Compiler.Compile(body);
            Rng.ManualSeed(25);
            Tensor x = Tensor.Randn(8, 6), y = Tensor.Randint(0, 4, [8]);
            var numbers = new List<double>();
            for (int i = 0; i < 40; i++)
            {
                numbers.Add((captured ? f.Run(x, y) : body(x, y)).Item());
                var parameters = model.Parameters().ToList();
                numbers.AddRange(parameters.SelectMany(static p => p.Grad?.ToArray<double>() ?? []));
                // As clipping outside does.
                using (Autograd.NoGrad())
                    foreach (var p in parameters) p.Grad?.MulInPlace(0.5);
                if (i % 5 == 4) parameters[0].Grad = Tensor.Ones(parameters[0].Shape);
                if (i % 2 == 1)
                {
                    optimizer.Step();
                    optimizer.ZeroGrad(setToNone: i % 4 == 1);
                }
                if (i == 20) parameters[1].RequiresGrad = false;
                if (i == 30) parameters[1].RequiresGrad = true;
            }
            return [.. numbers];
        }

        Assert.Equal(Run(false), Run(true));
    }

    [Fact]
    public void AFunctionThatRecapturesTooOftenSaysSoOnce()
    {
        int k = 0;
        var f = Compiler.Compile((Tensor x) => x * k++);
        var (output, said) = (Console.Error, new StringWriter());
        Console.SetError(said);
        try
        {
            for (int i = 0; i < 60; i++) Assert.Equal(i, f.Run(Tensor.Ones(1)).Item());
        }
        finally
        {
            Console.SetError(output);
        }
        Assert.Matches("^Firesteel: a captured function goes on as ordinary code: captured [0-9]+ times[^\n]*k is now [0-9]+[^\n]*\n$|^Firesteel: a captured function goes on as ordinary code: captured [0-9]+ times[^\n]*number[^\n]*\n$", said.ToString().ReplaceLineEndings("\n"));
        Assert.Contains("runs as C# code for good", f.Explain());
    }

    /// <summary>Numbers from outside in every form: a static, a property of an object, an element of a list, a captured loop variable.</summary>
    [Fact]
    public void SettingsInObjectsAndLists()
    {
        var settings = new Settings { Scale = 2, Inner = new Settings { Scale = 3 } };
        var list = new List<Tensor> { Tensor.Ones(2) };
        var array = new[] { Tensor.Ones(2) };
        var f = Compiler.Compile((Tensor x) => x * settings.Scale * settings.Inner!.Scale * list[^1] * array[0]);
        float Value() => f.Run(Tensor.Ones(2)).ToArray<float>()[0];
        for (int i = 0; i < 4; i++) Assert.Equal(6, Value());
        settings.Inner.Scale = 4;
        for (int i = 0; i < 4; i++) Assert.Equal(8, Value());
        settings.Inner = new Settings { Scale = 5 };
        for (int i = 0; i < 4; i++) Assert.Equal(10, Value());
        list.Add(Tensor.Full([2], 2.0));
        for (int i = 0; i < 4; i++) Assert.Equal(20, Value());
        list[^1] = Tensor.Full([2], 3.0);
        for (int i = 0; i < 4; i++) Assert.Equal(30, Value());
        array[0] = Tensor.Full([2], 10.0);
        for (int i = 0; i < 4; i++) Assert.Equal(300, Value());
        Assert.True(f.Replays >= 8, f.LastRecapture);
    }

    private sealed class Settings
    {
        public double Scale { get; set; }

        public Settings? Inner { get; set; }
    }
}
