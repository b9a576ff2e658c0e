#:project ../../src/Firesteel

// Modules from the inside: a class with forward, backward and optimize written by hand, a layer of our own, linear regression.
// dotnet run samples/notebooks/002_modules_by_hand.cs

using System.Globalization;
using Firesteel;
using Firesteel.Nn;
using Firesteel.Optim;

// ---- forward, backward and optimize by hand: logistic regression ----
Rng.ManualSeed(0);
var points = Tensor.Randn(100, 2);
var above = (points[.., ..1] + 2 * points[.., 1..]).Gt(0.5).Float();
var example = new Example(2, Tensor.ScalarTensor(0.5));
for (int step = 0; step < 200; step++)
{
    var yhat = example.Forward(points);
    example.Backward(points, yhat, above);
    example.Optimize();
}
Console.WriteLine($"weights {example.W.T}, bias {example.B}");
Console.WriteLine($"on the right side: {example.Forward(points).Gt(0.5).Eq(above.Gt(0.5)).Float().Mean().Item():P0}");

// ---- a layer with parameters ----
Rng.ManualSeed(0);
var x = Tensor.Randn(5, 7); // batch 5, input dim 7
Console.WriteLine(x);
var layer = new MyLinear(7, 12); // input 7, output 12
Console.WriteLine(layer.Forward(x).Shape); // batch 5, output dim 12

int number = 0;
foreach (var weight in layer.Parameters())
{
    Console.WriteLine(number++);
    Console.WriteLine(weight);
}
Console.WriteLine(layer.Forward(x)); // what a computed tensor looks like
Console.WriteLine(Tensor.Arange(2000.0).Reshape(40, 50) / 7); // only the edges beyond 1,000 elements
Console.WriteLine(x.Gt(0)[..2]);
Console.WriteLine(x.Gt(0).Sum(1));

// ---- linear regression from C# arrays and back ----
Rng.ManualSeed(0);
// A C# array takes NumPy's place; FromNumpy shares its memory with the tensor.
var xTrain = new float[11, 1];
var yTrain = new float[11, 1];
for (int i = 0; i < 11; i++) (xTrain[i, 0], yTrain[i, 0]) = (i, 2 * i + 1);

const int inputDim = 1, outputDim = 1, epochs = 100;
const double learningRate = 0.01;
var model = new LinearRegression(inputDim, outputDim);
var criterion = new MSELoss();
var optimizer = new SGD(model.Parameters(), lr: learningRate);
for (int epoch = 0; epoch < epochs; epoch++)
{
    var inputs = Tensor.FromNumpy(xTrain);
    var labels = Tensor.FromNumpy(yTrain);

    optimizer.ZeroGrad();

    var outputs = model.Forward(inputs);
    var loss = criterion.Forward(outputs, labels);
    loss.Backward();
    optimizer.Step();
}

float[] predicted;
using (Autograd.NoGrad()) predicted = model.Forward(Tensor.FromNumpy(xTrain)).Data.ToArray<float>();
for (int i = 0; i < predicted.Length; i++) Console.WriteLine($"[{Number(yTrain[i, 0])}] [{Number(predicted[i])}]");

// The memory is the same in both directions.
var shared = Tensor.FromNumpy(xTrain);
xTrain[0, 0] = 100;
shared[1, 0] = Tensor.ScalarTensor(-1);
Console.WriteLine($"{shared[0, 0].Item()} {xTrain[1, 0]}");

// As NumPy prints: a whole number ends in a point.
static string Number(float value)
{
    string text = value.ToString("R", CultureInfo.InvariantCulture);
    return text.Contains('.') || text.Contains('E') ? text : text + ".";
}

/// <summary>The document's class, with its mistakes corrected: names, and the shapes of the gradient.</summary>
class Example(long dim, Tensor lr)
{
    private readonly Dictionary<string, Tensor> _grads = new() { ["dW"] = Tensor.Zeros(dim, 1), ["db"] = Tensor.ScalarTensor(0) };

    public Tensor W { get; private set; } = Tensor.Zeros(dim, 1);

    public Tensor B { get; private set; } = Tensor.ScalarTensor(0);

    public Tensor Forward(Tensor x) => Sigmoid(B.Addmm(x, W));

    public void Backward(Tensor x, Tensor yhat, Tensor y)
    {
        double n = x.Shape[0];
        _grads["dW"] = (1 / n) * x.T.Mm(yhat - y);
        _grads["db"] = (1 / n) * (yhat - y).Sum();
    }

    public void Optimize()
    {
        W = W - lr * _grads["dW"];
        B = B - lr * _grads["db"];
    }

    private static Tensor Sigmoid(Tensor x) => 1 / (1 + (-x).Exp());
}

class MyLinear(long inFeatures, long outFeatures) : Module
{
    private readonly Parameter _weights = new(Tensor.Randn(inFeatures, outFeatures));
    private readonly Parameter _bias = new(Tensor.Randn(outFeatures));

    public override Tensor Forward(Tensor x) => x.Matmul(_weights) + _bias;
}

class LinearRegression(long inputSize, long outputSize) : Module
{
    private readonly Linear _linear = new(inputSize, outputSize);

    public override Tensor Forward(Tensor x) => _linear.Forward(x);
}
