using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Ops;

public static partial class OpTable
{
    private static IEnumerable<OpCase> Softmaxes =>
    [
        Alias("nn.functional.softmax", of: "softmax", x => F.Softmax(x[0], 1)),
        Alias("nn.functional.log_softmax", of: "log_softmax", x => F.LogSoftmax(x[0], 1)),
        Alias("special.softmax", of: "softmax", x => Special.Softmax(x[0], 1)),
        Alias("special.log_softmax", of: "log_softmax", x => Special.LogSoftmax(x[0], 1)),
        Alias("special.logsumexp", of: "logsumexp", x => Special.Logsumexp(x[0], 1)),
        Op("nn.functional.softmin", x => F.Softmin(x[0], 1), "3,4 -> 3,4 | 0,3 -> 0,3", LargeReduced),
    ];

    private static IEnumerable<OpCase> Layers =>
    [
        Op("nn.functional.linear", x => F.Linear(x[0], x[1], x[2]), "3,4; 2,4; 2 -> 3,2 | 2,3,4; 2,4; 2 -> 2,3,2 | 4; 2,4; 2 -> 2 | 0,4; 2,4; 2 -> 0,2", "200,150; 170,150; 170", dtypes: s_precise),
        Op("nn.functional.linear(no bias)", x => F.Linear(x[0], x[1]), "3,4; 2,4 -> 3,2", dtypes: s_precise),
        Op("nn.functional.bilinear", x => F.Bilinear(x[0], x[1], x[2], x[3]), "3,2; 3,4; 5,2,4; 5 -> 3,5", dtypes: s_precise),
        Many("nn.functional.multi_head_attention_forward", x =>
        {
            var (output, weights) = F.MultiHeadAttentionForward(x[0], x[1], x[1], 4, 2, x[2], x[3], null, null, addZeroAttn: false, dropoutP: 0, x[4], x[5]);
            return [output, weights!];
        }, "2,1,4; 3,1,4; 12,4; 12; 4,4; 4 -> 2,1,4; 1,2,3", dtypes: s_precise, amplifies: 20),
        Op("nn.functional.embedding_bag(weights)", x => F.EmbeddingBag(x[0], x[1], Longs(0, 2), mode: "sum", perSampleWeights: x[2]), "5:int<6; 6,4; 5 -> 2,4", dtypes: s_precise),
        Op("nn.functional.interpolate(bilinear)", x => F.Interpolate(x[0], scaleFactor: 2, mode: "bilinear", alignCorners: false), "1,2,3,2 -> 1,2,6,4", dtypes: s_precise),
        Op("nn.functional.interpolate(trilinear)", x => F.Interpolate(x[0], size: 3, mode: "trilinear"), "1,1,2,2,2 -> 1,1,3,3,3", dtypes: s_precise),
        Op("nn.functional.grid_sample(border)", x => F.GridSample(x[0], x[1], paddingMode: "border", alignCorners: true), "1,2,3,4; 1,2,3,2:unit -> 1,2,2,3", dtypes: s_precise, amplifies: 5),
        Op("nn.functional.scaled_dot_product_attention(causal)", x => F.ScaledDotProductAttention(x[0], x[1], x[2], isCausal: true), "1,3,2; 1,3,2; 1,3,2 -> 1,3,2", dtypes: s_precise),
        Op("cdist(1)", x => Tensor.Cdist(x[0], x[1], 1), "3,4; 5,4 -> 3,5", dtypes: s_precise),
        Op("nn.functional.conv1d(groups)", x => F.Conv1d(x[0], x[1], groups: 2, dilation: 2), "1,4,6; 4,2,2 -> 1,4,4", dtypes: s_precise),
        Op("nn.functional.conv2d(depthwise)", x => F.Conv2d(x[0], x[1], groups: x[1].Shape[0], stride: (2, 1)), "1,3,4,4; 3,1,2,2 -> 1,3,2,3", "2,24,40,40; 24,1,3,3", dtypes: s_precise),
    ];
}
