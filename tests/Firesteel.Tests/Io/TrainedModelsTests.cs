using Firesteel.Data;
using Firesteel.Io;
using Firesteel.Nn;
using Xunit.Abstractions;

namespace Firesteel.Tests;

/// <summary>Networks that others trained give here what they give in PyTorch, where FIRESTEEL_ARTEFACTS names a folder with them and with their outputs.</summary>
public sealed class TrainedModelsTests(ITestOutputHelper output) : IDisposable
{
    private const double Tolerance = 1e-5;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ResNet()
    {
        if (Artefact("resnet_cifar10/resnet20-12fca82f.th") is not { } file) return;
        var golden = Npz.Load(Artefact("resnet_cifar10/resnet20-12fca82f.golden.npz")!);
        var model = new Wrapped(new ResNet20());
        model.LoadStateDict(Pt.LoadStateDict(file, "state_dict"));
        Close(golden["logits"], Evaluate(model, golden["x"]));
    }

    [Fact]
    public void FaceDetector()
    {
        if (Artefact("facenet_mtcnn/pnet.pt") is not { } file) return;
        var golden = Npz.Load(Artefact("facenet_mtcnn/pnet.golden.npz")!);
        var model = new PNet();
        model.LoadStateDict(Pt.LoadStateDict(file));
        model.Eval();
        using var _ = Firesteel.Autograd.NoGrad();
        var (boxes, probabilities) = model.Forward(golden["x"]);
        Close(golden["out_0"], boxes);
        Close(golden["out_1"], probabilities);
    }

    /// <summary>Against the outputs on MNIST's test images, where FIRESTEEL_MNIST names a folder with t10k-images-idx3-ubyte or its .gz.</summary>
    [Theory]
    [InlineData("burn/examples__import-model-weights__weights__mnist.pt", "burn/mnist.golden.npz")]
    [InlineData("burn/examples__import-model-weights__weights__mnist.safetensors", "burn/mnist_safetensors.golden.npz")]
    public void Mnist(string weights, string outputs)
    {
        if (Artefact(weights) is not { } file) return;
        var model = LoadMnist(file);
        if (Environment.GetEnvironmentVariable("FIRESTEEL_MNIST") is not { Length: > 0 } folder)
        {
            output.WriteLine("the outputs are not compared: FIRESTEEL_MNIST names no folder");
            return;
        }
        var golden = Npz.Load(Artefact(outputs)!);
        var images = Idx.Read(Directory.GetFiles(folder, "t10k-images*")[0]);
        var x = (images.To(DType.Float32).Unsqueeze(1) / 255 - 0.1307) / 0.3081;
        Close(golden["logprob_first_100"], Evaluate(model, x[..100]));
        for (int i = 0; i < 10_000; i += 500)
            Assert.Equal(golden["argmax_all"][i..(i + 500)].ToArray<long>(), Evaluate(model, x[i..(i + 500)]).Argmax(1).ToArray<long>());
    }

    /// <summary>Against the PyTorch of the machine.</summary>
    [PythonFact("torch")]
    public void MnistAsInPyTorch()
    {
        if (Artefact("burn/examples__import-model-weights__weights__mnist.pt") is not { } file) return;
        var model = LoadMnist(file);
        Rng.ManualSeed(0);
        var x = Tensor.Randn(50, 1, 28, 28);
        Pt.Save(x, _folder.File("in.pt"));
        PtPythonTests.RunScript("mnist_outputs.py", file, _folder.File("in.pt"), _folder.File("out.pt"));
        Close((Tensor)Pt.Load(_folder.File("out.pt"))!, Evaluate(model, x));
    }

    private static MnistNet LoadMnist(string file)
    {
        var model = new MnistNet();
        model.LoadStateDict(file.EndsWith(".pt", StringComparison.Ordinal) ? Pt.LoadStateDict(file) : Safetensors.Load(file));
        return model;
    }

    private static Tensor Evaluate(Module model, Tensor input)
    {
        model.Eval();
        using var _ = Firesteel.Autograd.NoGrad();
        return model.Call(input);
    }

    private void Close(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        double difference = (expected - actual).Abs().Max().Item();
        output.WriteLine($"largest difference {difference:E1}");
        Assert.InRange(difference, 0, Tolerance);
    }

    private string? Artefact(string name)
    {
        if (Environment.GetEnvironmentVariable("FIRESTEEL_ARTEFACTS") is { Length: > 0 } folder) return Path.Combine(folder, name);
        output.WriteLine("skipped: FIRESTEEL_ARTEFACTS names no folder");
        return null;
    }
}
