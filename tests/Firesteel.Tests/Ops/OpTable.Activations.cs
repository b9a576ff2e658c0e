using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Ops;

public static partial class OpTable
{
    private static IEnumerable<OpCase> Activations =>
    [
        Unary("relu", x => x.Relu(), inPlace: x => x.ReluInPlace(), kind: Kind.Same),
        Activation("relu", x => F.Relu(x), x => F.Relu(x, inplace: true), Numbers),
        Activation("relu6", x => F.Relu6(x), x => F.Relu6(x, inplace: true)),
        Activation("leaky_relu", x => F.LeakyRelu(x, 0.1), x => F.LeakyRelu(x, 0.1, inplace: true)),
        Activation("elu", x => F.Elu(x, 1.5), x => F.Elu(x, 1.5, inplace: true)),
        Activation("selu", x => F.Selu(x), x => F.Selu(x, inplace: true)),
        Activation("celu", x => F.Celu(x, 1.5), x => F.Celu(x, 1.5, inplace: true)),
        Activation("gelu", x => F.Gelu(x)),
        Activation("gelu(tanh)", x => F.Gelu(x, "tanh")),
        Activation("silu", x => F.Silu(x), x => F.Silu(x, inplace: true)),
        Activation("mish", x => F.Mish(x), x => F.Mish(x, inplace: true)),
        Activation("softplus", x => F.Softplus(x, 2)),
        Activation("softsign", x => F.Softsign(x)),
        Activation("logsigmoid", x => F.Logsigmoid(x)),
        Activation("hardsigmoid", x => F.Hardsigmoid(x), x => F.Hardsigmoid(x, inplace: true), domain: "wide"),
        Activation("hardswish", x => F.Hardswish(x), x => F.Hardswish(x, inplace: true), domain: "wide"),
        Activation("hardtanh", x => F.Hardtanh(x), x => F.Hardtanh(x, inplace: true)),
        Activation("hardshrink", x => F.Hardshrink(x)),
        Unary("hardshrink", x => x.Hardshrink(0.7), kind: Kind.Same, dtypes: Floats),
        Activation("softshrink", x => F.Softshrink(x)),
        Activation("tanhshrink", x => F.Tanhshrink(x)),
        Activation("threshold", x => F.Threshold(x, 0.3, 2), x => F.Threshold(x, 0.3, 2, inplace: true)),
        Activation("rrelu(evaluation)", x => F.Rrelu(x), x => F.Rrelu(x, inplace: true)),
        Alias("nn.functional.sigmoid", of: "sigmoid", x => F.Sigmoid(x[0])),
        Alias("nn.functional.tanh", of: "tanh", x => F.Tanh(x[0])),
        Op("prelu", x => x[0].Prelu(x[1]), "2,3,4; 3 -> 2,3,4 | 3; 1 -> 3 | 0,3; 3 -> 0,3", "61,3,1001; 3"),
        Alias("nn.functional.prelu", of: "prelu", x => F.Prelu(x[0], x[1])),
        Op("nn.functional.glu", x => F.Glu(x[0], 1), "3,4 -> 3,2 | 0,4 -> 0,2"),
    ];

    private static OpCase Activation(string name, Func<Tensor, Tensor> run, Func<Tensor, Tensor>? inPlace = null, DType[]? dtypes = null, string domain = "any") =>
        Unary("nn.functional." + name, run, domain, inPlace, Kind.Same, dtypes: dtypes ?? Floats);
}
