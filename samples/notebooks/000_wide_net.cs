#:project ../../src/Firesteel
#:project ../../src/Firesteel.Plots

// A wide network learns a noisy sine: "PyTorch's Neural Net module", cell by cell.
// dotnet run samples/notebooks/000_wide_net.cs

using System.Runtime.CompilerServices;
using Firesteel;
using Firesteel.Data;
using Firesteel.Nn;
using Firesteel.Optim;
using Firesteel.Plots;

// One call seeds everything that draws. Firesteel has a single default generator; NumPy's stream is there for data sets made in Python.
static NumpyRandomState SetSeed(long? seed = null, bool seedTorch = true)
{
    long chosen = seed ?? Random.Shared.NextInt64(1L << 32);
    if (seedTorch)
    {
        Rng.ManualSeed(chosen);
        Cuda.ManualSeedAll(chosen);
        Cuda.ManualSeed(chosen);
        Backends.Cudnn.Benchmark = false;
        Backends.Cudnn.Deterministic = true;
    }
    Console.WriteLine($"Random seed {chosen} has been set.");
    return new NumpyRandomState(chosen);
}

// For a DataLoader with workers: each has its own default generator already, here it seeds NumPy's stream as well.
static void SeedWorker(int workerId) => WorkerRandom.Numpy = new NumpyRandomState((long)(Rng.InitialSeed() % (1L << 32)));

const long Seed = 2021;
SetSeed(Seed);
var device = Device.Parse("cpu"); // the document has 'mps', which Firesteel knows and has not

// ---- the data ----
SetSeed(Seed);
const int nSamples = 32;
var inputs = Tensor.Linspace(-1.0, 1.0, nSamples).Reshape(nSamples, 1);
var noise = Tensor.Randn(nSamples, 1) / 4;
var targets = (Math.PI * inputs).Sin() + noise;
var figure = new Figure(8, 5);
figure.Scatter(inputs.ToArray<float>(), targets.ToArray<float>(), color: "c");
figure.XLabel("x (inputs)");
figure.YLabel("y (targets)");
Save(figure, "000_data.svg");

// ---- the network ----
SetSeed(Seed);
var wideNet = new WideNet().To(device);
Console.WriteLine(wideNet);

// ---- loss and optimizer ----
var lossFunction = new MSELoss();
const double lr = 0.003;
// Layers register their weights and biases as parameters by themselves, so Parameters() finds them.
var sgdOptimizer = new SGD(wideNet.Parameters(), lr: lr, momentum: 0.9);

// ---- one step ----
inputs = Tensor.Linspace(-1.0, 1.0, nSamples).Reshape(nSamples, 1);
noise = Tensor.Randn(nSamples, 1) / 4;
targets = (Math.PI * inputs).Sin() + noise;

sgdOptimizer.ZeroGrad();
var prediction = wideNet.Forward(inputs);
var loss = lossFunction.Forward(prediction, targets);
Console.WriteLine($"loss: {loss.Item()}");
loss.Backward();
sgdOptimizer.Step();

// ---- training ----
static List<double> Train(Tensor features, Tensor labels, Module model, MSELoss lossFun, Optimizer optimizer, int nEpochs)
{
    var lossRecord = new List<double>(); // the losses, epoch by epoch
    for (int i = 0; i < nEpochs; i++)
    {
        optimizer.ZeroGrad(); // gradients to 0
        var predictions = model.Forward(features);
        var loss = lossFun.Forward(predictions, labels);
        loss.Backward(); // gradients
        optimizer.Step(); // parameters take a step
        lossRecord.Add(loss.Item());
    }
    return lossRecord;
}

SetSeed(Seed);
const int epochs = 1847; // Cauchy, Exercices d'analyse et de physique mathematique (1847)
var losses = Train(inputs, targets, wideNet, lossFunction, sgdOptimizer, epochs);
Console.WriteLine($"loss from {losses[0]:F6} to {losses[^1]:F6} in {epochs} epochs");
figure = new Figure();
figure.Plot(losses);
figure.XLabel("epoch");
figure.YLabel("loss");
Save(figure, "000_loss.svg");

// What the network has learned, over what it was given.
var grid = Tensor.Linspace(-1.0, 1.0, 200).Reshape(-1, 1);
Tensor curve;
using (Autograd.NoGrad()) curve = wideNet.Forward(grid);
figure = new Figure();
figure.Scatter(inputs.ToArray<float>(), targets.ToArray<float>(), color: "c", label: "targets");
figure.Plot(grid.ToArray<float>(), curve.ToArray<float>(), color: "r", label: "prediction");
figure.XLabel("x (inputs)");
figure.YLabel("y (targets)");
figure.Legend();
Save(figure, "000_fit.svg");

// ---- seed_worker: batches in the same order, and the same draws in every worker, however fast each is ----
var loader = new DataLoader(new TensorDataset(inputs, targets), batchSize: 8, shuffle: true, numWorkers: 2, workerInitFn: SeedWorker, generator: new Generator().ManualSeed(Seed));
foreach (var (x, y) in loader) Console.WriteLine($"batch of {x.Shape[0]}, first input {x.Select(0, 0).Item():F4}, mean target {y.Mean().Item():F4}");

static void Save(Figure figure, string name, [CallerFilePath] string here = "")
{
    string folder = Environment.GetEnvironmentVariable("FIRESTEEL_OUT") ?? Path.Combine(Path.GetDirectoryName(here)!, "..", "out");
    Directory.CreateDirectory(folder);
    figure.Save(Path.Combine(folder, name));
    Console.WriteLine($"[{name}]");
}

class WideNet : Module
{
    private const int Cells = 512;

    private readonly Sequential _layers = new(
        new Linear(1, Cells), // 1 to Cells
        new Tanh(),
        new Linear(Cells, 1)); // Cells to 1

    public override Tensor Forward(Tensor x) => _layers.Forward(x);
}

static class WorkerRandom
{
    [ThreadStatic]
    public static NumpyRandomState? Numpy;
}
