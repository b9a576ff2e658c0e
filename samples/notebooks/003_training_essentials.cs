#:project ../../src/Firesteel

// The essential components of training: nn, losses, optimizers, a module of one's own.
// dotnet run samples/notebooks/003_training_essentials.cs

using Firesteel;
using Firesteel.Nn;
using Firesteel.Optim;
using F = Firesteel.Nn.Functional;

Console.WriteLine(typeof(Tensor).Assembly.GetName().Version!.ToString(3));

// N: batch size, dIn: input dimension, h: hidden dimension, dOut: output dimension.
const long n = 64, dIn = 100, h = 200, dOut = 5;
Rng.ManualSeed(0);

// ---- nn: a model as a sequence of layers, and the update by hand ----
var x = Tensor.Randn(n, dIn) * 0.001;
var y = Tensor.Randn(n, dOut) * 0.001;
var model = TwoLayers();
var lossFn = new MSELoss(reduction: Reduction.Sum);
double learningRate = 1e-2;
for (int t = 0; t < 500; t++)
{
    // Forward pass: the prediction for x.
    var yPred = model.Forward(x);

    // The loss, a tensor of one element.
    var loss = lossFn.Forward(yPred, y);
    if (t % 100 == 0) Console.WriteLine($"{t} {loss.Item()}");

    // Gradients add up, so the old ones go first.
    model.ZeroGrad();

    // Backward pass: the gradient of the loss for every parameter.
    loss.Backward();

    // Gradient descent.
    using (Autograd.NoGrad())
        foreach (var param in model.Parameters()) param.SubInPlace(learningRate * param.Grad!);
}

// ---- loss functions ----
Console.WriteLine("\n# losses");
var scores = Tensor.Randn(3, 5);
var classes = Tensor.From(new long[] { 1, 0, 4 });
Console.WriteLine(new MSELoss().Forward(scores, Tensor.Zeros(3, 5)));
Console.WriteLine(new NLLLoss().Forward(F.LogSoftmax(scores, 1), classes));
Console.WriteLine(new CrossEntropyLoss().Forward(scores, classes)); // the two steps before in one

// ---- optimizers: each knows how to update the parameters that it is given ----
foreach (var (name, make) in new (string, Func<IEnumerable<Tensor>, Optimizer>)[]
{
    ("Adam", p => new Adam(p, lr: 1e-4)), ("Adagrad", p => new Adagrad(p, lr: 1e-3)), ("RMSprop", p => new RMSprop(p, lr: 1e-4)), ("AdamW", p => new AdamW(p, lr: 1e-4)),
})
{
    Console.WriteLine($"\n# {name}");
    x = Tensor.Randn(n, dIn) * 0.001;
    y = Tensor.Randn(n, dOut) * 0.001;
    model = TwoLayers();
    var optimizer = make(model.Parameters());
    for (int t = 0; t < 200; t++)
    {
        var yPred = model.Forward(x);
        var loss = lossFn.Forward(yPred, y);
        if (t % 50 == 0) Console.WriteLine($"{t} {loss.Item()}");
        optimizer.ZeroGrad(); // model.ZeroGrad() would do as well
        loss.Backward();
        optimizer.Step();
    }
}

// ---- a module of one's own ----
Console.WriteLine("\n# TwoLayerNet");
x = Tensor.Randn(n, dIn) * 0.001;
y = Tensor.Randn(n, dOut) * 0.001;
learningRate = 1e-4;
var net = new TwoLayerNet(dIn, h, dOut);
var adam = new Adam(net.Parameters(), lr: learningRate);
for (int t = 0; t < 500; t++)
{
    var yPred = net.Forward(x);
    var loss = lossFn.Forward(yPred, y);
    if (t % 100 == 0) Console.WriteLine($"{t} {loss.Item()}");
    adam.ZeroGrad();
    loss.Backward();
    adam.Step();
}

static Sequential TwoLayers() => new(
    new Linear(dIn, h),
    new ReLU(),
    new Linear(h, dOut));

class TwoLayerNet(long dIn, long h, long dOut) : Module
{
    private readonly Linear _linear1 = new(dIn, h);
    private readonly Linear _linear2 = new(h, dOut);

    // Layers and any other operations on tensors.
    public override Tensor Forward(Tensor x)
    {
        var hRelu = _linear1.Forward(x).Clamp(min: 0);
        return _linear2.Forward(hRelu);
    }
}
