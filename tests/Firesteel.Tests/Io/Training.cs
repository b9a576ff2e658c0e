using Firesteel.Data;
using Firesteel.Io;
using Firesteel.Nn;
using Firesteel.Optim;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests;

/// <summary>A small training that can be stopped after any step and gone on with from its checkpoint, and that records every bit on the way.</summary>
internal sealed class Training
{
    /// <summary>What is trained, made anew for every process that there would be.</summary>
    public required Func<Module> Model { get; init; }

    public required Func<Module, Optimizer> Optimizer { get; init; }

    public required Func<Optimizer, IStateful> Scheduler { get; init; }

    public required Func<Generator, DataLoader<Tensor[], Tensor[]>> Loader { get; init; }

    public int Epochs { get; init; } = 3;

    /// <summary>Whether steps are captured and replayed.</summary>
    public bool Captured { get; set; }

    /// <summary>Whether the schedule is one of steps rather than of epochs.</summary>
    public bool StepsPerBatch { get; init; }

    /// <summary>Trains and records the loss of every step, and at the end everything that can differ. Stops after the step <paramref name="stop"/>, with a checkpoint.</summary>
    public List<string> Run(string path, int stop = int.MaxValue)
    {
        Rng.ManualSeed(11);
        return Run(path, [], resume: false, stop);
    }

    /// <summary>Goes on in what might be another process, with another seed and other weights, and adds to the record.</summary>
    public List<string> Resume(string path, List<string> record, int stop = int.MaxValue)
    {
        Rng.ManualSeed(99);
        Tensor.Randn([record.Count]);
        return Run(path, record, resume: true, stop);
    }

    private List<string> Run(string path, List<string> record, bool resume, int stop)
    {
        var own = new Generator().ManualSeed(resume ? 77 : 12);
        var model = Model();
        var optimizer = Optimizer(model);
        var scheduler = Scheduler(optimizer);
        var loader = Loader(own);
        var noise = new Generator().ManualSeed(resume ? 78 : 13);
        var parts = new Dictionary<string, IStateful> { ["noise"] = noise };
        int epoch = 0;
        double sum = 0;
        if (resume)
        {
            var values = Checkpoint.Resume(path, model, optimizer, scheduler, loader, parts);
            epoch = values.Get<int>("epoch");
            sum = values.Get<double>("sum");
        }
        var captured = Captured ? Firesteel.Compiler.Compile<Tensor>(Step) : null;
        for (; epoch < Epochs; epoch++)
        {
            foreach (var (x, y) in loader)
            {
                var noisy = x + 0.1 * Tensor.Randn(x.Shape, generator: noise);
                var loss = captured is null ? Step(noisy, y) : captured.Run(noisy, y);
                if (StepsPerBatch) ((LRScheduler)scheduler).Step();
                sum += loss.Item();
                record.Add($"{loss.Item():R} {optimizer.ParamGroups[0].Lr:R}");
                if (record.Count == stop)
                {
                    Checkpoint.Save(path, model, optimizer, scheduler, loader, parts, new() { ["epoch"] = epoch, ["sum"] = sum });
                    return record;
                }
            }
            if (scheduler is ReduceLROnPlateau plateau) plateau.Step(sum);
            else if (!StepsPerBatch) ((LRScheduler)scheduler).Step();
            sum = 0;
        }
        record.Add(Bits(model, optimizer, scheduler, loader, parts));
        return record;

        Tensor Step(Tensor x, Tensor y)
        {
            optimizer.ZeroGrad();
            var loss = F.CrossEntropy(model.Forward(x), y);
            loss.Backward();
            optimizer.Step();
            return loss;
        }
    }

    /// <summary>A digest of every bit of the state.</summary>
    public static string Bits(Module? model = null, Optimizer? optimizer = null, IStateful? scheduler = null, IStateful? loader = null, Dictionary<string, IStateful>? parts = null)
    {
        var tensors = new OrderedDictionary<string, Tensor>();
        string tree = StateTree.Write(Checkpoint.Tree(Checkpoint.Parts(model, optimizer, scheduler, loader, parts), null), tensors);
        using var bytes = new MemoryStream();
        Safetensors.WriteTo(bytes, tensors, new Dictionary<string, string> { ["tree"] = tree });
        return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)));
    }
}
