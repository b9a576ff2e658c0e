using Firesteel.Nn;

namespace Firesteel.Tests.Devices.Cpu.Fused;

public class RecurrentTests
{
    private static readonly Dictionary<string, (Recurrence Recurrence, int Gates)> s_kinds = new()
    {
        ["lstm"] = (LstmRecurrence.Instance, 4), ["gru"] = (GruRecurrence.Instance, 3), ["tanh"] = (ElmanRecurrence.Tanh, 1), ["relu"] = (ElmanRecurrence.Relu, 1),
    };

    [Theory]
    [InlineData("lstm", true)]
    [InlineData("lstm", false)]
    [InlineData("gru", true)]
    [InlineData("gru", false)]
    [InlineData("tanh", true)]
    [InlineData("relu", false)]
    public void RandomShapes(string kind, bool bias)
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        Rng.ManualSeed(seed);
        int gates = s_kinds[kind].Gates;
        for (int trial = 0; trial < 12; trial++)
        {
            long steps = random.Next(1, 7), batch = random.Next(1, trial % 3 == 0 ? 50 : 6), input = random.Next(1, 6), hidden = random.Next(1, trial % 4 == 0 ? 70 : 20);
            long[]? sizes = null;
            if (trial % 2 == 1)
            {
                // Packed: sequences of falling length.
                sizes = [.. Enumerable.Range(0, (int)steps).Select(_ => (long)random.Next(1, (int)batch + 1)).OrderDescending()];
                batch = sizes[0];
            }
            // relu has a kink: what is near it in one precision may lie on its other side in the other.
            double spread = kind == "relu" ? 0.2 : 1;
            Tensor[] inputs =
            [
                sizes is null ? Tensor.Randn(steps, batch, input) : Tensor.Randn(sizes.Sum(), input), Tensor.Randn(batch, hidden), Tensor.Randn(batch, hidden),
                Tensor.Randn(gates * hidden, input) * spread, Tensor.Randn(gates * hidden, hidden) * 0.3 / Math.Sqrt(Math.Max(1, hidden / 20.0)), Tensor.Randn(gates * hidden), Tensor.Randn(gates * hidden),
            ];
            inputs = [.. inputs.Select((x, i) => x.Detach().RequiresGradInPlace((bias || i < 5) && (kind == "lstm" || i != 2)))];
            string what = $"{kind}: {steps} steps of {batch} x {hidden}{(sizes is null ? "" : " packed " + string.Join(",", sizes))} (seed {seed})";
            (Tensor Output, RecurrentState[] States) Run(Tensor[] t, int directions)
            {
                var state = new RecurrentState(t[1], kind == "lstm" ? t[2] : null);
                var weights = new RecurrentWeights(t[3], t[4], bias ? t[5] : null, bias ? t[6] : null);
                return s_kinds[kind].Recurrence.Run(t[0], sizes, directions == 2 ? [state, state] : [state], directions == 2 ? [weights, weights] : [weights], directions, 0);
            }

            Tensor Everything(Tensor[] t, int directions)
            {
                var (output, states) = Run(t, directions);
                return Tensor.Cat([output.Flatten(), .. states.Select(static s => s.Hidden.Flatten()), .. states.Where(static s => s.Cell is not null).Select(static s => s.Cell!.Flatten())]);
            }

            Assert.Contains(kind, Run(inputs, 1).Output.GradFn!.Name, StringComparison.OrdinalIgnoreCase);
            FusedCheck.SameAsInDouble(t => Everything(t, 1), inputs, 1e-5, what);
            FusedCheck.SameAsInDouble(t => Everything(t, 2), inputs, 1e-5, what + " both ways");
            FusedCheck.SameAsInDouble(t => Run(t, 1).States[0].Hidden, inputs, 1e-5, what + " last state alone");
            FusedCheck.SameAsInDouble(t => Run(t, 1).Output, inputs, 1e-5, what + " output alone");
            if (kind == "lstm") FusedCheck.SameAsInDouble(t => Run(t, 1).States[0].Cell!, inputs, 1e-5, what + " cell alone");
        }
    }

    [Fact]
    public void CellsAreOneStepOfTheLayers()
    {
        Rng.ManualSeed(5);
        var x = Tensor.Randn(4, 6);
        var h = Tensor.Randn(4, 9);
        foreach (var dtype in (DType[])[DType.Float32, DType.Float64])
        {
            Tensor input = x.To(dtype), state = h.To(dtype);
            var gru = new GRU(6, 9, dtype: dtype);
            var cell = new GRUCell(6, 9, dtype: dtype) { WeightIh = gru.AllWeights[0][0], WeightHh = gru.AllWeights[0][1], BiasIh = gru.AllWeights[0][2], BiasHh = gru.AllWeights[0][3] };
            Assert.Equal(gru.Forward(input.Unsqueeze(0), state.Unsqueeze(0)).H.ToArray<double>(), cell.Forward(input, state).ToArray<double>());
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void SameBitsAtAnyNumberOfThreads(bool packed)
    {
        int before = Threads.Count;
        try
        {
            Rng.ManualSeed(3);
            var lstm = new LSTM(20, 33, 2);
            var gru = new GRU(20, 33, bidirectional: true);
            var x = Tensor.Randn(5, 60, 20).RequiresGradInPlace();
            long[] lengths = [.. Enumerable.Range(0, 60).Select(static i => 5L - i / 13)];
            float[][] expected = [];
            foreach (int count in (int[])[1, 2, 5])
            {
                Threads.Count = count;
                x.Grad = null;
                lstm.ZeroGrad();
                gru.ZeroGrad();
                Tensor y, z;
                if (packed)
                {
                    var sequence = Rnn.PackPaddedSequence(x, lengths);
                    (y, z) = (lstm.Forward(sequence).Output.Data, gru.Forward(sequence).Output.Data);
                }
                else (y, z) = (lstm.Forward(x).Output, gru.Forward(x).Output);
                (y.Square().Sum() + z.Square().Sum()).Backward();
                float[][] results = [y.Detach().ToArray<float>(), z.Detach().ToArray<float>(), x.Grad!.ToArray<float>(), .. lstm.Parameters().Concat(gru.Parameters()).Select(static p => p.Grad!.ToArray<float>())];
                if (expected.Length == 0) expected = results;
                for (int i = 0; i < results.Length; i++) Assert.Equal(expected[i], results[i]);
            }
        }
        finally
        {
            Threads.Count = before;
        }
    }

    [Fact]
    public void OutputsMayBeOverwrittenOnlyWhereNobodyReadsThem()
    {
        var model = new LSTM(2, 3);
        var (output, (_, c)) = model.Forward(Tensor.Randn(4, 2, 2));
        c.ZeroInPlace(); // stacked: memory of its own
        output.Sum().Backward(retainGraph: true);
        using (global::Firesteel.Autograd.NoGrad()) output.ZeroInPlace();
        Assert.Contains("inplace", Assert.Throws<InvalidOperationException>(() => output.Sum().Backward()).Message, StringComparison.Ordinal);
    }
}
