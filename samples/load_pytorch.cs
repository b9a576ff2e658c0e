#:project ../src/Firesteel

// Loads a network that somebody trained and saved with PyTorch, and classifies handwritten digits with it.
// dotnet run samples/load_pytorch.cs
// dotnet run samples/load_pytorch.cs -- data/digits_cnn.pt

using System.Runtime.CompilerServices;
using Firesteel;
using Firesteel.Data;
using Firesteel.Io;
using Firesteel.Nn;

string path = args.Length > 0 ? args[0] : Path.Combine(SamplesFolder(), "data", "digits_cnn.pt");

// The file is a training checkpoint: a dictionary with the weights, the optimizer's state and some numbers. Nothing in it is run.
var checkpoint = (OrderedDictionary<string, object>)Pt.Load(path)!;
Console.WriteLine($"{Path.GetFileName(path)}: {string.Join(", ", checkpoint.Keys)}");
Console.WriteLine($"trained for {checkpoint["epoch"]} epochs");

var weights = Pt.LoadStateDict(path, key: "model_state_dict");
foreach (var (name, value) in weights) Console.WriteLine($"  {name,-32} {value.DType.Name(),-8} [{string.Join(", ", value.Shape)}]");

var model = new DigitsNet();
model.LoadStateDict(weights);
model.Eval();

// The fifth of the digits that the network has not seen.
var digits = Datasets.Digits(Path.Combine(SamplesFolder(), "data", "digits.csv.gz"));
int heldOut = digits.Count / 5 + 1;
var test = Datasets.RandomSplit(digits, [digits.Count - heldOut, heldOut], new Generator().ManualSeed(2021))[1];

int right = 0;
using (Autograd.NoGrad())
{
    foreach (var (images, labels) in new DataLoader(test, batchSize: 100))
        right += (int)model.Forward(images).Argmax(1).Eq(labels).Sum().Item();
}
Console.WriteLine($"accuracy on the {heldOut} images that no step has seen: {(double)right / heldOut:P2}; PyTorch measured {checkpoint["accuracy"]:P2}");
return right == Math.Round((double)checkpoint["accuracy"] * heldOut) ? 0 : 1;

static string SamplesFolder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;

// The names of the fields give the keys of the file: features.0.weight, head.bias, ...
class DigitsNet : Module
{
    private readonly Sequential _features = new(
        new Conv2d(1, 8, 3, padding: 1), new BatchNorm2d(8), new ReLU(), new MaxPool2d(2),
        new Conv2d(8, 16, 3, padding: 1), new ReLU(), new MaxPool2d(2));

    private readonly Linear _head = new(64, 10);

    public override Tensor Forward(Tensor input) => _head.Forward(_features.Forward(input).Flatten(1));
}
