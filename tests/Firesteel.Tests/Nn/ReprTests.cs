using Firesteel.Nn;
using Module = Firesteel.Nn.Module;

namespace Firesteel.Tests.Nn;

/// <summary>What PyTorch 1.13 prints.</summary>
public class ReprTests
{
    public static TheoryData<Module, string> Layers => new()
    {
        { new ReLU(), "ReLU()" },
        { new ReLU(true), "ReLU(inplace=True)" },
        { new ReLU6(), "ReLU6()" },
        { new LeakyReLU(), "LeakyReLU(negative_slope=0.01)" },
        { new LeakyReLU(0.2, true), "LeakyReLU(negative_slope=0.2, inplace=True)" },
        { new PReLU(3), "PReLU(num_parameters=3)" },
        { new ELU(), "ELU(alpha=1.0)" },
        { new ELU(1, true), "ELU(alpha=1.0, inplace=True)" },
        { new SELU(), "SELU()" },
        { new CELU(), "CELU(alpha=1.0)" },
        { new GELU(), "GELU(approximate='none')" },
        { new GELU("tanh"), "GELU(approximate='tanh')" },
        { new SiLU(), "SiLU()" },
        { new SiLU(true), "SiLU(inplace=True)" },
        { new Mish(), "Mish()" },
        { new Sigmoid(), "Sigmoid()" },
        { new Tanh(), "Tanh()" },
        { new Softmax(1), "Softmax(dim=1)" },
        { new Softmax(), "Softmax(dim=None)" },
        { new LogSoftmax(-1), "LogSoftmax(dim=-1)" },
        { new Softmin(1), "Softmin(dim=1)" },
        { new Softplus(), "Softplus(beta=1, threshold=20)" },
        { new Softsign(), "Softsign()" },
        { new Hardtanh(), "Hardtanh(min_val=-1.0, max_val=1.0)" },
        { new Hardsigmoid(), "Hardsigmoid()" },
        { new Hardswish(), "Hardswish()" },
        { new Hardshrink(), "Hardshrink(0.5)" },
        { new Softshrink(), "Softshrink(0.5)" },
        { new Tanhshrink(), "Tanhshrink()" },
        { new Threshold(0.1, 20), "Threshold(threshold=0.1, value=20)" },
        { new LogSigmoid(), "LogSigmoid()" },
        { new GLU(), "GLU(dim=-1)" },
        { new RReLU(), "RReLU(lower=0.125, upper=0.3333333333333333)" },
        { new Softmax2d(), "Softmax2d()" },
        { new Dropout(), "Dropout(p=0.5, inplace=False)" },
        { new Dropout2d(0.3, true), "Dropout2d(p=0.3, inplace=True)" },
        { new AlphaDropout(), "AlphaDropout(p=0.5, inplace=False)" },
        { new Flatten(), "Flatten(start_dim=1, end_dim=-1)" },
        { new Unflatten(1, [2, 3]), "Unflatten(dim=1, unflattened_size=(2, 3))" },
        { new Bilinear(1, 2, 3), "Bilinear(in1_features=1, in2_features=2, out_features=3, bias=True)" },
        { new Identity(), "Identity()" },
        { new MSELoss(), "MSELoss()" },
        { new CrossEntropyLoss(), "CrossEntropyLoss()" },
        { new HuberLoss(), "HuberLoss()" },
        { new TripletMarginLoss(), "TripletMarginLoss()" },
    };

    [Theory]
    [MemberData(nameof(Layers))]
    public void LayersPrintAsInPyTorch(Module layer, string expected) => Assert.Equal(expected, layer.ToString());

    [Theory]
    [InlineData(1.0, "1.0")]
    [InlineData(1e-5, "1e-05")]
    [InlineData(1e-8, "1e-08")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00025, "0.00025")]
    [InlineData(-2.5, "-2.5")]
    [InlineData(1.0 / 3, "0.3333333333333333")]
    public void NumbersPrintAsInPython(double value, string expected) => Assert.Equal(expected, Repr.Of(value));
}
