namespace Firesteel.Tests.Ops;

public partial class OpTableCoverageTests
{
    /// <summary>Methods that are no operations on the values of tensors, or whose tests are elsewhere, with the reason.</summary>
    private static readonly Dictionary<string, string> s_exceptions = new[]
    {
        (Reason: "makes a tensor from sizes and numbers: CreationTests, conformance", Names: "Zeros Ones Full Empty ZerosLike OnesLike FullLike EmptyLike From FromNumpy Arange ScalarTensor Linspace Logspace Eye EmptyStrided TrilIndices TriuIndices NewZeros NewOnes NewFull NewEmpty NewEmptyStrided"),
        (Reason: "draws: RandomCreationTests, RandomInPlaceTests, DropoutTests", Names: """
            Rand Randn Randint Randperm RandLike RandnLike RandintLike Normal Bernoulli Multinomial
            UniformInPlace NormalInPlace BernoulliInPlace ExponentialInPlace RandomInPlace LogNormalInPlace CauchyInPlace GeometricInPlace
            """),
        (Reason: "draws: DropoutTests", Names: "Dropout Dropout1d Dropout2d Dropout3d AlphaDropout FeatureAlphaDropout"),
        (Reason: "draws: LowRankTests", Names: "SvdLowrank PcaLowrank"),
        (Reason: "refuses, for want of complex dtypes: EighTests", Names: "Eig Eigvals"),
        (Reason: "gives one dtype whatever it is given: ConversionTests", Names: "To TypeAs Float Double Half Long Int Bool Byte Char Short Bfloat16"),
        (Reason: "leaves elements open: NewTensorsTests", Names: "ResizeInPlace ResizeAsInPlace"),
        (Reason: "is about the graph: AutogradTests", Names: "Detach RequiresGradInPlace"),
    }.SelectMany(static group => group.Names.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(name => (name, group.Reason))).ToDictionary(static pair => pair.name, static pair => pair.Reason);
}
