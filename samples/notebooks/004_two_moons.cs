#:project ../../src/Firesteel
#:project ../../src/Firesteel.Plots
#:package CsvHelper

// Two moons: a data set saved and read back, a small network, 15,000 epochs, and the boundary that it has learned.
// dotnet run samples/notebooks/004_two_moons.cs

using System.Runtime.CompilerServices;
using CsvHelper;
using Firesteel;
using Firesteel.Data;
using Firesteel.Nn;
using Firesteel.Optim;
using Firesteel.Plots;

static Device SetDevice()
{
    string device = Cuda.IsAvailable() ? "cuda" : Backends.Mps.IsAvailable() ? "mps" : "cpu";
    Console.WriteLine(device == "cuda" ? "GPU is enabled in this notebook." : "GPU is not enabled in this notebook.");
    return device;
}

var device = SetDevice();
try
{
    _ = Tensor.Zeros(1).To("mps"); // the document's device
}
catch (NotSupportedException e)
{
    Console.WriteLine(e.Message);
}

// ---- the data set: scikit-learn's points for this random state ----
var (moons, classes) = Datasets.MakeMoons(256, noise: 0.1, randomState: 2021);

// Saved to a CSV file and read back.
string csvFile = Path.Combine(OutputFolder(), "004_moons.csv");
using (var csv = CsvWriter.ToFile(csvFile))
{
    csv.WriteHeader("x0", "x1", "y");
    for (int i = 0; i < classes.Length; i++)
    {
        csv.WriteField(moons[i, 0]);
        csv.WriteField(moons[i, 1]);
        csv.WriteField(classes[i]);
        csv.EndRecord();
    }
}
var xOrig = new double[classes.Length, 2];
var yOrig = new long[classes.Length];
using (var csv = CsvReader.FromFile(csvFile))
{
    for (int i = 0; csv.Read(); i++)
        (xOrig[i, 0], xOrig[i, 1], yOrig[i]) = (csv.Parse<double>("x0"), csv.Parse<double>("x1"), csv.Parse<long>("y"));
}
Console.WriteLine($"Size X:({xOrig.GetLength(0)}, {xOrig.GetLength(1)})");
Console.WriteLine($"Size y:({yOrig.Length},)");

var figure = new Figure();
Moons(figure);
Save(figure, "004_moons.svg");

// ---- tensors ----
var x = Tensor.From(xOrig, dtype: DType.Float32).To(device);
var y = Tensor.FromNumpy(yOrig).To(DType.Int64).To(device);
Console.WriteLine($"Size x:{x.Shape}");
Console.WriteLine($"Size y:{y.Shape}");

// ---- the network ----
Rng.ManualSeed(2021);
var model = new NaiveNet().To(device);
Console.WriteLine(model);

var input = Tensor.From(new[,]
{
    { 0.9066f, 0.5052f },
    { -0.2024f, 1.1226f },
    { 1.0685f, 0.2809f },
    { 0.6720f, 0.5097f },
    { 0.8548f, 0.5122f },
}).To(device);
var outF = model.Forward(input);
var outP = model.Predict(input);
Console.WriteLine(outF);
Console.WriteLine(outP);

// ---- training ----
static List<double> Train(NaiveNet model, Tensor x, Tensor y)
{
    // Cross entropy is the loss of classification.
    var lossFunction = new CrossEntropyLoss();
    const double learningRate = 1e-2;
    var optimizer = new SGD(model.Parameters(), lr: learningRate);
    const int epochs = 15000;
    var losses = new List<double>(); // for the picture
    for (int i = 0; i < epochs; i++)
    {
        var yLogits = model.Forward(x);
        var loss = lossFunction.Forward(yLogits, y);
        optimizer.ZeroGrad(); // the gradients of the step before
        loss.Backward(); // the gradients of this one
        optimizer.Step(); // new weights
        losses.Add(loss.Item());
        if (i % 1000 == 0) Console.WriteLine($"Epoch {i} loss is {loss.Item()}");
    }
    return losses;
}

model = new NaiveNet().To(device);
var losses = Train(model, x, y);
Console.WriteLine($"accuracy {model.Predict(x).Eq(y).Float().Mean().Item():P1}");

figure = new Figure();
figure.Plot(Enumerable.Range(1, losses.Count), losses);
figure.XLabel("Epoch");
figure.YLabel("Loss");
Save(figure, "004_loss.svg");

// ---- the boundary: the probability of class 1 over the plane ----
const int across = 120, up = 80;
var gx = Tensor.Linspace(-1.5, 2.5, across);
var gy = Tensor.Linspace(-1.0, 1.5, up);
var plane = Tensor.Stack([gx.Unsqueeze(0).Expand(up, across).Reshape(-1), gy.Unsqueeze(1).Expand(up, across).Reshape(-1)], dim: 1);
float[] probability;
using (Autograd.NoGrad()) probability = model.Forward(plane).Softmax(1)[.., 1].ToArray<float>();
var heights = new double[up, across];
for (int i = 0; i < probability.Length; i++) heights[i / across, i % across] = probability[i];
figure = new Figure();
figure.PColorMesh(gx.ToArray<float>(), gy.ToArray<float>(), heights, colormap: "coolwarm", alpha: 0.6);
figure.Contour(gx.ToArray<float>(), gy.ToArray<float>(), heights, [0.5]);
Moons(figure);
figure.XLim(-1.5, 2.5);
figure.YLim(-1, 1.5);
figure.Title("What the network has learned");
Save(figure, "004_boundary.svg");

// ---- the same points through a DataLoader ----
var loader = new DataLoader(new TensorDataset(x, y), batchSize: 100, shuffle: true);
foreach (var (points, labels) in loader)
    Console.WriteLine($"{points.Shape}, {labels.Sum().Item()} of class 1, accuracy {model.Predict(points).Eq(labels).Float().Mean().Item():P1}");

// ToTensor makes a tensor [C, H, W] from 0 to 1 of an image of bytes.
Console.WriteLine(new ToTensor().Forward(Tensor.From(new byte[,] { { 0, 51 }, { 102, 255 } })));

void Moons(Figure on)
{
    var all = Enumerable.Range(0, yOrig.Length);
    on.Scatter(all.Select(i => xOrig[i, 0]), all.Select(i => xOrig[i, 1]), yOrig, labels: ["class 0", "class 1"]);
    on.XLabel("x0");
    on.YLabel("x1");
    on.Legend();
}

static string OutputFolder([CallerFilePath] string here = "") =>
    Directory.CreateDirectory(Environment.GetEnvironmentVariable("FIRESTEEL_OUT") ?? Path.Combine(Path.GetDirectoryName(here)!, "..", "out")).FullName;

static void Save(Figure figure, string name)
{
    figure.Save(Path.Combine(OutputFolder(), name));
    Console.WriteLine($"[{name}]");
}

class NaiveNet : Module
{
    private readonly Sequential _layers = new(
        new Linear(2, 16),
        new ReLU(),
        new Linear(16, 2));

    public override Tensor Forward(Tensor x) => _layers.Forward(x);

    /// <summary>The class with the higher score.</summary>
    public Tensor Predict(Tensor x) => Forward(x).Argmax(1);
}
