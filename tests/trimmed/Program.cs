// Trains a small model and checks the keys of its state dict, in a program from which the trimmer took all that it could.
using Firesteel;
using Firesteel.Nn;
using Firesteel.Optim;

Rng.ManualSeed(0);
var model = new Net();
string[] keys = [.. model.StateDict().Keys];
string[] expected = ["scale", "steps", "layers.0.weight", "layers.0.bias", "layers.2.weight", "layers.2.bias", "out_proj.weight", "out_proj.bias"];
if (!keys.SequenceEqual(expected))
{
    Console.Error.WriteLine($"keys: {string.Join(", ", keys)}; expected: {string.Join(", ", expected)}");
    return 1;
}

Tensor x = Tensor.Rand(64, 2), y = (x.Sum(1, keepdim: true) * 3) - 1;
var loss = new MSELoss();
var optimizer = new Adam(model.Parameters(), lr: 0.01);
double first = 0, last = 0;
for (int step = 0; step < 200; step++)
{
    optimizer.ZeroGrad();
    var error = loss.Forward(model.Forward(x), y);
    error.Backward();
    optimizer.Step();
    last = error.Item();
    if (step == 0) first = last;
}
Console.WriteLine($"{keys.Length} keys; loss {first:F4} -> {last:F4}");
return last < 0.1 * first ? 0 : 1;

internal sealed class Net : Module
{
    private readonly Parameter _scale = new(Tensor.Ones(1));
    private readonly Sequential _layers = new(new Linear(2, 16), new ReLU(), new Linear(16, 8));

    public Linear OutProj { get; } = new(8, 1);

    public Firesteel.Nn.Buffer Steps { get; } = new(Tensor.Zeros(1));

    public override Tensor Forward(Tensor input) => OutProj.Forward(_layers.Forward(input)) * _scale;
}
