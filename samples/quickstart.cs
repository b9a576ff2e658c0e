#:project ../src/Firesteel

// The page of C# that the README shows beside the PyTorch that it replaces.
using Firesteel;
using Firesteel.Data;
using Firesteel.Nn;
using Firesteel.Optim;
using F = Firesteel.Nn.Functional;

Rng.ManualSeed(0);

// Tensors and gradients
var x = Tensor.Linspace(-1, 1, 256).Reshape(-1, 1);
var y = (x * Math.PI).Sin() + Tensor.Randn(256, 1) / 4;

var w = Tensor.Randn([1, 1], requiresGrad: true);
F.MseLoss(x.Matmul(w), y).Backward();
using (Autograd.NoGrad())
{
    w -= 0.1 * w.Grad!;
    w.Grad!.ZeroInPlace();
}

// A model, data, an optimizer, a training loop
var model = new WideNet(512);
Console.WriteLine(model);

var loader = new DataLoader(new TensorDataset(x, y), batchSize: 32, shuffle: true);
var optimizer = new Adam(model.Parameters(), lr: 0.003);
var lossFunction = new MSELoss();

for (int epoch = 0; epoch < 20; epoch++)
{
    double sum = 0;
    foreach (var (inputs, targets) in loader)
    {
        optimizer.ZeroGrad();
        var loss = lossFunction.Forward(model.Forward(inputs), targets);
        loss.Backward();
        optimizer.Step();
        sum += loss.Item();
    }
    if (epoch % 5 == 4) Console.WriteLine($"epoch {epoch + 1}: loss {sum / loader.Count:F4}");
}

model.Eval();
Console.WriteLine(model.Forward(x)[..3]);

class WideNet(long cells) : Module
{
    // A field of type Module or Parameter is registered by being there.
    private readonly Sequential _layers = new(
        new Linear(1, cells),
        new Tanh(),
        new Linear(cells, 1));

    public override Tensor Forward(Tensor input) => _layers.Forward(input);
}
