using Firesteel.Nn;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Ops;

public static partial class OpTable
{
    private static IEnumerable<OpCase> Losses =>
    [
        Op("nn.functional.mse_loss", x => F.MseLoss(x[0], x[1]), "3,4; 3,4 -> () | 3,4; 4 -> ()", $"{LargeSize}; {LargeSize}"),
        Op("nn.functional.mse_loss(none)", x => F.MseLoss(x[0], x[1], Reduction.None), "3,4; 3,4 -> 3,4 | 0,3; 0,3 -> 0,3"),
        Op("nn.functional.l1_loss", x => F.L1Loss(x[0], x[1], Reduction.Sum), "3,4; 3,4 -> () | 0,3; 0,3 -> ()"),
        Op("nn.functional.smooth_l1_loss", x => F.SmoothL1Loss(x[0], x[1], beta: 0.7), "3,4; 3,4 -> ()"),
        Op("nn.functional.huber_loss", x => F.HuberLoss(x[0], x[1], delta: 0.7), "3,4; 3,4 -> ()"),
        Op("nn.functional.poisson_nll_loss", x => F.PoissonNllLoss(x[0], x[1]), "3,4; 3,4:positive -> ()"),
        Op("nn.functional.poisson_nll_loss(full)", x => F.PoissonNllLoss(x[0], x[1], logInput: false, full: true, reduction: Reduction.None), "3,4:positive; 3,4:above1 -> 3,4"),
        Op("nn.functional.gaussian_nll_loss", x => F.GaussianNllLoss(x[0], x[1], x[2], full: true), "3,4; 3,4; 3,4:positive -> () | 3,4; 3,4; 3,1:positive -> () | 3,4; 3,4; 3:positive -> ()"),
        Op("nn.functional.binary_cross_entropy", x => F.BinaryCrossEntropy(x[0], x[1], x[2]), "3,4:prob; 3,4:prob; 4:positive const -> ()"),
        Op("nn.functional.binary_cross_entropy_with_logits", x => F.BinaryCrossEntropyWithLogits(x[0], x[1], posWeight: x[2]), "3,4; 3,4:prob; 4:positive const -> ()", $"{LargeSize}; {LargeSize}:prob; 1001:positive const"),
        Op("nn.functional.kl_div", x => F.KlDiv(x[0], x[1], Reduction.BatchMean), "3,4; 3,4:prob -> ()"),
        Op("nn.functional.kl_div(log)", x => F.KlDiv(x[0], x[1], logTarget: true), "3,4; 3,4 -> ()"),
        Op("nn.functional.nll_loss", x => F.NllLoss(x[0], x[1], x[2]), "3,4; 3:int<4; 4:positive const -> () | 2,4,3; 2,3:int<4; 4:positive const -> () | 4; ():int<4; 4:positive const -> ()"),
        Op("nn.functional.cross_entropy", x => F.CrossEntropy(x[0], x[1], ignoreIndex: 1, reduction: Reduction.Sum, labelSmoothing: 0.1), "5,4; 5:int<4 -> () | 2,4,3; 2,3:int<4 -> ()", "301,1001; 301:int<1001"),
        Op("nn.functional.cross_entropy(probabilities)", x => F.CrossEntropy(x[0], x[1], x[2], reduction: Reduction.None), "3,4; 3,4:prob; 4:positive -> 3"),
        Op("nn.functional.ctc_loss", x => F.CtcLoss(x[0], Tensor.From(new long[,] { { 1, 2, 2 }, { 3, 1, 0 } }), Tensor.From(new long[] { 6, 5 }), Tensor.From(new long[] { 3, 2 })), "6,2,4 -> ()", amplifies: 8),
        Op("nn.functional.margin_ranking_loss", x => F.MarginRankingLoss(x[0], x[1], x[2], 0.3), "7; 7; 7:nonzero const -> ()"),
        Op("nn.functional.hinge_embedding_loss", x => F.HingeEmbeddingLoss(x[0], x[1].Sign()), "3,4; 3,4:nonzero const -> ()"),
        Op("nn.functional.soft_margin_loss", x => F.SoftMarginLoss(x[0], x[1]), "3,4; 3,4:nonzero const -> ()"),
        Op("nn.functional.cosine_embedding_loss", x => F.CosineEmbeddingLoss(x[0], x[1], x[2].Sign()), "3,4; 3,4; 3:nonzero const -> () | 4; 4; ():nonzero const -> ()"),
        Op("nn.functional.triplet_margin_loss", x => F.TripletMarginLoss(x[0], x[1], x[2], swap: true), "3,4; 3,4; 3,4 -> ()"),
        Op("nn.functional.triplet_margin_with_distance_loss", x => F.TripletMarginWithDistanceLoss(x[0], x[1], x[2], (a, b) => (a - b).Square().Sum(-1)), "3,4; 3,4; 3,4 -> ()"),
        Op("nn.functional.multi_margin_loss", x => F.MultiMarginLoss(x[0], x[1], p: 2, weight: x[2]), "3,4; 3:int<4; 4:positive const -> () | 4; ():int<4; 4:positive const -> ()"),
        Op("nn.functional.multilabel_margin_loss", x => F.MultilabelMarginLoss(x[0], x[1] - 1), "3,4; 3,4:int<5 -> () | 4; 4:int<5 -> ()"),
        Op("nn.functional.multilabel_soft_margin_loss", x => F.MultilabelSoftMarginLoss(x[0], x[1], x[2]), "3,4; 3,4:prob; 4:positive const -> ()"),
    ];
}
