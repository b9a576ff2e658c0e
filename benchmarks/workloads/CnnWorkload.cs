using Firesteel.Nn;
using Firesteel.Optim;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Workloads;

/// <summary>Two convolutions and two layers on images of MNIST's size.</summary>
internal static class CnnWorkload
{
    public static Workload Build()
    {
        Rng.ManualSeed(0);
        var model = new Sequential(
            new Conv2d(1, 32, 3, padding: 1), new ReLU(), new MaxPool2d(2),
            new Conv2d(32, 64, 3, padding: 1), new ReLU(), new MaxPool2d(2),
            new Flatten(), new Linear(64 * 49, 128), new ReLU(), new Linear(128, 10));
        var x = Tensor.Rand(64, 1, 28, 28);
        var y = Tensor.Randint(0, 10, [64]);
        return Workload.Training(model, x, y, static (p, t) => F.CrossEntropy(p, t), new SGD(model.Parameters(), lr: 0.01, momentum: 0.9));
    }
}
