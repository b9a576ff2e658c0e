using Firesteel.Data;
using Firesteel.Nn;
using Firesteel.Optim;
using Firesteel.Tests.Conformance;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests;

/// <summary>The trainings of samples/notebooks with the numbers of the same code in PyTorch 1.13 on a CPU.</summary>
[Collection(GeneratorCollection.Name)]
public class NotebookTests
{
    private static void Near(double expected, double actual, double relative) => Assert.InRange(actual, expected * (1 - relative), expected * (1 + relative));

    [Fact]
    public void WideNet()
    {
        Rng.ManualSeed(2021);
        var inputs = Tensor.Linspace(-1.0, 1.0, 32).Reshape(32, 1);
        var targets = (Math.PI * inputs).Sin() + Tensor.Randn(32, 1) / 4;
        Assert.Equal(-0.03630239889025688, targets.Select(0, 0).Item(), 1e-6);
        Rng.ManualSeed(2021);
        var net = new Sequential(new Linear(1, 512), new Tanh(), new Linear(512, 1));
        var optimizer = new SGD(net.Parameters(), lr: 0.003, momentum: 0.9);
        targets = (Math.PI * inputs).Sin() + Tensor.Randn(32, 1) / 4;
        Assert.Equal(0.9112945795059204, Step(), 1e-5);
        Rng.ManualSeed(2021);
        double[] losses = [.. Enumerable.Range(0, 1847).Select(_ => Step())];
        Assert.Equal(0.5371133089065552, losses[0], 1e-5);
        Assert.Equal(0.3469749093055725, losses[9], 1e-5);
        Assert.Equal(0.22147125005722046, losses[99], 1e-4);
        Assert.Equal(0.0700940489768982, losses[999], 1e-4);
        Assert.Equal(0.06592565029859543, losses[^1], 1e-4);

        double Step()
        {
            optimizer.ZeroGrad();
            var loss = new MSELoss().Forward(net.Forward(inputs), targets);
            loss.Backward();
            optimizer.Step();
            return loss.Item();
        }
    }

    [Fact]
    public void WhatIsTorchNn()
    {
        var digits = Datasets.Digits(DigitsTests.Path());
        var x = digits.Images.Reshape(digits.Count, -1).Float() / 16;
        var (xTrain, yTrain, xTest, yTest) = (x[..1437], digits.Labels[..1437], x[1437..], digits.Labels[1437..]);
        Rng.ManualSeed(1);
        Assert.Equal(5, Tensor.Randint(10, [1]).Item());

        // Raw tensors and formulas.
        var weights = (Tensor.Randn(64, 10) / 8).RequiresGradInPlace();
        var bias = Tensor.Zeros([10], requiresGrad: true);
        Check(v => Scores(v).LogSoftmaxByHand(), (scores, y) => -scores[Tensor.Arange(y.Shape[0]), y].Mean(), UpdateRaw,
            [2.3124, 2.0162, 1.9065, 1.7076, 1.6236, 1.4959, 1.3702, 1.3553, 1.2258, 1.1744], 1.1669, 0.8167);

        // Cross entropy.
        weights = Tensor.Randn(64, 10).RequiresGradInPlace();
        bias = Tensor.Zeros([10], requiresGrad: true);
        Check(Scores, (scores, y) => F.CrossEntropy(scores, y), UpdateRaw,
            [4.7082, 3.6820, 3.7078, 3.4821, 3.1524, 2.7526, 2.8638, 2.4344, 2.2549, 1.7247], 2.1467, 0.3250);

        // Parameters.
        (weights, bias) = (new Parameter(Tensor.Randn(64, 10)), new Parameter(Tensor.Zeros(10)));
        Assert.Equal(0.7955, Scores(xTrain)[0, 0].Item(), 1e-4);
        Check(Scores, (scores, y) => F.CrossEntropy(scores, y), UpdateRaw,
            [6.5065, 4.8384, 3.6562, 3.2930, 2.8725, 2.6410, 2.8793, 2.6542, 2.7397, 2.5231], 2.1901, 0.3111);

        // Linear with updates by hand, then with Adam.
        var linear = new Linear(64, 10);
        Check(linear.Forward, (scores, y) => F.CrossEntropy(scores, y), () =>
        {
            foreach (var p in linear.Parameters()) p.SubInPlace(p.Grad! * 0.01);
            linear.ZeroGrad();
        }, [2.3094, 2.1062, 1.9647, 1.7899, 1.6612, 1.5179, 1.4526, 1.3235, 1.1999, 1.1395], 1.1714, 0.8639);
        linear = new Linear(64, 10);
        var adam = new Adam(linear.Parameters());
        Check(linear.Forward, (scores, y) => F.CrossEntropy(scores, y), () =>
        {
            adam.Step();
            adam.ZeroGrad();
        }, [2.4299, 1.7436, 1.4112, 1.0575, 0.8202, 0.7159, 0.5968, 0.5586, 0.4101, 0.4501], 0.5837, 0.8694);

        Tensor Scores(Tensor v) => v.Matmul(weights) + bias;

        void UpdateRaw()
        {
            weights -= weights.Grad! * 0.01;
            bias -= bias.Grad! * 0.01;
            weights.Grad!.ZeroInPlace();
            bias.Grad!.ZeroInPlace();
        }

        void Check(Func<Tensor, Tensor> model, Func<Tensor, Tensor, Tensor> lossOf, Action update, double[] losses, double testLoss, double accuracy)
        {
            for (int epoch = 0; epoch < 1000; epoch++)
            {
                var idx = Tensor.Randint(1437, [128]);
                var loss = lossOf(model(xTrain[idx]), yTrain[idx]);
                if (epoch % 100 == 0) Assert.Equal(losses[epoch / 100], loss.Item(), 2e-4);
                loss.Backward();
                using (Firesteel.Autograd.NoGrad()) update();
            }
            Assert.Equal(testLoss, lossOf(model(xTest), yTest).Item(), 2e-4);
            Assert.Equal(accuracy, model(xTest).Argmax(1).Eq(yTest).Float().Mean().Item(), 3e-3); // one image
        }
    }

    [Fact]
    public void LayerOfOnesOwn()
    {
        Rng.ManualSeed(0);
        var x = Tensor.Randn(5, 7);
        Assert.Equal("""
            tensor([[-1.1258, -1.1524, -0.2506, -0.4339,  0.8487,  0.6920, -0.3160],
                    [-2.1152,  0.3223, -1.2633,  0.3500,  0.3081,  0.1198,  1.2377],
                    [ 1.1168, -0.2473, -1.3527, -1.6959,  0.5667,  0.2484,  0.4397],
                    [ 0.1124,  0.6408,  0.4412, -0.2159, -0.7425,  0.5627,  0.0525],
                    [ 0.5229,  2.3022, -1.4689, -1.5867,  1.2032,  0.0845, -1.2001]])
            """, x.ToString());
        var (weights, bias) = (new Parameter(Tensor.Randn(7, 12)), new Parameter(Tensor.Randn(12)));
        Assert.StartsWith("""
            Parameter containing:
            tensor([[ 1.7784e-01, -2.3034e-01, -3.9175e-01,  5.4329e-01, -3.9516e-01,
                      2.0553e-01, -4.5033e-01, -5.7308e-01,  3.4105e+00, -1.5312e+00,
                     -1.2341e+00,  1.8197e+00],
            """, weights.ToString());
        Assert.Equal("""
            Parameter containing:
            tensor([-0.4669, -0.4609,  1.2652,  1.5746, -0.5010,  0.4818, -0.3123, -0.0934,
                    -1.6169, -0.0691, -0.7391,  0.8027], requires_grad=True)
            """, bias.ToString());
        Assert.EndsWith("""
                    [ 1.2839, -5.1569, -3.0082, -3.4478,  1.1962, -1.9201,  8.0451,  2.4467,
                      0.2226,  1.2143,  2.1192,  2.9736]], grad_fn=<AddBackward0>)
            """.TrimStart(), (x.Matmul(weights) + bias).ToString());
        Assert.Equal("torch.Size([5, 12])", (x.Matmul(weights) + bias).Shape.ToString());
    }

    [Fact]
    public void LinearRegressionFromArrays()
    {
        Rng.ManualSeed(0);
        var (x, y) = (new float[11, 1], new float[11, 1]);
        for (int i = 0; i < 11; i++) (x[i, 0], y[i, 0]) = (i, 2 * i + 1);
        var model = new Linear(1, 1);
        var optimizer = new SGD(model.Parameters(), lr: 0.01);
        for (int epoch = 0; epoch < 100; epoch++)
        {
            optimizer.ZeroGrad();
            new MSELoss().Forward(model.Forward(Tensor.FromNumpy(x)), Tensor.FromNumpy(y)).Backward();
            optimizer.Step();
        }
        float[] expected = [0.9025163f, 2.916555f, 4.9305935f, 6.944632f, 8.958671f, 10.972709f, 12.986748f, 15.000787f, 17.014824f, 19.028862f, 21.0429f];
        var predicted = model.Forward(Tensor.FromNumpy(x)).Data.ToArray<float>();
        for (int i = 0; i < 11; i++) Assert.Equal(expected[i], predicted[i], 2e-5);
    }

    [Fact]
    public void BackwardByHand()
    {
        Rng.ManualSeed(0);
        var x = Tensor.Randn(100, 2);
        var y = (x[.., ..1] + 2 * x[.., 1..]).Gt(0.5).Float();
        Tensor w = Tensor.Zeros(2, 1), b = Tensor.ScalarTensor(0), lr = Tensor.ScalarTensor(0.5), yhat = y;
        for (int step = 0; step < 200; step++)
        {
            yhat = 1 / (1 + (-b.Addmm(x, w)).Exp());
            if (step == 0) Assert.Equal(0.6931471228599548, F.BinaryCrossEntropy(yhat, y).Item(), 1e-6);
            w = w - lr * (0.01 * x.T.Mm(yhat - y));
            b = b - lr * (0.01 * (yhat - y).Sum());
        }
        Assert.Equal(0.1222500428557396, F.BinaryCrossEntropy(yhat, y).Item(), 1e-5);
        Assert.Equal(2.560134172439575, w[0, 0].Item(), 1e-4);
        Assert.Equal(4.687010288238525, w[1, 0].Item(), 1e-4);
        Assert.Equal(-1.1362448930740356, b.Item(), 1e-4);
    }

    [Fact]
    public void TrainingEssentials()
    {
        Rng.ManualSeed(0);
        var lossFn = new MSELoss(reduction: Reduction.Sum);
        Sequential Net() => new(new Linear(100, 200), new ReLU(), new Linear(200, 5));
        (Tensor, Tensor) Data() => (Tensor.Randn(64, 100) * 0.001, Tensor.Randn(64, 5) * 0.001);

        var (x, y) = Data();
        var net = Net();
        Run(500, 100, net.Forward, () => net.ZeroGrad(), () =>
        {
            using (Firesteel.Autograd.NoGrad())
                foreach (var p in net.Parameters()) p.SubInPlace(1e-2 * p.Grad!);
        }, [0.520283579826355, 0.00035194805241189897, 0.00034103059442713857, 0.0003409131895750761, 0.00034079980105161667]);

        var scores = Tensor.Randn(3, 5);
        var classes = Tensor.From(new long[] { 1, 0, 4 });
        Assert.Equal("tensor(0.6460)", new MSELoss().Forward(scores, Tensor.Zeros(3, 5)).ToString());
        Assert.Equal("tensor(1.6995)", new NLLLoss().Forward(F.LogSoftmax(scores, 1), classes).ToString());
        Assert.Equal("tensor(1.6995)", new CrossEntropyLoss().Forward(scores, classes).ToString());

        foreach (var (make, losses) in new (Func<IEnumerable<Tensor>, Optimizer>, double[])[]
        {
            (p => new Adam(p, lr: 1e-4), [0.5729828476905823, 0.07760094106197357, 0.0030716496985405684, 0.0002606982016004622]),
            (p => new Adagrad(p, lr: 1e-3), [0.33265987038612366, 0.00039911147905513644, 0.0003097438020631671, 0.0002920710830949247]),
            (p => new RMSprop(p, lr: 1e-4), [0.5021008253097534, 0.00035387123352847993, 0.00027137703727930784, 0.00025002125767059624]),
            (p => new AdamW(p, lr: 1e-4), [0.3319733738899231, 0.011518691666424274, 0.00034065014915540814, 0.000304574758047238]),
        })
        {
            (x, y) = Data();
            net = Net();
            var optimizer = make(net.Parameters());
            Run(200, 50, net.Forward, () => optimizer.ZeroGrad(), optimizer.Step, losses);
        }

        (x, y) = Data();
        var (linear1, linear2) = (new Linear(100, 200), new Linear(200, 5));
        var adam = new Adam([.. linear1.Parameters(), .. linear2.Parameters()], lr: 1e-4);
        Run(500, 100, v => linear2.Forward(linear1.Forward(v).Clamp(min: 0)), () => adam.ZeroGrad(), adam.Step,
            [1.1642613410949707, 0.04169571027159691, 0.00047097887727431953, 0.00033102891757152975, 0.0003090468526352197]);

        void Run(int steps, int every, Func<Tensor, Tensor> model, Action zero, Action update, double[] losses)
        {
            for (int t = 0; t < steps; t++)
            {
                var loss = lossFn.Forward(model(x), y);
                if (t % every == 0) Near(losses[t / every], loss.Item(), 1e-5);
                zero();
                loss.Backward();
                update();
            }
        }
    }

    [Fact]
    public void TwoMoons()
    {
        var (points, classes) = Datasets.MakeMoons(256, noise: 0.1, randomState: 2021);
        var x = Tensor.From(points, DType.Float32);
        var y = Tensor.From(classes);
        Rng.ManualSeed(2021);
        var net = Net();
        var input = Tensor.From(new[,] { { 0.9066f, 0.5052f }, { -0.2024f, 1.1226f }, { 1.0685f, 0.2809f }, { 0.6720f, 0.5097f }, { 0.8548f, 0.5122f } });
        Assert.Equal("""
            tensor([[-0.3032, -0.5563],
                    [-0.1419, -0.3195],
                    [-0.2879, -0.6030],
                    [-0.2665, -0.4831],
                    [-0.2973, -0.5369]], grad_fn=<AddmmBackward0>)
            """, net.Forward(input).ToString());
        Assert.Equal("tensor([0, 0, 0, 0, 0])", net.Forward(input).Argmax(1).ToString());
        net = Net();
        var optimizer = new SGD(net.Parameters(), lr: 1e-2);
        double[] expected =
        [
            0.6582635641098022, 0.28303542733192444, 0.24354352056980133, 0.23178493976593018, 0.22571028769016266, 0.2219410538673401, 0.21937935054302216, 0.21753723919391632,
            0.21614305675029755, 0.21508803963661194, 0.21437250077724457, 0.21384568512439728, 0.21345028281211853, 0.21314124763011932, 0.2128836214542389,
        ];
        for (int epoch = 0; epoch < 15000; epoch++)
        {
            var loss = new CrossEntropyLoss().Forward(net.Forward(x), y);
            if (epoch % 1000 == 0) Assert.Equal(expected[epoch / 1000], loss.Item(), 1e-5);
            optimizer.ZeroGrad();
            loss.Backward();
            optimizer.Step();
        }
        Assert.Equal(0.8984375, net.Forward(x).Argmax(1).Eq(y).Float().Mean().Item());

        static Sequential Net() => new(new Linear(2, 16), new ReLU(), new Linear(16, 2));
    }
}

internal static class LogSoftmaxFormula
{
    /// <summary>As the document writes it.</summary>
    public static Tensor LogSoftmaxByHand(this Tensor x) => x - x.Exp().Sum(-1).Log().Unsqueeze(-1);
}
