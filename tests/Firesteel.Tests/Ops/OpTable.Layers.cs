using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Ops;

public static partial class OpTable
{
    private static IEnumerable<OpCase> Convolutions =>
    [
        Op("nn.functional.conv1d", x => F.Conv1d(x[0], x[1], x[2], stride: 2, padding: 1), "2,3,7; 4,3,3; 4 -> 2,4,4 | 3,7; 4,3,3; 4 -> 4,4 | 0,3,7; 4,3,3; 4 -> 0,4,4", "4,8,2000; 8,8,5; 8"),
        Op("nn.functional.conv2d", x => F.Conv2d(x[0], x[1], x[2], padding: "same", groups: 2), "1,4,3,4; 2,2,2,3; 2 -> 1,2,3,4", "2,8,50,60; 8,4,3,3; 8"),
        Op("nn.functional.conv3d", x => F.Conv3d(x[0], x[1], dilation: (1, 2, 1)), "1,2,2,4,3; 2,2,2,2,2 -> 1,2,1,2,2"),
        Op("nn.functional.conv_transpose1d", x => F.ConvTranspose1d(x[0], x[1], x[2], stride: 2, outputPadding: 1), "2,3,4; 3,2,3; 2 -> 2,2,10", "4,8,2000; 8,8,5; 8"),
        Op("nn.functional.conv_transpose2d", x => F.ConvTranspose2d(x[0], x[1], padding: 1, groups: 2), "1,4,3,3; 4,1,3,3 -> 1,2,3,3"),
        Op("nn.functional.conv_transpose3d", x => F.ConvTranspose3d(x[0], x[1]), "1,2,2,2,2; 2,1,2,1,2 -> 1,1,3,2,3"),
        Op("nn.functional.unfold", x => F.Unfold(x[0], 2, padding: 1, stride: 2), "1,2,3,4 -> 1,8,6"),
        Op("nn.functional.fold", x => F.Fold(x[0], (3, 4), 2), "1,8,6 -> 1,2,3,4"),
    ];

    private static IEnumerable<OpCase> Pools =>
    [
        Op("nn.functional.max_pool1d", x => F.MaxPool1d(x[0], 3, 2, 1), "2,3,7:distinct -> 2,3,4 | 3,7:distinct -> 3,4 | 0,3,7:distinct -> 0,3,4", dtypes: Numbers),
        Op("nn.functional.max_pool2d", x => F.MaxPool2d(x[0], 2), "1,2,4,6:distinct -> 1,2,2,3", "2,8,100,120:distinct", dtypes: Numbers),
        Op("nn.functional.max_pool3d", x => F.MaxPool3d(x[0], (1, 2, 3), ceilMode: true), "1,2,2,4,5:distinct -> 1,2,2,2,2"),
        Many("nn.functional.max_pool1d_with_indices", x => Pair(F.MaxPool1dWithIndices(x[0], 3, 1, 1)), "2,3,7:distinct -> 2,3,7; 2,3,7", [Kind.Same, Kind.Index]),
        Many("nn.functional.max_pool2d_with_indices", x => Pair(F.MaxPool2dWithIndices(x[0], 2, 1, dilation: 2)), "1,2,4,6:distinct -> 1,2,2,4; 1,2,2,4", [Kind.Same, Kind.Index]),
        Many("nn.functional.max_pool3d_with_indices", x => Pair(F.MaxPool3dWithIndices(x[0], 2)), "1,2,2,4,5:distinct -> 1,2,1,2,2; 1,2,1,2,2", [Kind.Same, Kind.Index]),
        Op("nn.functional.avg_pool1d", x => F.AvgPool1d(x[0], 3, 2, 1), "2,3,7 -> 2,3,4 | 3,7 -> 3,4 | 0,3,7 -> 0,3,4"),
        Op("nn.functional.avg_pool2d", x => F.AvgPool2d(x[0], 2, padding: 1, countIncludePad: false), "1,2,4,6 -> 1,2,3,4", "2,8,100,120"),
        Op("nn.functional.avg_pool3d", x => F.AvgPool3d(x[0], 2, 1, divisorOverride: 3), "1,2,2,3,3 -> 1,2,1,2,2"),
        Op("nn.functional.lp_pool1d", x => F.LpPool1d(x[0], 3, 2), "2,3,6:positive -> 2,3,3", amplifies: 4),
        Op("nn.functional.lp_pool2d", x => F.LpPool2d(x[0], 2, 2), "1,2,4,4 -> 1,2,2,2", amplifies: 4),
        Op("nn.functional.lp_pool3d", x => F.LpPool3d(x[0], 2, 2), "1,1,2,4,2 -> 1,1,1,2,1", amplifies: 4),
        Op("nn.functional.adaptive_avg_pool1d", x => F.AdaptiveAvgPool1d(x[0], 3), "2,3,7 -> 2,3,3"),
        Op("nn.functional.adaptive_avg_pool2d", x => F.AdaptiveAvgPool2d(x[0], (2, 3)), "1,2,5,6 -> 1,2,2,3"),
        Op("nn.functional.adaptive_avg_pool3d", x => F.AdaptiveAvgPool3d(x[0], 1), "1,2,2,3,4 -> 1,2,1,1,1"),
        Op("nn.functional.adaptive_max_pool1d", x => F.AdaptiveMaxPool1d(x[0], 3), "2,3,7:distinct -> 2,3,3"),
        Op("nn.functional.adaptive_max_pool2d", x => F.AdaptiveMaxPool2d(x[0], (2, null)), "1,2,5,3:distinct -> 1,2,2,3"),
        Op("nn.functional.adaptive_max_pool3d", x => F.AdaptiveMaxPool3d(x[0], 2), "1,1,3,4,2:distinct -> 1,1,2,2,2"),
        Many("nn.functional.adaptive_max_pool1d_with_indices", x => Pair(F.AdaptiveMaxPool1dWithIndices(x[0], 3)), "2,3,7:distinct -> 2,3,3; 2,3,3", [Kind.Same, Kind.Index]),
        Many("nn.functional.adaptive_max_pool2d_with_indices", x => Pair(F.AdaptiveMaxPool2dWithIndices(x[0], 2)), "1,2,5,3:distinct -> 1,2,2,2; 1,2,2,2", [Kind.Same, Kind.Index]),
        Many("nn.functional.adaptive_max_pool3d_with_indices", x => Pair(F.AdaptiveMaxPool3dWithIndices(x[0], 2)), "1,1,3,4,2:distinct -> 1,1,2,2,2; 1,1,2,2,2", [Kind.Same, Kind.Index]),
        Op("nn.functional.fractional_max_pool2d", x => F.FractionalMaxPool2d(x[0], 2, outputSize: 3, randomSamples: Tensor.Full([1, 2, 2], 0.4, x[0].DType)), "1,2,5,6:distinct -> 1,2,3,3"),
        Op("nn.functional.fractional_max_pool3d", x => F.FractionalMaxPool3d(x[0], 2, outputSize: 2, randomSamples: Tensor.Full([1, 1, 3], 0.4, x[0].DType)), "1,1,3,4,4:distinct -> 1,1,2,2,2"),
        Many("nn.functional.fractional_max_pool2d_with_indices", x => Pair(F.FractionalMaxPool2dWithIndices(x[0], 2, outputSize: 3, randomSamples: Tensor.Full([1, 2, 2], 0.4, x[0].DType))), "1,2,5,6:distinct -> 1,2,3,3; 1,2,3,3", [Kind.Same, Kind.Index]),
        Many("nn.functional.fractional_max_pool3d_with_indices", x => Pair(F.FractionalMaxPool3dWithIndices(x[0], 2, outputSize: 2, randomSamples: Tensor.Full([1, 1, 3], 0.4, x[0].DType))), "1,1,3,4,4:distinct -> 1,1,2,2,2; 1,1,2,2,2", [Kind.Same, Kind.Index]),
        Op("nn.functional.max_unpool1d", x => F.MaxUnpool1d(x[0], (Tensor.Arange(3) * 2).Expand(2, 3), 2), "2,3 -> 2,6"),
        Op("nn.functional.max_unpool2d", x => F.MaxUnpool2d(x[0], (Tensor.Arange(4) * 3).Reshape(1, 2, 2), 2), "1,2,2 -> 1,4,4"),
        Op("nn.functional.max_unpool3d", x => F.MaxUnpool3d(x[0], (Tensor.Arange(8) * 3).Reshape(1, 2, 2, 2), 2), "1,2,2,2 -> 1,4,4,4"),
        Op("nn.functional.local_response_norm", x => F.LocalResponseNorm(x[0], 3, alpha: 0.5), "2,5,3 -> 2,5,3"),
    ];

    private static IEnumerable<OpCase> Normalizations =>
    [
        Op("nn.functional.batch_norm", x => F.BatchNorm(x[0], null, null, x[1], x[2], training: true), "3,2,4; 2; 2 -> 3,2,4", "20,10,500; 10; 10", amplifies: 8),
        Op("nn.functional.batch_norm(evaluation)", x => F.BatchNorm(x[0], x[1], x[2], x[3], x[4]), "3,2,4; 2:any const; 2:positive const; 2; 2 -> 3,2,4", amplifies: 8),
        Op("nn.functional.instance_norm", x => F.InstanceNorm(x[0], weight: x[1], bias: x[2]), "2,2,4; 2; 2 -> 2,2,4", amplifies: 8),
        Op("nn.functional.layer_norm", x => F.LayerNorm(x[0], [4], x[1], x[2]), "3,4; 4; 4 -> 3,4 | 0,4; 4; 4 -> 0,4", amplifies: 8),
        Op("nn.functional.group_norm", x => F.GroupNorm(x[0], 2, x[1], x[2]), "2,4,3; 4; 4 -> 2,4,3", amplifies: 8),
        Op("nn.functional.rms_norm", x => F.RmsNorm(x[0], [4], x[1], eps: 1e-5), "3,4; 4 -> 3,4", amplifies: 8),
        Op("native_batch_norm", x => Tensor.NativeBatchNorm(x[0], x[1], null, null, null, true, 0, 1e-5).Output, "3,2,4; 2 -> 3,2,4", amplifies: 8),
        Op("native_layer_norm", x => Tensor.NativeLayerNorm(x[0], [4], x[1], null, 1e-5).Output, "3,4; 4 -> 3,4", amplifies: 8),
    ];

    private static IEnumerable<OpCase> Lookups =>
    [
        Op("nn.functional.embedding", x => F.Embedding(x[1], x[0]), "5,3; 2,4:int<5 -> 2,4,3 | 5,3; 0:int<5 -> 0,3", "500,300; 400:int<500"),
        Op("nn.functional.embedding_bag", x => F.EmbeddingBag(x[1], x[0], mode: "sum", perSampleWeights: x[2]), "5,3; 2,4:int<5; 2,4 -> 2,3", amplifies: 4),
        Op("nn.functional.embedding_bag(mean)", x => F.EmbeddingBag(x[1], x[0]), "5,3; 2,4:int<5 -> 2,3", amplifies: 4),
        Op("nn.functional.embedding_bag(max)", x => F.EmbeddingBag(x[1], x[0], mode: "max"), "5,3:distinct; 2,4:int<5 -> 2,3"),
        Op("nn.functional.scaled_dot_product_attention", x => F.ScaledDotProductAttention(x[0], x[1], x[2], isCausal: true), "2,3,4; 2,5,4; 2,5,2 -> 2,3,2", amplifies: 8),
        Op("nn.functional.interpolate", x => F.Interpolate(x[0], (5, 3), mode: "bilinear"), "1,2,3,4 -> 1,2,5,3", amplifies: 4),
        Op("nn.functional.interpolate(bicubic)", x => F.Interpolate(x[0], scaleFactor: 1.5, mode: "bicubic", alignCorners: true), "1,2,4,4 -> 1,2,6,6", amplifies: 4),
        Op("nn.functional.interpolate(area)", x => F.Interpolate(x[0], 3, mode: "area"), "1,2,7 -> 1,2,3", amplifies: 4),
        Op("nn.functional.upsample", x => F.Upsample(x[0], scaleFactor: 2, mode: "linear"), "1,2,3 -> 1,2,6", amplifies: 4),
        Op("nn.functional.upsample_nearest", x => F.UpsampleNearest(x[0], scaleFactor: 2), "1,2,3 -> 1,2,6"),
        Op("nn.functional.upsample_bilinear", x => F.UpsampleBilinear(x[0], scaleFactor: 2), "1,2,3,3 -> 1,2,6,6", amplifies: 4),
        Op("nn.functional.grid_sample", x => F.GridSample(x[0], x[1]), "1,2,4,5; 1,3,3,2:unit -> 1,2,3,3", dtypes: [DType.Float32, DType.Float64]),
        Op("nn.functional.grid_sample(reflection)", x => F.GridSample(x[0], x[1], "bicubic", "reflection", true), "1,2,4,5; 1,3,3,2 -> 1,2,3,3", dtypes: [DType.Float32, DType.Float64]),
        Op("nn.functional.grid_sample(volume)", x => F.GridSample(x[0], x[1], paddingMode: "border"), "1,2,2,3,3; 1,2,2,1,3:unit -> 1,2,2,2,1", dtypes: [DType.Float32, DType.Float64]),
        Op("nn.functional.affine_grid", x => F.AffineGrid(x[0], [2, 1, 3, 4]), "2,2,3 -> 2,3,4,2", amplifies: 4),
        Op("cdist", x => Tensor.Cdist(x[0], x[1], p: 3), "3,4; 5,4 -> 3,5", amplifies: 8),
        Op("cdist(euclid)", x => Tensor.Cdist(x[0], x[1]), "2,3,4; 5,4 -> 2,3,5 | 3,4; 0,4 -> 3,0", dtypes: [DType.Float32, DType.Float64]),
        Op("cross", x => x[0].Cross(x[1]), "2,3; 2,3 -> 2,3", amplifies: 4),
        Op("linalg.cross", x => Linalg.Cross(x[0], x[1], 0), "3,2; 3,1 -> 3,2", amplifies: 4),
    ];
}
