using Firesteel.Nn;
using Firesteel.Optim;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Workloads;

/// <summary>ResNet-18 in its form for 32x32 images.</summary>
internal static class ResNetWorkload
{
    public static Workload Build()
    {
        var model = Model();
        var x = Tensor.Rand(16, 3, 32, 32);
        var y = Tensor.Randint(0, 10, [16]);
        return Workload.Training(model, x, y, static (p, t) => F.CrossEntropy(p, t), new SGD(model.Parameters(), lr: 0.1, momentum: 0.9, weightDecay: 5e-4));
    }

    public static Workload Inference()
    {
        var model = Model();
        return Workload.Inferring(model, Tensor.Rand(1, 3, 32, 32));
    }

    private static Sequential Model()
    {
        Rng.ManualSeed(0);
        var model = new Sequential(new Conv2d(3, 64, 3, 1, 1, bias: false), new BatchNorm2d(64), new ReLU());
        long channels = 64;
        foreach (var (width, stride) in ((long, long)[])[(64, 1), (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1)])
        {
            model.Add(new Block(channels, width, stride));
            channels = width;
        }
        model.Add(new AdaptiveAvgPool2d(1));
        model.Add(new Flatten());
        model.Add(new Linear(512, 10));
        return model;
    }

    private sealed class Block : Module
    {
        private readonly Conv2d _conv1, _conv2;
        private readonly BatchNorm2d _bn1, _bn2;
        private readonly Sequential? _down;

        public Block(long input, long output, long stride)
        {
            _conv1 = new(input, output, 3, stride, 1, bias: false);
            _bn1 = new(output);
            _conv2 = new(output, output, 3, 1, 1, bias: false);
            _bn2 = new(output);
            if (stride != 1 || input != output) _down = new(new Conv2d(input, output, 1, stride, bias: false), new BatchNorm2d(output));
        }

        public override Tensor Forward(Tensor input)
        {
            var h = F.Relu(_bn1.Forward(_conv1.Forward(input)));
            h = _bn2.Forward(_conv2.Forward(h));
            return F.Relu(h + (_down?.Forward(input) ?? input));
        }
    }
}
