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
        { new LazyLinear(10, bias: false), "LazyLinear(in_features=0, out_features=10, bias=False)" },
        { new LazyConv2d(4, 3, bias: false, groups: 2), "LazyConv2d(0, 4, kernel_size=(3, 3), stride=(1, 1), groups=2, bias=False)" },
        { new LazyConvTranspose1d(4, 3), "LazyConvTranspose1d(0, 4, kernel_size=(3,), stride=(1,))" },
        { new LazyInstanceNorm2d(), "LazyInstanceNorm2d(0, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)" },
        { new Conv1d(1, 2, 3), "Conv1d(1, 2, kernel_size=(3,), stride=(1,))" },
        { new Conv2d(1, 2, 3, padding: "same", bias: false), "Conv2d(1, 2, kernel_size=(3, 3), stride=(1, 1), padding=same, bias=False)" },
        { new Conv2d(4, 4, (3, 2), 2, (Sizes)(1, 2), 2, 2, paddingMode: "reflect"), "Conv2d(4, 4, kernel_size=(3, 2), stride=(2, 2), padding=(1, 2), dilation=(2, 2), groups=2, padding_mode=reflect)" },
        { new ConvTranspose2d(1, 2, 3, 2, 1, 1), "ConvTranspose2d(1, 2, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), output_padding=(1, 1))" },
        { new BatchNorm1d(3), "BatchNorm1d(3, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)" },
        { new BatchNorm2d(3, affine: false), "BatchNorm2d(3, eps=1e-05, momentum=0.1, affine=False, track_running_stats=True)" },
        { new LayerNorm((3, 4)), "LayerNorm((3, 4), eps=1e-05, elementwise_affine=True)" },
        { new LayerNorm(3, elementwiseAffine: false), "LayerNorm((3,), eps=1e-05, elementwise_affine=False)" },
        { new GroupNorm(2, 4), "GroupNorm(2, 4, eps=1e-05, affine=True)" },
        { new InstanceNorm2d(3), "InstanceNorm2d(3, eps=1e-05, momentum=0.1, affine=False, track_running_stats=False)" },
        { new MaxPool2d(2), "MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)" },
        { new MaxPool2d((3, 2), stride: (2, 1)), "MaxPool2d(kernel_size=(3, 2), stride=(2, 1), padding=0, dilation=1, ceil_mode=False)" },
        { new MaxPool1d(2, padding: 1), "MaxPool1d(kernel_size=2, stride=2, padding=1, dilation=1, ceil_mode=False)" },
        { new AvgPool2d(2), "AvgPool2d(kernel_size=2, stride=2, padding=0)" },
        { new AvgPool1d(2), "AvgPool1d(kernel_size=(2,), stride=(2,), padding=(0,))" },
        { new AvgPool3d(2, 1), "AvgPool3d(kernel_size=2, stride=1, padding=0)" },
        { new AdaptiveAvgPool2d((5, null)), "AdaptiveAvgPool2d(output_size=(5, None))" },
        { new AdaptiveAvgPool2d(1), "AdaptiveAvgPool2d(output_size=1)" },
        { new AdaptiveMaxPool1d(3), "AdaptiveMaxPool1d(output_size=3)" },
        { new LPPool2d(2, 3), "LPPool2d(norm_type=2, kernel_size=3, stride=None, ceil_mode=False)" },
        { new LPPool3d(2, 3), "LPPool3d(norm_type=2, kernel_size=3, stride=None, ceil_mode=False)" },
        { new FractionalMaxPool2d(3, outputRatio: 0.5), "FractionalMaxPool2d()" },
        { new MaxUnpool2d(2), "MaxUnpool2d(kernel_size=(2, 2), stride=(2, 2), padding=(0, 0))" },
        { new ZeroPad2d(1), "ZeroPad2d((1, 1, 1, 1))" },
        { new ZeroPad1d((1, 2)), "ZeroPad1d((1, 2))" },
        { new ZeroPad3d(1), "ZeroPad3d((1, 1, 1, 1, 1, 1))" },
        { new CircularPad1d(2), "CircularPad1d((2, 2))" },
        { new ConstantPad1d(2, 3.5), "ConstantPad1d(padding=(2, 2), value=3.5)" },
        { new ReflectionPad2d([1, 2, 3, 4]), "ReflectionPad2d((1, 2, 3, 4))" },
        { new ReplicationPad1d(1), "ReplicationPad1d((1, 1))" },
        { new PixelShuffle(2), "PixelShuffle(upscale_factor=2)" },
        { new PixelUnshuffle(2), "PixelUnshuffle(downscale_factor=2)" },
        { new ChannelShuffle(2), "ChannelShuffle(groups=2)" },
        { new Upsample(scaleFactor: 2), "Upsample(scale_factor=2.0, mode=nearest)" },
        { new Upsample(size: (3, 4), mode: "bilinear", alignCorners: true), "Upsample(size=(3, 4), mode=bilinear)" },
        { new UpsamplingNearest2d(size: (3, 4)), "UpsamplingNearest2d(size=(3, 4), mode=nearest)" },
        { new UpsamplingBilinear2d(scaleFactor: 2), "UpsamplingBilinear2d(scale_factor=2.0, mode=bilinear)" },
        { new Fold((4, 5), 2), "Fold(output_size=(4, 5), kernel_size=2, dilation=1, padding=0, stride=1)" },
        { new Unfold(2), "Unfold(kernel_size=2, dilation=1, padding=0, stride=1)" },
        { new CosineSimilarity(), "CosineSimilarity()" },
        { new PairwiseDistance(), "PairwiseDistance()" },
        { new LocalResponseNorm(2), "LocalResponseNorm(2, alpha=0.0001, beta=0.75, k=1.0)" },
        { new CrossMapLRN2d(3), "CrossMapLRN2d(3, alpha=0.0001, beta=0.75, k=1)" },
        { new CTCLoss(), "CTCLoss()" },
        { new Embedding(10, 3), "Embedding(10, 3)" },
        { new EmbeddingBag(10, 3), "EmbeddingBag(10, 3, mode=mean)" },
        { new EmbeddingBag(10, 3, maxNorm: 1.5, normType: 1, scaleGradByFreq: true, mode: "sum", includeLastOffset: true, paddingIdx: -1), "EmbeddingBag(10, 3, max_norm=1.5, norm_type=1.0, scale_grad_by_freq=True, mode=sum, padding_idx=9)" },
        {
            new AdaptiveLogSoftmaxWithLoss(8, 20, [4, 10], divValue: 2), """
            AdaptiveLogSoftmaxWithLoss(
              (head): Linear(in_features=8, out_features=6, bias=False)
              (tail): ModuleList(
                (0): Sequential(
                  (0): Linear(in_features=8, out_features=4, bias=False)
                  (1): Linear(in_features=4, out_features=6, bias=False)
                )
                (1): Sequential(
                  (0): Linear(in_features=8, out_features=2, bias=False)
                  (1): Linear(in_features=2, out_features=10, bias=False)
                )
              )
            )
            """.ReplaceLineEndings("\n")
        },
        { new Embedding(10, 3, 0, maxNorm: 1, normType: 1, scaleGradByFreq: true), "Embedding(10, 3, padding_idx=0, max_norm=1.0, norm_type=1.0, scale_grad_by_freq=True)" },
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
