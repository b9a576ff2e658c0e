#:project ../../src/Firesteel

// "What is torch.nn really?": the same classifier from raw tensors to nn.Linear and optim.Adam.
// dotnet run samples/notebooks/001_what_is_torch_nn.cs [-- FOLDER]
// FOLDER holds the files of Fashion-MNIST; without it the handwritten digits beside the samples are used.

using System.Runtime.CompilerServices;
using Firesteel;
using Firesteel.Data;
using Firesteel.Nn;
using Firesteel.Optim;
using F = Firesteel.Nn.Functional;

const string debian = "/usr/share/datasets/fashion-mnist"; // where Debian's package dataset-fashion-mnist puts it
string? folder = args.Length > 0 ? args[0] : Directory.Exists(debian) ? debian : null;
var (xTrain, yTrain, xTest, yTest) = folder is null ? Digits() : FashionMnist(folder);
long pixels = xTrain.Shape[1];
long count = xTrain.Shape[0];
Console.WriteLine($"{(folder is null ? "digits" : "Fashion-MNIST")}: {count} images of {pixels} pixels");

Rng.ManualSeed(1);
Console.WriteLine(Tensor.Randint(10, [1]));

static Tensor Accuracy(Tensor output, Tensor target) => output.Argmax(dim: 1).Eq(target).Float().Mean();

const int batchSize = 128, epochs = 1000;
const double lr = 0.01;

// ---- from raw tensors: the model and the loss are formulas ----
Console.WriteLine("\n# raw tensors");
var weights = Tensor.Randn(pixels, 10) / Math.Sqrt(pixels);
weights.RequiresGradInPlace();
var bias = Tensor.Zeros([10], requiresGrad: true);

static Tensor LogSoftmax(Tensor x) => x - x.Exp().Sum(-1).Log().Unsqueeze(-1);
static Tensor NegativeLogLikelihood(Tensor input, Tensor target) => -input[Tensor.Arange(target.Shape[0]), target].Mean();

Tensor Model1(Tensor x) => LogSoftmax(x.Matmul(weights) + bias);

for (int epoch = 0; epoch < epochs; epoch++)
{
    var idx = Tensor.Randint(count, [batchSize]); // a batch at random
    var xs = xTrain[idx];
    var ys = yTrain[idx];

    var prob = Model1(xs);
    var loss = NegativeLogLikelihood(prob, ys);
    if (epoch % 100 == 0) Console.WriteLine(loss);

    loss.Backward();
    // Updating weights is no part of the model, so it is not recorded.
    using (Autograd.NoGrad())
    {
        weights -= weights.Grad! * lr;
        bias -= bias.Grad! * lr;

        weights.Grad!.ZeroInPlace();
        bias.Grad!.ZeroInPlace();
    }
}
Console.WriteLine(NegativeLogLikelihood(Model1(xTest), yTest));
Console.WriteLine(Accuracy(Model1(xTest), yTest));

// ---- nn.functional has the loss ----
Console.WriteLine("\n# F.CrossEntropy");
weights = Tensor.Randn(pixels, 10);
weights.RequiresGradInPlace();
bias = Tensor.Zeros([10], requiresGrad: true);

Tensor Model2(Tensor x) => x.Matmul(weights) + bias;

Train(Model2, () =>
{
    weights -= weights.Grad! * lr;
    bias -= bias.Grad! * lr;
    weights.Grad!.ZeroInPlace();
    bias.Grad!.ZeroInPlace();
});

// ---- a Module with Parameters ----
Console.WriteLine("\n# Module and Parameter");
var myModel = new MyModel(pixels);
Console.WriteLine(myModel.Forward(xTrain)[..2]);
Train(myModel.Forward, () =>
{
    foreach (var p in myModel.Parameters()) p.SubInPlace(p.Grad! * lr);
    myModel.ZeroGrad();
});

// ---- nn.Linear has the parameters ----
Console.WriteLine("\n# Linear");
var linear = new MyLinearModel(pixels);
Train(linear.Forward, () =>
{
    foreach (var p in linear.Parameters()) p.SubInPlace(p.Grad! * lr);
    linear.ZeroGrad();
});

// ---- optim has the update ----
Console.WriteLine("\n# optim.Adam");
linear = new MyLinearModel(pixels);
var optimizer = new Adam(linear.Parameters());
Train(linear.Forward, () =>
{
    optimizer.Step();
    optimizer.ZeroGrad();
});

void Train(Func<Tensor, Tensor> model, Action update)
{
    for (int epoch = 0; epoch < epochs; epoch++)
    {
        var idx = Tensor.Randint(count, [batchSize]);
        var (xs, ys) = (xTrain[idx], yTrain[idx]);
        var loss = F.CrossEntropy(model(xs), ys);
        if (epoch % 100 == 0) Console.WriteLine(loss);
        loss.Backward();
        using (Autograd.NoGrad()) update();
    }
    Console.WriteLine(F.CrossEntropy(model(xTest), yTest));
    Console.WriteLine(Accuracy(model(xTest), yTest));
}

static (Tensor, Tensor, Tensor, Tensor) FashionMnist(string folder)
{
    var train = Datasets.FashionMnist(folder, train: true);
    var test = Datasets.FashionMnist(folder, train: false);
    return (train.Images.Reshape(train.Count, -1).Float() / 255, train.Labels, test.Images.Reshape(test.Count, -1).Float() / 255, test.Labels);
}

static (Tensor, Tensor, Tensor, Tensor) Digits([CallerFilePath] string here = "")
{
    var digits = Datasets.Digits(Path.Combine(Path.GetDirectoryName(here)!, "..", "data", "digits.csv.gz"));
    var x = digits.Images.Reshape(digits.Count, -1).Float() / 16;
    const int train = 1437; // four fifths
    return (x[..train], digits.Labels[..train], x[train..], digits.Labels[train..]);
}

class MyModel(long pixels) : Module
{
    private readonly Parameter _weights = new(Tensor.Randn(pixels, 10));
    private readonly Parameter _bias = new(Tensor.Zeros(10));

    public override Tensor Forward(Tensor x) => x.Matmul(_weights) + _bias;
}

class MyLinearModel(long pixels) : Module
{
    private readonly Linear _linear = new(pixels, 10);

    public override Tensor Forward(Tensor x) => _linear.Forward(x);
}
