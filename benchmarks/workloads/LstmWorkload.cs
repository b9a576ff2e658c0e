using Firesteel.Nn;
using Firesteel.Optim;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Workloads;

/// <summary>Two recurrent layers over characters.</summary>
internal static class LstmWorkload
{
    private const long Batch = 32, Length = 64, Vocabulary = 65, Width = 64, Hidden = 128;

    public static Workload Build()
    {
        Rng.ManualSeed(0);
        var model = new Net();
        var x = Tensor.Randint(0, Vocabulary, [Batch, Length]);
        var y = Tensor.Randint(0, Vocabulary, [Batch * Length]);
        double recurrent = 2.0 * Batch * Length * 4 * Hidden * (Width + Hidden + Hidden + Hidden);
        return Workload.Training(model, x, y, static (p, t) => F.CrossEntropy(p, t), new Adam(model.Parameters()), recurrent);
    }

    private sealed class Net : Module
    {
        private readonly Embedding _emb = new(Vocabulary, Width);
        private readonly LSTM _rnn = new(Width, Hidden, 2, batchFirst: true);
        private readonly Linear _head = new(Hidden, Vocabulary);

        public override Tensor Forward(Tensor input) => _head.Forward(_rnn.Forward(_emb.Forward(input)).Output).Flatten(0, 1);
    }
}
