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
}
