using Firesteel.Nn;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests;

/// <summary>A classifier of digits: three convolutions and two linear layers.</summary>
internal sealed class MnistNet : Module
{
    private readonly Conv2d _conv1 = new(1, 8, 3), _conv2 = new(8, 16, 3), _conv3 = new(16, 24, 3);
    private readonly BatchNorm2d _norm1 = new(24);
    private readonly Linear _fc1 = new(24 * 22 * 22, 32), _fc2 = new(32, 10);
    private readonly BatchNorm1d _norm2 = new(10);

    public override Tensor Forward(Tensor input)
    {
        var x = F.Relu(_conv3.Forward(F.Relu(_conv2.Forward(F.Relu(_conv1.Forward(input))))));
        x = F.Relu(_fc1.Forward(_norm1.Forward(x).Flatten(1)));
        return F.LogSoftmax(_norm2.Forward(_fc2.Forward(x)), 1);
    }
}

/// <summary>The residual network of 20 layers for CIFAR-10, whose shortcuts have no parameters.</summary>
internal sealed class ResNet20 : Module
{
    private readonly Conv2d _conv1 = new(3, 16, 3, padding: 1, bias: false);
    private readonly BatchNorm2d _bn1 = new(16);
    private readonly Sequential _layer1 = Stage(16, 16), _layer2 = Stage(16, 32), _layer3 = Stage(32, 64);
    private readonly Linear _linear = new(64, 10);

    public override Tensor Forward(Tensor input)
    {
        var x = F.Relu(_bn1.Forward(_conv1.Forward(input)));
        x = _layer3.Forward(_layer2.Forward(_layer1.Forward(x)));
        return _linear.Forward(x.Mean([2, 3]));
    }

    private static Sequential Stage(long from, long to) => new(new Block(from, to), new Block(to, to), new Block(to, to));

    private sealed class Block(long from, long to) : Module
    {
        private readonly Conv2d _conv1 = new(from, to, 3, stride: to / from, padding: 1, bias: false);
        private readonly BatchNorm2d _bn1 = new(to);
        private readonly Conv2d _conv2 = new(to, to, 3, padding: 1, bias: false);
        private readonly BatchNorm2d _bn2 = new(to);

        public override Tensor Forward(Tensor input)
        {
            var x = _bn2.Forward(_conv2.Forward(F.Relu(_bn1.Forward(_conv1.Forward(input)))));
            // Where the size halves: every other pixel, and zeros for the channels that are new.
            var shortcut = from == to ? input : F.Pad(input.Slice(2, step: 2).Slice(3, step: 2), [0, 0, 0, 0, to / 4, to / 4]);
            return F.Relu(x + shortcut);
        }
    }
}

/// <summary>A module inside another, as PyTorch's DataParallel saves it: all keys begin with <c>module.</c></summary>
internal sealed class Wrapped(Module module) : Module
{
    private readonly Module _module = module;

    public override Tensor Forward(Tensor input) => _module.Call(input);
}

/// <summary>The first network of MTCNN, which proposes where faces are: boxes and probabilities for every place.</summary>
internal sealed class PNet : Module
{
    private readonly Conv2d _conv1 = new(3, 10, 3);
    private readonly PReLU _prelu1 = new(10);
    private readonly Conv2d _conv2 = new(10, 16, 3);
    private readonly PReLU _prelu2 = new(16);
    private readonly Conv2d _conv3 = new(16, 32, 3);
    private readonly PReLU _prelu3 = new(32);
    private readonly Conv2d _conv4_1 = new(32, 2, 1), _conv4_2 = new(32, 4, 1);

    public new (Tensor Boxes, Tensor Probabilities) Forward(Tensor input)
    {
        var x = F.MaxPool2d(_prelu1.Forward(_conv1.Forward(input)), 2, 2, ceilMode: true);
        x = _prelu3.Forward(_conv3.Forward(_prelu2.Forward(_conv2.Forward(x))));
        return (_conv4_2.Forward(x), F.Softmax(_conv4_1.Forward(x), 1));
    }
}
