using Firesteel.Nn;
using Firesteel.Optim;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Nn;

/// <summary>Whole training runs with seeds, against the losses of PyTorch 1.13: draws, layers, losses, backward and optimizers together.</summary>
[Collection(Conformance.GeneratorCollection.Name)]
public class TrainingTests
{
    private static void Close(double expected, double actual, double relative = 1e-5) => Assert.Equal(expected, actual, Math.Abs(expected) * relative);

    private sealed class WideNet : Module
    {
        private readonly Sequential layers = new(new Linear(1, 512), new Tanh(), new Linear(512, 1));

        public override Tensor Forward(Tensor input) => layers.Forward(input);
    }

    [Fact]
    public void WideNetOnANoisySine()
    {
        Rng.ManualSeed(2021);
        var net = new WideNet();
        var lossFunction = new MSELoss();
        var optimizer = new SGD(net.Parameters(), lr: 0.003, momentum: 0.9);
        var inputs = Tensor.Linspace(-1.0, 1.0, 32).Reshape(32, 1);
        var targets = (Math.PI * inputs).Sin() + Tensor.Randn(32, 1) / 4;
        var losses = new List<double>();
        for (int i = 0; i < 300; i++)
        {
            optimizer.ZeroGrad();
            var loss = lossFunction.Forward(net.Forward(inputs), targets);
            loss.Backward();
            optimizer.Step();
            losses.Add(loss.Item());
        }
        Close(0.9112945795059204, losses[0], 1e-6);
        Close(0.5371133089065552, losses[1]);
        Close(0.3469749093055725, losses[10]);
        Close(0.1563321352005005, losses[299], 1e-4);
    }

    private sealed class LinearRegression(long inputSize, long outputSize) : Module
    {
        private readonly Linear linear = new(inputSize, outputSize);

        public override Tensor Forward(Tensor x) => linear.Forward(x);
    }

    [Fact]
    public void LinearRegressionOnALine()
    {
        Rng.ManualSeed(0);
        var x = Tensor.Arange(11.0).Reshape(-1, 1);
        var y = 2 * x + 1;
        var model = new LinearRegression(1, 1);
        var criterion = new MSELoss();
        var optimizer = new SGD(model.Parameters(), lr: 0.01);
        for (int epoch = 0; epoch < 100; epoch++)
        {
            optimizer.ZeroGrad();
            criterion.Forward(model.Forward(x), y).Backward();
            optimizer.Step();
        }
        float[] expected = [0.9025163054466248f, 2.9165549278259277f, 4.930593490600586f, 6.944632053375244f, 8.958670616149902f, 10.972708702087402f, 12.986747741699219f, 15.000786781311035f, 17.01482391357422f, 19.02886199951172f, 21.04290008544922f];
        float[] predicted = model.Forward(x).Data.ToArray<float>();
        for (int i = 0; i < expected.Length; i++) Close(expected[i], predicted[i]);
    }

    [Fact]
    public void TwoLayersWithAdam()
    {
        Rng.ManualSeed(1);
        var x = Tensor.Randn(64, 100) * 0.001;
        var y = Tensor.Randn(64, 5) * 0.001;
        var model = new Sequential(new Linear(100, 200), new ReLU(), new Linear(200, 5));
        var lossFn = new MSELoss(reduction: Reduction.Sum);
        var optimizer = new Adam(model.Parameters(), lr: 1e-4);
        double[] expected = [0.6864684224128723, 0.15163524448871613, 0.019155343994498253, 0.0013845504727214575];
        for (int t = 0; t < 200; t++)
        {
            var loss = lossFn.Forward(model.Forward(x), y);
            if (t % 50 == 0) Close(expected[t / 50], loss.Item(), 1e-4);
            optimizer.ZeroGrad();
            loss.Backward();
            optimizer.Step();
        }
    }

    [Fact]
    public void BatchesOfClasses()
    {
        Rng.ManualSeed(3);
        var x = Tensor.Randn(500, 784);
        var y = Tensor.Randint(10, [500]);
        var model = new LinearRegression(784, 10);
        var optimizer = new Adam(@params: model.Parameters());
        var expected = new Dictionary<int, double> { [0] = 2.508145332336426, [1] = 2.478693723678589, [19] = 1.6975501775741577 };
        for (int epoch = 0; epoch < 20; epoch++)
        {
            var index = Tensor.Randint(500, [128]);
            var loss = F.CrossEntropy(model.Forward(x.IndexSelect(0, index)), y.IndexSelect(0, index));
            if (expected.TryGetValue(epoch, out double want)) Close(want, loss.Item());
            loss.Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        }
    }
}
